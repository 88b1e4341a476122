"""What became of disputes, promises, plans and messages, moment by moment: for the timeline on screen and in the dossier."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet

from dunning.arranged import progress_of, standing_of
from dunning.domain.arrangements import PlanStanding, Progress, PromiseStanding
from dunning.domain.contact_window import AMSTERDAM
from dunning.models import DebtorMessage, Dispute, PaymentPlan, Promise, ServiceMail
from dunning.models.arrangements import Origin, PlanState
from dunning.models.service_mails import ServiceMailState
from tenants.models import User
from tenants.templatetags.voldaan import datum, eur

MAIL_TONES = {
    ServiceMailState.ACCEPTED: "info",
    ServiceMailState.REFUSED: "bad",
    ServiceMailState.AMBIGUOUS: "warn",
}


@dataclass(frozen=True, slots=True)
class Told:
    """One moment; `icon` and `tone` are how it looks on screen."""

    at: datetime
    icon: str
    title: str
    text: str = ""
    tone: str = ""
    who: str = ""


def of_disputes(rows: Iterable[Dispute]) -> Iterator[Told]:
    """Opened, and answered. The rows bring their invoice and people along."""
    for row in rows:
        on = f"factuur {row.invoice.number}"
        part = f"{eur(row.amount)} betwist" if row.amount else ""
        text = _joined(on, part, row.text)
        title = f"Betwisting: {row.get_reason_display().lower()}"
        yield Told(row.opened_at, "scale", title, text, "warn", _by(row.origin, row.opened_by))
        if row.resolved_at:
            title = f"Betwisting afgehandeld: {row.get_outcome_display().lower()}"
            yield Told(row.resolved_at, "scale", title, _joined(on, row.outcome_note), "", _who(row.resolved_by))


def of_promises(rows: QuerySet[Promise], *, on: date) -> Iterator[Told]:
    """Made, withdrawn, and broken: that moment is the day after the last day of grace."""
    for row, standing in standing_of(rows.select_related("made_by", "withdrawn_by"), on=on):
        title = f"{eur(row.amount)} toegezegd voor {datum(row.pay_on)}"
        yield Told(row.made_at, "calendar-check", title, row.note, "info", _by(row.origin, row.made_by))
        if row.withdrawn_at:
            title = f"Toezegging voor {datum(row.pay_on)} ingetrokken"
            yield Told(row.withdrawn_at, "calendar-x", title, "", "", _who(row.withdrawn_by))
        elif standing is PromiseStanding.BROKEN:
            title = f"Toezegging voor {datum(row.pay_on)} niet nagekomen"
            yield Told(_after(row.grace_on), "calendar-x", title, eur(row.amount), "bad")


def of_plans(rows: QuerySet[PaymentPlan], *, on: date) -> Iterator[Told]:
    """Asked or agreed, broken, and ended."""
    people = ("asked_by", "decided_by", "ended_by")
    for row, progress in progress_of(rows.select_related(*people), on=on):
        terms = (
            f"{len(progress.parts)} termijnen vanaf {datum(progress.parts[0].instalment.due_on)}"
            if progress.parts
            else ""
        )
        asked_by = _by(row.origin, row.asked_by)
        if row.state == PlanState.REQUESTED or row.started_at != row.asked_at:
            title = f"Regeling van {eur(row.total)} aangevraagd"
            yield Told(row.asked_at, "calendar-range", title, _joined(terms, row.note), "warn", asked_by)
        if row.started_at:
            who = _who(row.decided_by) or ("" if row.origin == Origin.STAFF else "vanzelf, binnen de grenzen")
            title = f"Regeling van {eur(row.total)} afgesproken"
            yield Told(row.started_at, "calendar-range", title, terms, "info", who)
            yield from _broken(progress)
        if row.ended_at:
            title = f"Regeling {row.get_state_display().lower()}"
            yield Told(row.ended_at, "calendar-range", title, row.ended_why, "", _who(row.ended_by))


def _broken(progress: Progress) -> Iterator[Told]:
    if progress.standing is PlanStanding.BROKEN and progress.next and progress.catch_up_on:
        title = f"Regeling gebroken: termijn van {datum(progress.next.instalment.due_on)} niet op tijd"
        yield Told(_after(progress.catch_up_on), "calendar-x", title, f"{eur(progress.left)} nog te betalen", "bad")


def of_messages(rows: Iterable[DebtorMessage]) -> Iterator[Told]:
    """Left by the debtor, and handled."""
    for row in rows:
        paid = f"{eur(row.paid_amount)} op {datum(row.paid_on)}" if row.paid_amount else ""
        title = f"Bericht van de klant: {row.get_kind_display().lower()}"
        yield Told(row.left_at, "inbox", title, _joined(paid, row.text), "info", row.from_name)
        if row.handled_at:
            title = f"Bericht afgehandeld: {row.get_kind_display().lower()}"
            yield Told(row.handled_at, "inbox", title, row.handled_note, "", _who(row.handled_by))


def of_service_mails(rows: Iterable[ServiceMail]) -> Iterator[Told]:
    """Confirmations and reminders of instalments, as far as they went."""
    for row in rows:
        state = ServiceMailState(row.state)
        title = f"{row.get_kind_display()} naar {row.to_email}: {state.label.lower()}"
        yield Told(row.accepted_at or row.created_at, "mail", title, row.problem, MAIL_TONES.get(state, ""))


def _after(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=AMSTERDAM)


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _by(origin: str, user: User | None) -> str:
    return "de klant, op de betaalpagina" if origin == Origin.DEBTOR else _who(user)


def _who(user: User | None) -> str:
    return str(user) if user else ""
