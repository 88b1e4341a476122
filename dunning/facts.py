"""Facts for the decision, read in a fixed number of queries per chunk of customers, whatever the chunk's size."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db.models import Max, Q, QuerySet, Sum

from dunning.arranged import load_arrangements
from dunning.domain.arrangements import Arrangement
from dunning.domain.contact_window import AMSTERDAM
from dunning.domain.facts import CustomerFacts, Hold, HoldKind, HoldLevel, InvoiceFacts, Taken, TakenState, TenantFacts
from dunning.domain.fourteen_day import FourteenDay
from dunning.domain.legal_content import LegalContent
from dunning.domain.policy import Channel, StepKind
from dunning.freshness import freshness
from dunning.ladders import Ladders
from dunning.law_facts import as_term, cost_batch, is_represented, stop_signal
from dunning.limitation import limitations
from dunning.models import Hold as HoldRow
from dunning.models import Notice
from dunning.models.handovers import HandoverState
from dunning.models.holds import HoldReason
from dunning.models.notices import NoticeState
from dunning.wki import wki_note
from receivables.debtors import debtor_of_customer
from receivables.domain.default import DueDateBasis
from receivables.models import Customer
from receivables.models.customers import ContactRole
from receivables.models.invoices import InvoiceKind
from receivables.models.ledger import EntryKind
from tenants.models import Tenant

FIRST_CYCLE: Final = 1
MOST_GAP_DAYS: Final = 60  # between two messages, as a ladder may say
YOUNGEST_BARRED: Final = timedelta(days=365)  # the shortest term of limitation is one year
_NOTICE_STATES: Final = {
    NoticeState.PLANNED: TakenState.PENDING,
    NoticeState.READY: TakenState.PENDING,
    NoticeState.CLAIMED: TakenState.PENDING,
    NoticeState.WAITING: TakenState.PENDING,
    NoticeState.ACCEPTED: TakenState.ACCEPTED,
    NoticeState.DELIVERED: TakenState.ACCEPTED,
    NoticeState.BOUNCED: TakenState.BOUNCED,
    NoticeState.REFUSED: TakenState.BOUNCED,
    NoticeState.AMBIGUOUS: TakenState.AMBIGUOUS,
}
_HOLD_KINDS: Final = {
    HoldReason.DISPUTE: HoldKind.DISPUTE,
    HoldReason.PROMISE: HoldKind.PROMISE,
    HoldReason.PLAN: HoldKind.PLAN,
}


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What recording a decision needs of one invoice, beside what deciding it needs."""

    version_id: UUID | None
    cycle: int
    is_on_track: bool
    open_amount: Decimal


@dataclass(frozen=True, slots=True)
class Loaded:
    """One customer: the facts, and how to address them."""

    facts: CustomerFacts
    language: str
    to_email: str
    files: dict[UUID, FileFacts]


def load_tenant(tenant: Tenant, *, on: date) -> TenantFacts:
    """The gate and the holds on the whole tenant."""
    fresh = freshness(tenant, on=on)
    rows = running_holds(tenant.holds.filter(level=HoldLevel.TENANT.value), on=on)
    return TenantFacts(
        gate=fresh.gate,
        gate_note=fresh.note,
        holds=tuple(as_hold(row) for row in rows),
        wki_note=wki_note(tenant, on=on),
        contact_cap=tenant.contact_cap,
        contact_cap_days=tenant.contact_cap_days,
        margin_days=tenant.term_margin_days,
    )


def customers_with_open_invoices(tenant: Tenant, *, after: UUID | None, most: int) -> list[UUID]:
    """The next customers to decide about, in the order of their id."""
    rows = tenant.invoices.filter(kind=InvoiceKind.INVOICE, open_amount__gt=0)
    if after is not None:
        rows = rows.filter(customer_id__gt=after)
    return list(rows.order_by("customer_id").values_list("customer_id", flat=True).distinct()[:most])


def load(
    tenant: Tenant, customer_ids: Collection[UUID], *, ladders: Ladders, on: date, leaving_out: Notice | None = None
) -> list[Loaded]:
    """The facts of these customers. `leaving_out` is a notice that is being looked at again: as if it were not there."""
    return _Loader(tenant, customer_ids, ladders=ladders, on=on, leaving_out=leaving_out).load()


