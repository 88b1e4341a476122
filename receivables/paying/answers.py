"""Mollie v2 resources taken apart. What is not what it should be raises PspUnknownOutcomeError; nothing is guessed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from receivables.domain.money import Money
from receivables.paying.psp import (
    Method,
    MoneyBack,
    PaymentReport,
    Payout,
    PayoutPart,
    Profile,
    PspUnknownOutcomeError,
)

Answer = Mapping[str, Any]
MAX_AMOUNT = Money.of("99999999.99")
MOST_ROWS = 250  # Mollie's own largest page
UNDONE_REFUNDS = frozenset({"failed", "canceled"})


def read_payment(answer: Answer) -> PaymentReport:
    """A payment."""
    _expect(answer, "payment")
    amount, currency = _amount(answer.get("amount"), name="amount")
    metadata = answer.get("metadata")
    return PaymentReport(
        id=_identifier(answer.get("id"), prefix="tr_"),
        status=str(answer.get("status") or "")[:20],
        mode=str(answer.get("mode") or "")[:10],
        amount=amount,
        currency=currency,
        attempt=str(metadata.get("attempt") or "")[:64] if isinstance(metadata, Mapping) else "",
        method=str(answer.get("method") or "")[:30],
        checkout_url=_link(answer, name="checkout"),
        paid_at=_moment(answer.get("paidAt")),
        expires_at=_moment(answer.get("expiresAt")),
        refunded=_optional_amount(answer, name="amountRefunded", currency=currency),
        charged_back=_optional_amount(answer, name="amountChargedBack", currency=currency),
        settlement_id=_settlement_id(answer),
        settled=_settled(answer),
    )


def read_money_back(answer: Answer, *, prefix: str) -> MoneyBack:
    """A refund or chargeback. Final is what left us; undone what came back or never left; else it is on its way."""
    amount, currency = _amount(answer.get("amount"), name="amount")
    status, metadata = str(answer.get("status") or "")[:20], answer.get("metadata")
    is_refund = prefix == "re_"
    is_undone = status in UNDONE_REFUNDS if is_refund else bool(answer.get("reversedAt"))
    return MoneyBack(
        id=_identifier(answer.get("id"), prefix=prefix),
        amount=amount,
        currency=currency,
        is_final=status == "refunded" if is_refund else not is_undone,
        is_undone=is_undone,
        status=status,
        order=str(metadata.get("refund") or "")[:64] if isinstance(metadata, Mapping) else "",
        payment_id=_payment_id(answer),
    )


def read_method(answer: Answer) -> Method:
    """A way to pay; what it is called is shown to debtors, so it is kept short."""
    _expect(answer, "method")
    key = answer.get("id")
    if not isinstance(key, str) or not (key.isascii() and key.isalnum() and len(key) <= 30):
        raise PspUnknownOutcomeError("the PSP sent a method without an id")
    return Method(id=key, description=str(answer.get("description") or key)[:60])


def read_profile(answer: Answer) -> Profile:
    """The profile a key belongs to."""
    _expect(answer, "profile")
    return Profile(
        name=str(answer.get("name") or "")[:100],
        mode=str(answer.get("mode") or "")[:10],
        status=str(answer.get("status") or "")[:20],
    )


def read_payout(answer: Answer) -> Payout:
    """A settlement; its fees are what the periods say was withheld, four decimals each, rounded as one sum."""
    _expect(answer, "settlement")
    amount, currency = _amount(answer.get("amount"), name="amount")
    return Payout(
        id=_identifier(answer.get("id"), prefix="stl_"),
        reference=str(answer.get("reference") or "")[:60],
        status=str(answer.get("status") or "")[:20],
        amount=amount,
        currency=currency,
        fees=_fees(answer.get("periods"), currency=currency),
        settled_at=_moment(answer.get("settledAt")),
    )


def read_payout_part(answer: Answer, *, prefix: str) -> PayoutPart:
    """What one payment, refund or chargeback adds to a settlement, in the currency of the account."""
    amount, _ = _amount(answer.get("settlementAmount") or answer.get("amount"), name="settlementAmount")
    object_id = _identifier(answer.get("id"), prefix=prefix)
    if prefix == "tr_":
        return PayoutPart(id=object_id, amount=amount, payment_id=object_id)
    return PayoutPart(
        id=object_id, amount=-abs(amount), payment_id=_payment_id(answer), is_undone=bool(answer.get("reversedAt"))
    )


def read_list(answer: Answer, *, name: str) -> list[Answer]:
    """The embedded resources of a Mollie v2 list."""
    embedded = answer.get("_embedded")
    rows = embedded.get(name) if isinstance(embedded, Mapping) else None
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise PspUnknownOutcomeError(f"the PSP sent no list of {name}")
    if len(rows) > MOST_ROWS:
        raise PspUnknownOutcomeError(f"the PSP sent {len(rows)} {name} on one page")
    return rows


def is_identifier(value: str, *, prefix: str) -> bool:
    """Whether this looks like an id of the PSP; anything else is not worth a question, nor safe in a path."""
    rest = value.removeprefix(prefix)
    return rest != value and 1 <= len(rest) <= 50 and rest.isascii() and rest.isalnum()


def _expect(answer: Answer, resource: str) -> None:
    if answer.get("resource") != resource:
        raise PspUnknownOutcomeError(f"expected a {resource}, the PSP sent {str(answer.get('resource'))[:40]!r}")


def _identifier(value: object, *, prefix: str) -> str:
    if not isinstance(value, str) or not is_identifier(value, prefix=prefix):
        raise PspUnknownOutcomeError(f"the PSP sent an id that does not begin with {prefix}")
    return value


def _payment_id(answer: Answer) -> str:
    """The payment a refund or chargeback belongs to; older answers do not say."""
    value = answer.get("paymentId")
    return value if isinstance(value, str) and is_identifier(value, prefix="tr_") else ""


def _settlement_id(answer: Answer) -> str:
    value = answer.get("settlementId")
    return value if isinstance(value, str) and is_identifier(value, prefix="stl_") else ""


def _settled(answer: Answer) -> Money | None:
    """What the settlement will hold of this payment; unreadable is unknown, and must not stop a payment."""
    try:
        return _amount(answer.get("settlementAmount"), name="settlementAmount")[0]
    except PspUnknownOutcomeError:
        return None


def _amount(value: object, *, name: str) -> tuple[Money, str]:
    exact, currency = _decimal(value, name=name)
    try:
        return Money.of(exact), currency
    except ValueError as error:
        raise PspUnknownOutcomeError(f"the PSP sent an {name} that is no amount") from error


def _decimal(value: object, *, name: str) -> tuple[Decimal, str]:
    if not isinstance(value, Mapping):
        raise PspUnknownOutcomeError(f"the PSP sent no {name}")
    try:
        exact = Decimal(str(value.get("value")))
    except InvalidOperation:
        exact = Decimal("NaN")
    currency = value.get("currency")
    is_amount = exact.is_finite() and abs(exact) <= MAX_AMOUNT.amount
    if not is_amount or not isinstance(currency, str) or len(currency) != 3:
        raise PspUnknownOutcomeError(f"the PSP sent an {name} that is no amount")
    return exact, currency.upper()


def _optional_amount(answer: Answer, *, name: str, currency: str) -> Money:
    if answer.get(name) is None:
        return Money.zero()
    money, given = _amount(answer[name], name=name)
    if given != currency:
        raise PspUnknownOutcomeError(f"the PSP sent {name} in {given} for a payment in {currency}")
    return money


def _fees(periods: object, *, currency: str) -> Money:
    """The sum of `costs` of every month of every year. Mollie sends an empty list when there is none."""
    total = Decimal(0)
    for months in periods.values() if isinstance(periods, Mapping) else ():
        for month in months.values() if isinstance(months, Mapping) else ():
            for cost in (month.get("costs") or ()) if isinstance(month, Mapping) else ():
                exact, given = _decimal(cost.get("amountGross") if isinstance(cost, Mapping) else None, name="cost")
                if given == currency:
                    total += exact
    return Money.rounded(total)


def _moment(value: object) -> datetime | None:
    """A moment with its zone, or None: a date we cannot read must not stop a payment from being booked."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _link(answer: Answer, *, name: str) -> str:
    links = answer.get("_links")
    link = links.get(name) if isinstance(links, Mapping) else None
    href = link.get("href") if isinstance(link, Mapping) else None
    return href if isinstance(href, str) else ""
