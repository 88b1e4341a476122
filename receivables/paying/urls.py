"""The debtor's pages and the PSP's webhook, and the staff's side of money; part of the `receivables` namespace."""

from django.urls import path

from receivables.views import paying, payments

urlpatterns = [
    path("b/<str:token>", paying.pay, name="pay"),
    path("b/<str:token>/betalen", paying.start, name="pay_start"),
    path("b/<str:token>/terug/<uuid:attempt>", paying.returned, name="pay_return"),
    path("b/<str:token>/factuur/<uuid:invoice>", paying.invoice_pdf, name="pay_invoice"),
    path("betaald/<str:code>/<uuid:attempt>", paying.pay_back, name="pay_back"),
    path("psp/<str:code>/webhook", paying.psp_webhook, name="psp_webhook"),
    path("t/<slug:slug>/klanten/<uuid:pk>/betaling/", payments.payment_new, name="payment_new"),
    path("t/<slug:slug>/klanten/<uuid:pk>/tegoed/", payments.credits_settle, name="credits_settle"),
    path("t/<slug:slug>/ontvangsten/", payments.unallocated, name="unallocated"),
    path("t/<slug:slug>/betaallinks/", payments.psp_problems, name="psp_problems"),
    path("t/<slug:slug>/betaallinks/<uuid:pk>/", payments.psp_problem_answer, name="psp_problem_answer"),
]
