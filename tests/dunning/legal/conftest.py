"""A tenant on the ladder that claims interest and costs."""

from __future__ import annotations

import pytest

from tenants.models import Tenant
from tests.dunning.legal.world import LawBooks


@pytest.fixture
def books(tenant: Tenant) -> LawBooks:
    return LawBooks(tenant)


@pytest.fixture
def tenant_on_mild(tenant: Tenant) -> LawBooks:
    return LawBooks(tenant, ladder="Mild")


@pytest.fixture
def tenant_on_standard(tenant: Tenant) -> LawBooks:
    return LawBooks(tenant, ladder="Standaard")
