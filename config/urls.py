"""All URLs. Each app brings its own; every view wears an access decorator (tests walk this tree)."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("account/", include("allauth.urls")),
    path("", include("tenants.urls")),
    path("", include("receivables.urls")),
    path("", include("dunning.urls")),
]
