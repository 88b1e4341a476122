"""URLs of this app; names are `tenants:...`."""

from django.urls import URLPattern

app_name = "tenants"
urlpatterns: list[URLPattern] = []
