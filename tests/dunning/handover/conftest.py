"""Books with the starter ladders, and a file at the end of them."""

from __future__ import annotations

import pytest

from dunning.models import Handover
from tenants.models import Tenant
from tests.dunning.handover.world import to_the_handover
from tests.dunning.planning.world import Books


@pytest.fixture
def books(tenant: Tenant) -> Books:
    return Books(tenant)


@pytest.fixture
def flagged(books: Books) -> Handover:
    return to_the_handover(books)
