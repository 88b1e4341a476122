"""URLs of this app; names are `dunning:...`."""

from django.urls import URLPattern, path

from dunning.views import customer, dashboard, invoice

app_name = "dunning"
urlpatterns: list[URLPattern] = [
    path("t/<slug:slug>/", dashboard.dashboard, name="dashboard"),
    path("t/<slug:slug>/klanten/<uuid:pk>/", customer.customer, name="customer"),
    path("t/<slug:slug>/klanten/<uuid:pk>/notities/", customer.note_add, name="note_add"),
    path("t/<slug:slug>/facturen/<uuid:pk>/", invoice.invoice, name="invoice"),
]
