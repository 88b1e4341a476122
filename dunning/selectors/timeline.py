"""Everything that happened with a customer, newest first: letters, calls, payments, holds, arrangements, notes, handovers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import chain

from dunning.models import CallTask, Handover, Hold, Notice
from dunning.models.notices import NoticeState
from dunning.selectors import arranged_history
from dunning.service_mail.outbox import recent
from receivables.domain.unfold import Unfolded
from receivables.models import Customer, Payment
from receivables.splits import splits_of
from tenants.models import Tenant, User
from tenants.templatetags.voldaan import datum, eur

LENGTH = 60

NOTICE_LOOK = {
    NoticeState.PLANNED: ("mail-plus", ""),
    NoticeState.READY: ("mail-plus", ""),
    NoticeState.CLAIMED: ("mail", ""),
    NoticeState.WAITING: ("mail", "warn"),
    NoticeState.ACCEPTED: ("mail", "info"),
    NoticeState.DELIVERED: ("mail-check", "info"),
    NoticeState.BOUNCED: ("mail-x", "bad"),
    NoticeState.AMBIGUOUS: ("mail-question-mark", "warn"),
    NoticeState.REFUSED: ("mail-x", "bad"),
    NoticeState.CANCELLED: ("mail-minus", ""),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timeline; `icon` and `tone` are how it looks."""

    at: datetime
    icon: str
    title: str
    text: str = ""
    tone: str = ""
    who: str = ""
    notice: Notice | None = None
    split: Unfolded | None = None  # of a payment: where it went


def timeline_of(tenant: Tenant, customer: Customer, *, on: date, length: int = LENGTH) -> list[Entry]:
    """The newest entries, in a fixed number of queries."""
    entries = chain(
        _notices(tenant, customer, length),
        _payments(tenant, customer, length),
        _holds(tenant, customer, length),
        _calls(tenant, customer, length),
        _notes(tenant, customer, length),
        _handovers(tenant, customer, length),
        _arranged(tenant, customer, length, on=on),
    )
    return sorted(entries, key=lambda entry: entry.at, reverse=True)[:length]


def _notices(tenant: Tenant, customer: Customer, length: int) -> Iterator[Entry]:
    notices = tenant.notices.filter(customer=customer).prefetch_related("lines__invoice").order_by("-created_at")
    for notice in notices[:length]:
        icon, tone = NOTICE_LOOK[NoticeState(notice.state)]
        numbers = ", ".join(line.invoice.number for line in notice.lines.all())
        where = f" naar {notice.to_email}" if notice.to_email else ""
        text = " · ".join(
            part for part in (eur(notice.total_amount), numbers, notice.problem or notice.cancelled_why) if part
        )
        title = f"{notice.get_step_kind_display()}{where}: {notice.get_state_display().lower()}"
        yield Entry(_moment(notice), icon, title, text, tone, notice=notice)


def _moment(notice: Notice) -> datetime:
    return notice.bounced_at or notice.delivered_at or notice.accepted_at or notice.cancelled_at or notice.created_at


def _payments(tenant: Tenant, customer: Customer, length: int) -> Iterator[Entry]:
    payments = list(tenant.payments.filter(customer=customer).select_related("by").order_by("-received_on")[:length])
    splits = splits_of(tenant, payments)
    for payment in payments:
        title, who = f"{eur(payment.amount)} ontvangen", _who(payment.by)
        split = splits[payment.pk]
        yield Entry(payment.created_at, "banknote", title, _of(payment), "good", who, split=split)


def _of(payment: Payment) -> str:
    left = f"{eur(payment.unallocated)} nog niet verwerkt" if payment.unallocated > Decimal(0) else ""
    parts = (payment.get_channel_display(), f"op {datum(payment.received_on)}", payment.description, left)
    return " · ".join(part for part in parts if part)


