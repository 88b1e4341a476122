"""Ladders as the decision reads them: every version of a tenant's policies in three queries, and who follows which."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from uuid import UUID

from dunning.domain.policy import Anchor, Channel, ClaimMode, Policy, Step, StepKind
from dunning.models import PolicyStep
from receivables.domain.money import Money
from tenants.models import Tenant

INTEREST_IN_WORDS = {
    ClaimMode.OFF: "Geen rente.",
    ClaimMode.STATE: "De brieven noemen de rente die is opgelopen, maar vragen die niet.",
    ClaimMode.CLAIM: "Er wordt rente gevraagd: van consumenten wettelijke rente vanaf het verzuim, van bedrijven wettelijke "
    "handelsrente vanaf de dag na de afgesproken betaaldag.",
}
COSTS_IN_WORDS = {
    ClaimMode.OFF: "Geen incassokosten.",
    ClaimMode.STATE: "De brieven noemen de incassokosten, maar vragen die niet.",
    ClaimMode.CLAIM: "Consumenten krijgen eerst een veertiendagenbrief: pas als die termijn voorbij is en er niet is betaald, "
    "worden incassokosten gevraagd. Bedrijven krijgen geen veertiendagenbrief.",
}


@dataclass(frozen=True, slots=True)
class Ladders:
    """All published versions of one tenant; the newest version of each policy takes new invoices."""

    by_version: dict[UUID, Policy]
    newest: dict[UUID, UUID]  # policy id -> version id
    default: UUID | None  # policy id
    of_segment: dict[UUID, UUID] = field(default_factory=dict)  # segment id -> policy id

    def version_for(self, *, chosen: UUID | None, segment_id: UUID | None) -> UUID | None:
        """The customer's own choice goes before the segment's, then comes the tenant's default."""
        in_segment = self.of_segment.get(segment_id) if segment_id is not None else None
        policy_id = chosen or in_segment or self.default
        return None if policy_id is None else self.newest.get(policy_id)


def load_ladders(tenant: Tenant) -> Ladders:
    """Everything about this tenant's ladders, whatever their number."""
    steps: dict[UUID, list[PolicyStep]] = defaultdict(list)
    for row in tenant.policy_steps.order_by("position"):
        steps[row.version_id].append(row)
    versions = tenant.policy_versions.select_related("policy").order_by("number")
    by_version, newest, default = {}, {}, None
    for version in versions:
        by_version[version.pk] = Policy(
            key=str(version.policy_id),
            version=version.number,
            steps=tuple(as_step(row) for row in steps[version.pk]),
            min_amount=Money.of(version.min_amount),
            min_gap_days=version.min_gap_days,
            interest=ClaimMode(version.interest_mode),
            costs=ClaimMode(version.costs_mode),
        )
        newest[version.policy_id] = version.pk
        if version.policy.is_default:
            default = version.policy_id
    choices = tenant.policy_choices.filter(segment__isnull=False).values_list("segment_id", "policy_id")
    return Ladders(by_version, newest, default, {segment: policy for segment, policy in choices if segment})


def claims_in_words(policy: Policy) -> tuple[str, str]:
    """What this ladder does with interest and with collection costs."""
    return INTEREST_IN_WORDS[policy.interest], COSTS_IN_WORDS[policy.costs]


def as_step(row: PolicyStep) -> Step:
    step = Step(
        key=row.key,
        kind=StepKind(row.kind),
        anchor=Anchor(row.anchor),
        days=row.days,
        term_days=row.term_days,
        min_amount=Money.of(row.min_amount),
        needs_approval=row.needs_approval,
    )
    return replace(step, channels=_channels(row)) if step.is_letter else replace(step, term_days=0)


def _channels(row: PolicyStep) -> tuple[Channel, ...]:
    """A mail that carries a letter may also go on paper, to those who have no mail address."""
    if not row.sends_email:
        return (Channel.PRINT,)
    return (Channel.EMAIL, Channel.PRINT) if row.attaches_letter else (Channel.EMAIL,)
