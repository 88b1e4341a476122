"""URLs of this app; names are `receivables:...`."""

from django.urls import URLPattern, path

from receivables.paying.urls import urlpatterns as paying_urls
from receivables.views import customer_edit, customers, files, importing, invoices, psp

app_name = "receivables"
urlpatterns: list[URLPattern] = [
    *paying_urls,
    path("t/<slug:slug>/instellingen/betaallink/", psp.psp_account, name="psp_account"),
    path("t/<slug:slug>/klanten/", customers.customers, name="customers"),
    path("t/<slug:slug>/klanten/<uuid:pk>/wijzigen/", customer_edit.customer_edit, name="customer_edit"),
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
