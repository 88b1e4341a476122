"""The second look at the claim: paid, held, insolvent or stale since planning means it does not go out as planned."""

from __future__ import annotations

from datetime import date

from dunning.actions.holds import place_hold
from dunning.actions.planning import recheck
from dunning.actions.recheck import freshen
from dunning.models import Notice
from dunning.models.holds import HoldLevel, HoldReason
from dunning.models.notices import NoticeState
from receivables.models import Invoice
from tenants.context import tenant_context
from tests.dunning.planning.world import Books, at

TUESDAY = at(date(2026, 9, 15))


def _approved(books: Books) -> Notice:
    bakker = books.customer("Bakker")
    for number in ("F1", "F2"):
        books.invoice(bakker, number, due="2026-09-01", amount="100.00")
    run = books.plan("2026-09-14")
    books.approve(run)
    (notice,) = books.notices(run)
    return notice


def _first(books: Books) -> Invoice:
    with tenant_context(books.tenant.pk):
        return books.tenant.invoices.get(number="F1")


def _recheck(books: Books, notice: Notice) -> str | None:
    with tenant_context(books.tenant.pk):
        return recheck(notice, now=TUESDAY)


def test_letter_still_stands_the_day_after_planning(books: Books) -> None:
    assert _recheck(books, _approved(books)) is None


def test_letter_falls_when_an_invoice_was_paid(books: Books) -> None:
    notice = _approved(books)
    books.pays(notice.customer, "100.00", on="2026-09-15", invoice=_first(books))

    assert _recheck(books, notice) == "De factuur staat niet meer open."


def test_letter_falls_when_the_customer_is_held_insolvent_or_has_a_credit(books: Books) -> None:
    notice = _approved(books)
    tenant, bakker = books.tenant, notice.customer
    with tenant_context(tenant.pk):
        bakker.insolvency = "bankruptcy"
        bakker.save(update_fields=["insolvency"])
    assert _recheck(books, notice) == "Geblokkeerd: faillissement. Dien de vordering in bij de curator."
    with tenant_context(tenant.pk):
        bakker.insolvency = "none"
        bakker.save(update_fields=["insolvency"])
        place_hold(
            tenant,
            level=HoldLevel.CUSTOMER,
            reason=HoldReason.DISPUTE,
            customer=bakker,
            on=TUESDAY.date(),
            now=TUESDAY,
        )
    assert _recheck(books, notice) == "Geblokkeerd: de factuur is betwist. Handel eerst de betwisting af."


def test_letter_falls_when_the_books_have_grown_old(books: Books) -> None:
    notice = _approved(books)
    with tenant_context(books.tenant.pk):
        reason = recheck(notice, now=at(date(2026, 10, 5)))

    assert reason is not None
    assert reason.startswith("Geblokkeerd: de cijfers zijn te oud om te manen.")


def test_another_letter_of_the_same_run_does_not_count_as_a_contact(books: Books) -> None:
    bakker = books.customer("Bakker")
    books.invoice(bakker, "F1", due="2026-09-01")
    books.week("2026-09-14")
    books.invoice(bakker, "F2", due="2026-09-20")
    run = books.plan("2026-09-28")
    books.approve(run)
    demand, reminder = books.notices(run)
    with tenant_context(books.tenant.pk):
        books.tenant.notices.filter(pk=demand.pk).update(state=NoticeState.ACCEPTED, accepted_on=date(2026, 9, 28))
        assert recheck(reminder, now=at(date(2026, 9, 28), 10)) is None


def test_freshening_keeps_the_rest_of_the_letter_with_todays_amounts(books: Books) -> None:
    notice = _approved(books)
    books.pays(notice.customer, "100.00", on="2026-09-15", invoice=_first(books))
    books.pays(notice.customer, "30.00", on="2026-09-15")  # part of the other
    with tenant_context(books.tenant.pk):
        assert freshen(notice, now=TUESDAY) is None
        (line,) = notice.lines.filter(cancelled_at__isnull=True)

    assert (str(line.open_amount), str(notice.total_amount), notice.state) == ("70.00", "70.00", NoticeState.READY)
    assert _recheck(books, notice) is None


def test_freshening_cancels_a_letter_of_which_nothing_is_left(books: Books) -> None:
    notice = _approved(books)
    books.pays(notice.customer, "200.00", on="2026-09-15")
    with tenant_context(books.tenant.pk):
        assert freshen(notice, now=TUESDAY) == "De factuur staat niet meer open."
        assert (notice.state, notice.cancelled_why) == (NoticeState.CANCELLED, "De factuur staat niet meer open.")
        assert freshen(notice, now=TUESDAY) is None  # nothing to do for what is no longer planned
