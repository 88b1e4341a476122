"""The interest tables with what was added: what counts, what is refused, who may, and who is told that they end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from unittest import mock

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.checks import run_checks
from django.db import IntegrityError, transaction
from django.test import Client, override_settings

from receivables.actions.rates import RateRefusedError, add_rate, change_of
from receivables.domain.rates import SHIPPED, RateKind, RateUnknownError
from receivables.law_tables import KnownRate, merged, rate_tables, rates_warning
from receivables.models import StatutoryRate
from receivables.tasks import watch_rates
from tenants import clock  # noqa: TID251 # the pages under test read it
from tenants.models import User
from tests.factories import NOW, UserFactory

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 26)
LAST = date(2026, 12, 31)
ADMIN, READ = "/beheer/rente/", "/rente/"
TYPED = {
    "kind": "consumer",
    "valid_from": "2027-01-01",
    "percent": "3,50",
    "confirmed_through": "2027-06-30",
    "source": "Stb. 2026, 1, zelf gelezen",
}


def rate(first: str, percent: str, through: str, *, kind: RateKind = RateKind.CONSUMER) -> KnownRate:
    return KnownRate(kind, date.fromisoformat(first), Decimal(percent), date.fromisoformat(through), "Stb. 2026, 1")


@pytest.fixture
def platform_admin(db: None) -> User:
    return UserFactory.make(email="beheer@voldaan.example", is_platform_admin=True)


@pytest.fixture(autouse=True)
def _day() -> Iterator[None]:
    """The pages and the task read this day; nobody was told anything yet."""
    cache.clear()
    with mock.patch.object(clock, "now", return_value=datetime(2026, 11, 26, 9, tzinfo=UTC)):
        yield


def test_without_additions_the_shipped_tables_count() -> None:
    for kind, table in rate_tables().items():
        assert (table.rows, table.confirmed_through) == (SHIPPED[kind].rows, LAST)


def test_newer_row_with_the_same_first_day_wins(platform_admin: User) -> None:
    for percent in ("3.00", "3.50"):
        add_rate(rate("2027-01-01", percent, "2027-06-30"), by=platform_admin, now=NOW, on=ON)

    tables = rate_tables()

    assert tables[RateKind.CONSUMER].on(date(2027, 1, 1)) == Decimal("3.50")
    assert tables[RateKind.CONSUMER].on(LAST) == Decimal("4.00")
    assert tables[RateKind.COMMERCIAL].confirmed_through == LAST


def test_added_row_replaces_a_shipped_one(platform_admin: User) -> None:
    add_rate(rate("2026-01-01", "4.50", "2026-12-31"), by=platform_admin, now=NOW, on=ON)

    table = rate_tables()[RateKind.CONSUMER]

    assert [table.on(date(2025, 12, 31)), table.on(date(2026, 1, 1))] == [Decimal("6.00"), Decimal("4.50")]


def test_row_that_only_confirms_makes_no_new_piece(platform_admin: User) -> None:
    add_rate(rate("2027-01-01", "4.00", "2027-06-30"), by=platform_admin, now=NOW, on=ON)

    pieces = list(rate_tables()[RateKind.CONSUMER].pieces(date(2026, 12, 1), date(2027, 2, 1)))

    assert pieces == [(date(2026, 12, 1), date(2027, 2, 1), Decimal("4.00"))]


def test_gap_is_never_filled_by_guessing() -> None:
    """A row that stands loose, put there past the action, counts for nothing until the days before it are known."""
    behind = rate("2027-07-01", "5.00", "2027-12-31")
    before = rate("2027-01-01", "3.50", "2027-06-30")

    loose, whole = merged((behind,))[RateKind.CONSUMER], merged((behind, before))[RateKind.CONSUMER]

    assert (loose.confirmed_through, whole.confirmed_through) == (LAST, date(2027, 12, 31))
    for day in (date(2027, 1, 1), date(2027, 8, 1)):
        with pytest.raises(RateUnknownError):
            loose.on(day)
    assert [whole.on(date(2027, 1, 1)), whole.on(date(2027, 8, 1))] == [Decimal("3.50"), Decimal("5.00")]


def test_row_holds_no_longer_than_it_was_confirmed() -> None:
    table = merged((rate("2026-10-01", "5.00", "2026-10-31"),))[RateKind.CONSUMER]

    assert (table.on(date(2026, 10, 31)), table.confirmed_through) == (Decimal("5.00"), date(2026, 10, 31))
    with pytest.raises(RateUnknownError):
        table.on(date(2026, 11, 1))


@pytest.mark.parametrize(
    ("added", "field", "words"),
    [
        (rate("2027-07-01", "4.00", "2027-12-31"), "valid_from", "1 januari 2027 tot en met 30 juni 2027"),
        (rate("1990-01-01", "4.00", "2026-12-31"), "valid_from", "De tabel begint op 1 januari 1998"),
        (rate("2027-01-01", "4.00", "2027-07-01"), "confirmed_through", "Verder dan 30 juni 2027"),
        (rate("2026-10-01", "4.00", "2026-10-31"), "confirmed_through", "al bevestigd tot en met 31 december 2026"),
    ],
    ids=["gap", "before the table", "cannot be known yet", "takes days away"],
)
def test_rate_that_breaks_the_table_is_refused(added: KnownRate, field: str, words: str, platform_admin: User) -> None:
    with pytest.raises(RateRefusedError, match=words) as refused:
        add_rate(added, by=platform_admin, now=NOW, on=ON)
    assert refused.value.field == field
    assert not StatutoryRate.objects.exists()


def test_day_that_was_confirmed_too_boldly_can_be_taken_back(platform_admin: User) -> None:
    add_rate(rate("2027-01-01", "3.50", "2027-06-30"), by=platform_admin, now=NOW, on=ON)
    add_rate(rate("2027-01-01", "3.50", "2027-03-31"), by=platform_admin, now=NOW, on=ON)

    assert rate_tables()[RateKind.CONSUMER].confirmed_through == date(2027, 3, 31)


def test_change_shows_what_was_and_what_becomes() -> None:
    change = change_of(rate("2026-07-01", "10.00", "2026-12-31", kind=RateKind.COMMERCIAL), on=ON)
    unknown = change_of(rate("2027-01-01", "4.00", "2027-06-30"), on=ON)

    (piece,) = change.pieces
    assert (piece.first, piece.last, piece.before, piece.after) == (
        date(2026, 7, 1),
        LAST,
        Decimal("10.40"),
        Decimal("10.00"),
    )
    assert change.is_correction
    assert [(piece.before, piece.after) for piece in unknown.pieces] == [(None, Decimal("4.00"))]
    assert not unknown.is_correction


def test_rows_are_append_only(platform_admin: User) -> None:
    row = add_rate(rate("2027-01-01", "3.50", "2027-06-30"), by=platform_admin, now=NOW, on=ON)

    for change in (lambda: StatutoryRate.objects.update(percent=1), lambda: row.delete()):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            change()


def test_addition_is_shown_first_and_kept_after_a_yes(platform_admin: User, client: Client) -> None:
    client.force_login(platform_admin)

    asked = client.post(ADMIN, TYPED)
    assert (asked.status_code, StatutoryRate.objects.count()) == (200, 0)
    assert "niet bekend" in asked.content.decode()
    assert "3.50" in asked.content.decode().replace(",", ".")

    assert client.post(ADMIN, {**TYPED, "bevestigd": "1"}).status_code == 302
    row = StatutoryRate.objects.get()
    assert (row.by, row.percent, row.source) == (platform_admin, Decimal("3.50"), "Stb. 2026, 1, zelf gelezen")
    page = client.get(ADMIN).content.decode()
    assert f"Door {platform_admin.name}" in page
    assert "30 juni 2027" in client.get(READ).content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("source", ""),
        ("source", "x"),
        ("percent", "101"),
        ("percent", "-1"),
        ("percent", "vier"),
        ("kind", "anders"),
        ("valid_from", "2027-07-01"),
        ("confirmed_through", "2026-12-31"),
    ],
)
def test_wrong_value_is_refused_also_with_a_yes(field: str, value: str, platform_admin: User, client: Client) -> None:
    client.force_login(platform_admin)

    for confirmation in ({}, {"bevestigd": "1"}):
        assert client.post(ADMIN, {**TYPED, field: value, **confirmation}).status_code == 422
    assert not StatutoryRate.objects.exists()


def test_only_a_platform_admin_finds_the_page(office_admin: User, client: Client) -> None:
    assert client.get(ADMIN).headers["Location"].startswith("/account/login/?next=")
    client.force_login(office_admin)

    assert [client.get(ADMIN).status_code, client.post(ADMIN, {**TYPED, "bevestigd": "1"}).status_code] == [404, 404]
    assert not StatutoryRate.objects.exists()
    assert ADMIN not in client.get(READ).content.decode()


@override_settings(REQUIRE_OFFICE_MFA=True)
def test_platform_admin_logs_in_in_two_steps(platform_admin: User, client: Client) -> None:
    client.force_login(platform_admin)

    assert client.get(ADMIN).status_code == 302
    assert client.post(ADMIN, {**TYPED, "bevestigd": "1"}).status_code == 302
    assert not StatutoryRate.objects.exists()


def test_everybody_who_works_here_reads_the_tables(viewer: User, client: Client) -> None:
    assert client.get(READ).status_code == 302
    client.force_login(viewer)

    page = client.get(READ).content.decode()

    assert [words in page for words in ("Wettelijke handelsrente", "31 december 2026", "De tabel loopt af")] == [
        True
    ] * 3
    assert client.post(READ).status_code == 200  # it keeps nothing, whatever is sent


@pytest.mark.parametrize(
    ("on", "words"),
    [
        (date(2026, 10, 29), ""),
        (date(2026, 10, 30), "nog 62 dagen"),
        (LAST, "nog 0 dagen"),
        (date(2027, 1, 1), "Voor latere dagen is geen percentage bekend"),
    ],
)
def test_warning_comes_two_months_ahead_and_stays(on: date, words: str) -> None:
    found = rates_warning(on)

    assert words in found
    assert bool(found) == bool(words)
    assert found.count("handelsrente") == (1 if words else 0)


def test_tables_that_end_on_other_days_are_named_apart(platform_admin: User) -> None:
    add_rate(rate("2027-01-01", "3.50", "2027-06-30"), by=platform_admin, now=NOW, on=ON)

    assert rates_warning(ON).startswith("De wettelijke handelsrente is bevestigd tot en met 31 december 2026")
    assert rates_warning(date(2027, 6, 1)).startswith(
        "De wettelijke handelsrente is bevestigd tot en met 31 december 2026. Voor"
    )
    assert "De wettelijke rente is bevestigd tot en met 30 juni 2027, nog 29 dagen" in rates_warning(date(2027, 6, 1))


def test_check_warns_with_the_database_and_is_silent_without() -> None:
    def ids(**options: object) -> list[str]:
        return [str(found.id) for found in run_checks(**options) if str(found.id).startswith("receivables.")]  # type: ignore[arg-type]

    assert ids() == []
    assert ids(databases=["default"]) == ["receivables.W001"]
    with mock.patch.object(clock, "now", return_value=datetime(2026, 8, 1, tzinfo=UTC)):
        assert ids(databases=["default"]) == []


def test_platform_admins_are_told_once_a_week(platform_admin: User) -> None:
    UserFactory.make(is_platform_admin=True, is_active=False)

    for _ in range(2):
        watch_rates()

    (message,) = mail.outbox
    assert message.to == [platform_admin.email]
    assert "31 december 2026" in str(message.body)
    assert "http://localhost:8000/beheer/rente/" in str(message.body)
    cache.clear()  # a week later
    watch_rates()
    assert len(mail.outbox) == 2


def test_nobody_is_told_while_the_tables_are_fresh(platform_admin: User) -> None:
    with mock.patch.object(clock, "now", return_value=datetime(2026, 8, 1, tzinfo=UTC)):
        watch_rates()

    assert mail.outbox == []


def test_mail_that_failed_is_tried_again(platform_admin: User) -> None:
    with mock.patch("tenants.mails.send", side_effect=ConnectionError), pytest.raises(ConnectionError):
        watch_rates()

    watch_rates()

    assert len(mail.outbox) == 1
