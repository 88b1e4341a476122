"""Writing a chunk of decisions: the answers themselves, and the planned notices per customer and step, in bulk."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from dunning.bulk import insert_rows
from dunning.claims import Asked, Letter, asked_by
from dunning.domain.answers import Answer, Call, HandOver, Send, Wait
from dunning.domain.answers import Decision as Decided
from dunning.domain.legal_content import LegalContent
from dunning.domain.policy import ClaimMode
from dunning.explain import as_params, outcome_of
from dunning.facts import Loaded
from dunning.models import Decision, Notice, NoticeLine, Run, Track
from receivables.models import Customer
from tenants.ids import new_id
from tenants.models import Tenant


@dataclass
class Tally:
    """Counts and amounts per outcome and step, kept on the run for its tiles."""

    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    amounts: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))

    def add(self, name: str, amount: Decimal) -> None:
        self.counts[name] += 1
        self.amounts[name] += amount

    @classmethod
    def of(cls, totals: dict[str, dict[str, object]]) -> Tally:
        tally = cls()
        for name, entry in totals.items():
            tally.counts[name] = int(str(entry["count"]))
            tally.amounts[name] = Decimal(str(entry["amount"]))
        return tally

    def as_json(self) -> dict[str, dict[str, object]]:
        return {name: {"count": count, "amount": str(self.amounts[name])} for name, count in self.counts.items()}


DECISION = (
    *("id", "tenant", "run", "invoice", "customer", "outcome", "step_key", "step_kind", "until_on", "reason", "params"),
    "open_amount",
)
NOTICE = (
    *("id", "tenant", "run", "customer", "step_kind", "step_key", "legal_content", "language", "channel", "to_email"),
    *("total_amount", "stated", "created_at"),
)
LINE = (
    *("id", "tenant", "notice", "invoice", "step_key", "cycle", "open_amount", "interest_amount", "costs_amount"),
    "details",
)
TRACK = ("id", "tenant", "invoice", "version")


@dataclass(frozen=True, slots=True)
class Planned:
    """One letter to be written down."""

    notice_id: UUID
    customer: Loaded
    members: list[tuple[UUID, Send]]

    @property
    def send(self) -> Send:
        return self.members[0][1]

    def as_letter(self, customer: Customer) -> Letter:
        ids = tuple(invoice_id for invoice_id, _ in self.members)
        policy = next(invoice.policy for invoice in self.customer.facts.invoices if invoice.invoice_id == ids[0])
        interest, costs = (policy.interest, policy.costs) if policy else (ClaimMode.OFF, ClaimMode.OFF)
        return Letter(self.notice_id, customer, interest, costs, self.send.content, ids)


@dataclass
class Chunk:
    """The rows of one chunk of customers."""

    run: Run
    now: datetime
    tally: Tally
    decisions: list[tuple[Any, ...]] = field(default_factory=list)
    letters: list[Planned] = field(default_factory=list)
    notices: list[tuple[Any, ...]] = field(default_factory=list)
    lines: list[tuple[Any, ...]] = field(default_factory=list)
    tracks: list[tuple[Any, ...]] = field(default_factory=list)

    def add(self, customer: Loaded, answers: Iterable[Decided]) -> None:
        """One customer: a decision per invoice, and one notice per step, ladder version and legal content."""
        letters: dict[tuple[UUID | None, str, str], list[tuple[UUID, Send]]] = defaultdict(list)
        for decided in answers:
            invoice_id, answer = decided.invoice_id, decided.answer
            self._decision(customer, invoice_id, answer)
            if isinstance(answer, Send):
                key = (customer.files[invoice_id].version_id, answer.step.key, answer.content.value)
                letters[key].append((invoice_id, answer))
        self.letters.extend(Planned(new_id(), customer, members) for members in letters.values())

    def save(self, tenant: Tenant) -> None:
        """Every row of the chunk in four statements; what another planner had first is left out."""
        asked = self._asked(tenant)
        for letter in self.letters:
            self._notice(letter, asked.get(letter.notice_id, Asked()))
        insert_rows(Decision, DECISION, self.decisions)
        insert_rows(Track, TRACK, self.tracks)
        insert_rows(Notice, NOTICE, self.notices)
        if insert_rows(NoticeLine, LINE, self.lines) < len(self.lines):
            made = Notice.across_tenants.filter(tenant_id=self.run.tenant_id, pk__in=[row[0] for row in self.notices])
            made.filter(lines__isnull=True).delete()

    def _decision(self, customer: Loaded, invoice_id: UUID, answer: Answer) -> None:
        file, outcome = customer.files[invoice_id], outcome_of(answer)
        step = answer.step if isinstance(answer, Send | Call | HandOver) else None
        self.decisions.append(
            (
                new_id(),
                self.run.tenant_id,
                self.run.pk,
                invoice_id,
                customer.facts.customer_id,
                outcome.value,
                step.key if step else "",
                step.kind.value if step else "",
                answer.until if isinstance(answer, Wait) else None,
                answer.why.reason.value,
                json.dumps(as_params(answer.why)),
                file.open_amount,
            )
        )
        self.tally.add(outcome.value, file.open_amount)
        if step is None:
            return
        self.tally.add(f"{outcome.value}.{step.key}", file.open_amount)
        if not file.is_on_track:
            self.tracks.append((new_id(), self.run.tenant_id, invoice_id, file.version_id))

    def _asked(self, tenant: Tenant) -> dict[UUID, Asked]:
        """What the formal letters ask on top of the ledger; the customers of those alone are read."""
        formal = [letter for letter in self.letters if letter.send.content is not LegalContent.FRIENDLY]
        if not formal:
            return {}
        customers = tenant.customers.in_bulk([letter.customer.facts.customer_id for letter in formal])
        letters = [letter.as_letter(customers[letter.customer.facts.customer_id]) for letter in formal]
        return asked_by(tenant, letters, on=self.run.on)

    def _notice(self, letter: Planned, asked: Asked) -> None:
        tenant_id, send, customer = self.run.tenant_id, letter.send, letter.customer
        total = Decimal(0)
        for invoice_id, _ in letter.members:
            file = customer.files[invoice_id]
            interest, costs = asked.interest_of(invoice_id).amount, asked.costs_of(invoice_id).amount
            total += file.open_amount + interest + costs
            self.lines.append(
                (
                    *(new_id(), tenant_id, letter.notice_id, invoice_id, send.step.key, file.cycle),
                    *(file.open_amount, interest, costs, json.dumps(asked.details_of(invoice_id))),
                )
            )
        self.notices.append(
            (
                *(letter.notice_id, tenant_id, self.run.pk, customer.facts.customer_id),
                *(send.step.kind.value, send.step.key, send.content.value, customer.language, send.channel.value),
                *(customer.to_email, total, json.dumps(asked.as_stated(self.run.on)), self.now),
            )
        )