class _Loader:
    """One chunk: fifteen queries, then only dictionaries."""

    def __init__(
        self,
        tenant: Tenant,
        customer_ids: Collection[UUID],
        *,
        ladders: Ladders,
        on: date,
        leaving_out: Notice | None,
    ) -> None:
        self.tenant = tenant
        self.ids = list(customer_ids)
        self.ladders = ladders
        self.on = on
        self.leaving_out = leaving_out
        self.credits: dict[UUID, int] = defaultdict(int)

    def load(self) -> list[Loaded]:
        rows = self._open_invoices()
        invoice_ids = [row[0] for row in rows]
        tracks = self._tracks(invoice_ids)
        taken, letters = self._taken(invoice_ids, tracks), self._letters(invoice_ids)
        barred = self._limitations(rows)
        of_customer, of_invoice = self._held()
        arranged = load_arrangements(self.tenant, self.ids, on=self.on)
        by_customer: dict[UUID, list[tuple[Any, ...]]] = defaultdict(list)
        for row in rows:
            by_customer[row[1]].append(row)
        chosen, contacts, reached = self._choices(), self._contacts(), self._contact_days()
        self._add_unallocated()
        loaded = []
        for customer in self.tenant.customers.filter(pk__in=self.ids).order_by("pk"):
            fallback = self.ladders.version_for(chosen=chosen.get(customer.pk), segment_id=customer.segment_id)
            files = {row[0]: _file(tracks.get(row[0]), fallback, row[3]) for row in by_customer[customer.pk]}
            invoices = tuple(
                self._invoice(
                    row,
                    files[row[0]],
                    taken.get(row[0], ()),
                    of_invoice.get(row[0], ()),
                    letters.get(row[0]),
                    barred.get(row[0]),
                    arranged.get(row[0], ()),
                )
                for row in by_customer[customer.pk]
            )
            days = reached.get(customer.pk, ())
            to_email = contacts.get(customer.pk) or customer.email
            if is_represented(customer):
                to_email = customer.representative_email
            facts = CustomerFacts(
                customer_id=customer.pk,
                invoices=invoices,
                channels=_channels(customer, to_email),
                unallocated_cents=self.credits.get(customer.pk, 0),
                last_contact_on=max(days, default=None),
                holds=tuple(of_customer.get(customer.pk, ())),
                debtor=debtor_of_customer(customer),
                stop=stop_signal(customer),
                contacts_on=tuple(days),
            )
            loaded.append(Loaded(facts, customer.language, to_email, files))
        return loaded

    def _invoice(
        self,
        row: tuple[Any, ...],
        file: FileFacts,
        taken: Iterable[Taken],
        holds: Iterable[Hold],
        letter: FourteenDay | None,
        limitation_on: date | None,
        arrangements: tuple[Arrangement, ...],
    ) -> InvoiceFacts:
        invoice_id, _, due_on, open_amount, currency, _, issued_on, received_on, basis = row
        return InvoiceFacts(
            invoice_id,
            due_on,
            cents(open_amount),
            self.ladders.by_version.get(file.version_id) if file.version_id else None,
            currency=currency,
            taken=tuple(taken),
            holds=tuple(holds),
            issued_on=received_on or issued_on,
            basis=DueDateBasis(basis),
            letter=letter,
            limitation_on=limitation_on,
            arrangements=arrangements,
        )

    def _open_invoices(self) -> list[tuple[Any, ...]]:
        """Open invoices; what is open on credit notes counts as a credit of the customer."""
        found = self.tenant.invoices.filter(customer__in=self.ids).exclude(open_amount=0).order_by("due_on", "pk")
        rows = []
        names = ("pk", "customer_id", "due_on", "open_amount", "currency", "kind")
        for row in found.values_list(*names, "issued_on", "received_on", "due_date_basis"):
            if row[5] == InvoiceKind.INVOICE:
                rows.append(row)
            else:
                self.credits[row[1]] -= cents(row[3])
        return rows

    def _tracks(self, invoice_ids: list[UUID]) -> dict[UUID, tuple[UUID, int]]:
        rows = self.tenant.tracks.filter(invoice__in=invoice_ids).values_list("invoice_id", "version_id", "cycle")
        return {invoice_id: (version_id, cycle) for invoice_id, version_id, cycle in rows}

    def _taken(self, invoice_ids: list[UUID], tracks: dict[UUID, tuple[UUID, int]]) -> dict[UUID, list[Taken]]:
        taken: dict[UUID, list[Taken]] = defaultdict(list)
        sources = (self._notices(invoice_ids), self._calls(invoice_ids), self._handovers(invoice_ids))
        for invoice_id, cycle, step in (found for source in sources for found in source):
            present = tracks[invoice_id][1] if invoice_id in tracks else FIRST_CYCLE
            if cycle == present:
                taken[invoice_id].append(step)
        return taken

    def _notices(self, invoice_ids: list[UUID]) -> Iterable[tuple[UUID, int, Taken]]:
        lines = self.tenant.notice_lines.filter(invoice__in=invoice_ids, cancelled_at__isnull=True)
        lines = lines.exclude(notice__state=NoticeState.CANCELLED)
        if self.leaving_out is not None:
            lines = lines.exclude(notice=self.leaving_out)
        of_notice = ("state", "step_kind", "created_at", "accepted_on", "bounced_at", "pay_before_on", "legal_content")
        rows = lines.values_list("invoice_id", "cycle", "step_key", *(f"notice__{name}" for name in of_notice))
        for invoice_id, cycle, key, state, kind, created_at, accepted_on, bounced_at, pay_by, content in rows:
            how = _NOTICE_STATES[NoticeState(state)]
            happened_on = accepted_on or civil_day(created_at)
            if how is TakenState.BOUNCED and bounced_at is not None:
                happened_on = civil_day(bounced_at)
            gives_term = how is TakenState.ACCEPTED and kind != StepKind.PRE_DUE_NOTICE  # that one names the due date
            term = pay_by if gives_term else None
            legal = LegalContent(content) if content else None
            yield invoice_id, cycle, Taken(key, StepKind(kind), how, happened_on, term, legal)

    def _letters(self, invoice_ids: list[UUID]) -> dict[UUID, FourteenDay]:
        """The newest fourteen-day letter of each invoice."""
        lines = self.tenant.notice_lines.filter(invoice__in=invoice_ids, cancelled_at__isnull=True)
        if self.leaving_out is not None:
            lines = lines.exclude(notice=self.leaving_out)
        names = ("received_on", "term_last_on", "costs_due_from_on", "voided_at", "costs_settled_at", "pk")
        rows = lines.filter(notice__fourteen_day_letters__isnull=False).order_by(
            "notice__fourteen_day_letters__sent_on"
        )
        listed = list(rows.values_list("invoice_id", *(f"notice__fourteen_day_letters__{name}" for name in names)))
        settled = [row[0] for row in listed if row[5] is not None]
        bearing = self._bearing_costs(settled) if settled else set()
        found = {}
        for invoice_id, received_on, last_on, due_from_on, voided_at, settled_at, letter_id in listed:
            term = as_term(received_on, last_on, due_from_on)
            is_paid = settled_at is not None and (invoice_id, cost_batch(letter_id)) not in bearing
            found[invoice_id] = FourteenDay(term, is_void=voided_at is not None, is_paid=is_paid)
        return found

    def _bearing_costs(self, invoice_ids: list[UUID]) -> set[tuple[UUID, str]]:
        """Invoices with costs of a letter that still stand. A letter after which none came due gives no costs any more."""
        rows = self.tenant.ledger.filter(invoice__in=invoice_ids, kind=EntryKind.COSTS, reversed_by__isnull=True)
        return set(rows.values_list("invoice_id", "details__batch"))

    def _limitations(self, rows: list[tuple[Any, ...]]) -> dict[UUID, date]:
        """Of the old invoices alone; one that a person released is asked for as any other."""
        old = [row[0] for row in rows if row[2] + YOUNGEST_BARRED < self.on]
        if not old:
            return {}
        found = limitations(self.tenant, old, on=self.on)
        return {pk: one.last_safe_day for pk, one in found.items() if one.release is None}

    def _calls(self, invoice_ids: list[UUID]) -> Iterable[tuple[UUID, int, Taken]]:
        tasks = self.tenant.call_tasks.filter(invoice__in=invoice_ids, cancelled_at__isnull=True)
        for invoice_id, cycle, key, planned_on, closed_on in tasks.values_list(
            "invoice_id", "cycle", "step_key", "planned_on", "closed_on"
        ):
            state = TakenState.PENDING if closed_on is None else TakenState.ACCEPTED
            yield invoice_id, cycle, Taken(key, StepKind.CALL, state, closed_on or planned_on)

    def _handovers(self, invoice_ids: list[UUID]) -> Iterable[tuple[UUID, int, Taken]]:
        """A rejected handover counts as taken, or the next run would ask its owner again."""
        rejected = Q(handover__state=HandoverState.REJECTED)
        lines = self.tenant.handover_lines.filter(Q(cancelled_at__isnull=True) | rejected, invoice__in=invoice_ids)
        of_handover = ("state", "flagged_at", "rejected_at", "handed_over_at")
        for invoice_id, cycle, key, state, flagged_at, rejected_at, handed_over_at in lines.values_list(
            "invoice_id", "cycle", "step_key", *(f"handover__{name}" for name in of_handover)
        ):
            how, at = TakenState.PENDING, flagged_at
            if state == HandoverState.REJECTED:
                how, at = TakenState.REFUSED, rejected_at or flagged_at
            elif state == HandoverState.HANDED_OVER:
                how, at = TakenState.ACCEPTED, handed_over_at or flagged_at
            yield invoice_id, cycle, Taken(key, StepKind.HANDOVER, how, civil_day(at))

    def _held(self) -> tuple[dict[UUID, list[Hold]], dict[UUID, list[Hold]]]:
        of_customer: dict[UUID, list[Hold]] = defaultdict(list)
        of_invoice: dict[UUID, list[Hold]] = defaultdict(list)
        for row in running_holds(self.tenant.holds.filter(customer__in=self.ids), on=self.on):
            if row.invoice_id is not None:
                of_invoice[row.invoice_id].append(as_hold(row))
            elif row.customer_id is not None:
                of_customer[row.customer_id].append(as_hold(row))
        return of_customer, of_invoice

    def _choices(self) -> dict[UUID, UUID]:
        rows = self.tenant.policy_choices.filter(customer__in=self.ids).values_list("customer_id", "policy_id")
        return {customer_id: policy_id for customer_id, policy_id in rows if customer_id}

    def _contacts(self) -> dict[UUID, str]:
        rows = self.tenant.contacts.filter(customer__in=self.ids, role=ContactRole.REMINDER).exclude(email="")
        return dict(rows.order_by("-pk").values_list("customer_id", "email"))

    def _contact_days(self) -> dict[UUID, list[date]]:
        """Letters that were accepted and calls that were made; those of the run looked at again are one contact with it.

        The last day of each customer, and every day that the cap on contacts looks at.
        """
        letters = self.tenant.notices.filter(customer__in=self.ids, accepted_on__isnull=False)
        letters = letters.exclude(state=NoticeState.BOUNCED)
        calls = self.tenant.call_tasks.filter(customer__in=self.ids, closed_on__isnull=False)
        if self.leaving_out is not None:
            letters = letters.exclude(run=self.leaving_out.run_id)
            calls = calls.exclude(run=self.leaving_out.run_id)
        days: dict[UUID, list[date]] = defaultdict(list)
        if self.tenant.contact_cap:
            since = self.on - timedelta(days=max(self.tenant.contact_cap_days, MOST_GAP_DAYS))
            recent = letters.filter(accepted_on__gt=since).values_list("customer_id", "accepted_on")
            made = calls.filter(closed_on__gt=since).values_list("customer_id", "closed_on")
        else:
            recent = letters.values_list("customer_id").annotate(newest=Max("accepted_on"))
            made = calls.values_list("customer_id").annotate(newest=Max("closed_on"))
        for customer_id, day in [*recent, *made]:
            if day is not None:
                days[customer_id].append(day)
        return days

    def _add_unallocated(self) -> None:
        rows = self.tenant.payments.filter(customer__in=self.ids, unallocated__gt=0)
        for customer_id, total in rows.values_list("customer_id").annotate(total=Sum("unallocated")):
            self.credits[customer_id] += cents(total)


