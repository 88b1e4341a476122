"""The debtor's pages and the PSP's webhook, and the staff's side of money; part of the `receivables` namespace."""

from django.urls import path

from receivables.paying import address  # noqa: F401 # registers the converter `door`
from receivables.views import pay_links, payments, psp, refunds
from receivables.views.paying import back, papers, pay, webhook

urlpatterns = [
    path("b/openen", pay.pay_open, name="pay_open"),
    path("b/<door:door>", pay.pay, name="pay"),
    path("b/<door:door>/", pay.pay, name="pay_with_slash"),
    path("b/<door:door>/betalen", pay.start, name="pay_start"),
    path("b/<door:door>/bekijken", papers.check, name="pay_check"),
    path("b/<door:door>/terug/<uuid:attempt>", back.returned, name="pay_return"),
    path("b/<door:door>/factuur/<uuid:invoice>", papers.invoice_pdf, name="pay_invoice"),
    path("betaald/<str:code>/<uuid:attempt>", back.pay_back, name="pay_back"),
    path("psp/<str:code>/webhook", webhook.psp_webhook, name="psp_webhook"),
    path("t/<slug:slug>/klanten/<uuid:pk>/betaallink/", pay_links.pay_link_renew, name="pay_link_renew"),
    path("t/<slug:slug>/klanten/<uuid:pk>/betaling/", payments.payment_new, name="payment_new"),
    path("t/<slug:slug>/klanten/<uuid:pk>/tegoed/", payments.credits_settle, name="credits_settle"),
    path("t/<slug:slug>/ontvangsten/", payments.unallocated, name="unallocated"),
    path("t/<slug:slug>/klanten/<uuid:pk>/terugbetalen/", refunds.refunds, name="refunds"),
    path("t/<slug:slug>/ontvangsten/<uuid:pk>/terugbetalen/", refunds.refund, name="refund"),
    path("t/<slug:slug>/uitbetalingen/", psp.psp_settlements, name="psp_settlements"),
    path("t/<slug:slug>/uitbetalingen/open/", psp.psp_unsettled, name="psp_unsettled"),
    path("t/<slug:slug>/uitbetalingen/<uuid:pk>/", psp.psp_settlement, name="psp_settlement"),
    path("t/<slug:slug>/uitbetalingen/<uuid:pk>/antwoord/", psp.psp_settlement_answer, name="psp_settlement_answer"),
    path("t/<slug:slug>/betaallinks/", payments.psp_problems, name="psp_problems"),
    path("t/<slug:slug>/betaallinks/<uuid:pk>/", payments.psp_problem_answer, name="psp_problem_answer"),
]
