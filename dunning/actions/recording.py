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
from dunning.domain.answers import Answer, Call, HandOver, Send, Wait
from dunning.domain.answers import Decision as Decided
from dunning.explain import as_params, outcome_of
from dunning.facts import Loaded
from dunning.models import Decision, Notice, NoticeLine, Run, Track
from tenants.ids import new_id


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
    *("id", "tenant", "run", "customer", "step_kind", "step_key", "language", "channel", "to_email", "total_amount"),
    "created_at",
)
LINE = ("id", "tenant", "notice", "invoice", "step_key", "cycle", "open_amount")
TRACK = ("id", "tenant", "invoice", "version")


@dataclass
class Chunk:
    """The rows of one chunk of customers."""

    run: Run
    now: datetime
    tally: Tally
    decisions: list[tuple[Any, ...]] = field(default_factory=list)
    notices: list[tuple[Any, ...]] = field(default_factory=list)
    lines: list[tuple[Any, ...]] = field(default_factory=list)
    tracks: list[tuple[Any, ...]] = field(default_factory=list)

    def add(self, customer: Loaded, answers: Iterable[Decided]) -> None:
        """One customer: a decision per invoice, and one notice per step and ladder version."""
        letters: dict[tuple[UUID | None, str], list[tuple[UUID, Send]]] = defaultdict(list)
        for decided in answers:
            invoice_id, answer = decided.invoice_id, decided.answer
            self._decision(customer, invoice_id, answer)
            if isinstance(answer, Send):
                letters[customer.files[invoice_id].version_id, answer.step.key].append((invoice_id, answer))
        for members in letters.values():
            self._notice(customer, members)

    def save(self) -> None:
        """Every row of the chunk in four statements; what another planner had first is left out."""
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

    def _notice(self, customer: Loaded, members: list[tuple[UUID, Send]]) -> None:
        notice_id, tenant_id = new_id(), self.run.tenant_id
        step, channel = members[0][1].step, members[0][1].channel
        total = Decimal(0)
        for invoice_id, _ in members:
            file = customer.files[invoice_id]
            total += file.open_amount
            self.lines.append((new_id(), tenant_id, notice_id, invoice_id, step.key, file.cycle, file.open_amount))
        self.notices.append(
            (
                notice_id,
                tenant_id,
                self.run.pk,
                customer.facts.customer_id,
                step.kind.value,
                step.key,
                customer.language,
                channel.value,
                customer.to_email,
                total,
                self.now,
            )
        )
