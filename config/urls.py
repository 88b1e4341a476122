"""All URLs. Each app brings its own; every view wears an access decorator (tests walk this tree)."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from config.health import health
from config.styleguide import styleguide
from tenants.views.home import no_such_page

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health, name="health"),
    path("account/email/", no_such_page, name="closed_email"),
    path("account/signup/", no_such_page, name="closed_signup"),
    path("account/", include("allauth.urls")),
    path("", include("tenants.urls")),
    path("", include("receivables.urls")),
    path("", include("dunning.urls")),
]

if settings.DEBUG or settings.DEMO:
    urlpatterns.append(path("stijl", styleguide, name="styleguide"))
if settings.DEMO:
    urlpatterns.append(path("demo/", include("config.demo.urls")))
