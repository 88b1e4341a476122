"""What keeps a letter back by law, in the books of a real tenant; each with the same books where nothing does."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from dunning.actions.packaging import package_handover
from dunning.actions.recheck import recheck
from dunning.models.notices import LegalContent
from receivables.actions import claims
from receivables.actions.claims import TakenBack
from receivables.models import StatutoryRate
from tenants.context import tenant_context
from tests.dunning.legal.world import LawBooks
from tests.dunning.planning.world import at

pytestmark = pytest.mark.django_db
NEW_YEAR = "2027-01-04"  # a Monday, past the last confirmed half-year


def test_interest_past_the_confirmed_rates_is_not_guessed(books: LawBooks) -> None:
    invoice = books.agreed(books.business(), "F-1", due="2026-12-09", amount="1000.00")
    for on in ("2026-12-14", "2026-12-21"):
        books.week(on)

    assert books.week(NEW_YEAR) == ["ingebrekestelling F-1"]

    assert books.open(invoice)["interest"] == "6.27"  # 10.40 % on 22 days, through 31 December
    books.pays(invoice.customer, "200.00", on="2027-02-01")
    assert books.open(invoice) == {"principal": "956.27"}  # costs, that interest, and no interest of January


def test_a_confirmed_rate_lets_the_letter_go(books: LawBooks) -> None:
    for kind, percent in (("consumer", "4.00"), ("commercial", "10.15")):
        StatutoryRate.objects.create(
            kind=kind,
            valid_from=date(2027, 1, 1),
            percent=Decimal(percent),
            confirmed_through=date(2027, 6, 30),
            source="proef",
            at=at(date(2026, 12, 20)),
        )
    invoice = books.agreed(books.business(), "F-1", due="2026-12-09", amount="1000.00")
    for on in ("2026-12-14", "2026-12-21", NEW_YEAR):
        books.week(on)

    assert books.open(invoice)["interest"] == "7.38"  # 10.40 % through 31 December, 10.15 % on four days


def test_interest_of_a_day_without_a_confirmed_rate_is_not_named_either(tenant_on_standard: LawBooks) -> None:
    books = tenant_on_standard
    for number, due in (("F-1", "2026-11-30"), ("F-2", "2026-12-21")):
        books.agreed(books.business(f"Handel{number[-1]}"), number, due=due, amount="1000.00")
    for on in ("2026-12-07", "2026-12-21", "2026-12-28", NEW_YEAR, "2027-01-11"):
        books.week(on)

    assert books.letter("2026-12-21").stated["interest"] == "5.98"  # through that very day
    (late,) = [letter for letter in books.letters("2027-01-11") if letter.step_key == "aanmaning"]
    assert "interest" not in late.stated


def test_a_ladder_without_interest_goes_on_past_the_confirmed_rates(tenant_on_mild: LawBooks) -> None:
    books = tenant_on_mild
    books.agreed(books.business(), "F-1", due="2026-12-21", amount="1000.00")

    assert books.week(NEW_YEAR) == ["herinnering F-1"]


def test_a_claim_past_its_date_waits_for_a_person(books: LawBooks) -> None:
    customer = books.consumer()
    invoice = books.agreed(customer, "F-1", due="2024-09-09", amount="100.00")
    books.change(books.tenant, claim_nature="goods")

    run = books.plan("2026-09-14")
    assert books.taken(run) == []
    assert "laatste veilige dag voor de verjaring" in books.why(run, invoice)

    with tenant_context(books.tenant.pk):
        books.tenant.limitation_releases.create(invoice=invoice, why="de klant wil betalen", at=at(date(2026, 9, 15)))
    assert books.week("2026-09-21") == ["herinnering F-1"]


def test_services_lapse_after_five_years_only(books: LawBooks) -> None:
    books.agreed(books.consumer(), "F-1", due="2024-09-09", amount="100.00")
    books.change(books.tenant, claim_nature="services")

    assert books.week("2026-09-14") == ["herinnering F-1"]


def test_without_a_registration_natural_persons_get_nothing_and_companies_do(books: LawBooks) -> None:
    office = books.tenant.office
    assert office is not None
    office.wki_valid_until = date(2026, 9, 13)
    office.save(update_fields=["wki_valid_until"])
    books.invoice(books.consumer("Jansen"), "F-1", due="2026-09-09")
    books.invoice(books.customer("Eenmans", legal_form="sole_trader"), "F-2", due="2026-09-09")
    books.invoice(books.business("Handel"), "F-3", due="2026-09-09")

    assert books.week("2026-09-14") == ["herinnering F-3"]

    office.wki_valid_until = date(2027, 9, 13)
    office.save(update_fields=["wki_valid_until"])
    assert books.week("2026-09-21") == ["aanmaning F-3", "herinnering F-1", "herinnering F-2"]


def test_a_registration_that_ends_between_planning_and_sending_stops_the_letter(books: LawBooks) -> None:
    office = books.tenant.office
    assert office is not None
    books.invoice(books.consumer("Jansen"), "F-1", due="2026-09-09")
    run = books.plan("2026-09-14")
    books.approve(run)
    (notice,) = books.notices(run)
    office.wki_valid_until = date(2026, 9, 14)
    office.save(update_fields=["wki_valid_until"])

    with tenant_context(books.tenant.pk):
        notice.tenant.refresh_from_db()
        assert recheck(notice, now=at(date(2026, 9, 14))) is None
        assert "Wki-register" in str(recheck(notice, now=at(date(2026, 9, 15))))


def test_the_contact_cap_counts_letters_and_calls(books: LawBooks) -> None:
    customer = books.business()
    books.invoice(customer, "F-1", due="2026-09-09")
    books.week("2026-09-14")
    books.invoice(customer, "F-2", due="2026-09-16")
    books.change(books.tenant, contact_cap=1, contact_cap_days=8)

    run = books.plan("2026-09-21")
    assert books.taken(run) == []

    books.change(books.tenant, contact_cap=None)
    assert books.week("2026-09-22") == ["aanmaning F-1", "herinnering F-2"]


def test_a_letter_that_became_another_one_in_law_is_not_sent_as_it_was(books: LawBooks) -> None:
    customer = books.consumer()
    books.agreed(customer, "F-1", due="2026-09-09", amount="1000.00")
    books.week("2026-09-14")
    run = books.plan("2026-09-21")
    books.approve(run)
    (notice,) = books.notices(run)
    assert notice.legal_content == LegalContent.FOURTEEN_DAY
    with tenant_context(books.tenant.pk):
        assert recheck(notice, now=at(date(2026, 9, 21))) is None

    books.change(customer, is_consumer=False)  # somebody found out that it is a business

    with tenant_context(books.tenant.pk):
        assert "juridisch een andere brief" in str(recheck(notice, now=at(date(2026, 9, 21))))


def test_a_late_payment_would_go_to_costs_that_its_day_forbids(
    books: LawBooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The harm when costs are not taken back."""
    monkeypatch.setattr(claims, "take_back_costs", lambda *_, **__: TakenBack())
    customer = books.consumer()
    invoice = books.agreed(customer, "F-1", due="2026-09-09", amount="1000.00")
    for on in ("2026-09-14", "2026-09-21"):
        books.week(on)
    books.settle("2026-10-08")

    books.pays(customer, "1001.32", on="2026-10-02")

    assert books.open(invoice) == {"principal": "150.00"}  # a debtor who paid in time would still owe the costs


