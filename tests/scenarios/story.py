"""A debtor's story by calendar day: runs on Mondays, letters accepted the day they are sent, everything in memory."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from dunning.domain.answers import Answer, Blocked, Call, HandOver, Send, say
from dunning.domain.calendar import Calendar
from dunning.domain.decide import decide
from dunning.domain.facts import CustomerFacts, Gate, Hold, HoldKind, HoldLevel, InvoiceFacts, TakenState, TenantFacts
from dunning.domain.forecast import as_taken
from dunning.domain.policy import Channel, Policy
from dunning.domain.starters import STANDAARD

CALENDAR = Calendar.dutch()
WEEK = timedelta(weeks=1)


def day(text: str) -> date:
    return date.fromisoformat(text)


def euros(text: str) -> int:
    return round(float(text) * 100)


class Story:
    """One customer of one tenant."""

    def __init__(self, policy: Policy = STANDAARD) -> None:
        self.policy = policy
        self.customer = CustomerFacts(UUID(int=1), invoices=())
        self.tenant = TenantFacts()
        self._names: dict[UUID, str] = {}

    # --- what happens ---

    def owes(self, number: str, amount: str, *, due: str, policy: Policy | None = None) -> Story:
        invoice_id = UUID(int=100 + len(self._names))
        self._names[invoice_id] = number
        invoice = InvoiceFacts(invoice_id, due_on=day(due), open_cents=euros(amount), policy=policy or self.policy)
        self.customer = replace(self.customer, invoices=(*self.customer.invoices, invoice))
        return self

    def pays(self, number: str, amount: str | None = None) -> None:
        paid = euros(amount) if amount else self.invoice(number).open_cents
        self._change(number, open_cents=self.invoice(number).open_cents - paid)

    def overpays(self, amount: str) -> None:
        self.customer = replace(self.customer, unallocated_cents=euros(amount))

    def credit_is_settled(self) -> None:
        self.customer = replace(self.customer, unallocated_cents=0)

    def goes_bankrupt(self) -> None:
        self.customer = replace(self.customer, insolvency="faillissement")

    def reachable_by(self, *channels: Channel) -> None:
        self.customer = replace(self.customer, channels=frozenset(channels))

    def books_are(self, gate: Gate, note: str = "") -> None:
        self.tenant = replace(self.tenant, gate=gate, gate_note=note)

    def hold(
        self,
        level: HoldLevel,
        *,
        since: str,
        until: str | None = None,
        kind: HoldKind = HoldKind.MANUAL,
        number: str = "",
        note: str = "",
    ) -> None:
        hold = Hold(level, kind, day(since), day(until) if until else None, note)
        if level is HoldLevel.TENANT:
            self.tenant = replace(self.tenant, holds=(*self.tenant.holds, hold))
        elif level is HoldLevel.CUSTOMER:
            self.customer = replace(self.customer, holds=(*self.customer.holds, hold))
        else:
            self._change(number, holds=(*self.invoice(number).holds, hold))

    def holds_are_lifted(self) -> None:
        self.tenant = replace(self.tenant, holds=())
        self.customer = replace(
            self.customer,
            holds=(),
            invoices=tuple(replace(invoice, holds=()) for invoice in self.customer.invoices),
        )

    def last_letter_is(self, state: TakenState, *, number: str) -> None:
        """What became of the newest step: it bounced, nobody knows, it is still waiting."""
        *before, newest = self.invoice(number).taken
        self._change(number, taken=(*before, replace(newest, state=state)))

    def last_letter_is_cancelled(self, number: str) -> None:
        self._change(number, taken=self.invoice(number).taken[:-1])

    def moves_to(self, policy: Policy) -> None:
        self.policy = policy
        self.customer = replace(
            self.customer, invoices=tuple(replace(invoice, policy=policy) for invoice in self.customer.invoices)
        )

    # --- what we do ---

    def run(self, on: str | date) -> list[str]:
        """One run: everything it takes goes out the same day. "aanmaning F-1, F-2" is one letter."""
        on = on if isinstance(on, date) else day(on)
        taken = {
            invoice_id: answer.step
            for invoice_id, answer in self._answers(on).items()
            if isinstance(answer, Send | Call | HandOver)
        }
        letters: dict[str, list[str]] = defaultdict(list)
        for invoice_id, step in taken.items():
            letters[step.key].append(self._names[invoice_id])
        self.customer = as_taken(self.customer, taken, calendar=CALENDAR, on=on)
        return [f"{key} {', '.join(names)}" for key, names in letters.items()]

    def mondays(self, first: str, last: str) -> list[str]:
        """Weekly runs; only the days on which something went out."""
        on, diary = day(first), []
        while on <= day(last):
            diary += [f"{on}: {line}" for line in self.run(on)]
            on += WEEK
        return diary

    def why(self, number: str, on: str) -> str:
        return say(self.answer(number, on))

    def answer(self, number: str, on: str) -> Answer:
        return self._answers(day(on))[self.invoice(number).invoice_id]

    def is_blocked(self, number: str, on: str) -> bool:
        return isinstance(self.answer(number, on), Blocked)

    def invoice(self, number: str) -> InvoiceFacts:
        return next(invoice for invoice in self.customer.invoices if self._names[invoice.invoice_id] == number)

    def _answers(self, on: date) -> dict[UUID, Answer]:
        decisions = decide(self.customer, tenant=self.tenant, calendar=CALENDAR, on=on)
        return {decision.invoice_id: decision.answer for decision in decisions}

    def _change(self, number: str, **changes: object) -> None:
        invoices = tuple(
            replace(invoice, **changes) if self._names[invoice.invoice_id] == number else invoice  # type: ignore[arg-type] # fields by name
            for invoice in self.customer.invoices
        )
        self.customer = replace(self.customer, invoices=invoices)
