"""URLs of this app; names are `dunning:...`."""

from django.urls import URLPattern, path

from dunning.views import calls, customer, dashboard, delivery, holds, invoice, notices, office, policies, runs

app_name = "dunning"
urlpatterns: list[URLPattern] = [
    path("o/<slug:slug>/", office.office, name="office"),
    path("t/<slug:slug>/", dashboard.dashboard, name="dashboard"),
    path("t/<slug:slug>/klanten/<uuid:pk>/", customer.customer, name="customer"),
    path("t/<slug:slug>/klanten/<uuid:pk>/notities/", customer.note_add, name="note_add"),
    path("t/<slug:slug>/facturen/<uuid:pk>/", invoice.invoice, name="invoice"),
    path("t/<slug:slug>/runs/", runs.runs, name="runs"),
    path("t/<slug:slug>/runs/voorbereiden/", runs.plan, name="run_plan"),
    path("t/<slug:slug>/runs/cijfers-bijgewerkt/", runs.confirm_books, name="books_confirm"),
    path("t/<slug:slug>/runs/<uuid:pk>/", runs.run, name="run"),
    path("t/<slug:slug>/runs/<uuid:pk>/akkoord/", runs.approve, name="run_approve"),
    path("t/<slug:slug>/runs/<uuid:pk>/stop/", runs.stop, name="run_stop"),
    path("t/<slug:slug>/runs/<uuid:pk>/overslaan/", runs.exclude, name="run_exclude"),
    path("t/<slug:slug>/runs/<uuid:run_pk>/berichten/<uuid:pk>/", notices.notice, name="run_notice"),
    path("t/<slug:slug>/runs/<uuid:run_pk>/berichten/<uuid:pk>/mail/", notices.notice_mail, name="run_notice_mail"),
    path("t/<slug:slug>/runs/<uuid:run_pk>/berichten/<uuid:pk>/brief.pdf", notices.notice_pdf, name="run_notice_pdf"),
    path("t/<slug:slug>/runs/<uuid:run_pk>/berichten/<uuid:pk>/brief.png", notices.notice_page, name="run_notice_page"),
    path("t/<slug:slug>/verzending/", delivery.notices_unsure, name="notices_unsure"),
    path("t/<slug:slug>/verzending/niet-aangekomen/", delivery.notices_unsure, name="notices_undelivered"),
    path("t/<slug:slug>/verzending/<uuid:pk>/", delivery.notice_resolve, name="notice_resolve"),
    path("t/<slug:slug>/verzending/papier/", delivery.print_batch_new, name="print_batch_new"),
    path("t/<slug:slug>/verzending/papier/<uuid:batch>.pdf", delivery.print_batch, name="print_batch"),
    path("t/<slug:slug>/verzending/papier/<uuid:batch>/", delivery.print_batch_close, name="print_batch_close"),
    path("t/<slug:slug>/belacties/", calls.calls, name="calls"),
    path("t/<slug:slug>/belacties/<uuid:pk>/", calls.call, name="call"),
    path("t/<slug:slug>/blokkades/", holds.holds, name="holds"),
    path("t/<slug:slug>/blokkades/<uuid:pk>/opheffen/", holds.hold_end, name="hold_end"),
    path("t/<slug:slug>/blokkades/<uuid:pk>/verlengen/", holds.hold_extend, name="hold_extend"),
    path("t/<slug:slug>/ladders/", policies.policies, name="policies"),
    path("t/<slug:slug>/ladders/nieuw/", policies.policy_new, name="policy_new"),
    path("t/<slug:slug>/ladders/startladders/", policies.starters, name="policy_starters"),
    path("t/<slug:slug>/ladders/kiezen/", policies.policy_choose, name="policy_choose"),
    path("t/<slug:slug>/ladders/<uuid:pk>/", policies.policy, name="policy"),
    path("t/<slug:slug>/ladders/<uuid:pk>/standaard/", policies.policy_default, name="policy_default"),
]
