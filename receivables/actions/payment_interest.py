"""Interest that letters asked for, around a payment: the payment counts on its own day, however late it is known (6:114 lid 2 BW)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from receivables.actions import claims
from receivables.domain.money import Money
from receivables.models import LedgerEntry, Payment
from tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class AskedInterest:
    """Interest that was asked for, around a payment: the payment counts on its own day, however late it is known."""

    tenant: Tenant
    payment: Payment
    ledger: dict[UUID, list[LedgerEntry]]
    now: datetime

    def up_to_payment(self) -> None:
        """Bring it to the payment day, or leave it as it was asked when the payment covers everything asked by then.

        A payment of all that was asked closes the claim: what ran since the letter is not asked afterwards.
        """
        day = self.payment.received_on
        covers = self._covers_all
        self._continue({pk: claims.last_asked_on(rows, day) if covers else day for pk, rows in self.ledger.items()}, "")

    def after_payment(self) -> None:
        """Where interest was asked for later days already: what those days still bear, now that the payment is in."""
        if self._covers_all:
            return
        newest = {pk: claims.last_asked_on(rows, date.max) for pk, rows in self.ledger.items()}
        self._continue({pk: day for pk, day in newest.items() if day and day > self.payment.received_on}, ":after")

    @property
    def _covers_all(self) -> bool:
        asked = Money.total(claims.open_on(rows, self.payment.received_on) for rows in self.ledger.values())
        return Money.of(self.payment.amount) >= asked

    def _continue(self, until: Mapping[UUID, date | None], suffix: str) -> None:
        by_day: dict[date, list[UUID]] = defaultdict(list)
        for invoice_id, day in until.items():
            if day is not None:
                by_day[day].append(invoice_id)
        for day, invoice_ids in by_day.items():
            key = f"interest:payment:{self.payment.pk}{suffix}"
            claims.continue_interest(self.tenant, invoice_ids, through=day, source_key=key, now=self.now)


def interest_around(
    tenant: Tenant, payment: Payment, customer_id: UUID, *, designated: Collection[UUID], now: datetime
) -> AskedInterest:
    """The invoices this payment is meant for: those it names, else all that are open."""
    rows = tenant.invoices.filter(customer_id=customer_id, currency=payment.currency, open_amount__gt=0)
    open_now = list(rows.order_by("pk").values_list("pk", flat=True))
    meant = [pk for pk in open_now if pk in designated] or open_now
    return AskedInterest(tenant, payment, claims.entries_of(tenant, meant), now)
