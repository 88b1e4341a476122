"""URLs of this app; names are `receivables:...`."""

from django.urls import URLPattern, path

from receivables.views import customers, files, invoices

app_name = "receivables"
urlpatterns: list[URLPattern] = [
    path("t/<slug:slug>/klanten/", customers.customers, name="customers"),
    path("t/<slug:slug>/facturen/", invoices.invoices, name="invoices"),
    path("t/<slug:slug>/bestanden/<uuid:pk>/", files.stored_file, name="file"),
]
