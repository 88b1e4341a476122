"""A tenant with the three starter ladders, whose debtors arrange things."""

from __future__ import annotations

import pytest

from tenants.models import Tenant
from tests.dunning.arrangements.world import AgreedBooks


@pytest.fixture
def books(tenant: Tenant) -> AgreedBooks:
    return AgreedBooks(tenant)
