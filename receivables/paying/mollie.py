"""Mollie v2 through its official client, unmodified.

The client retries by itself for ten seconds and follows redirects; both are switched off, for a debtor waits and a
redirect could lead anywhere. An answer the client's models do not accept (Mollie adds and drops fields) is read by
our own reader from the raw body, so that a payment is not lost over a missing link.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import httpx
from mollie import ClientSDK, models
from mollie.utils import BackoffStrategy, RetryConfig

from receivables.domain.money import Money
from receivables.paying.answers import (
    read_list,
    read_method,
    read_money_back,
    read_payment,
    read_payout,
    read_payout_part,
    read_profile,
)
from receivables.paying.bounded import bounded_client, idle_async_client
from receivables.paying.psp import (
    Method,
    MoneyBack,
    PaymentOrder,
    PaymentReport,
    Payout,
    PayoutPart,
    Profile,
    PspBusyError,
    PspError,
    PspNotFoundError,
    PspNotReachedError,
    PspRefusedError,
    PspUnknownOutcomeError,
    RefundOrder,
)

Answer = Mapping[str, Any]
NO_RETRIES = RetryConfig("none", BackoffStrategy(0, 0, 1, 0), False)
PAGE = 50
MOST_ROWS = 5_000  # of one payment or settlement: a list without an end is no list


class MollieProvider:
    """One tenant's key at Mollie (or at the emulator, when `url` says so)."""

    def __init__(self, *, api_key: str, url: str = "", timeout_ms: int = 10_000) -> None:
        self.mode = "live" if api_key.startswith("live_") else "test"
        self._checkout_host = urlsplit(url).netloc if url else ""
        self._client = _client(models.Security(api_key=api_key), url=url, timeout_ms=timeout_ms)

    def create(self, order: PaymentOrder) -> PaymentReport:
        request = models.PaymentRequest(
            amount=models.Amount(currency=order.currency, value=str(order.amount)),
            description=order.description,
            redirect_url=order.redirect_url,
            webhook_url=order.webhook_url,
            locale=models.Locale2(order.locale),
            method=_method(order.method),
            metadata={"attempt": order.key},
        )
        answer = _ask(lambda: self._client.payments.create(payment_request=request, idempotency_key=order.key))
        payment = read_payment(answer)
        if not self._is_checkout(payment.checkout_url):
            raise PspUnknownOutcomeError(f"payment {payment.id} came without a usable checkout address")
        return payment

    def fetch(self, payment_id: str) -> PaymentReport:
        payment = read_payment(
            _ask(lambda: self._client.payments.get(payment_id=payment_id, idempotency_key=str(uuid4())))
        )
        return _about(payment_id, payment)

    def cancel(self, payment_id: str, *, key: str) -> PaymentReport:
        """Withdraw a payment nobody has paid yet; most bank payments cannot be and are refused."""
        answer = _ask(lambda: self._client.payments.cancel(payment_id=payment_id, idempotency_key=key))
        return _about(payment_id, read_payment(answer))

    def recent(self, *, limit: int = 250) -> Iterator[PaymentReport]:
        """The newest payments under this key, to find one whose creation got no answer."""
        list_of = self._client.payments.list
        yield from islice(map(read_payment, _rows(list_of, name="payments")), limit)

    def refunds(self, payment_id: str) -> list[MoneyBack]:
        rows = _rows(self._client.refunds.list, name="refunds", payment_id=payment_id)
        return [read_money_back(row, prefix="re_") for row in islice(rows, MOST_ROWS)]

    def chargebacks(self, payment_id: str) -> list[MoneyBack]:
        rows = _rows(self._client.chargebacks.list, name="chargebacks", payment_id=payment_id)
        return [read_money_back(row, prefix="chb_") for row in islice(rows, MOST_ROWS)]

    def refund(self, order: RefundOrder) -> MoneyBack:
        request = models.RefundRequest(
            amount=models.Amount(currency=order.currency, value=str(order.amount)),
            description=order.description,
            metadata={"refund": order.key},
        )
        answer = _ask(
            lambda: self._client.refunds.create(
                payment_id=order.payment_id, refund_request=request, idempotency_key=order.key
            )
        )
        return read_money_back(answer, prefix="re_")

    def recent_money_back(self, *, limit: int = 250) -> Iterator[MoneyBack]:
        """The newest refunds and chargebacks of all payments, to find one whose webhook never came."""
        refunds = _rows(self._client.refunds.all, name="refunds")
        yield from (read_money_back(row, prefix="re_") for row in islice(refunds, limit))
        chargebacks = _rows(self._client.chargebacks.all, name="chargebacks")
        yield from (read_money_back(row, prefix="chb_") for row in islice(chargebacks, limit))

    def methods(self, amount: Money | None = None) -> list[Method]:
        """What a debtor may choose from, in the order of the account; for an amount: only what takes it."""
        asked = models.Amount(currency="EUR", value=str(amount)) if amount else None

        def ask() -> Any:
            return self._client.methods.list(
                amount=asked, locale=models.Locale.NL_NL, include_wallets=None, idempotency_key=str(uuid4())
            )

        return [read_method(row) for row in read_list(_ask(ask), name="methods")]

    def profile(self) -> Profile:
        return read_profile(_ask(lambda: self._client.profiles.get_current(idempotency_key=str(uuid4()))))

    def _is_checkout(self, url: str) -> bool:
        """We send a debtor only to Mollie over https, or to the very emulator we talk to."""
        parts = urlsplit(url)
        if self._checkout_host and parts.netloc == self._checkout_host:
            return parts.scheme in {"http", "https"}
        host = parts.hostname or ""
        return parts.scheme == "https" and (host == "mollie.com" or host.endswith(".mollie.com"))


