"""The handover on screen and behind the owner's link: who may do what, and that opening a link changes nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse

from dunning.actions.packaging import package_handover
from dunning.dossier import tasks
from dunning.dossier.approval_link import LinkClosedError, opened, token_for
from dunning.dossier.archive import problems
from dunning.models import Handover
from dunning.models.handovers import HandoverState
from dunning.tasks import build_forgotten_dossiers
from tenants.context import tenant_context
from tenants.models import User
from tests.accessibility import faults
from tests.dunning.planning.world import Books

NOON = datetime(2026, 11, 3, 11, 0, tzinfo=UTC)
Commits = Callable[..., AbstractContextManager[Any]]


@pytest.fixture(autouse=True)
def _on_that_day() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def asked_for(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The background work that was asked for, by name; done by the test itself."""
    wanted: list[str] = []
    for name in ("build_dossier", "ask_owners"):
        monkeypatch.setattr(getattr(tasks, name), "delay", lambda name=name, **_: wanted.append(name))
    return wanted


def url(name: str, *args: object) -> str:
    return reverse(f"dunning:{name}", args=["korrel", *args])


def state_of(books: Books, handover: Handover) -> str:
    with tenant_context(books.tenant.pk):
        return books.tenant.handovers.get(pk=handover.pk).state


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_owner_approves_bookkeeper_downloads_and_hands_over(
    books: Books,
    flagged: Handover,
    owner: User,
    bookkeeper: User,
    asked_for: list[str],
    django_capture_on_commit_callbacks: Commits,
) -> None:
    page = as_(owner).get(url("handover", flagged.pk)).content.decode()
    assert "Akkoord van de ondernemer" in page
    assert "€\xa0200,00" in page
    assert faults(page) == []

    with django_capture_on_commit_callbacks(execute=True):
        as_(owner).post(url("handover_approve", flagged.pk))
    assert (state_of(books, flagged), asked_for) == (HandoverState.APPROVED, ["build_dossier"])
    assert "Het dossier wordt gemaakt" in as_(bookkeeper).get(url("handover", flagged.pk)).content.decode()

    tasks.build_dossier(tenant_id=books.tenant.pk, handover_id=str(flagged.pk))
    page = as_(bookkeeper).get(url("handover", flagged.pk)).content.decode()
    assert "Dossier overdragen" in page
    assert faults(page) == []
    dossier = as_(bookkeeper).get(url("handover_dossier", flagged.pk))
    assert (dossier["Content-Type"], problems(dossier.content)) == ("application/zip", [])
    assert dossier["Content-Disposition"] == 'attachment; filename="dossier-Bakker-2026-11-03.zip"'

    as_(bookkeeper).post(url("handover_mark", flagged.pk), {"agency_name": "Incasso Noord"})
    assert state_of(books, flagged) == HandoverState.HANDED_OVER
    listed = as_(bookkeeper).get(url("handovers")).content.decode()
    assert "Incasso Noord" in listed
    assert faults(listed) == []


@pytest.mark.parametrize(
    ("action", "who", "status"),
    [
        ("handover_approve", "bookkeeper", 403),
        ("handover_reject", "bookkeeper", 403),
        ("handover_approve", "viewer", 403),
        ("handover_mark", "owner", 403),
        ("handover_ask", "viewer", 403),
        ("handover_withdraw", "viewer", 403),
        ("handover_approve", "stranger", 404),
    ],
)
def test_a_role_does_what_it_may_and_no_more(
    books: Books, flagged: Handover, action: str, who: str, status: int, request: pytest.FixtureRequest
) -> None:
    answer = as_(request.getfixturevalue(who)).post(url(action, flagged.pk), {"agency_name": "X", "why": "y"})
    assert (answer.status_code, state_of(books, flagged)) == (status, HandoverState.FLAGGED)


def test_the_dossier_is_for_those_who_hand_over(books: Books, flagged: Handover, viewer: User, stranger: User) -> None:
    address = url("handover_dossier", flagged.pk)
    assert [as_(user).get(address).status_code for user in (viewer, stranger)] == [403, 404]
    assert Client().get(address).status_code == 302


