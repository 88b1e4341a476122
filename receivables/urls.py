"""URLs of this app; names are `receivables:...`."""

from django.urls import URLPattern

app_name = "receivables"
urlpatterns: list[URLPattern] = []