def cents(amount: Decimal) -> int:
    return int(amount.scaleb(2))


def civil_day(moment: datetime) -> date:
    return moment.astimezone(AMSTERDAM).date()


def _file(track: tuple[UUID, int] | None, fallback: UUID | None, open_amount: Decimal) -> FileFacts:
    if track is None:
        return FileFacts(fallback, FIRST_CYCLE, is_on_track=False, open_amount=open_amount)
    return FileFacts(track[0], track[1], is_on_track=True, open_amount=open_amount)


def _channels(customer: Customer, to_email: str) -> frozenset[Channel]:
    has_address = customer.street and (customer.postcode or customer.city)
    if is_represented(customer):
        has_address = customer.representative_street
    found = ((Channel.EMAIL, to_email), (Channel.PRINT, has_address))
    return frozenset(channel for channel, is_there in found if is_there)


def as_hold(row: HoldRow) -> Hold:
    label = row.get_reason_display().lower()
    return Hold(
        level=HoldLevel(row.level),
        kind=_HOLD_KINDS.get(HoldReason(row.reason), HoldKind.MANUAL),
        from_on=civil_day(row.placed_at),
        last_day=row.until_on,
        note=f"{label}: {row.note}" if row.note else label,
    )


def running_holds(rows: QuerySet[HoldRow], *, on: date) -> QuerySet[HoldRow]:
    """Holds that nobody ended and whose last day has not gone by."""
    return rows.filter(Q(until_on__isnull=True) | Q(until_on__gte=on), ended_at__isnull=True)


def holds_on(tenant: Tenant, customer_id: UUID, invoices: Any, *, on: date) -> QuerySet[HoldRow]:
    """What holds these invoices of a customer back: their own holds, the customer's, and the tenant's."""
    concerned = Q(level="tenant") | Q(customer=customer_id, invoice__isnull=True) | Q(invoice__in=invoices)
    return running_holds(tenant.holds.filter(concerned), on=on)
