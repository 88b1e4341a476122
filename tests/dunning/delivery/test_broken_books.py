"""Books that do not add up stop every letter of that tenant, at the sweep, the task and the claim; a clean check lets go."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dunning.delivery import queue, tasks
from dunning.delivery.claim import claim
from dunning.delivery.providers.smtp import SmtpProvider
from dunning.delivery.send import send_batch
from receivables.ledger_check import check
from tenants.context import tenant_context
from tenants.models import Tenant
from tests.dunning.delivery.world import NOW, get_notice, make_notices
from tests.faults.fakes import SmtpFake
from tests.receivables.ledger.world import superuser

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("small_letters")]


def _send(tenant: Tenant, provider: SmtpProvider) -> int:
    return send_batch(tenant, provider=provider, clock=lambda: NOW, budget=timedelta(seconds=20))


def _spoil(by: int) -> None:
    """A payment that nobody made: no letter asks less or more for it."""
    with superuser(locks=False) as connection:
        connection.execute("UPDATE receivables_invoice SET claimed_amount = claimed_amount + %s", [by])


def _check(tenant: Tenant) -> None:
    with tenant_context(tenant.pk):
        check(tenant, now=NOW)
    tenant.refresh_from_db()


def test_no_letter_leaves_on_broken_books(tenant: Tenant, over_smtp: SmtpProvider, smtp: SmtpFake) -> None:
    (notice_id,) = make_notices(tenant, 1)
    _spoil(1)
    _check(tenant)

    assert claim(notice_id, tenant=tenant, provider=over_smtp, now=NOW) is None
    assert _send(tenant, over_smtp) == 0
    assert (get_notice(tenant, notice_id).state, smtp.log.accepted) == ("ready", [])
    assert queue.tenants_with_work(now=NOW) == []

    _spoil(-1)
    _check(tenant)
    assert queue.tenants_with_work(now=NOW) == [tenant.pk]
    queue.give_back(tenant, [notice_id])
    assert _send(tenant, over_smtp) == 1
    assert get_notice(tenant, notice_id).state == "accepted"


def test_the_task_does_not_begin(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    make_notices(tenant, 1)
    _spoil(1)
    _check(tenant)
    monkeypatch.setattr(tasks, "provider_for", lambda tenant: pytest.fail("asked for a provider"))
    tasks.send_notices(tenant_id=tenant.pk)


def test_without_the_check_the_letter_leaves(tenant: Tenant, over_smtp: SmtpProvider, smtp: SmtpFake) -> None:
    """The negative control: the same broken books, and nobody looked."""
    (notice_id,) = make_notices(tenant, 1)
    _spoil(1)

    assert _send(tenant, over_smtp) == 1
    assert get_notice(tenant, notice_id).state == "accepted"


def test_the_neighbour_goes_on(tenant: Tenant, sibling_tenant: Tenant, over_smtp: SmtpProvider) -> None:
    make_notices(tenant, 1)
    _spoil(1)
    _check(tenant)
    (theirs,) = make_notices(sibling_tenant, 1, first=7)

    assert queue.tenants_with_work(now=NOW) == [sibling_tenant.pk]
    assert _send(sibling_tenant, over_smtp) == 1
    assert get_notice(sibling_tenant, theirs).state == "accepted"
