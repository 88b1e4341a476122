"""The run on screen: why, what goes out, approve, leave out, stop; and what a viewer may not do."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from dunning.actions.approval import exclude_decision
from dunning.letters.compose import compose
from dunning.models import Notice, Run
from dunning.models.notices import NoticeState
from dunning.models.runs import RunState
from tenants.context import tenant_context
from tenants.models import Tenant, User
from tests.accessibility import faults
from tests.dunning.planning.world import Books, at

ON = date(2026, 11, 23)
NOON = "2026-11-23T12:00:00+01:00"


@pytest.fixture
def books(tenant: Tenant) -> Books:
    books = Books(tenant)
    late, early = books.customer("Anna", street="Kade 1", postcode="1111 AA", city="Dorp"), books.customer("Bert")
    books.invoice(late, "F-1", due="2026-11-10", amount="100.00")
    books.invoice(late, "F-2", due="2026-11-12", amount="50.00")
    books.invoice(early, "F-3", due="2026-12-20", amount="75.00")
    return books


@pytest.fixture
def run(books: Books) -> Run:
    return books.plan("2026-11-23")


@pytest.fixture
def screen(client: Client, bookkeeper: User) -> Client:
    client.force_login(bookkeeper)
    return client


def _notice(run: Run) -> Notice:
    with tenant_context(run.tenant_id):
        return run.notices.get()


def _url(name: str, *args: object) -> str:
    return reverse(f"dunning:{name}", args=["korrel", *args])


@time_machine.travel(NOON, tick=False)
def test_the_run_shows_one_letter_for_two_invoices_and_why_the_third_waits(screen: Client, run: Run) -> None:
    page = screen.get(_url("run", run.pk)).content.decode()
    waiting = screen.get(_url("run", run.pk), {"uitkomst": "wait"}).content.decode()

    assert "1 bericht versturen?" in page
    assert "€\xa0150,00" in page
    assert "F-3" not in page
    assert "de factuur vervalt op 20 december 2026" in waiting
    assert faults(page) == []
    assert faults(waiting) == []


@time_machine.travel(NOON, tick=False)
def test_the_letter_is_shown_as_it_will_go(screen: Client, run: Run) -> None:
    notice = _notice(run)
    page = screen.get(_url("run_notice", run.pk, notice.pk))
    mail = screen.get(_url("run_notice_mail", run.pk, notice.pk))
    pdf = screen.get(_url("run_notice_pdf", run.pk, notice.pk))
    picture = screen.get(_url("run_notice_page", run.pk, notice.pk), {"pagina": "1"})

    assert "anna@klant.example" in page.content.decode()
    assert faults(page.content) == []
    assert "F-1" in mail.content.decode()
    assert "script-src 'none'" in mail["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in mail["Content-Security-Policy"]
    assert pdf.content.startswith(b"%PDF")
    assert picture.content.startswith(b"\x89PNG")
    assert screen.get(_url("run_notice_page", run.pk, notice.pk), {"pagina": "99"}).status_code == 404
    assert screen.get(_url("run_notice_page", run.pk, notice.pk), {"pagina": "x"}).status_code == 404


@time_machine.travel(NOON, tick=False)
def test_looking_at_a_letter_changes_nothing(screen: Client, run: Run) -> None:
    notice = _notice(run)
    screen.get(_url("run_notice", run.pk, notice.pk))

    with tenant_context(run.tenant_id):
        assert run.tenant.pay_links.count() == 0
        assert run.tenant.files.count() == 0
    assert _notice(run).state == NoticeState.PLANNED


@time_machine.travel(NOON, tick=False)
def test_a_bookkeeper_leaves_a_letter_out_approves_and_stops(screen: Client, run: Run) -> None:
    notice = _notice(run)
    screen.post(_url("run_exclude", run.pk), {"bericht": [str(notice.pk)], "reden": "eerst overleg"})
    assert _notice(run).state == NoticeState.CANCELLED

    screen.post(_url("run_approve", run.pk))
    with tenant_context(run.tenant_id):
        run.refresh_from_db()
    assert run.state == RunState.DONE
    answer = screen.post(_url("run_approve", run.pk), follow=True)
    assert answer.status_code == 200


@time_machine.travel(NOON, tick=False)
def test_stop_withdraws_what_is_not_sent(screen: Client, run: Run) -> None:
    screen.post(_url("run_approve", run.pk))
    assert _notice(run).state == NoticeState.READY

    page = screen.post(_url("run_stop", run.pk), follow=True).content.decode()
    assert _notice(run).state == NoticeState.CANCELLED
    assert "1 bericht gaat niet uit" in page


@time_machine.travel(NOON, tick=False)
def test_a_run_is_prepared_by_hand_at_most_once_a_day(screen: Client, books: Books) -> None:
    screen.post(_url("books_confirm"))
    first = screen.post(_url("run_plan"))
    second = screen.post(_url("run_plan"))

    assert first["Location"] == second["Location"]
    with tenant_context(books.tenant.pk):
        assert books.tenant.runs.count() == 1
        assert books.tenant.runs.get().freshness == "green"


@time_machine.travel(NOON, tick=False)
def test_the_list_of_runs_says_when_the_books_are_stale(screen: Client, books: Books) -> None:
    stale = screen.get(_url("runs")).content.decode()
    screen.post(_url("books_confirm"))
    fresh = screen.get(_url("runs")).content.decode()

    assert "De cijfers zijn te oud om te manen" in stale
    assert "De cijfers zijn te oud" not in fresh
    assert faults(stale) == []


@time_machine.travel(NOON, tick=False)
def test_a_viewer_sees_and_changes_nothing(client: Client, viewer: User, run: Run) -> None:
    client.force_login(viewer)
    page = client.get(_url("run", run.pk))

    assert page.status_code == 200
    assert "Akkoord geven" not in page.content.decode()
    assert client.post(_url("run_approve", run.pk)).status_code == 403
    assert _notice(run).state == NoticeState.PLANNED


@time_machine.travel("2026-11-30T12:00:00+01:00", tick=False)
def test_a_run_says_what_changed_since_the_one_before(screen: Client, books: Books, run: Run) -> None:
    books.invoice(books.customer("Cor"), "F-9", due="2026-12-30", amount="80.00")
    second = books.plan("2026-11-30")
    page = screen.get(_url("run", second.pk)).content.decode()

    assert "Sinds de run van 23 november 2026" in page
    assert "€\xa080,00" in page
    assert "Sinds de run" not in screen.get(_url("run", run.pk)).content.decode()


@time_machine.travel(NOON, tick=False)
def test_an_invoice_that_was_left_out_does_not_stand_in_the_letter(books: Books, run: Run) -> None:
    with tenant_context(run.tenant_id):
        left_out = run.decisions.get(invoice__number="F-1")
        exclude_decision(books.tenant, left_out, why="eerst overleg", now=at(ON))
        letter = compose(run.notices.get(), now=at(ON), is_preview=True)

    assert [line.number for line in letter.content.lines] == ["F-2"]
    assert "F-1" not in letter.words.text
    assert "50,00" in letter.words.text
