"""Interest and costs are chosen per ladder, stand in its version, and are said on the page."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.test import Client

from dunning.actions.policies import install_starters, publish_version
from dunning.domain.policy import ClaimMode
from dunning.domain.starters import STARTERS
from dunning.ladders import COSTS_IN_WORDS, INTEREST_IN_WORDS, load_ladders
from tenants.models import Tenant, User
from tests.dunning.planning.world import at
from tests.dunning.screens.test_hold_and_ladder_screens import STEPS

pytestmark = pytest.mark.django_db
NOW = at(date(2026, 8, 1))
FORM = {**STEPS, "name": "Eigen", "min_amount": "10", "min_gap_days": "4"}


@pytest.mark.parametrize("interest", list(ClaimMode))
@pytest.mark.parametrize("costs", list(ClaimMode))
def test_mode_is_published_and_read_back(interest: ClaimMode, costs: ClaimMode, inside: Tenant) -> None:
    install_starters(inside, now=NOW)
    policy = inside.policies.get(name="Mild")
    draft = replace(STARTERS[0], interest=interest, costs=costs)

    version = publish_version(inside, policy, draft=draft, now=NOW)

    read = load_ladders(inside).by_version[version.pk]
    assert (read.interest, read.costs) == (interest, costs)


def test_starters_keep_their_modes(inside: Tenant) -> None:
    made = install_starters(inside, now=NOW)
    ladders = load_ladders(inside)

    read = [ladders.by_version[ladders.newest[policy.pk]] for policy in made]

    assert [(one.interest, one.costs) for one in read] == [(starter.interest, starter.costs) for starter in STARTERS]
    assert len({(one.interest, one.costs) for one in read}) > 1


def test_form_publishes_what_was_chosen_and_the_list_says_it(inside: Tenant, bookkeeper: User, client: Client) -> None:
    client.force_login(bookkeeper)

    answer = client.post("/t/korrel/ladders/nieuw/", {**FORM, "interest": "claim", "costs": "state"})

    assert answer.status_code == 302, answer.content.decode()
    version = inside.policy_versions.get(policy__name="Eigen")
    assert (version.interest_mode, version.costs_mode) == ("claim", "state")
    event = inside.events.get(verb="policy.published")
    assert (event.details["interest"], event.details["costs"]) == ("Vorderen", "Wel noemen, niet vorderen")
    page = client.get("/t/korrel/ladders/").content.decode()
    assert (INTEREST_IN_WORDS[ClaimMode.CLAIM] in page, COSTS_IN_WORDS[ClaimMode.STATE] in page) == (True, True)
    edit = client.get(f"/t/korrel/ladders/{version.policy_id}/").content.decode()
    assert '<option value="claim" selected>Vorderen</option>' in edit
    assert '<option value="state" selected>Wel noemen, niet vorderen</option>' in edit


@pytest.mark.parametrize("field", ["interest", "costs"])
@pytest.mark.parametrize("value", ["", "altijd"])
def test_form_without_a_choice_is_refused(
    field: str, value: str, inside: Tenant, bookkeeper: User, client: Client
) -> None:
    client.force_login(bookkeeper)

    assert client.post("/t/korrel/ladders/nieuw/", {**FORM, field: value}).status_code == 422
    assert not inside.policies.exists()
