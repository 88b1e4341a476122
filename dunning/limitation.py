"""Until when each claim can be enforced, and what started a new term (art. 3:307, 3:317-3:319, 7:28, 8:1711 BW).

The last payment day counts as the day the claim became due. A letter of the ladder that was accepted and did not come back
is a written demand that reserves the right to performance; a payment on the invoice is an acknowledgement.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from dunning.models import Interruption, LimitationRelease
from dunning.models.notices import NoticeState
from dunning.models.policies import StepKind
from receivables.debtors import debtor_of_customer
from receivables.domain.debtor import Debtor
from receivables.domain.limitation import ClaimNature as Term
from receivables.domain.limitation import LimitationWarning, limitation, warning
from receivables.models import Invoice
from receivables.models.ledger import EntryKind
from tenants.models import Tenant
from tenants.models.organisation import ClaimNature

ARRIVED: Final = (NoticeState.ACCEPTED, NoticeState.DELIVERED)  # what bounced or is unsure interrupts nothing
PAID_SOMETHING: Final = "Betaling op deze factuur: erkenning door de klant"
WHY: Final = {
    Term.ORDINARY: "gewone vordering uit een overeenkomst",
    Term.CONSUMER_SALE: "spullen, verkocht aan een consument",
    Term.TRANSPORT: "vervoer",
}
NOT_KNOWN: Final = "niet bekend wat er verkocht is; de kortste termijn telt"


@dataclass(frozen=True, slots=True)
class Interrupted:
    """A day on which a new term began, and by what."""

    on: date
    why: str
    article: str


@dataclass(frozen=True, slots=True)
class LimitationOf:
    """The answer for one invoice. Past its date it is only asked for when a person released it."""

    due_on: date
    last_safe_day: date
    warning: LimitationWarning
    years: int
    article: str
    why: str
    interruptions: tuple[Interrupted, ...]
    interruption_too_late: bool
    release: LimitationRelease | None

    @property
    def is_passed(self) -> bool:
        return self.warning is LimitationWarning.PASSED

    @property
    def may_be_asked(self) -> bool:
        return not self.is_passed or self.release is not None


def limitations(tenant: Tenant, invoice_ids: Collection[UUID], *, on: date) -> dict[UUID, LimitationOf]:
    """The limitation of each of these invoices on a day, in five queries whatever their number."""
    ids = list(invoice_ids)
    interrupted: dict[UUID, list[Interrupted]] = defaultdict(list)
    for source in (_letters, _payments, _established):
        for invoice_id, found in source(tenant, ids, on=on):
            interrupted[invoice_id].append(found)
    releases = {row.invoice_id: row for row in tenant.limitation_releases.filter(invoice__in=ids).select_related("by")}
    rows = tenant.invoices.filter(pk__in=ids).select_related("customer")
    return {row.pk: _limitation(tenant, row, interrupted[row.pk], releases.get(row.pk), on=on) for row in rows}


def term_of(nature: str, debtor: Debtor) -> Term:
    """Which term holds for what this tenant sells to this debtor; unknown is the shortest that could apply."""
    if nature == ClaimNature.TRANSPORT:
        return Term.TRANSPORT
    if nature == ClaimNature.SERVICES or not debtor.is_consumer:
        return Term.ORDINARY
    return Term.CONSUMER_SALE


def _limitation(
    tenant: Tenant, invoice: Invoice, events: list[Interrupted], release: LimitationRelease | None, *, on: date
) -> LimitationOf:
    term = term_of(tenant.claim_nature, debtor_of_customer(invoice.customer))
    events.sort(key=lambda event: event.on)
    found = limitation(invoice.due_on, years=term.years, interruptions=[event.on for event in events])
    is_guess = tenant.claim_nature == ClaimNature.UNKNOWN and term is Term.CONSUMER_SALE
    return LimitationOf(
        due_on=invoice.due_on,
        last_safe_day=found.last_safe_day,
        warning=warning(found.last_safe_day, on),
        years=term.years,
        article=term.article,
        why=NOT_KNOWN if is_guess else WHY[term],
        interruptions=tuple(events),
        interruption_too_late=found.interruption_too_late,
        release=release,
    )


def _letters(tenant: Tenant, ids: list[UUID], *, on: date) -> Iterator[tuple[UUID, Interrupted]]:
    lines = tenant.notice_lines.filter(
        invoice__in=ids, cancelled_at__isnull=True, notice__state__in=ARRIVED, notice__accepted_on__lte=on
    ).exclude(notice__step_kind=StepKind.PRE_DUE_NOTICE)
    for invoice_id, day, kind in lines.values_list("invoice_id", "notice__accepted_on", "notice__step_kind"):
        if day:
            yield invoice_id, Interrupted(day, f"{StepKind(kind).label} verstuurd", "art. 3:317 BW")


def _payments(tenant: Tenant, ids: list[UUID], *, on: date) -> Iterator[tuple[UUID, Interrupted]]:
    """Money that came in and stayed; what was reversed or refunded acknowledges nothing."""
    entries = tenant.ledger.filter(
        invoice__in=ids, kind=EntryKind.PAYMENT, payment__isnull=False, payment__received_on__lte=on
    ).filter(reversed_by__isnull=True)
    for invoice_id, day in entries.values_list("invoice_id", "payment__received_on").distinct():
        if day:
            yield invoice_id, Interrupted(day, PAID_SOMETHING, "art. 3:318 BW")


def _established(tenant: Tenant, ids: list[UUID], *, on: date) -> Iterator[tuple[UUID, Interrupted]]:
    rows: list[Interruption] = list(tenant.interruptions.filter(invoice__in=ids, received_on__lte=on))
    for row in rows:
        words, _, article = row.get_kind_display().rstrip(")").partition(" (")
        yield row.invoice_id, Interrupted(row.received_on, f"{words}{f': {row.note}' if row.note else ''}", article)