def test_reading_changes_nothing_and_writing_wants_a_post(books: Books, flagged: Handover, office_admin: User) -> None:
    for name in ("approve", "reject", "ask", "withdraw", "rebuild", "mark"):
        assert as_(office_admin).get(url(f"handover_{name}", flagged.pk)).status_code == 405
    assert state_of(books, flagged) == HandoverState.FLAGGED


def test_each_owner_gets_a_link_of_their_own_by_mail(books: Books, flagged: Handover, owner: User) -> None:
    tasks.ask_owners(tenant_id=books.tenant.pk, handover_id=str(flagged.pk))
    (message,) = mail.outbox
    (link,) = re.findall(r"http://localhost:8000(/overdracht/\S+/)", str(message.body))

    assert (message.to, message.subject) == ([owner.email], "Mag Bakker (€ 200,00) naar het incassobureau?")
    page = Client().get(link)
    assert "Mag dit naar het incassobureau?" in page.content.decode()
    assert faults(page.content) == []
    assert state_of(books, flagged) == HandoverState.FLAGGED


def link_for(books: Books, handover: Handover, user: User) -> str:
    return reverse("dunning:handover_answer", args=[token_for(books.tenant, handover, user, now=NOON)])


def test_a_scanner_that_opens_the_link_decides_nothing(books: Books, flagged: Handover, owner: User) -> None:
    link = link_for(books, flagged, owner)
    for _ in range(5):
        assert Client().get(link).status_code == 200
        assert Client().head(link).status_code == 200
    Client().post(link)  # a form nobody filled in
    assert state_of(books, flagged) == HandoverState.FLAGGED


@pytest.mark.parametrize(
    ("answer", "state", "text"),
    [
        ("yes", HandoverState.APPROVED, "Akkoord vastgelegd."),
        ("no", HandoverState.REJECTED, "Niet overgedragen."),
    ],
)
def test_the_link_takes_one_answer(
    books: Books, flagged: Handover, owner: User, asked_for: list[str], answer: str, state: str, text: str
) -> None:
    link = link_for(books, flagged, owner)
    after = Client().post(link, {"answer": answer, "why": "Goede klant"}, follow=True)
    assert text in after.content.decode()
    assert state_of(books, flagged) == state

    again = Client().post(link, {"answer": "no" if answer == "yes" else "yes"})
    assert (again.status_code, state_of(books, flagged)) == (409, state)


def test_the_answer_by_link_is_recorded_with_its_person(
    books: Books, flagged: Handover, owner: User, asked_for: list[str]
) -> None:
    Client().post(link_for(books, flagged, owner), {"answer": "yes"})
    with tenant_context(books.tenant.pk):
        found = books.tenant.handovers.get()
    assert (found.approved_by, found.approved_through) == (owner, "link")


def test_a_link_ends_with_its_term_its_role_or_its_signature(books: Books, flagged: Handover, owner: User) -> None:
    token = token_for(books.tenant, flagged, owner, now=NOON)
    assert opened(token, now=NOON + timedelta(days=13)).user == owner
    with pytest.raises(LinkClosedError):
        opened(token, now=NOON + timedelta(days=15))
    assert Client().get(reverse("dunning:handover_answer", args=[token[:-2]])).status_code == 404
    owner.memberships.all().delete()
    assert Client().get(reverse("dunning:handover_answer", args=[token])).status_code == 404


def test_a_link_of_another_tenant_opens_nothing_here(books: Books, flagged: Handover, stranger: User) -> None:
    with pytest.raises(LinkClosedError):
        opened(token_for(books.tenant, flagged, stranger, now=NOON), now=NOON)
    assert Client().get(link_for(books, flagged, stranger)).status_code == 404


def test_forgotten_work_is_found_in_the_database(
    books: Books, flagged: Handover, owner: User, asked_for: list[str]
) -> None:
    build_forgotten_dossiers()
    assert asked_for == []
    Client().post(link_for(books, flagged, owner), {"answer": "yes"})
    asked_for.clear()

    build_forgotten_dossiers()
    assert asked_for == ["build_dossier"]
    with tenant_context(books.tenant.pk):
        package_handover(books.tenant, flagged.pk, now=NOON)
    build_forgotten_dossiers()
    assert asked_for == ["build_dossier"]
