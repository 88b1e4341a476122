"""The debtor's pages and the PSP's webhook; part of the `receivables` namespace."""

from django.urls import path

from receivables.views import paying

urlpatterns = [
    path("b/<str:token>", paying.pay, name="pay"),
    path("b/<str:token>/betalen", paying.start, name="pay_start"),
    path("b/<str:token>/terug/<uuid:attempt>", paying.returned, name="pay_return"),
    path("b/<str:token>/factuur/<uuid:invoice>", paying.invoice_pdf, name="pay_invoice"),
    path("psp/<str:code>/webhook", paying.psp_webhook, name="psp_webhook"),
]
