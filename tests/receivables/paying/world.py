"""One debtor with two invoices, a pay link and a PSP account at the emulator; and how to act in that world."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.db import connection
from django.test import Client

from receivables.models import Customer, Invoice, PayLink, PspPayment
from receivables.paying import address, settling, tasks, tokens
from receivables.paying.emulator.server import Emulator
from receivables.paying.settling import Clock
from tenants.context import tenant_context
from tenants.models import Tenant
from tests.receivables.paying.rows import TODAY, now


@dataclass
class World:
    """One debtor with two invoices, a pay link, and a PSP account at the emulator."""

    tenant: Tenant
    customer: Customer
    old: Invoice
    young: Invoice
    url: str
    emulator: Emulator
    client: Client = field(default_factory=lambda: Client(enforce_csrf_checks=True))

    def get(self, path: str = "", **more: Any) -> Any:
        """A page behind the link, as a browser gets there: the token becomes a cookie, and the address loses it."""
        opened = self.client.get(self.path)
        return self.client.get(self.door + path, **more) if opened.status_code == 303 else opened

    def post(self, path: str, fields: dict[str, Any] | None = None, *, form: str | None = None) -> Any:
        """Send a form of that page, with an id that we gave out for this link."""
        opened = self.client.get(self.path)
        if opened.status_code != 303:
            return self.client.post(self.path + path, fields or {})
        return self.client.post(self.door + path, {"formulier": form or self.form(), **(fields or {})})

    @property
    def path(self) -> str:
        """The address in the mail, with the token."""
        return urlsplit(self.url).path

    @property
    def link(self) -> PayLink:
        with tenant_context(self.tenant.pk):
            return self.tenant.pay_links.get(token_hash=tokens.Token("", self.path.removeprefix("/b/")).digest)

    @property
    def door(self) -> str:
        """The address without it."""
        return f"/b/{self.tenant.code}/{self.link.pk}"

    def form(self) -> str:
        return address.new_form(self.link.pk)

    def click(self, *invoices: Invoice, **fields: str) -> Any:
        return self.post("/betalen", {"factuur": [str(invoice.pk) for invoice in invoices], **fields})

    def pass_check(self) -> None:
        """Name an invoice, as somebody can who got it: this customer has no postcode."""
        assert self.post("/bekijken", {"antwoord": self.old.number}).status_code == 303

    def attempts(self) -> list[PspPayment]:
        with tenant_context(self.tenant.pk):
            return list(self.tenant.psp_payments.order_by("created_at"))

    def attempt(self) -> PspPayment:
        (attempt,) = self.attempts()
        return attempt

    def at_bank(self, outcome: str) -> None:
        httpx.post(self.attempts()[-1].checkout_url, data={"outcome": outcome})

    def webhook(self, psp_id: str, **more: str) -> Any:
        return Client().post(f"/psp/{self.tenant.code}/webhook", {"id": psp_id, **more})

    def open_amounts(self) -> list[str]:
        with tenant_context(self.tenant.pk):
            for invoice in (self.old, self.young):
                invoice.refresh_from_db()
        return [str(self.old.open_amount), str(self.young.open_amount)]

    def payments(self) -> list[Decimal]:
        with tenant_context(self.tenant.pk):
            return list(self.tenant.payments.order_by("created_at").values_list("amount", flat=True))

    def settle(self, attempt: PspPayment | None = None, *, after: timedelta = timedelta()) -> str:
        clock = Clock(now=now() + after, on=TODAY)
        return settling.settle(self.tenant, (attempt or self.attempts()[-1]).pk, clock=clock).value


def run(queue: list[tuple[int, str]]) -> None:
    while queue:
        tenant_id, attempt_id = queue.pop()
        tasks.settle_psp_payment(tenant_id=tenant_id, attempt_id=attempt_id)


@contextmanager
def unchanged(world: World) -> Iterator[None]:
    """Nothing of this tenant was written meanwhile."""
    before = fingerprint(world.tenant)
    yield
    assert fingerprint(world.tenant) == before


def fingerprint(tenant: Tenant) -> dict[str, str]:
    tables = [
        "receivables_paylink",
        "receivables_psppayment",
        "receivables_psppaymentline",
        "receivables_payment",
        "receivables_ledgerentry",
        "receivables_invoice",
        "receivables_customer",
        "tenants_event",
    ]
    found = {}
    with tenant_context(tenant.pk), connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT coalesce(md5(string_agg(t::text, '|' ORDER BY t.id)), '') FROM {table} t")  # noqa: S608 # names above
            found[table] = cursor.fetchone()[0]
    return found
