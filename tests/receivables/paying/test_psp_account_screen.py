"""Connecting a PSP account: sealed, replaced, never shown; only by who may touch secrets."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse

from receivables.models import PspAccount
from receivables.paying.accounts import account_of
from tenants.context import tenant_context
from tenants.models import Tenant, User
from tenants.secrets import decrypt
from tests.accessibility import faults

KEY = "test_" + "k" * 30


def test_a_key_is_kept_sealed_and_never_shown(client: Client, tenant: Tenant, office_admin: User) -> None:
    client.force_login(office_admin)
    url = reverse("receivables:psp_account", args=[tenant.slug])
    assert faults(client.get(url).content) == []
    client.post(url, {"key": KEY})
    page = client.get(url).content.decode()

    with tenant_context(tenant.pk):
        account = account_of(tenant)
        assert isinstance(account, PspAccount)
        assert KEY not in account.encrypted_key
        assert decrypt(account.encrypted_key) == KEY
        assert KEY not in str(list(tenant.events.values_list("details", flat=True)))
    assert KEY not in page
    assert "testsleutel" in page


def test_a_key_that_cannot_be_one_is_refused(client: Client, tenant: Tenant, office_admin: User) -> None:
    client.force_login(office_admin)
    answer = client.post(reverse("receivables:psp_account", args=[tenant.slug]), {"key": "geheim"})

    assert answer.status_code == 422
    assert "geheim" not in answer.content.decode()
    with tenant_context(tenant.pk):
        assert account_of(tenant) is None


def test_a_bookkeeper_may_not_touch_the_key(client: Client, tenant: Tenant, bookkeeper: User) -> None:
    client.force_login(bookkeeper)
    assert client.post(reverse("receivables:psp_account", args=[tenant.slug]), {"key": KEY}).status_code == 403
