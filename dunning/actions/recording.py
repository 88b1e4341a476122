"""Writing a chunk of decisions: the answers themselves, and the planned notices per customer and step, in bulk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from dunning.domain.answers import Answer, Call, HandOver, Send, Wait
from dunning.domain.answers import Decision as Decided
from dunning.explain import as_params, outcome_of
from dunning.facts import Loaded
from dunning.models import Decision, Notice, NoticeLine, Run, Track
from dunning.models.notices import NoticeState

BATCH = 2000


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


@dataclass
class Chunk:
    """The rows of one chunk of customers."""

    run: Run
    now: datetime
    tally: Tally
    decisions: list[Decision] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    lines: list[NoticeLine] = field(default_factory=list)
    tracks: list[Track] = field(default_factory=list)

    def add(self, customer: Loaded, answers: Iterable[Decided]) -> None:
        """One customer: a decision per invoice, and one notice per step and ladder version."""
        letters: dict[tuple[UUID | None, str], list[tuple[UUID, Send]]] = defaultdict(list)
        for answer in answers:
            self._decision(customer, answer.invoice_id, answer.answer)
            if isinstance(answer.answer, Send):
                version_id = customer.files[answer.invoice_id].version_id
                letters[version_id, answer.answer.step.key].append((answer.invoice_id, answer.answer))
        for members in letters.values():
            self._notice(customer, members)

    def save(self) -> None:
        """Every row of the chunk in a fixed number of statements per batch; what another planner had first is left out."""
        Decision.across_tenants.bulk_create(self.decisions, batch_size=BATCH, ignore_conflicts=True)
        Track.across_tenants.bulk_create(self.tracks, batch_size=BATCH, ignore_conflicts=True)
        Notice.across_tenants.bulk_create(self.notices, batch_size=BATCH)
        NoticeLine.across_tenants.bulk_create(self.lines, batch_size=BATCH, ignore_conflicts=True)
        made = [notice.pk for notice in self.notices]
        if made:
            Notice.across_tenants.filter(tenant_id=self.run.tenant_id, pk__in=made, lines__isnull=True).delete()

    def _decision(self, customer: Loaded, invoice_id: UUID, answer: Answer) -> None:
        file = customer.files[invoice_id]
        outcome = outcome_of(answer)
        step = answer.step if isinstance(answer, Send | Call | HandOver) else None
        self.decisions.append(
            Decision(
                tenant_id=self.run.tenant_id,
                run=self.run,
                invoice_id=invoice_id,
                customer_id=customer.facts.customer_id,
                outcome=outcome,
                step_key=step.key if step else "",
                step_kind=step.kind.value if step else "",
                until_on=answer.until if isinstance(answer, Wait) else None,
                reason=answer.why.reason.value,
                params=as_params(answer.why),
                open_amount=file.open_amount,
            )
        )
        self.tally.add(outcome.value, file.open_amount)
        if step is None:
            return
        self.tally.add(f"{outcome.value}.{step.key}", file.open_amount)
        if not file.is_on_track and file.version_id is not None:
            self.tracks.append(Track(tenant_id=self.run.tenant_id, invoice_id=invoice_id, version_id=file.version_id))

    def _notice(self, customer: Loaded, members: list[tuple[UUID, Send]]) -> None:
        step, channel = members[0][1].step, members[0][1].channel
        amounts = {invoice_id: customer.files[invoice_id].open_amount for invoice_id, _ in members}
        notice = Notice(
            tenant_id=self.run.tenant_id,
            run=self.run,
            customer_id=customer.facts.customer_id,
            step_kind=step.kind.value,
            step_key=step.key,
            language=customer.language,
            channel=channel.value,
            state=NoticeState.PLANNED,
            to_email=customer.to_email,
            total_amount=sum(amounts.values(), Decimal(0)),
            created_at=self.now,
        )
        self.notices.append(notice)
        self.lines += [
            NoticeLine(
                tenant_id=self.run.tenant_id,
                notice=notice,
                invoice_id=invoice_id,
                step_key=step.key,
                cycle=customer.files[invoice_id].cycle,
                open_amount=amount,
            )
            for invoice_id, amount in amounts.items()
        ]
