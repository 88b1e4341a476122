"""Every URL pattern wears an access decorator that fits its place; a bare view fails here, not in production."""

from __future__ import annotations

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path

from config.demo.urls import urlpatterns as demo_urls
from config.styleguide import styleguide
from config.urls import urlpatterns
from tenants.access import access_of, login_view, public_view, tenant_view
from tenants.permissions import Permission
from tests.architecture.urls import Route, routes

DEMO: list[URLPattern | URLResolver] = [
    path("demo/", include((demo_urls, "demo"))),
    path("stijl", styleguide, name="styleguide"),
]
ROUTES = list(routes(urlpatterns))
OWN = {route.name: route for route in [*routes(DEMO), *ROUTES] if not route.is_foreign or not route.name}


def problem(route: Route) -> str:
    """Why this route may not stay as it is; empty when it may."""
    access = access_of(route.view)
    if access is None:
        return f"{route} wears no access decorator"
    for prefix, kind in (("/t/", "tenant"), ("/o/", "office"), ("/beheer/", "platform")):
        if route.path.startswith(prefix) != (access.kind == kind):
            return f"{route.path} and @{access.kind}_view do not belong together"
    if access.kind in ("tenant", "office") and "slug" not in route.parameters:
        return f"{route.path} has no slug"
    return "" if route.name else f"{route.path} has no name"


@pytest.mark.parametrize("route", OWN.values(), ids=str)
def test_route_is_guarded(route: Route) -> None:
    assert problem(route) == ""


def test_walk_finds_the_whole_tree() -> None:
    names = {route.name for route in ROUTES}

    assert {"tenants:home", "dunning:office", "tenants:people", "account_login"} <= names
    assert len(names) == len(ROUTES), "two routes share a name"
    assert {"demo:clock", "styleguide"} <= set(OWN)


def test_only_the_log_in_package_guards_itself() -> None:
    assert {route.path.split("/")[1] for route in ROUTES if route.is_foreign} <= {"account"}


def bare(request: HttpRequest) -> HttpResponse:
    return HttpResponse("anybody's books")


@login_view
def of_a_person(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


@public_view
def of_nobody(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


@tenant_view(Permission.SEE)
def of_a_tenant(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        (path("forgotten/", bare, name="bare"), "bare wears no access decorator"),
        (path("t/<slug:slug>/", include([path("deep/", bare, name="deep")])), "deep wears no access decorator"),
        (path("t/<slug:slug>/loose/", of_a_person, name="loose"), "do not belong together"),
        (path("t/<slug:slug>/open/", of_nobody, name="open"), "do not belong together"),
        (path("elsewhere/<slug:slug>/", of_a_tenant, name="elsewhere"), "do not belong together"),
        (path("beheer/open/", of_a_person, name="managed"), "do not belong together"),
        (path("t/fixed/", of_a_tenant, name="fixed"), "has no slug"),
        (path("nameless/", of_a_person), "has no name"),
    ],
)
def test_bare_or_misplaced_view_is_found(pattern: URLPattern | URLResolver, reason: str) -> None:
    (found,) = [problem(route) for route in routes([*urlpatterns, pattern]) if route not in ROUTES]

    assert reason in found
