"""A small world to throw events at: the product's decision on one side, an oracle that knows what must never happen on the other.

The oracle shares no code with the decision. It keeps its own diary of what reached the debtor and checks each letter the moment
it is accepted: owed, not held, not too early, in order, once.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from uuid import UUID

from dunning.domain import decide as decision
from dunning.domain import recheck as second_look
from dunning.domain.answers import Call, HandOver, Send
from dunning.domain.calendar import Calendar
from dunning.domain.facts import (
    CustomerFacts,
    Gate,
    Hold,
    HoldKind,
    HoldLevel,
    InvoiceFacts,
    Taken,
    TakenState,
    TenantFacts,
)
from dunning.domain.fourteen_day import FourteenDay, fourteen_day_term
from dunning.domain.legal_content import LegalContent, term_days
from dunning.domain.policy import ClaimMode, Policy, Step, StepKind
from dunning.domain.starters import STANDAARD
from receivables.domain.default import DueDateBasis

CALENDAR = Calendar.dutch()
FORMAL = (StepKind.DEMAND, StepKind.NOTICE_OF_DEFAULT)


class HarmError(AssertionError):
    """Something reached a debtor that should not have."""


@dataclass
class Diary:
    """What one invoice's debtor got: (step, day, last day of the term it gave), and of each letter what it was in law."""

    entries: list[tuple[Step, date, date | None]] = field(default_factory=list)
    contents: dict[str, LegalContent | None] = field(default_factory=dict)

    def check(self, step: Step, invoice: InvoiceFacts, policy: Policy, on: date) -> None:
        keys = [entry.key for entry, _, _ in self.entries]
        _never(step.key in keys, f"{step.key} twice")
        _never(invoice.open_cents <= 0, f"{step.key} for nothing owed")
        _never(any(entry.kind is StepKind.HANDOVER for entry, _, _ in self.entries), "a step after the handover")
        self._check_order(step, policy, keys)
        self._check_time(step, invoice, on)

    def _check_order(self, step: Step, policy: Policy, keys: list[str]) -> None:
        own = [known.key for known in policy.steps]
        place = (
            own.index(step.key) if step.key in own else len(own) - 1
        )  # the extra letter stands where the handover is
        letters = [entry.key for entry, _, _ in self.entries if entry.kind is not StepKind.CALL and entry.key in own]
        if step.kind is not StepKind.CALL:
            _never(any(own.index(key) > place for key in letters), f"{step.key} after a later step")
        passed = [known.key for known in policy.steps[:place] if known.kind in FORMAL]
        _never(any(key not in keys for key in passed), f"{step.key} while a formal step was skipped")
        reminded = any(entry.kind is StepKind.REMINDER for entry, _, _ in self.entries)
        _never(step.kind in FORMAL and not reminded, f"{step.key} before any reminder, which was skipped")

    def check_law(
        self, step: Step, content: LegalContent | None, invoice: InvoiceFacts, policy: Policy, on: date
    ) -> None:
        """For a consumer: no costs before fourteen whole days, and no fourteen days before default (art. 6:96 lid 6 BW)."""
        ran_out = any(on > day + timedelta(days=14) for day in self._sent(LegalContent.FOURTEEN_DAY))
        claims = policy.costs is ClaimMode.CLAIM
        _never(content is LegalContent.COSTS_DUE and not (claims and ran_out), f"{step.key} with costs nobody owes")
        _never(step.kind is StepKind.HANDOVER and claims and not ran_out, "a handover with costs nobody owes")
        if content is LegalContent.FOURTEEN_DAY:
            agreed = invoice.basis is DueDateBasis.AGREED
            notified = any(on > day + timedelta(days=7) for day in self._sent(LegalContent.DEFAULT_NOTICE))
            _never(not agreed and not notified, f"{step.key} as a fourteen-day letter before default")
            _never(bool(self._sent(content)), "a second fourteen-day letter beside a good one")
        friendly = step.kind in (StepKind.PRE_DUE_NOTICE, StepKind.REMINDER)
        _never(friendly and content is not LegalContent.FRIENDLY, f"{step.key} that is not friendly")

    def _sent(self, content: LegalContent) -> list[date]:
        return [day for step, day, _ in self.entries if self.contents.get(step.key) is content]

    def _check_time(self, step: Step, invoice: InvoiceFacts, on: date) -> None:
        if step.kind is StepKind.PRE_DUE_NOTICE:
            _never(on >= invoice.due_on, "a notice before the due date on or after it")
            return
        _never(on <= invoice.due_on, f"{step.key} before the due date had passed")
        after_due = [entry for entry in self.entries if entry[0].kind is not StepKind.PRE_DUE_NOTICE]
        if not after_due:
            _never((on - invoice.due_on).days < step.days, f"{step.key} too soon after the due date")
            return
        _never((on - after_due[-1][1]).days < step.days, f"{step.key} too soon after {after_due[-1][0].key}")
        running = [pay_by for _, _, pay_by in after_due if pay_by is not None and pay_by >= on]
        _never(bool(running) and step.kind is not StepKind.CALL, f"{step.key} inside a term that still runs")