def _holds(tenant: Tenant, customer: Customer, length: int) -> Iterator[Entry]:
    holds = tenant.holds.filter(customer=customer).select_related("placed_by", "ended_by", "invoice")
    for hold in holds.order_by("-placed_at")[:length]:
        on = f"factuur {hold.invoice.number}" if hold.invoice else "deze klant"
        until = f"tot en met {datum(hold.until_on)}" if hold.until_on else "zonder einddatum"
        text = " · ".join(part for part in (f"op {on}", until, hold.note) if part)
        yield Entry(
            hold.placed_at,
            "circle-pause",
            f"Blokkade: {hold.get_reason_display().lower()}",
            text,
            "warn",
            _who(hold.placed_by),
        )
        yield from _ended(hold, on)


def _ended(hold: Hold, on: str) -> Iterator[Entry]:
    if hold.ended_at:
        title = f"Blokkade opgeheven: {hold.get_reason_display().lower()}"
        yield Entry(hold.ended_at, "circle-play", title, f"op {on}", "", _who(hold.ended_by))


def _calls(tenant: Tenant, customer: Customer, length: int) -> Iterator[Entry]:
    calls = tenant.call_tasks.filter(customer=customer, closed_at__isnull=False).select_related("closed_by", "invoice")
    for call in calls.order_by("-closed_at")[:length]:
        yield Entry(_closed(call), "phone", call.get_outcome_display() or "Gebeld", call.note, "", _who(call.closed_by))


def _closed(call: CallTask) -> datetime:
    assert call.closed_at  # noqa: S101 # filtered on
    return call.closed_at


def _notes(tenant: Tenant, customer: Customer, length: int) -> Iterator[Entry]:
    for note in tenant.notes.filter(customer=customer).select_related("by").order_by("-at")[:length]:
        yield Entry(note.at, "notebook-pen", "Notitie", note.text, "", _who(note.by))


def _arranged(tenant: Tenant, customer: Customer, length: int, *, on: date) -> Iterator[Entry]:
    """What was agreed or asked instead of paying, and the mails about it. Promises and plans are broken by day, so by `on`."""
    disputes = tenant.disputes.filter(customer=customer).select_related("invoice", "opened_by", "resolved_by")
    messages = tenant.debtor_messages.filter(customer=customer).select_related("handled_by")
    told = chain(
        arranged_history.of_disputes(disputes.order_by("-opened_at")[:length]),
        arranged_history.of_promises(tenant.promises.filter(customer=customer).order_by("-id")[:length], on=on),
        arranged_history.of_plans(tenant.payment_plans.filter(customer=customer).order_by("-id")[:length], on=on),
        arranged_history.of_messages(messages.order_by("-left_at")[:length]),
        arranged_history.of_service_mails(recent(tenant, customer)),
    )
    for one in told:
        yield Entry(one.at, one.icon, one.title, one.text, one.tone, one.who)


def _handovers(tenant: Tenant, customer: Customer, length: int) -> Iterator[Entry]:
    handovers = tenant.handovers.filter(customer=customer).select_related("approved_by", "handed_over_by")
    for handover in handovers.order_by("-flagged_at")[:length]:
        yield from _handover(handover)


def _handover(handover: Handover) -> Iterator[Entry]:
    yield Entry(
        handover.flagged_at, "briefcase", "Voorgedragen voor overdracht", "Wacht op akkoord van de ondernemer.", "warn"
    )
    if handover.approved_at:
        yield Entry(handover.approved_at, "briefcase", "Overdracht goedgekeurd", "", "", _who(handover.approved_by))
    if handover.rejected_at:
        yield Entry(handover.rejected_at, "briefcase", "Overdracht afgewezen", handover.rejected_why)
    if handover.handed_over_at:
        by = _who(handover.handed_over_by)
        yield Entry(handover.handed_over_at, "briefcase", "Dossier overgedragen", handover.agency_name, "bad", by)


def _who(user: User | None) -> str:
    return str(user) if user else ""
