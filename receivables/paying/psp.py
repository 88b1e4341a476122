"""What we ask of a payment service provider, in our own words; `mollie.py` is the first that answers.

The answers of a PSP are input like any other (`answers.py`): amounts, currency, mode and metadata are checked before we
believe them, and a call whose outcome we do not know is never taken for a refusal (reliability: payments, T10, T22).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from receivables.domain.money import Money

OPEN_STATES = frozenset({"open", "pending", "authorized"})
FINAL_STATES = frozenset({"paid", "canceled", "expired", "failed"})


class PspError(Exception):
    """A call to the PSP did not give what we asked."""


class PspNotReachedError(PspError):
    """Surely not accepted: no byte of the request was answered for, or the PSP said to come back later."""


class PspRefusedError(PspError):
    """The PSP understood and said no; asking the same again gives the same answer."""

    def __init__(self, detail: str, *, status: int, field: str = "") -> None:
        super().__init__(detail)
        self.status = status
        self.field = field

    @property
    def is_about_the_key(self) -> bool:
        """The key itself is refused: withdrawn, mistyped, or without the right to this."""
        return self.status in {401, 403}


class KeyUnreadableError(PspRefusedError):
    """The stored key cannot be opened any more; nobody was asked anything."""

    def __init__(self) -> None:
        super().__init__("the stored key cannot be opened", status=401)


class PspNotFoundError(PspRefusedError):
    """The PSP does not know this id under this key."""


class PspUnknownOutcomeError(PspError):
    """5xx, time-out or an unreadable answer: it may or may not have happened. Ask again with the same key."""


class PspBusyError(PspUnknownOutcomeError):
    """The same idempotency key is being processed at this moment: ask again, and hear how it ended."""


@dataclass(frozen=True, slots=True)
class PaymentOrder:
    """What we ask the PSP to collect. `key` is our attempt's id: idempotency key and metadata alike."""

    key: str
    amount: Money
    description: str
    redirect_url: str
    webhook_url: str
    locale: str = "nl_NL"
    currency: str = "EUR"
    method: str = ""  # "ideal" and so on; empty lets the PSP's own page ask


@dataclass(frozen=True, slots=True)
class RefundOrder:
    """What we ask the PSP to give back. `key` is the id of our row: idempotency key and metadata alike."""

    key: str
    payment_id: str
    amount: Money
    description: str
    currency: str = "EUR"


@dataclass(frozen=True, slots=True)
class MoneyBack:
    """A refund (re_) or chargeback (chb_) under a payment.

    `is_final` says that the money left us; `is_undone` that it came back, or never left (a reversed chargeback, a refund
    that failed or was cancelled).
    """

    id: str
    amount: Money
    currency: str
    is_final: bool = True
    is_undone: bool = False
    status: str = ""
    order: str = ""  # the id of our row, when we asked for it
    payment_id: str = ""


@dataclass(frozen=True, slots=True)
class PaymentReport:
    """A payment as the PSP reports it. `status` may be a word we do not know: it then changes nothing."""

    id: str
    status: str
    mode: str
    amount: Money
    currency: str
    attempt: str = ""
    method: str = ""
    checkout_url: str = ""
    paid_at: datetime | None = None
    expires_at: datetime | None = None
    refunded: Money = field(default_factory=Money.zero)
    charged_back: Money = field(default_factory=Money.zero)
    settlement_id: str = ""
    settled: Money | None = None

    @property
    def is_paid(self) -> bool:
        return self.status == "paid"


@dataclass(frozen=True, slots=True)
class Method:
    """A way to pay that the account offers, in the PSP's own words."""

    id: str
    description: str


@dataclass(frozen=True, slots=True)
class Profile:
    """Whose key this is, as far as the key may say."""

    name: str
    mode: str
    status: str


@dataclass(frozen=True, slots=True)
class Payout:
    """A settlement: what goes to the tenant's account at once, after the PSP kept its fees."""

    id: str
    reference: str
    status: str
    amount: Money
    currency: str
    fees: Money
    settled_at: datetime | None = None

    @property
    def is_paid_out(self) -> bool:
        """Money that left the PSP. Older accounts have no status; then the moment says it."""
        return self.status == "paidout" or (not self.status and self.settled_at is not None)


@dataclass(frozen=True, slots=True)
class PayoutPart:
    """One payment, refund or chargeback inside a settlement; what went back is negative."""

    id: str
    amount: Money
    payment_id: str
    is_undone: bool = False


class PaymentProvider(Protocol):
    """The calls about payments, with a tenant's API key. Every one may raise the errors above and nothing else."""

    mode: str

    def create(self, order: PaymentOrder) -> PaymentReport: ...

    def fetch(self, payment_id: str) -> PaymentReport: ...

    def recent(self, *, limit: int = 250) -> Iterator[PaymentReport]: ...

    def refunds(self, payment_id: str) -> list[MoneyBack]: ...

    def chargebacks(self, payment_id: str) -> list[MoneyBack]: ...


class AccountProvider(PaymentProvider, Protocol):
    """The other calls with the same key: giving back, and what the account is."""

    def cancel(self, payment_id: str, *, key: str) -> PaymentReport: ...

    def refund(self, order: RefundOrder) -> MoneyBack: ...

    def recent_money_back(self, *, limit: int = 250) -> Iterator[MoneyBack]: ...

    def methods(self, amount: Money | None = None) -> list[Method]: ...

    def profile(self) -> Profile: ...


class SettlementReader(Protocol):
    """The calls we make with the token of the organisation."""

    def payouts(self, *, limit: int = 100) -> Iterator[Payout]: ...

    def payout_parts(self, payout_id: str) -> Iterator[PayoutPart]: ...
