"""URLs of this app; names are `receivables:...`."""

from django.urls import URLPattern, path

from receivables.banking.queue_urls import urlpatterns as queue_urls
from receivables.banking.urls import urlpatterns as banking_urls
from receivables.ledger_urls import urlpatterns as ledger_urls
from receivables.paying.urls import urlpatterns as paying_urls
from receivables.views import (
    customer_edit,
    customers,
    files,
    importing,
    invoice_terms,
    invoices,
    legal,
    legal_forms,
    psp,
    rates,
    vat,
)

app_name = "receivables"
urlpatterns: list[URLPattern] = [
    *paying_urls,
    *banking_urls,
    *queue_urls,
    *ledger_urls,
    path("rente/", rates.rates, name="rates"),
    path("beheer/rente/", rates.rates_admin, name="rates_admin"),
    path("t/<slug:slug>/instellingen/recht/", legal.legal, name="legal"),
    path("t/<slug:slug>/instellingen/betaallink/", psp.psp_account, name="psp_account"),
    path("t/<slug:slug>/klanten/", customers.customers, name="customers"),
    path("t/<slug:slug>/klanten/<uuid:pk>/wijzigen/", customer_edit.customer_edit, name="customer_edit"),
    path("t/<slug:slug>/klanten/rechtsvorm/", legal_forms.legal_forms, name="customers_legal_forms"),
    path("t/<slug:slug>/klanten/<uuid:pk>/rechtsvorm/", legal_forms.legal_form_accept, name="customer_legal_form"),
    path(
        "t/<slug:slug>/klanten/<uuid:pk>/vervaldata/",
        invoice_terms.invoice_terms_of_customer,
        name="invoice_terms_of_customer",
    ),
    path("t/<slug:slug>/facturen/<uuid:pk>/vervaldatum/", invoice_terms.invoice_terms, name="invoice_terms"),
    path("t/<slug:slug>/btw-oninbaar/", vat.vat, name="vat"),
    path("t/<slug:slug>/btw-oninbaar/aangifte/", vat.vat_period, name="vat_period"),
    path("t/<slug:slug>/btw-oninbaar/teruggevraagd/", vat.vat_file, name="vat_file"),
    path("t/<slug:slug>/btw-oninbaar/opnieuw/", vat.vat_again, name="vat_again"),
    path("t/<slug:slug>/btw-oninbaar/intrekken/", vat.vat_withdraw, name="vat_withdraw"),
    path("t/<slug:slug>/facturen/", invoices.invoices, name="invoices"),
    path("t/<slug:slug>/bestanden/<uuid:pk>/", files.stored_file, name="file"),
    path("t/<slug:slug>/importeren/", importing.imports, name="imports"),
    path("t/<slug:slug>/importeren/herzieningen/", importing.revisions, name="revisions"),
    path("t/<slug:slug>/importeren/herzieningen/<uuid:pk>/", importing.decide_revision, name="decide_revision"),
    path("t/<slug:slug>/importeren/<uuid:pk>/", importing.import_page, name="import"),
    path("t/<slug:slug>/importeren/<uuid:pk>/kolommen/", importing.check_columns, name="import_columns"),
    path("t/<slug:slug>/importeren/<uuid:pk>/verwerken/", importing.apply, name="import_apply"),
    path("t/<slug:slug>/importeren/<uuid:pk>/annuleren/", importing.cancel, name="import_cancel"),
]