def test_the_file_goes_to_the_agency_with_interest_up_to_that_day(books: LawBooks) -> None:
    invoice = books.agreed(books.business(), "F-1", due="2026-09-09", amount="1000.00")
    for on in ("2026-09-14", "2026-09-21", "2026-10-05", "2026-10-19"):
        books.week(on)
    assert books.open(invoice)["interest"] == "7.41"
    with tenant_context(books.tenant.pk):
        handover = books.tenant.handovers.get()
        handover.state = "approved"
        handover.save(update_fields=["state"])
        package_handover(books.tenant, handover.pk, now=at(date(2026, 10, 21)))
        line = handover.lines.get()

    assert books.open(invoice) == {"costs": "150.00", "interest": "11.97", "principal": "1000.00"}
    assert line.open_amount == Decimal("1161.97")


def test_a_hold_that_says_so_bears_no_interest(books: LawBooks) -> None:
    customer = books.business()
    invoice = books.agreed(customer, "F-1", due="2026-09-09", amount="1000.00")
    with tenant_context(books.tenant.pk):
        books.tenant.holds.create(
            level="customer",
            customer=customer,
            reason="own_error",
            pauses_interest=True,
            placed_at=at(date(2026, 9, 12)),
            until_on=date(2026, 9, 17),
        )
    for on in ("2026-09-18", "2026-09-25"):
        books.week(on)

    assert books.open(invoice)["interest"] == "2.85"  # 10.40 % on two days before and eight after, not on sixteen
