"""What the pay page shows, as plain values: who claims, what, how much, until when, and how to pay."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import segno
from django.utils.safestring import SafeString, mark_safe

from receivables.balance import BalanceLine, CustomerBalance, InvoiceBalance, balance_of_customer
from receivables.domain.money import Money
from receivables.models import PayLink
from receivables.models.ledger import Component, EntryKind
from receivables.paying.opened import Opened, open_in
from receivables.paying.parts import LEAST_PART, MOST_AT_ONCE
from receivables.paying.texts import amount_in, day_in
from tenants.models import Tenant

LARGEST_LOGO = 200_000
MOST_LINES = 50
LOGO_TYPES = frozenset({"image/png", "image/jpeg", "image/webp", "image/svg+xml"})
COMPONENTS = {component.label: component for component in Component}


@dataclass(frozen=True, slots=True)
class Entry:
    """One change of what an invoice asks; interest and costs open further."""

    label: str
    day: str
    amount: str
    opened: Opened | None


@dataclass(frozen=True, slots=True)
class Row:
    """One open invoice on the page."""

    id: UUID
    number: str
    description: str
    issued: str
    state: str
    is_overdue: bool
    is_chosen: bool
    has_pdf: bool
    lines: tuple[tuple[str, str], ...]
    amount: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class PayPage:
    """Everything the template needs; it computes nothing."""

    heading: str
    amount: str
    count: str
    split: tuple[tuple[str, str], ...]
    deadline: str
    is_late: bool
    rows: tuple[Row, ...]
    chosen: tuple[UUID, ...]
    is_whole: bool
    pay_label: str
    reference: str
    credit: str
    has_claims: bool
    has_papers: bool
    part_hint: str


def build(
    tenant: Tenant,
    link: PayLink,
    *,
    chosen: Collection[UUID],
    on: date,
    words: dict[str, str],
    is_all: bool = False,
) -> PayPage:
    """The page for this link on this day. Without a choice it asks what is overdue, or else everything."""
    balance = balance_of_customer(tenant, link.customer, on=on)
    claims = _in_euro(balance)
    chosen = {claim.invoice.pk for claim in claims} if is_all else chosen
    asked = _asked(claims, chosen, on=on)
    total = Money.total(claim.open for claim in asked)
    is_chosen = bool({claim.invoice.pk for claim in asked} & set(chosen))
    amount = amount_in(words, total)
    deadline, is_late = _deadline(link, asked, on=on, words=words)
    return PayPage(
        heading=words["heading_chosen" if is_chosen else "heading"].format(tenant=tenant.name),
        amount=amount,
        count=_count(len(asked), words),
        split=_split(asked, words),
        deadline=deadline,
        is_late=is_late,
        rows=tuple(_row(claim, claim in asked, on=on, words=words) for claim in claims),
        chosen=tuple(claim.invoice.pk for claim in asked),
        is_whole=len(asked) == len(claims),
        pay_label=words["pay"].format(amount=amount),
        reference=_reference(asked),
        credit=words["credit"].format(amount=amount_in(words, balance.credit), tenant=tenant.name)
        if balance.credit
        else "",
        has_claims=bool(claims),
        has_papers=any(_has_papers(claim) for claim in claims),
        part_hint=words["part_hint"].format(least=amount_in(words, min(LEAST_PART, total))),
    )


def open_ids(tenant: Tenant, link: PayLink, *, on: date) -> frozenset[UUID]:
    """Everything that this link can pay."""
    return frozenset(claim.invoice.pk for claim in _in_euro(balance_of_customer(tenant, link.customer, on=on)))


def logo_of(tenant: Tenant) -> str:
    """The creditor's logo as a data URI: no second request that would need the token again."""
    if not tenant.logo or len(tenant.logo) > LARGEST_LOGO or tenant.logo_media_type not in LOGO_TYPES:
        return ""
    return f"data:{tenant.logo_media_type};base64,{b64encode(bytes(tenant.logo)).decode()}"


def qr_of(url: str) -> SafeString:
    """The same page for the phone: drawn here, so that nothing is asked from elsewhere."""
    code = segno.make_qr(url, error="m")
    svg = code.svg_inline(scale=4, border=4, light="#fff", dark="#000", omitsize=True, svgclass="qr")
    svg = svg.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)  # the words stand beside it
    return mark_safe(svg)  # noqa: S308 # drawn by the package from our own address


