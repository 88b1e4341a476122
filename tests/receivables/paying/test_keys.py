"""Keys at rest: rotated under traffic, the old key useless afterwards, and no secret in a log, an event or a page."""

from __future__ import annotations

import logging
import threading
import time
from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import Settings

from receivables.models import PspAccount
from receivables.paying import sealed
from receivables.paying.accounts import account_of, connect_psp, connect_settlements
from receivables.paying.connection import check_connection
from receivables.paying.sealed import rotate_secrets
from tenants.context import tenant_context
from tenants.models import Tenant
from tenants.secrets import SecretUnreadableError, decrypt, encrypt, rotate
from tests.receivables.paying.conftest import API_KEY
from tests.receivables.paying.desk import TOKEN, paid_payment
from tests.receivables.paying.rows import now
from tests.receivables.paying.world import World

pytestmark = pytest.mark.django_db(transaction=True)

NEW_KEY = Fernet.generate_key().decode()


def connect_both(tenant: Tenant) -> None:
    with tenant_context(tenant.pk):
        account = connect_psp(tenant, API_KEY, now=now())
        connect_settlements(tenant, account, TOKEN, now=now())


def secrets_of(tenant: Tenant) -> list[str]:
    with tenant_context(tenant.pk):
        account = account_of(tenant)
        assert account is not None
        return [decrypt(account.encrypted_key), decrypt(account.encrypted_settlement_token)]


def test_every_sealed_field_is_rotated() -> None:
    """A new secret somewhere must be added to the rotation."""
    found = {
        (model, field.name)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.name.startswith("encrypted_")
    }
    assert found == {(PspAccount, name) for name in sealed.FIELDS}


def test_after_rotation_the_old_key_opens_nothing(tenant: Tenant, stranger_tenant: Tenant, settings: Settings) -> None:
    for one in (tenant, stranger_tenant):
        connect_both(one)
    old = list(settings.FIELD_KEYS)
    settings.FIELD_KEYS = [NEW_KEY, *old]
    with pytest.raises(CommandError, match="nog niet weg"):
        call_command("rotate_secrets", "--check", stdout=StringIO())
    out = StringIO()
    call_command("rotate_secrets", stdout=out)
    assert "0 al onder de nieuwste sleutel, 4 opnieuw versleuteld." in out.getvalue()
    call_command("rotate_secrets", "--check", stdout=StringIO())
    settings.FIELD_KEYS = [NEW_KEY]
    assert secrets_of(tenant) == secrets_of(stranger_tenant) == [API_KEY, TOKEN]
    settings.FIELD_KEYS = old
    with pytest.raises(SecretUnreadableError):
        secrets_of(tenant)


def test_a_secret_no_key_opens_is_named_and_left_alone(tenant: Tenant, settings: Settings) -> None:
    connect_both(tenant)
    settings.FIELD_KEYS = [NEW_KEY]
    with pytest.raises(CommandError, match="2 geheim"):
        call_command("rotate_secrets", stdout=StringIO(), stderr=StringIO())


def test_reads_never_fail_while_keys_rotate(tenant: Tenant, settings: Settings) -> None:
    connect_both(tenant)
    failures: list[str] = []
    stop = threading.Event()
    done = [0] * 4

    def read(reader: int) -> None:
        while not stop.is_set():
            try:
                assert secrets_of(tenant) == [API_KEY, TOKEN]
            except Exception as error:  # collected and looked at below
                failures.append(repr(error))
            done[reader] += 1
        connection.close()

    def wait_for_all() -> None:
        """Every reader has begun and ended a read: none still holds what it read before. The older keys may go then."""
        before = list(done)
        while any(now < then + 2 for now, then in zip(done, before, strict=True)):
            time.sleep(0.001)

    readers = [threading.Thread(target=read, args=(number,)) for number in range(len(done))]
    for reader in readers:
        reader.start()
    for _ in range(8):
        settings.FIELD_KEYS = [Fernet.generate_key().decode(), *settings.FIELD_KEYS]
        rotate_secrets(tenant)
        wait_for_all()
        settings.FIELD_KEYS = settings.FIELD_KEYS[:2]  # a process that was not restarted yet knows the former one too
    stop.set()
    for reader in readers:
        reader.join(timeout=10)
    assert failures == []


def test_a_key_replaced_during_rotation_is_not_put_back(
    tenant: Tenant, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect_both(tenant)
    settings.FIELD_KEYS = [NEW_KEY, *settings.FIELD_KEYS]

    def replaced(value: str) -> str:
        fresh = rotate(value)
        tenant.psp_accounts.update(encrypted_key=encrypt("test_" + "n" * 30))
        return fresh

    monkeypatch.setattr(sealed, "rotate", replaced)
    rotate_secrets(tenant)
    assert secrets_of(tenant)[0] == "test_" + "n" * 30


def test_no_secret_is_in_a_log_an_event_or_an_error(
    world: World, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Everything the key is used for, with logging as loud as it goes."""
    caplog.set_level(logging.DEBUG)
    connect_both(world.tenant)
    paid_payment(world, world.old)
    check_connection(world.tenant, now=now())
    world.emulator.faults.set({"next": [["methods", "refuse"]], "webhooks_lost": True})
    check_connection(world.tenant, now=now())
    written = caplog.text + "".join(capfd.readouterr())
    with tenant_context(world.tenant.pk):
        written += str(list(world.tenant.events.values_list("verb", "details")))
        written += str(list(world.tenant.psp_accounts.values()))
    assert "psp_account.checked" in written
    for secret in (API_KEY, TOKEN):
        assert secret not in written
