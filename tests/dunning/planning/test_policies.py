"""Ladders in the database: starters, versions, and the way back to what the decision reads."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from dunning.actions.policies import choose_policy, create_policy, install_starters, make_default, publish_version
from dunning.domain.policy import Channel, PolicyInvalidError
from dunning.domain.starters import STANDAARD, STARTERS
from dunning.ladders import load_ladders
from receivables.domain.money import Money
from tenants.models import Tenant, User
from tests.dunning.planning.world import at

NOW = at(date(2026, 8, 1))


def test_starters_are_installed_once_with_standaard_as_default(inside: Tenant) -> None:
    assert [policy.name for policy in install_starters(inside, now=NOW)] == ["Mild", "Standaard", "Streng"]
    assert install_starters(inside, now=NOW) == []
    assert inside.policies.get(is_default=True).name == "Standaard"


def test_ladder_read_back_is_the_ladder_that_was_published(inside: Tenant) -> None:
    install_starters(inside, now=NOW)

    ladders = load_ladders(inside)

    assert {policy.steps for policy in ladders.by_version.values()} == {starter.steps for starter in STARTERS}
    standaard = ladders.by_version[ladders.version_for(chosen=None, segment_id=None) or next(iter(ladders.newest))]
    assert (standaard.steps, standaard.min_gap_days) == (STANDAARD.steps, STANDAARD.min_gap_days)


def test_publishing_makes_a_new_version_and_keeps_the_tenants_own_texts(inside: Tenant, bookkeeper: User) -> None:
    install_starters(inside, now=NOW)
    policy = inside.policies.get(name="Standaard")
    inside.policy_steps.filter(version__policy=policy, key="aanmaning").update(texts={"nl": "Onze eigen woorden"})
    dearer = replace(
        STANDAARD,
        min_amount=Money.of("25.00"),
        steps=tuple(
            replace(step, min_amount=Money.of("50.00"), channels=(Channel.PRINT,)) if step.key == "aanmaning" else step
            for step in STANDAARD.steps
        ),
    )

    version = publish_version(inside, policy, draft=dearer, now=NOW, by=bookkeeper)

    assert (version.number, version.published_by, str(version.min_amount)) == (2, bookkeeper, "25.00")
    demand = inside.policy_steps.get(version=version, key="aanmaning")
    assert (demand.sends_email, str(demand.min_amount), demand.texts) == (False, "50.00", {"nl": "Onze eigen woorden"})
    assert load_ladders(inside).by_version[version.pk].steps == dearer.steps
    assert inside.policy_versions.get(policy=policy, number=1).steps.count() == 6


def test_unsound_ladder_is_not_published(inside: Tenant) -> None:
    install_starters(inside, now=NOW)
    policy = inside.policies.get(name="Mild")
    with pytest.raises(PolicyInvalidError, match="geen stappen"):
        publish_version(inside, policy, draft=replace(STANDAARD, steps=()), now=NOW)
    with pytest.raises(PolicyInvalidError):
        create_policy(inside, "Leeg", draft=replace(STANDAARD, steps=()), now=NOW)
    assert inside.policy_versions.count() == 3


def test_own_ladder_can_become_the_default(inside: Tenant) -> None:
    first = create_policy(inside, "Eigen", draft=STANDAARD, now=NOW)
    second = create_policy(inside, "Ander", draft=STANDAARD, now=NOW)
    assert (first.is_default, second.is_default) == (True, False)

    make_default(inside, second, now=NOW)

    assert load_ladders(inside).default == second.pk


def test_choice_is_made_for_one_target_and_can_be_taken_back(inside: Tenant) -> None:
    policy = create_policy(inside, "Eigen", draft=STANDAARD, now=NOW)
    segment = inside.segments.create(name="Groot")
    choose_policy(inside, policy, segment=segment, now=NOW)
    choose_policy(inside, policy, segment=segment, now=NOW)
    assert load_ladders(inside).of_segment == {segment.pk: policy.pk}

    choose_policy(inside, None, segment=segment, now=NOW)

    assert load_ladders(inside).of_segment == {}
    with pytest.raises(ValueError, match="segment or for a customer"):
        choose_policy(inside, policy, now=NOW)


def test_tenant_without_any_ladder_has_no_version(inside: Tenant) -> None:
    assert load_ladders(inside).version_for(chosen=None, segment_id=None) is None