def _never(harm: bool, what: str) -> None:
    if harm:
        raise HarmError(what)


class World:
    """Two invoices of one consumer, the first with an agreed day, a tenant, a post office, and a calendar that only goes forward."""

    def __init__(self, policy: Policy = STANDAARD) -> None:
        self.on = date(2026, 8, 24)
        self.tenant = TenantFacts()
        invoices = tuple(
            InvoiceFacts(UUID(int=number), date(2026, 9, 1) + timedelta(days=9 * number), 10_000, policy, basis=basis)
            for number, basis in enumerate((DueDateBasis.AGREED, DueDateBasis.INVOICE_ONLY))
        )
        self.customer = CustomerFacts(UUID(int=9), invoices)
        self.diaries = {invoice.invoice_id: Diary() for invoice in invoices}
        self.planned: dict[str, Step] = {}
        self.looks_again = True

    # --- time and money ---

    def days_pass(self, days: int) -> None:
        self.on = min(self.on + timedelta(days=days), date(2028, 6, 1))

    def pay(self, place: int, cents: int) -> None:
        invoice = self.customer.invoices[place]
        self._change(place, open_cents=max(0, invoice.open_cents - cents))

    def reverse_payment(self, place: int) -> None:
        self._change(place, open_cents=10_000)

    def credit(self, cents: int) -> None:
        self.customer = replace(self.customer, unallocated_cents=cents)

    def week(self, fate: TakenState = TakenState.ACCEPTED) -> None:
        """A week: on the seventh day a run, sent, and in an ordinary one accepted."""
        self.days_pass(7)
        self.run()
        self.deliver(fate)

    # --- people ---

    def hold(self, place: int, level: HoldLevel, kind: HoldKind, days: int | None) -> None:
        hold = Hold(level, kind, self.on, self.on + timedelta(days=days) if days is not None else None)
        if level is HoldLevel.TENANT:
            self.tenant = replace(self.tenant, holds=(*self.tenant.holds, hold))
        elif level is HoldLevel.CUSTOMER:
            self.customer = replace(self.customer, holds=(*self.customer.holds, hold))
        else:
            self._change(place, holds=(*self.customer.invoices[place].holds, hold))

    def lift_holds(self) -> None:
        self.tenant = replace(self.tenant, holds=())
        invoices = tuple(replace(invoice, holds=()) for invoice in self.customer.invoices)
        self.customer = replace(self.customer, holds=(), invoices=invoices)

    def set_gate(self, gate: Gate) -> None:
        self.tenant = replace(self.tenant, gate=gate)

    def set_insolvency(self, word: str) -> None:
        self.customer = replace(self.customer, insolvency=word)

    def move(self, place: int, policy: Policy) -> None:
        """A file is moved between versions of its ladder; a step that is under way stays where it is."""
        self._change(place, policy=policy)

    # --- the run and the post office ---

    def run(self) -> None:
        """Plan: what is chosen becomes a step under way. It may run any number of times a day."""
        for answer in decision.decide(self.customer, tenant=self.tenant, calendar=CALENDAR, on=self.on):
            if isinstance(answer.answer, Send | Call | HandOver):
                step = answer.answer.step
                content = answer.answer.content if isinstance(answer.answer, Send) else None
                taken = Taken(step.key, step.kind, TakenState.PENDING, self.on, content=content)
                self.planned[step.key] = step
                self._take(answer.invoice_id, taken)

    def deliver(self, fate: TakenState) -> None:
        """Everything under way is claimed, looked at again, and meets its fate."""
        for place, invoice in enumerate(self.customer.invoices):
            for taken in invoice.taken:
                if taken.state is TakenState.PENDING:
                    self._deliver(place, taken, fate)

    def _deliver(self, place: int, taken: Taken, fate: TakenState) -> None:
        invoice = self.customer.invoices[place]
        others = tuple(other for other in invoice.taken if other is not taken)
        if self.looks_again and not self._still_stands(place, taken, others):
            self._change(place, taken=others)
            return
        if taken.kind in _NO_LETTER or fate in (
            TakenState.ACCEPTED,
            TakenState.AMBIGUOUS,
        ):  # an unknown letter may well have arrived
            self._reaches(invoice, taken)
        self._change(place, taken=(*others, self._after(invoice, taken, fate)))
        if taken.content is LegalContent.FOURTEEN_DAY:
            reached = FourteenDay(fourteen_day_term(self.on, CALENDAR), is_void=fate is TakenState.BOUNCED)
            self._change(place, letter=reached)
        self.customer = replace(self.customer, last_contact_on=self.on)

    def _after(self, invoice: InvoiceFacts, taken: Taken, fate: TakenState) -> Taken:
        if taken.kind in _NO_LETTER:
            return replace(taken, state=TakenState.ACCEPTED, on=self.on)
        step = self._step(invoice, taken)
        days = step.term_days if taken.content is None else term_days(taken.content, step)
        pay_by = CALENDAR.term_ends_on(self.on, days)
        return replace(taken, state=fate, on=self.on, pay_by=pay_by)

    def person_resolves(self, *, arrived: bool) -> None:
        """Bounced letters are released after the address is mended; of unknown ones a person finds out the truth."""
        for place, invoice in enumerate(self.customer.invoices):
            kept = []
            for taken in invoice.taken:
                if taken.state is TakenState.AMBIGUOUS and arrived:
                    kept.append(replace(taken, state=TakenState.ACCEPTED))
                elif taken.state is TakenState.AMBIGUOUS:
                    entries = self.diaries[invoice.invoice_id].entries
                    entries[:] = [entry for entry in entries if entry[0].key != taken.key]
                    if taken.content is LegalContent.FOURTEEN_DAY:
                        self._change(place, letter=None)
                elif taken.state is not TakenState.BOUNCED:
                    kept.append(taken)
            self._change(place, taken=tuple(kept))

    # --- the oracle ---

    def _reaches(self, invoice: InvoiceFacts, taken: Taken) -> None:
        step, policy = self._step(invoice, taken), invoice.policy
        assert policy is not None
        friendly = step.kind in (StepKind.PRE_DUE_NOTICE, StepKind.REMINDER)
        holds = (*self.tenant.holds, *self.customer.holds, *invoice.holds)
        if friendly:
            holds = tuple(hold for hold in holds if hold.level is not HoldLevel.FILE)
        _never(any(hold.is_active(self.on) for hold in holds), f"{step.key} under a hold")
        _never(self.tenant.gate is Gate.RED, f"{step.key} on stale books")
        _never(self.tenant.gate is Gate.AMBER and not friendly, f"{step.key} on ageing books")
        _never(bool(self.customer.insolvency), f"{step.key} to an insolvent customer")
        _never(self.customer.unallocated_cents > 0, f"{step.key} while a credit lies unsettled")
        _never(self.on.weekday() == 6, f"{step.key} on a Sunday")
        diary = self.diaries[invoice.invoice_id]
        diary.check(step, invoice, policy, self.on)
        diary.check_law(step, taken.content, invoice, policy, self.on)
        days = 14 if taken.content is LegalContent.FOURTEEN_DAY else step.term_days
        pay_by = self.on + timedelta(days=days) if step.kind not in _NO_LETTER and days else None
        diary.contents[step.key] = taken.content
        diary.entries.append((step, self.on, pay_by))

    def _still_stands(self, place: int, taken: Taken, others: tuple[Taken, ...]) -> bool:
        invoice = self.customer.invoices[place]
        fresh = tuple(replace(other, taken=others) if other is invoice else other for other in self.customer.invoices)
        result = second_look.recheck(
            replace(self.customer, invoices=fresh, last_contact_on=None),
            step_key=taken.key,
            invoice_ids=[invoice.invoice_id],
            tenant=self.tenant,
            calendar=CALENDAR,
            on=self.on,
            content=taken.content,
        )
        return bool(result.standing)

    def _step(self, invoice: InvoiceFacts, taken: Taken) -> Step:
        assert invoice.policy is not None
        return next((step for step in invoice.policy.steps if step.key == taken.key), self.planned[taken.key])

    def _take(self, invoice_id: UUID, taken: Taken) -> None:
        place = next(place for place, known in enumerate(self.customer.invoices) if known.invoice_id == invoice_id)
        self._change(place, taken=(*self.customer.invoices[place].taken, taken))

    def _change(self, place: int, **changes: object) -> None:
        invoices = list(self.customer.invoices)
        invoices[place] = replace(invoices[place], **changes)  # type: ignore[arg-type] # fields by name
        self.customer = replace(self.customer, invoices=tuple(invoices))


_NO_LETTER = (StepKind.CALL, StepKind.HANDOVER)
