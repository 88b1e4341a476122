"""What goes wrong is said in Dutch, on a page that gives nothing away and leads on."""

from __future__ import annotations

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from tenants.access import public_view
from tenants.models import Tenant, User
from tests.accessibility import faults

pytestmark = pytest.mark.django_db


@public_view
def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("inside")


@public_view
def posted(request: HttpRequest) -> HttpResponse:
    return HttpResponse("posted")


urlpatterns = [path("broken/", broken, name="broken"), path("posted/", posted, name="posted")]


@pytest.mark.urls(__name__)
def test_fault_of_ours_is_said_without_its_inside() -> None:
    answer = Client(raise_request_exception=False).get("/broken/")

    assert (answer.status_code, faults(answer.content)) == (500, [])
    assert "Er ging iets mis bij ons" in answer.content.decode()
    assert "inside" not in answer.content.decode()


@pytest.mark.urls(__name__)
def test_form_without_its_token_is_told_to_reload() -> None:
    answer = Client(enforce_csrf_checks=True).post("/posted/")

    assert (answer.status_code, faults(answer.content)) == (403, [])
    assert "stond te lang open" in answer.content.decode()


def test_unknown_page_says_the_same_to_everybody(tenant: Tenant, stranger: User, client: Client) -> None:
    nowhere = client.get("/bestaat/niet/")
    client.force_login(stranger)
    theirs = client.get("/t/korrel/")

    assert (nowhere.status_code, faults(nowhere.content)) == (404, [])
    assert "Deze pagina bestaat niet" in nowhere.content.decode()
    assert theirs.content == nowhere.content