class MollieSettlements:
    """The settlements of an organisation; an API key may not read those, its access token may."""

    def __init__(self, *, token: str, url: str = "", timeout_ms: int = 10_000) -> None:
        self._client = _client(models.Security(advanced_access_token=token), url=url, timeout_ms=timeout_ms)

    def payouts(self, *, limit: int = 100) -> Iterator[Payout]:
        yield from islice(map(read_payout, _rows(self._client.settlements.list, name="settlements")), limit)

    def payout_parts(self, payout_id: str) -> Iterator[PayoutPart]:
        settlements = self._client.settlements
        for list_of, name, prefix in (
            (settlements.list_payments, "payments", "tr_"),
            (settlements.list_refunds, "refunds", "re_"),
            (settlements.list_chargebacks, "chargebacks", "chb_"),
        ):
            rows = _rows(list_of, name=name, settlement_id=payout_id)
            yield from (read_payout_part(row, prefix=prefix) for row in islice(rows, MOST_ROWS))


def _client(security: models.Security, *, url: str, timeout_ms: int) -> ClientSDK:
    return ClientSDK(
        security=security,
        server_url=url.rstrip("/") or None,
        client=bounded_client(timeout_ms=timeout_ms),
        async_client=idle_async_client(),
        retry_config=NO_RETRIES,
        timeout_ms=timeout_ms,
    )


def _method(name: str) -> models.MethodEnum | None:
    """A method this client does not know is left to the PSP's own page."""
    try:
        return models.MethodEnum(name)
    except ValueError:
        return None


def _about(payment_id: str, payment: PaymentReport) -> PaymentReport:
    if payment.id != payment_id:
        raise PspUnknownOutcomeError(f"asked for {payment_id}, the PSP answered with {payment.id}")
    return payment


def _rows(list_of: Callable[..., Any], *, name: str, **of: str) -> Iterator[Answer]:
    """Every row of a list, page after page. A page that holds nothing new ends it, whatever its links say."""
    start: str | None = None
    seen: set[object] = set()
    while True:
        answer = _ask(lambda: _result(list_of(from_=start, limit=PAGE, **of)))  # noqa: B023 # called at once
        fresh = [row for row in read_list(answer, name=name) if row.get("id") not in seen]
        yield from fresh
        seen.update(row.get("id") for row in fresh)
        start = _next(answer)
        if not fresh or not start:
            return


def _result(page: Any) -> Any:
    return page.result if page is not None else None


def _next(answer: Answer) -> str:
    """Where the next page starts. Only the id is taken from the link: the address stays ours."""
    links = answer.get("_links")
    following = links.get("next") if isinstance(links, Mapping) else None
    href = following.get("href") if isinstance(following, Mapping) else None
    start = parse_qs(urlsplit(href).query).get("from", [""])[0] if isinstance(href, str) else ""
    return start if start.replace("_", "").isalnum() and start.isascii() and len(start) <= 60 else ""


def _ask(call: Callable[[], Any]) -> Answer:
    """Make one call and put every way it can go wrong into one of our four errors."""
    try:
        result = call()
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise PspNotReachedError(str(error)) from error
    except (httpx.HTTPError, models.NoResponseError) as error:
        raise PspUnknownOutcomeError(type(error).__name__) from error
    except models.ClientError as error:
        return _read_error(error)
    if result is None:
        raise PspUnknownOutcomeError("the PSP sent an empty answer")
    answer = result.model_dump(by_alias=True, mode="json")
    if not isinstance(answer, Mapping):
        raise PspUnknownOutcomeError("the PSP sent no object")
    return answer


def _read_error(error: models.ClientError) -> Answer:
    """The raw answer when it was a success the client could not model; otherwise raise what it means."""
    answer = _json(error.body)
    if 200 <= error.status_code < 300:
        if answer is None:
            raise PspUnknownOutcomeError("the PSP sent an answer that is no JSON") from error
        return answer
    raise _meaning(error.status_code, answer or {}) from error


def _meaning(status: int, answer: Answer) -> PspError:
    detail = str(answer.get("detail") or answer.get("title") or f"HTTP {status}")[:200]
    if status == 429:
        return PspNotReachedError(detail)
    if status == 409:
        return PspBusyError(detail)
    if status in {404, 410}:
        return PspNotFoundError(detail, status=status)
    if 400 <= status < 500:
        return PspRefusedError(detail, status=status, field=str(answer.get("field") or "")[:60])
    return PspUnknownOutcomeError(detail)


def _json(text: str) -> Answer | None:
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None
