"""When the fourteen days have run out: book the costs over what is still unpaid (art. 6:96 lid 6 BW, HR 25-11-2016 rov. 3.8).

Nothing is booked for what is disputed, held, promised, in a plan or under insolvency: that letter waits, and is looked at
again the next day. A plan that was agreed within the term and paid to the end brings no costs at all.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from dunning.actions.booking import void_letter
from dunning.arranged import paid_by_plan, why_waiting
from dunning.claims import Books
from dunning.facts import holds_on
from dunning.law_facts import cost_batch
from dunning.models import FourteenDayLetter
from receivables.actions.claims import book_costs, principals_on
from receivables.actions.ledger import lock_customer
from receivables.costs import CostRule, letter_costs, share_costs
from receivables.domain.money import Money
from receivables.models import Customer
from receivables.models.customers import Insolvency
from tenants import audit
from tenants.models import Tenant

ONE_DAY: Final = timedelta(days=1)
TOO_EARLY: Final = "De klant was nog niet in verzuim toen de brief kwam."


def settle_due_letters(tenant: Tenant, *, on: date, now: datetime) -> int:
    """Book the costs of every letter whose term ended unpaid; says for how many letters costs became due."""
    keys = list(
        due(tenant.fourteen_day_letters.all(), on=on).order_by("customer_id", "pk").values_list("pk", flat=True)
    )
    return sum(_settle(tenant, key, on=on, now=now) for key in keys)


def due(letters: QuerySet[FourteenDayLetter], *, on: date) -> QuerySet[FourteenDayLetter]:
    """Those whose term has run out and that nobody settled yet."""
    return letters.filter(costs_due_from_on__lte=on, costs_settled_at__isnull=True, voided_at__isnull=True)


def _settle(tenant: Tenant, letter_id: UUID, *, on: date, now: datetime) -> bool:
    known = tenant.fourteen_day_letters.get(pk=letter_id)
    customer = lock_customer(tenant, known.customer_id)
    letter = tenant.fourteen_day_letters.select_for_update(no_key=True).get(pk=letter_id)
    if letter.costs_settled_at is not None or letter.voided_at is not None or letter.costs_due_from_on > on:
        return False
    invoice_ids = _invoices(tenant, letter)
    if customer.insolvency != Insolvency.NONE or holds_on(tenant, customer.pk, invoice_ids, on=on).exists():
        return False
    if why_waiting(tenant, customer.pk, invoice_ids, on=on):
        return False
    in_default = _in_default(tenant, customer, letter, invoice_ids)
    if not in_default:
        void_letter(letter.notice, why=TOO_EARLY, now=now)
        return False
    kept = paid_by_plan(tenant, in_default, since_before=letter.costs_due_from_on, on=on)
    booked = _book(tenant, letter, [pk for pk in in_default if pk not in kept], now=now)
    letter.costs_settled_at = now
    letter.save(update_fields=["costs_settled_at"])
    audit.record(
        tenant,
        "fourteen_day_letter.ran_out",
        now=now,
        subject=letter,
        customer_id=letter.customer_id,
        details={"costs": str(booked), "due_from": letter.costs_due_from_on.isoformat()},
    )
    return bool(booked)


def _in_default(tenant: Tenant, customer: Customer, letter: FourteenDayLetter, invoice_ids: list[UUID]) -> list[UUID]:
    """The invoices for which the debtor was in default when the letter came (6:96 lid 6 BW), as the books know it now."""
    books = Books.load(tenant, invoice_ids)
    return [pk for pk in invoice_ids if (day := books.default_from(customer, pk)) and day <= letter.received_on]


def _book(tenant: Tenant, letter: FourteenDayLetter, invoice_ids: list[UUID], *, now: datetime) -> Money:
    """The tariff over what was unpaid on the last day, and never more than the letter announced."""
    due_from = letter.costs_due_from_on
    still_open = tenant.invoices.filter(pk__in=invoice_ids, open_amount__gt=0).values_list("pk", flat=True)
    principals = principals_on(tenant, still_open, on=due_from - ONE_DAY)
    stated = letter.notice.stated.get("announced", {})
    rule = CostRule(stated.get("rule", CostRule.TARIFF))
    whole = letter_costs(principals.values(), rule=rule, with_vat=letter.vat_amount > 0, on=due_from)
    if not principals or whole.costs > Money.of(letter.costs_amount):
        return Money.zero()
    batch = cost_batch(letter.pk)
    given = share_costs(whole, principals, batch=batch, due_from=due_from)
    generation = letter.notice.generation  # a letter that was sent again has a term, and costs, of its own
    source_key = f"{batch}:{generation}" if generation else batch
    book_costs(tenant, given, source_key=source_key, on=due_from, now=now)
    return whole.total


def _invoices(tenant: Tenant, letter: FourteenDayLetter) -> list[UUID]:
    lines = tenant.notice_lines.filter(notice=letter.notice_id, cancelled_at__isnull=True)
    return list(lines.order_by("invoice_id").values_list("invoice_id", flat=True))
