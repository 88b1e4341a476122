"""VAT on claims that nobody paid: which return, how much, what was marked, and what later receipts make due again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from receivables.actions.ledger import write_off
from receivables.actions.payments import record_payment
from receivables.actions.returns import return_payment
from receivables.actions.vat import VatError, file_due_again, file_reclaims, withdraw_due_again, withdraw_reclaims
from receivables.domain.bad_debt import FilingPeriod, bad_debt_vat
from receivables.domain.money import Money
from receivables.models import Customer, Invoice, VatReclaim
from receivables.selectors.vat import Standing, lost_claims
from receivables.selectors.vat_again import due_again_of
from receivables.selectors.vat_calendar import one_return, vat_calendar
from receivables.selectors.vat_periods import bounds, following, spoken
from tenants.context import tenant_context
from tenants.models import Tenant, User
from tests.receivables.paying.rows import NOW, TODAY, make_customer, make_invoice, receipt

pytestmark = pytest.mark.django_db
Q3 = "2026-Q3"
LATER = NOW + timedelta(hours=1)


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def customer(inside: Tenant) -> Customer:
    return make_customer(inside, "Jansen", number="100")


def due(
    customer: Customer, number: str, due_on: date, *, amount: str = "1210.00", without_vat: str | None = "1000.00"
) -> Invoice:
    net = None if without_vat is None else Decimal(without_vat)
    return make_invoice(customer, number, amount, age=(TODAY - due_on).days + 30, total_without_vat=net)


def pays(customer: Customer, amount: str, key: str, *, on: date = TODAY, now: datetime = LATER) -> Any:
    return record_payment(customer.tenant, customer, receipt=receipt(amount, key, received_on=on), now=now)


def claims(tenant: Tenant, *labels: str, on: date = TODAY) -> list[Any]:
    """What may be asked back in these returns (or in all that the calendar shows)."""
    return [claim for label in labels or _labels(tenant, on) for claim in lost_claims(tenant, label, on=on)]


def _labels(tenant: Tenant, on: date) -> list[str]:
    return [row.label for row in vat_calendar(tenant, on=on)]


def answer(tenant: Tenant, label: str, on: date = TODAY) -> tuple[int, str, int]:
    """How many invoices, how much VAT, how many without VAT known."""
    rows = {row.label: row for row in vat_calendar(tenant, on=on)}
    return rows[label].count, str(rows[label].vat), rows[label].unknown


@pytest.mark.parametrize(
    ("label", "first", "last", "name", "next_one"),
    [
        ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31), "eerste kwartaal 2026", "2026-Q2"),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31), "vierde kwartaal 2026", "2027-Q1"),
        ("2028-02", date(2028, 2, 1), date(2028, 2, 29), "februari 2028", "2028-03"),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31), "december 2026", "2027-01"),
        ("2026", date(2026, 1, 1), date(2026, 12, 31), "2026", "2027"),
    ],
)
def test_a_period_is_read_from_its_label(label: str, first: date, last: date, name: str, next_one: str) -> None:
    period = FilingPeriod.QUARTER if "Q" in label else FilingPeriod.MONTH if "-" in label else FilingPeriod.YEAR
    assert (bounds(label), spoken(label), following(label, period)) == ((first, last), name, next_one)


@pytest.mark.parametrize("label", ["", "2026-Q5", "2026-13", "2026-00", "26", "2026-Q", "1999", "2026-Q1 ", "٢٠٢٦"])
def test_what_is_no_period_is_refused(label: str) -> None:
    with pytest.raises(ValueError, match="is no period"):
        bounds(label)


@pytest.mark.parametrize("period", ["month", "quarter", "year"])
def test_the_database_computes_what_the_law_engine_says(inside: Tenant, customer: Customer, period: str) -> None:
    """Awkward amounts and days: 29 February, cents that halve, 9 %, a partial payment."""
    inside.vat_period = period
    days = (date(2024, 2, 29), date(2025, 8, 31), date(2025, 9, 30), date(2025, 10, 1), date(2025, 12, 31))
    amounts = (("121.00", "100.00"), ("0.23", "0.19"), ("1090.00", "1000.00"), ("333.33", "275.48"), ("10.00", "8.26"))
    for place, (day, (gross, net)) in enumerate(zip(days, amounts, strict=True)):
        due(customer, f"{place}", day, amount=gross, without_vat=net)
    pays(customer, "60.00", "manual:1")  # the oldest

    on = date(2027, 1, 1)
    of_label = {label: claims(inside, label, on=on) for label in _labels(inside, on)}
    found = {claim.number: (label, claim) for label, rows in of_label.items() for claim in rows}

    assert len(found) == len(days)
    for label, claim in found.values():
        vat = claim.total_amount - claim.total_without_vat
        percent = vat * 100 / claim.total_without_vat
        law = bad_debt_vat(
            claim.due_on, open_incl_vat=Money.of(claim.open_amount), vat_percent=percent, period=FilingPeriod(period)
        )
        assert (claim.certain_on, label, claim.vat) == (law.fiction_on, law.return_period, law.reclaim.amount)
    assert found["0"][1].lost == Decimal("61.00")


@pytest.mark.parametrize("period", ["month", "quarter", "year"])
def test_every_due_day_belongs_to_exactly_one_return(inside: Tenant, customer: Customer, period: str) -> None:
    """First and last days of months, and those around 29 February of a leap year."""
    inside.vat_period = period
    days = [date(2024, month, 1) for month in range(1, 13)]
    days += [day - timedelta(days=1) for day in days] + [date(2024, 2, 28), date(2025, 2, 28)]
    for place, day in enumerate(days):
        due(customer, f"F{place}", day)
    found = [claim.number for claim in claims(inside)]
    assert sorted(found) == sorted(f"F{place}" for place in range(len(days)))
    rows = vat_calendar(inside, on=TODAY)
    assert sum(row.count for row in rows) == len(days)
    assert [one_return(inside, row.label, on=TODAY) for row in rows] == rows


def test_interest_and_costs_carry_no_vat(inside: Tenant, customer: Customer) -> None:
    invoice = due(customer, "1", date(2025, 9, 1))
    for component in ("interest", "costs"):
        inside.ledger.create(
            invoice=invoice, component=component, kind=component, amount="50.00", booked_on=TODAY,
            source_key=component, created_at=NOW,
        )  # fmt: skip
    assert claims(inside)[0].lost == Decimal("1210.00")


def test_what_does_not_belong_is_left_out(inside: Tenant, customer: Customer, stranger_tenant: Tenant) -> None:
    due(customer, "paid", date(2025, 9, 1), amount="100.00", without_vat="90.00")
    pays(customer, "100.00", "manual:1")
    due(customer, "young", date(2027, 1, 15))
    due(customer, "shifted", date(2025, 9, 1), without_vat="1210.00")
    make_invoice(customer, "credit", "-121.00", age=500)
    make_invoice(customer, "dollars", "121.00", age=500, currency="USD")
    with tenant_context(stranger_tenant.pk):
        due(make_customer(stranger_tenant, "Geheim"), "theirs", date(2025, 9, 1))
        assert len(claims(stranger_tenant)) == 1
    with tenant_context(inside.pk):
        assert claims(inside) == []
        due(customer, "this one", date(2025, 9, 1))
        assert [claim.number for claim in claims(inside)] == ["this one"]


def test_unknown_vat_is_said_and_never_assumed(inside: Tenant, customer: Customer) -> None:
    due(customer, "1", date(2025, 9, 1), without_vat=None)
    due(customer, "2", date(2025, 9, 1))
    assert answer(inside, Q3) == (2, "210.00", 1)
    filed = file_reclaims(inside, Q3, on=TODAY, now=NOW, by=None)
    assert (filed.count, filed.vat) == (1, Decimal("210.00"))
    assert answer(inside, Q3) == (1, "0.00", 1)


def test_a_write_off_is_certain_at_once(inside: Tenant, customer: Customer) -> None:
    invoice = due(customer, "1", date(2026, 5, 1))
    write_off(inside, invoice, why="curator: geen uitkering", on=date(2026, 8, 3), now=NOW, by=None)
    (claim,) = claims(inside, Q3)
    assert (claim.certain_on, claim.vat) == (date(2026, 8, 3), Decimal("210.00"))
    assert answer(inside, Q3) == (1, "210.00", 0)

    entry = invoice.entries.get(kind="write_off")
    inside.ledger.create(
        invoice=invoice, kind="reversal", reverses=entry, amount="1210.00", booked_on=TODAY, source_key="r", created_at=NOW
    )  # fmt: skip
    assert claims(inside, Q3) == []  # it lives again
    assert claims(inside) == claims(inside, "2027-Q2") == [invoice]  # and waits for its year


def test_the_calendar_knows_over_running_and_coming(inside: Tenant, customer: Customer) -> None:
    due(customer, "1", date(2025, 9, 1))
    due(customer, "2", date(2025, 11, 1))
    due(customer, "3", date(2026, 1, 15))
    due(customer, "4", date(2027, 4, 15))  # beyond the horizon
    rows = vat_calendar(inside, on=TODAY)
    assert [(row.label, row.standing, row.count, row.is_missed) for row in rows] == [
        ("2027-Q4", Standing.COMING, 0, False),
        ("2027-Q3", Standing.COMING, 0, False),
        ("2027-Q2", Standing.COMING, 0, False),
        ("2027-Q1", Standing.COMING, 1, False),
        ("2026-Q4", Standing.RUNNING, 1, False),
        ("2026-Q3", Standing.OVER, 1, True),
    ]


# --- marking -------------------------------------------------------------------------------------------------------------


def test_a_return_is_marked_once_and_audited(inside: Tenant, customer: Customer, bookkeeper: User) -> None:
    due(customer, "1", date(2025, 9, 1))
    filed = file_reclaims(inside, Q3, on=TODAY, now=NOW, by=bookkeeper)
    assert (filed.count, filed.vat, filed.base) == (1, Decimal("210.00"), Decimal("1210.00"))
    row = inside.vat_reclaims.get()
    assert (row.kind, row.return_period, row.amount, row.base_amount, row.by) == (
        "reclaim",
        Q3,
        Decimal("210.00"),
        Decimal("1210.00"),
        bookkeeper,
    )
    event = inside.events.get(verb="vat.reclaimed")
    assert (event.by, event.details) == (bookkeeper, {"period": Q3, "count": 1, "amount": "210.00"})
    with pytest.raises(VatError, match="niets om te markeren"):
        file_reclaims(inside, Q3, on=TODAY, now=LATER, by=bookkeeper)


@pytest.mark.parametrize("label", ["2026-Q4", "2027-Q1"])
def test_a_return_that_is_not_over_is_not_marked(inside: Tenant, customer: Customer, label: str) -> None:
    due(customer, "1", date(2025, 11, 1))
    with pytest.raises(VatError, match="nog niet voorbij"):
        file_reclaims(inside, label, on=TODAY, now=NOW, by=None)


def test_a_withdrawal_is_a_new_line_and_opens_the_claim_again(inside: Tenant, customer: Customer) -> None:
    first, second = due(customer, "1", date(2025, 9, 1)), due(customer, "2", date(2025, 9, 2))
    file_reclaims(inside, Q3, on=TODAY, now=NOW, by=None)
    withdraw_reclaims(inside, Q3, invoice_id=first.pk, on=TODAY, now=LATER, by=None)
    assert answer(inside, Q3) == (1, "210.00", 0)
    assert claims(inside) == [first]

    withdraw_reclaims(inside, Q3, on=TODAY, now=LATER, by=None)
    assert answer(inside, Q3) == (2, "420.00", 0)
    with pytest.raises(VatError):
        withdraw_reclaims(inside, Q3, on=TODAY, now=LATER, by=None)
    assert VatReclaim.across_tenants.filter(tenant=inside).count() == 4
    assert second in claims(inside, Q3)


# --- receipts afterwards -------------------------------------------------------------------------------------------------


def again(tenant: Tenant) -> list[tuple[str, str]]:
    return [(one.period, str(one.vat)) for one in due_again_of(tenant)]


def test_a_receipt_makes_its_part_due_again_in_its_own_return(inside: Tenant, customer: Customer) -> None:
    due(customer, "1", date(2025, 9, 1))
    file_reclaims(inside, Q3, on=TODAY, now=NOW, by=None)
    pays(customer, "121.00", "manual:1", on=date(2026, 11, 20))
    assert again(inside) == [("2026-Q4", "21.00")]
    pays(customer, "1089.00", "manual:2", on=date(2027, 1, 5))
    assert again(inside) == [("2026-Q4", "21.00"), ("2027-Q1", "189.00")]


def test_parts_of_receipts_add_up_to_what_was_asked(inside: Tenant, customer: Customer) -> None:
    due(customer, "1", date(2025, 9, 1), amount="100.00", without_vat="82.64")
    filed = file_reclaims(inside, Q3, on=TODAY, now=NOW, by=None)
    for month in range(1, 8):
        pays(customer, "14.28" if month < 7 else "14.32", f"manual:{month}", on=date(2027, month, 1))
    inside.vat_period = "month"
    parts = due_again_of(inside)
    assert len(parts) == 7
    assert Money.total(part.vat for part in parts).amount == filed.vat == Decimal("17.36")


def test_a_receipt_before_the_mark_makes_nothing_due(inside: Tenant, customer: Customer) -> None:
    due(customer, "1", date(2025, 9, 1))
    pays(customer, "121.00", "manual:1", now=NOW)
    filed = file_reclaims(inside, Q3, on=TODAY, now=LATER, by=None)
    assert (filed.vat, again(inside)) == (Decimal("189.00"), [])


def test_a_receipt_that_goes_back_makes_nothing_due(inside: Tenant, customer: Customer) -> None:
    due(customer, "1", date(2025, 9, 1))
    file_reclaims(inside, Q3, on=TODAY, now=NOW, by=None)
    payment = pays(customer, "121.00", "manual:1")
    assert again(inside) == [("2026-Q4", "21.00")]
    return_payment(inside, payment, amount=Money.of("121.00"), source_key="chb", why="storno", on=TODAY, now=LATER)
    assert again(inside) == []


def test_what_is_due_again_is_marked_and_withdrawn(inside: Tenant, customer: Customer) -> None:
    due(customer, "1", date(2025, 9, 1))
    file_reclaims(inside, Q3, on=TODAY, now=NOW, by=None)
    pays(customer, "121.00", "manual:1")
    on = date(2027, 1, 4)
    with pytest.raises(VatError, match="nog niet voorbij"):
        file_due_again(inside, "2026-Q4", on=TODAY, now=LATER, by=None)
    assert file_due_again(inside, "2026-Q4", on=on, now=LATER, by=None).vat == Decimal("21.00")
    assert again(inside) == []
    with pytest.raises(VatError, match="al btw opnieuw aangegeven"):
        withdraw_reclaims(inside, Q3, on=on, now=LATER, by=None)

    withdraw_due_again(inside, "2026-Q4", on=on, now=LATER, by=None)
    assert again(inside) == [("2026-Q4", "21.00")]
    withdraw_reclaims(inside, Q3, on=on, now=LATER, by=None)
    assert again(inside) == []
    assert answer(inside, Q3, on) == (1, "189.00", 0)