def _billed(lines: Any, words: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """What the invoice was for, as its file said: (what, amount)."""
    rows = [line for line in lines if isinstance(line, dict)] if isinstance(lines, list) else []
    found = [(str(row.get("description", ""))[:200], _billed_amount(row, words)) for row in rows[:MOST_LINES]]
    return tuple(row for row in found if row[0])


def _billed_amount(row: dict[str, Any], words: dict[str, str]) -> str:
    try:
        return amount_in(words, Money.of(str(row.get("amount", ""))))
    except (ArithmeticError, ValueError):
        return ""


def _has_papers(claim: InvoiceBalance) -> bool:
    invoice = claim.invoice
    return bool(invoice.pdf_file_id or invoice.description or invoice.lines)


def _in_euro(balance: CustomerBalance) -> tuple[InvoiceBalance, ...]:
    return tuple(claim for claim in balance.claims if claim.invoice.currency == "EUR")


def _asked(claims: tuple[InvoiceBalance, ...], chosen: Collection[UUID], *, on: date) -> tuple[InvoiceBalance, ...]:
    wanted = tuple(claim for claim in claims if claim.invoice.pk in chosen)
    overdue = tuple(claim for claim in claims if claim.is_overdue(on))
    return (wanted or overdue or claims)[:MOST_AT_ONCE]


def _deadline(link: PayLink, asked: tuple[InvoiceBalance, ...], *, on: date, words: dict[str, str]) -> tuple[str, bool]:
    """The last day the latest letter set, when it asked for some of this; else the earliest due date.

    A letter asks for what is overdue: its day says nothing about an invoice that may be paid later.
    """
    if not asked:
        return "", False
    due_on = min(claim.invoice.due_on for claim in asked)
    told_on = link.pay_before_on if any(claim.is_overdue(on) for claim in asked) else None
    last_day = told_on if told_on and told_on >= on else due_on
    is_late = last_day < on
    return words["was_due" if is_late else "pay_before"].format(day=day_in(words, last_day)), is_late


def _row(claim: InvoiceBalance, is_chosen: bool, *, on: date, words: dict[str, str]) -> Row:
    invoice = claim.invoice
    is_overdue = claim.is_overdue(on)
    return Row(
        id=invoice.pk,
        number=invoice.number,
        description=invoice.description,
        issued=day_in(words, invoice.issued_on),
        state=words["overdue" if is_overdue else "not_due"].format(day=day_in(words, invoice.due_on)),
        is_overdue=is_overdue,
        is_chosen=is_chosen,
        has_pdf=invoice.pdf_file_id is not None,
        lines=_billed(invoice.lines, words),
        amount=amount_in(words, claim.open),
        entries=tuple(_entry(line, invoice.number, words) for line in claim.lines),
    )


def _split(asked: tuple[InvoiceBalance, ...], words: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """Principal, interest, costs and VAT of what is asked; nothing when the principal is all."""
    vat = Money.total(claim.costs_vat for claim in asked)
    parts = (
        ("principal", Money.total(claim.principal for claim in asked)),
        ("interest", Money.total(claim.interest for claim in asked)),
        ("costs", Money.total(claim.costs for claim in asked) - vat),
        ("costs_vat", vat),
    )
    found = tuple((words[name], amount_in(words, amount)) for name, amount in parts if amount)
    return found if len(found) > 1 else ()


def _entry(line: BalanceLine, number: str, words: dict[str, str]) -> Entry:
    return Entry(
        label=_label(line, number, words),
        day=day_in(words, line.booked_on),
        amount=amount_in(words, line.amount),
        opened=open_in(words, line.unfolded) if line.unfolded else None,
    )


def _label(line: BalanceLine, number: str, words: dict[str, str]) -> str:
    """What happened, and to which part when that is not the invoice itself: `Betaling (rente)`."""
    component, kind = COMPONENTS[line.component], words[f"entry_{line.kind}"]
    if line.kind in (EntryKind.INTEREST, EntryKind.COSTS):
        return words[component.value]
    if line.kind == EntryKind.INVOICE:
        return f"{kind} {number}"
    return kind if component is Component.PRINCIPAL else f"{kind} ({words[f'towards_{component.value}']})"


def _reference(asked: tuple[InvoiceBalance, ...]) -> str:
    """What to put in a transfer: the payment reference of a single invoice, otherwise the numbers."""
    if len(asked) == 1 and asked[0].invoice.payment_reference:
        return asked[0].invoice.payment_reference
    return ", ".join(claim.invoice.number for claim in asked)[:140]


def _count(number: int, words: dict[str, str]) -> str:
    return words["one_invoice"] if number == 1 else words["many_invoices"].format(count=number)
