"""What people decide about letters, through the screen that asks them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta
from unittest import mock
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader, PdfWriter

from dunning.actions import delivery as actions
from dunning.delivery.providers.smtp import SmtpProvider
from dunning.delivery.send import send_batch
from dunning.models import Notice
from tenants.context import tenant_context
from tenants.models import Tenant, User
from tests import accessibility
from tests.dunning.delivery.world import NOW, TODAY, get_notice, make_notices, pay, small_letter
from tests.faults.fakes import Fault, Faults, SmtpFake

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("small_letters")]


@pytest.fixture
def screen(client: Client, bookkeeper: User) -> Iterator[Client]:
    client.force_login(bookkeeper)
    with mock.patch("tenants.clock.now", return_value=NOW + timedelta(hours=1)):
        yield client


def _send(tenant: Tenant, provider: SmtpProvider) -> None:
    send_batch(tenant, provider=provider, clock=lambda: NOW, budget=timedelta(seconds=20))


@pytest.fixture
def unsure(tenant: Tenant, over_smtp: SmtpProvider, smtp: SmtpFake) -> UUID:
    """A notice of which nobody knows whether it left."""
    (notice_id,) = make_notices(tenant, 1)
    smtp.faults = Faults([Fault.LOST])
    _send(tenant, over_smtp)
    return notice_id


def _choose(screen: Client, tenant: Tenant, notice_id: UUID, choice: str) -> None:
    answer = screen.post(reverse("dunning:notice_resolve", args=[tenant.slug, notice_id]), {"keuze": choice})
    assert answer.status_code == 302


def _kinds(notice: Notice) -> list[str]:
    return [event.kind for event in notice.delivery_events.all()]


def test_the_list_shows_what_is_unsure(screen: Client, tenant: Tenant, unsure: UUID) -> None:
    page = screen.get(reverse("dunning:notices_unsure", args=[tenant.slug])).content.decode()

    assert accessibility.faults(page) == []
    assert "Klant 1" in page
    assert f"{unsure}.0@bakker.example" in page
    assert "Is verzonden" in page


def test_a_viewer_sees_and_may_not_decide(client: Client, viewer: User, tenant: Tenant, unsure: UUID) -> None:
    client.force_login(viewer)

    page = client.get(reverse("dunning:notices_unsure", args=[tenant.slug]))
    answer = client.post(reverse("dunning:notice_resolve", args=[tenant.slug, unsure]), {"keuze": "opnieuw"})

    assert b"Is verzonden" not in page.content
    assert answer.status_code == 403
    assert get_notice(tenant, unsure).state == "ambiguous"


def test_sending_again_takes_a_new_key_and_a_new_message(
    screen: Client, tenant: Tenant, unsure: UUID, over_smtp: SmtpProvider, smtp: SmtpFake
) -> None:
    _choose(screen, tenant, unsure, "opnieuw")
    _send(tenant, over_smtp)

    notice = get_notice(tenant, unsure)
    assert (notice.state, notice.generation) == ("accepted", 1)
    assert [entry["message_id"] for entry in smtp.log.accepted] == [f"<{unsure}.1@bakker.example>"]
    assert sorted(_kinds(notice)) == ["accepted", "released"]


def test_closed_as_sent_starts_the_term_on_the_day_of_the_evidence(
    screen: Client, tenant: Tenant, unsure: UUID
) -> None:
    _choose(screen, tenant, unsure, "verzonden")

    notice = get_notice(tenant, unsure)
    assert (notice.state, notice.accepted_on, _kinds(notice)) == ("accepted", TODAY, ["accepted"])


def test_lapsed_frees_the_step(screen: Client, tenant: Tenant, unsure: UUID) -> None:
    _choose(screen, tenant, unsure, "vervallen")

    notice = get_notice(tenant, unsure)
    assert (notice.state, _kinds(notice)) == ("cancelled", ["closed"])
    assert all(line.cancelled_at for line in notice.lines.all())


def test_who_decides_second_hears_that_it_was_done(screen: Client, tenant: Tenant, unsure: UUID) -> None:
    _choose(screen, tenant, unsure, "verzonden")
    _choose(screen, tenant, unsure, "opnieuw")

    notice = get_notice(tenant, unsure)
    assert (notice.state, notice.generation) == ("accepted", 0)


def test_every_decision_stands_in_the_audit_trail(
    screen: Client, tenant: Tenant, unsure: UUID, bookkeeper: User
) -> None:
    _choose(screen, tenant, unsure, "verzonden")

    with tenant_context(tenant.pk):
        event = tenant.events.get(verb="notice.accepted")
        assert (event.by, event.subject_id) == (bookkeeper, str(unsure))


@pytest.fixture
def paper(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> list[UUID]:
    """Three customers without an e-mail address; each letter is one real page."""

    def printed(notice: Notice, *, now: object) -> object:
        page = PdfWriter()
        page.add_blank_page(200, 200)
        page.add_metadata({"/Title": str(notice.pk)})
        content = io.BytesIO()
        page.write(content)
        letter = small_letter(notice, now=NOW)
        return type(letter)(content.getvalue(), b"", letter.subject, "", letter.content)

    monkeypatch.setattr("dunning.delivery.prepare.compose", printed)
    return make_notices(tenant, 3, email="")


def _batch(tenant: Tenant) -> str:
    with tenant_context(tenant.pk):
        return str(tenant.attempts.values_list("provider_id", flat=True)[0]).removeprefix("print:")


def test_letters_on_paper_count_from_the_day_they_are_posted(
    screen: Client, tenant: Tenant, paper: list[UUID], over_smtp: SmtpProvider
) -> None:
    _send(tenant, over_smtp)
    pay(tenant, paper[0])
    before = [get_notice(tenant, pk).state for pk in paper]

    screen.post(reverse("dunning:print_batch_new", args=[tenant.slug]))
    batch = _batch(tenant)
    pages = screen.get(reverse("dunning:print_batch", args=[tenant.slug, batch])).content
    claimed = [get_notice(tenant, pk).state for pk in paper]
    screen.post(reverse("dunning:print_batch_close", args=[tenant.slug, batch]), {"keuze": "gepost"})

    assert before == ["ready"] * 3  # no sweep mails what belongs on paper
    assert claimed == ["cancelled", "claimed", "claimed"]  # the first was paid
    assert len(PdfReader(io.BytesIO(pages)).pages) == 2
    posted = [get_notice(tenant, pk) for pk in paper[1:]]
    assert [(notice.state, notice.accepted_on) for notice in posted] == [("accepted", TODAY)] * 2


def test_letters_that_were_not_posted_are_ready_again(screen: Client, tenant: Tenant, paper: list[UUID]) -> None:
    screen.post(reverse("dunning:print_batch_new", args=[tenant.slug]))
    batch = _batch(tenant)
    close = reverse("dunning:print_batch_close", args=[tenant.slug, batch])

    screen.post(close, {"keuze": "terug"})
    screen.post(close, {"keuze": "gepost"})  # too late: there is no such batch any more

    assert {get_notice(tenant, pk).state for pk in paper} == {"ready"}


def test_a_batch_has_a_limit(
    tenant: Tenant, bookkeeper: User, paper: list[UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "MOST_IN_A_BATCH", 2)
    with tenant_context(tenant.pk):
        batch = actions.make_print_batch(tenant, now=NOW, by=bookkeeper)
        assert batch
        assert len(actions.letters_of_batch(tenant, batch)) == 2
