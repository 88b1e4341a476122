"""What the pay page says about agreements: the plan with its instalments, a promise, open disputes. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from dunning.domain.arrangements import Part, PlanStanding
from dunning.selectors.arrangements import Arrangements, PlanOnPage, on_pay_page
from receivables.domain.money import Money
from receivables.models import Customer
from receivables.paying.parts import LEAST_PART
from receivables.paying.texts import amount_in, day_in
from tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class Row:
    """One instalment as printed."""

    label: str
    when: str
    amount: str
    state: str
    is_paid: bool


@dataclass(frozen=True, slots=True)
class NextPayment:
    """The instalment that the large button pays."""

    label: str
    typed: str
    invoices: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class OnPage:
    """Everything the template needs."""

    plan: str = ""
    rows: tuple[Row, ...] = ()
    warning: str = ""
    notes: tuple[str, ...] = ()
    next: NextPayment | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.plan or self.notes)


def build(tenant: Tenant, customer: Customer, *, on: date, words: dict[str, str]) -> OnPage:
    """What was agreed with this customer and still counts on this day."""
    found = on_pay_page(tenant, customer, on=on)
    notes = tuple(_notes(tenant, found, words=words))
    if found.plan is None or found.plan.is_requested:
        return OnPage(notes=notes)
    return _with_plan(tenant, found.plan, notes, words=words)


def _notes(tenant: Tenant, found: Arrangements, *, words: dict[str, str]) -> list[str]:
    notes = [words["deal_requested"].format(tenant=tenant.name)] if found.plan and found.plan.is_requested else []
    if promise := found.promise:
        day = day_in(words, promise.pay_on)
        notes.append(words["deal_promise"].format(amount=amount_in(words, promise.amount), day=day))
    for dispute in found.disputes:
        day = day_in(words, dispute.resolve_by_on)
        notes.append(words["deal_dispute"].format(invoice=dispute.number, day=day, tenant=tenant.name))
    return notes


def _with_plan(tenant: Tenant, plan: PlanOnPage, notes: tuple[str, ...], *, words: dict[str, str]) -> OnPage:
    said = words["deal_plan"].format(paid=amount_in(words, plan.paid), total=amount_in(words, plan.total))
    warning = ""
    if plan.standing is PlanStanding.MISSED and plan.catch_up_on:
        warning = words["deal_missed"].format(day=day_in(words, plan.catch_up_on))
    rows = tuple(_row(part, words) for part in plan.parts if part.instalment.amount)
    return OnPage(said, rows, warning, notes, _next(tenant, plan, words=words))


def _row(part: Part, words: dict[str, str]) -> Row:
    one, is_paid = part.instalment, part.left <= Money.zero()
    state = words["deal_settled"] if is_paid else ""
    if part.paid and not is_paid:
        state = words["deal_left"].format(amount=amount_in(words, part.left))
    return Row(
        label=words["plan_instalment"].format(number=one.number),
        when=words["deal_due"].format(day=day_in(words, one.due_on)),
        amount=amount_in(words, one.amount),
        state=state,
        is_paid=is_paid,
    )


def _next(tenant: Tenant, plan: PlanOnPage, *, words: dict[str, str]) -> NextPayment | None:
    """What is left of the oldest instalment; never so little that the pay page would refuse it."""
    if plan.next is None:
        return None
    still_open = tenant.invoices.filter(pk__in=plan.invoice_ids, open_amount__gt=0).order_by("due_on")
    open_now = dict(still_open.values_list("pk", "open_amount"))
    amount = min(max(plan.next.left, LEAST_PART), Money.total(Money.of(amount) for amount in open_now.values()))
    if not amount:
        return None
    label = words["deal_pay"].format(number=plan.next.instalment.number, amount=amount_in(words, amount))
    return NextPayment(label, str(amount), tuple(open_now))
