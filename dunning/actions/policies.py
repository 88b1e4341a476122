"""Ladders: install the starters, publish a version, choose one for a segment or customer, move running files."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Max

from dunning.domain import policy as ladder
from dunning.domain.starters import STANDAARD, STARTERS
from dunning.models import Policy, PolicyChoice, PolicyStep, PolicyVersion, Track
from receivables.models import Customer, Segment
from tenants import audit
from tenants.models import Tenant, User

STARTER_NAMES = {starter.key: starter.key.capitalize() for starter in STARTERS}


def install_starters(tenant: Tenant, *, now: datetime, by: User | None = None) -> list[Policy]:
    """Give a new tenant the three ladders, "Standaard" as its default; a ladder it already has is left alone."""
    known = set(tenant.policies.values_list("name", flat=True))
    has_default = tenant.policies.filter(is_default=True).exists()
    made = []
    for starter in STARTERS:
        name = STARTER_NAMES[starter.key]
        if name in known:
            continue
        policy = tenant.policies.create(name=name, is_default=starter is STANDAARD and not has_default, created_at=now)
        publish_version(tenant, policy, draft=starter, now=now, by=by)
        made.append(policy)
    return made


def create_policy(tenant: Tenant, name: str, *, draft: ladder.Policy, now: datetime, by: User | None = None) -> Policy:
    """A ladder of the tenant's own, with its first version."""
    _refuse_unsound(draft)
    is_first = not tenant.policies.exists()
    policy = tenant.policies.create(name=name, is_default=is_first, created_at=now)
    publish_version(tenant, policy, draft=draft, now=now, by=by)
    return policy


def publish_version(
    tenant: Tenant, policy: Policy, *, draft: ladder.Policy, now: datetime, by: User | None = None
) -> PolicyVersion:
    """Publish `draft` as the newest version. Running files keep the version they have; new invoices take this one."""
    _refuse_unsound(draft)
    tenant.policies.select_for_update().get(pk=policy.pk)
    newest = tenant.policy_versions.filter(policy=policy).aggregate(newest=Max("number"))["newest"] or 0
    version = tenant.policy_versions.create(
        policy=policy,
        number=newest + 1,
        min_amount=draft.min_amount.amount,
        min_gap_days=draft.min_gap_days,
        interest_mode=draft.interest.value,
        costs_mode=draft.costs.value,
        published_at=now,
        published_by=by,
    )
    texts = dict(tenant.policy_steps.filter(version__policy=policy, version__number=newest).values_list("key", "texts"))
    PolicyStep.across_tenants.bulk_create(
        _row(version, step, position=position, texts=texts.get(step.key, {}))
        for position, step in enumerate(draft.steps, start=1)
    )
    details = {
        "policy": policy.name,
        "version": version.number,
        "steps": [step.key for step in draft.steps],
        "interest": version.get_interest_mode_display(),
        "costs": version.get_costs_mode_display(),
    }
    audit.record(tenant, "policy.published", now=now, subject=version, by=by, details=details)
    return version


def rename_policy(tenant: Tenant, policy: Policy, name: str, *, now: datetime, by: User | None = None) -> None:
    """Another name; the versions and who follows them stay as they are."""
    details = {"from": policy.name, "to": name}
    policy.name = name
    policy.save(update_fields=["name"])
    audit.record(tenant, "policy.renamed", now=now, subject=policy, by=by, details=details)


def make_default(tenant: Tenant, policy: Policy, *, now: datetime, by: User | None = None) -> None:
    """The ladder for every customer that has no other."""
    tenant.policies.filter(is_default=True).update(is_default=False)
    tenant.policies.filter(pk=policy.pk).update(is_default=True)
    audit.record(tenant, "policy.made_default", now=now, subject=policy, by=by, details={"policy": policy.name})


def choose_policy(
    tenant: Tenant,
    policy: Policy | None,
    *,
    now: datetime,
    segment: Segment | None = None,
    customer: Customer | None = None,
    by: User | None = None,
) -> None:
    """Let one segment or one customer follow `policy`; None goes back to the ladder above it."""
    if (segment is None) == (customer is None):
        raise ValueError("choose for a segment or for a customer")
    tenant.policy_choices.filter(segment=segment, customer=customer).delete()
    if policy is not None:
        PolicyChoice.across_tenants.create(tenant=tenant, policy=policy, segment=segment, customer=customer)
    audit.record(
        tenant,
        "policy.chosen",
        now=now,
        subject=segment or customer,
        by=by,
        customer_id=customer.pk if customer else None,
        details={"policy": policy.name if policy else None},
    )


def move_invoices(
    tenant: Tenant, invoice_ids: Iterable[UUID], *, to: PolicyVersion, now: datetime, by: User | None = None
) -> int:
    """Put running files on another version. What was sent stays sent: the next step follows from it by key."""
    ids = list(invoice_ids)
    moved = tenant.tracks.filter(invoice__in=ids).exclude(version=to).update(version=to)
    known = set(tenant.tracks.filter(invoice__in=ids).values_list("invoice_id", flat=True))
    fresh = [Track(tenant=tenant, invoice_id=pk, version=to) for pk in ids if pk not in known]
    Track.across_tenants.bulk_create(fresh, ignore_conflicts=True)
    moved += len(fresh)
    details = {"version": str(to.pk), "number": to.number, "invoices": moved}
    audit.record(tenant, "policy.files_moved", now=now, subject=to, by=by, details=details)
    return moved


def _refuse_unsound(draft: ladder.Policy) -> None:
    wrong = ladder.problems(draft)
    if wrong:
        raise ladder.PolicyInvalidError(wrong)


def _row(version: PolicyVersion, step: ladder.Step, *, position: int, texts: dict[str, object]) -> PolicyStep:
    return PolicyStep(
        tenant_id=version.tenant_id,
        version=version,
        position=position,
        key=step.key,
        kind=step.kind.value,
        anchor=step.anchor.value,
        days=step.days,
        term_days=step.term_days,
        min_amount=step.min_amount.amount,
        sends_email=ladder.Channel.EMAIL in step.channels,
        attaches_letter=ladder.Channel.PRINT in step.channels,
        needs_approval=step.needs_approval,
        texts=texts,
    )
