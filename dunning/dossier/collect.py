"""Everything about one handover, read in a fixed number of queries; the rest of the dossier only writes it down."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import QuerySet

from dunning.domain.contact_window import AMSTERDAM
from dunning.models import CallTask, Handover, HandoverLine, Hold, Notice
from dunning.models.notices import NoticeState
from receivables.balance import InvoiceBalance, balance_of_invoices
from receivables.domain.money import Money
from receivables.models import Customer, Invoice, Payment
from tenants.models import Tenant
from tenants.templatetags.voldaan import datum, datum_kort, eur

LEFT = (NoticeState.ACCEPTED, NoticeState.DELIVERED, NoticeState.BOUNCED, NoticeState.AMBIGUOUS)


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of the timeline."""

    at: datetime
    what: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the dossier is made of, as it stands on `on`."""

    tenant: Tenant
    customer: Customer
    handover: Handover
    on: date
    lines: tuple[HandoverLine, ...]
    balances: tuple[InvoiceBalance, ...]
    notices: tuple[Notice, ...]
    payments: tuple[Payment, ...]
    calls: tuple[CallTask, ...]
    holds: tuple[Hold, ...]

    @property
    def invoices(self) -> tuple[Invoice, ...]:
        return tuple(balance.invoice for balance in self.balances)

    @property
    def total(self) -> Money:
        return Money.total(balance.open for balance in self.balances)

    @property
    def invoiced(self) -> Money:
        return Money.total(balance.invoiced for balance in self.balances)


def collect(tenant: Tenant, handover: Handover, *, on: date) -> Facts:
    """Read what belongs to the invoices of this handover, and to nothing else of the customer."""
    rows = handover.lines.filter(cancelled_at__isnull=True)
    lines = tuple(
        rows.select_related("invoice__pdf_file", "invoice__source_file").order_by("invoice__due_on", "invoice__number")
    )
    invoices = [line.invoice for line in lines]
    balances = balance_of_invoices(tenant, invoices, on=on)
    holds = tenant.holds.filter(customer=handover.customer_id).select_related("invoice").order_by("placed_at", "pk")
    calls = tenant.call_tasks.filter(invoice__in=invoices, closed_at__isnull=False).select_related(
        "invoice", "closed_by"
    )
    return Facts(
        tenant=tenant,
        customer=handover.customer,
        handover=handover,
        on=on,
        lines=lines,
        balances=tuple(balances[invoice.pk] for invoice in invoices),
        notices=tuple(_notices(tenant, invoices)),
        payments=tuple(
            tenant.payments.filter(entries__invoice__in=invoices).distinct().order_by("received_on", "created_at", "pk")
        ),
        calls=tuple(calls.order_by("closed_at", "pk")),
        holds=tuple(hold for hold in holds if hold.invoice_id is None or hold.invoice in invoices),
    )


def _notices(tenant: Tenant, invoices: list[Invoice]) -> QuerySet[Notice]:
    """What left, or may have left, about these invoices."""
    ids = tenant.notice_lines.filter(invoice__in=invoices).values("notice_id")
    notices = tenant.notices.filter(pk__in=ids, state__in=LEFT).select_related("pdf_file", "mail_file")
    return notices.prefetch_related("lines__invoice", "attempts", "delivery_events").order_by("created_at", "pk")


def timeline(facts: Facts) -> list[Happening]:
    """What happened, oldest first."""
    return sorted(_happenings(facts), key=lambda happening: (happening.at, happening.what))


def _happenings(facts: Facts) -> Iterator[Happening]:
    for invoice in facts.invoices:
        detail = f"{eur(invoice.total_amount)}, te betalen uiterlijk op {datum(invoice.due_on)}"
        yield Happening(_start_of(invoice.issued_on), f"Factuur {invoice.number}", detail)
    for notice in facts.notices:
        yield from _of_notice(notice)
    for payment in facts.payments:
        yield Happening(
            _start_of(payment.received_on), f"Ontvangen {eur(payment.amount)}", payment.get_channel_display()
        )
    for hold in facts.holds:
        until = f"tot en met {datum(hold.until_on)}" if hold.until_on else "zonder einddatum"
        yield Happening(
            hold.placed_at,
            f"Blokkade: {hold.get_reason_display().lower()}",
            " · ".join(filter(None, (until, hold.note))),
        )
        if hold.ended_at:
            yield Happening(hold.ended_at, f"Blokkade opgeheven: {hold.get_reason_display().lower()}")
    for call in facts.calls:
        if call.closed_at:
            detail = " · ".join(filter(None, (f"factuur {call.invoice.number}", call.note)))
            yield Happening(call.closed_at, call.get_outcome_display() or "Gebeld", detail)
    yield Happening(facts.handover.flagged_at, "Voorgedragen voor overdracht")
    if facts.handover.approved_at:
        yield Happening(facts.handover.approved_at, "Overdracht goedgekeurd", str(facts.handover.approved_by or ""))


def _of_notice(notice: Notice) -> Iterator[Happening]:
    numbers = ", ".join(line.invoice.number for line in notice.lines.all())
    name = notice.get_step_kind_display()
    until = f"te betalen uiterlijk op {datum_kort(notice.pay_before_on)}" if notice.pay_before_on else ""
    parts = (notice.to_email, eur(notice.total_amount), until, numbers)
    yield Happening(
        notice.accepted_at or notice.created_at,
        f"{name}: {notice.get_state_display().lower()}",
        " · ".join(filter(None, parts)),
    )
    if notice.delivered_at:
        yield Happening(notice.delivered_at, f"{name}: bezorgd", notice.to_email)
    if notice.bounced_at:
        yield Happening(notice.bounced_at, f"{name}: onbestelbaar", notice.problem)


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=AMSTERDAM)
