"""A tenant with the three starter ladders."""

from __future__ import annotations

import pytest

from tenants.models import Tenant
from tests.dunning.planning.world import Books


@pytest.fixture
def books(tenant: Tenant) -> Books:
    return Books(tenant)
