"""What we ask of a payment service provider, in our own words; `mollie.py` is the first that answers.

The answers of a PSP are input like any other: amounts, currency, mode and metadata are checked before we believe
them, and a call whose outcome we do not know is never taken for a refusal (reliability: payments, T10, T22).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol

from receivables.domain.money import Money

MAX_AMOUNT = Money.of("99999999.99")
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


@dataclass(frozen=True, slots=True)
class MoneyBack:
    """A refund (re_) or chargeback (chb_) under a payment."""

    id: str
    amount: Money
    currency: str
    is_final: bool = True


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

    @property
    def is_paid(self) -> bool:
        return self.status == "paid"


class PaymentProvider(Protocol):
    """The five calls we make. Every one may raise the errors above and nothing else."""

    mode: str

    def create(self, order: PaymentOrder) -> PaymentReport: ...

    def fetch(self, payment_id: str) -> PaymentReport: ...

    def recent(self, *, limit: int = 250) -> Iterator[PaymentReport]: ...

    def refunds(self, payment_id: str) -> list[MoneyBack]: ...

    def chargebacks(self, payment_id: str) -> list[MoneyBack]: ...


def read_payment(answer: Mapping[str, Any]) -> PaymentReport:
    """Take a Mollie v2 payment resource apart; anything that is not one raises PspUnknownOutcomeError."""
    if answer.get("resource") != "payment":
        raise PspUnknownOutcomeError(f"expected a payment, the PSP sent {str(answer.get('resource'))[:40]!r}")
    amount, currency = _amount(answer.get("amount"), name="amount")
    metadata = answer.get("metadata")
    return PaymentReport(
        id=_identifier(answer.get("id"), prefix="tr_"),
        status=str(answer.get("status") or "")[:20],
        mode=str(answer.get("mode") or "")[:10],
        amount=amount,
        currency=currency,
        attempt=str(metadata.get("attempt") or "")[:64] if isinstance(metadata, Mapping) else "",
        method=str(answer.get("method") or "")[:40],
        checkout_url=_link(answer, name="checkout"),
        paid_at=_moment(answer.get("paidAt")),
        expires_at=_moment(answer.get("expiresAt")),
        refunded=_optional_amount(answer, name="amountRefunded", currency=currency),
        charged_back=_optional_amount(answer, name="amountChargedBack", currency=currency),
    )


def read_money_back(answer: Mapping[str, Any], *, prefix: str) -> MoneyBack:
    """Take a refund or chargeback resource apart. A reversed chargeback or a refund still on its way is not final."""
    amount, currency = _amount(answer.get("amount"), name="amount")
    is_final = answer.get("status") == "refunded" if prefix == "re_" else not answer.get("reversedAt")
    return MoneyBack(
        id=_identifier(answer.get("id"), prefix=prefix), amount=amount, currency=currency, is_final=is_final
    )


def read_list(answer: Mapping[str, Any], *, name: str) -> list[Mapping[str, Any]]:
    """The embedded resources of a Mollie v2 list."""
    embedded = answer.get("_embedded")
    rows = embedded.get(name) if isinstance(embedded, Mapping) else None
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise PspUnknownOutcomeError(f"the PSP sent no list of {name}")
    return rows


def _identifier(value: object, *, prefix: str) -> str:
    if not isinstance(value, str) or not is_identifier(value, prefix=prefix):
        raise PspUnknownOutcomeError(f"the PSP sent an id that does not begin with {prefix}")
    return value


def is_identifier(value: str, *, prefix: str) -> bool:
    """Whether this looks like an id of the PSP; anything else is not worth a question, nor safe in a path."""
    rest = value.removeprefix(prefix)
    return rest != value and 1 <= len(rest) <= 60 and rest.isascii() and rest.isalnum()


def _amount(value: object, *, name: str) -> tuple[Money, str]:
    if not isinstance(value, Mapping):
        raise PspUnknownOutcomeError(f"the PSP sent no {name}")
    try:
        exact = Decimal(str(value.get("value")))
        money = Money.of(exact) if abs(exact) <= MAX_AMOUNT.amount else None
    except (InvalidOperation, ValueError):
        money = None
    currency = value.get("currency")
    if money is None or not isinstance(currency, str) or len(currency) != 3:
        raise PspUnknownOutcomeError(f"the PSP sent an {name} that is no amount")
    return money, currency.upper()


def _optional_amount(answer: Mapping[str, Any], *, name: str, currency: str) -> Money:
    if answer.get(name) is None:
        return Money.zero()
    money, given = _amount(answer[name], name=name)
    if given != currency:
        raise PspUnknownOutcomeError(f"the PSP sent {name} in {given} for a payment in {currency}")
    return money


def _moment(value: object) -> datetime | None:
    """A moment with its zone, or None: a date we cannot read must not stop a payment from being booked."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _link(answer: Mapping[str, Any], *, name: str) -> str:
    links = answer.get("_links")
    link = links.get(name) if isinstance(links, Mapping) else None
    href = link.get("href") if isinstance(link, Mapping) else None
    return href if isinstance(href, str) else ""
