"""Mollie v2 through its official client, unmodified.

The client retries by itself for ten seconds and follows redirects; both are switched off, for a debtor waits and a
redirect could lead anywhere. An answer the client's models do not accept (Mollie adds and drops fields) is read by
our own reader from the raw body, so that a payment is not lost over a missing link.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
from mollie import ClientSDK, models
from mollie.utils import BackoffStrategy, RetryConfig

from receivables.paying.psp import (
    MoneyBack,
    PaymentOrder,
    PaymentReport,
    PspBusyError,
    PspError,
    PspNotFoundError,
    PspNotReachedError,
    PspRefusedError,
    PspUnknownOutcomeError,
    read_list,
    read_money_back,
    read_payment,
)

T = TypeVar("T")
Answer = Mapping[str, Any]
NO_RETRIES = RetryConfig("none", BackoffStrategy(0, 0, 1, 0), False)
PAGE = 50


class MollieProvider:
    """One tenant's key at Mollie (or at the emulator, when `url` says so)."""

    def __init__(self, *, api_key: str, url: str = "", timeout_ms: int = 10_000) -> None:
        self.mode = "live" if api_key.startswith("live_") else "test"
        self._checkout_host = urlsplit(url).netloc if url else ""
        self._client = ClientSDK(
            security=models.Security(api_key=api_key),
            server_url=url.rstrip("/") or None,
            client=httpx.Client(follow_redirects=False, trust_env=False),
            retry_config=NO_RETRIES,
            timeout_ms=timeout_ms,
        )

    def create(self, order: PaymentOrder) -> PaymentReport:
        request = models.PaymentRequest(
            amount=models.Amount(currency=order.currency, value=str(order.amount)),
            description=order.description,
            redirect_url=order.redirect_url,
            webhook_url=order.webhook_url,
            locale=models.Locale2(order.locale),
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
        if payment.id != payment_id:
            raise PspUnknownOutcomeError(f"asked for {payment_id}, the PSP answered with {payment.id}")
        return payment

    def recent(self, *, limit: int = 250) -> Iterator[PaymentReport]:
        """The newest payments under this key, to find one whose creation got no answer."""
        start: str | None = None
        seen = 0
        while seen < limit:
            page = self._page(start)
            rows = [read_payment(row) for row in read_list(page, name="payments")]
            fresh = [row for row in rows if row.id != start]
            yield from fresh
            seen += len(fresh)
            if len(rows) <= PAGE - 1 or not fresh:
                return
            start = rows[-1].id

    def _page(self, start: str | None) -> Answer:
        def ask() -> Any:
            page = self._client.payments.list(from_=start, limit=PAGE)
            return page.result if page is not None else None

        return _ask(ask)

    def refunds(self, payment_id: str) -> list[MoneyBack]:
        def ask() -> Any:
            page = self._client.refunds.list(payment_id=payment_id, limit=250)
            return page.result if page is not None else None

        return [read_money_back(row, prefix="re_") for row in read_list(_ask(ask), name="refunds")]

    def chargebacks(self, payment_id: str) -> list[MoneyBack]:
        def ask() -> Any:
            page = self._client.chargebacks.list(payment_id=payment_id, limit=250)
            return page.result if page is not None else None

        return [read_money_back(row, prefix="chb_") for row in read_list(_ask(ask), name="chargebacks")]

    def _is_checkout(self, url: str) -> bool:
        """We send a debtor only to Mollie over https, or to the very emulator we talk to."""
        parts = urlsplit(url)
        if self._checkout_host and parts.netloc == self._checkout_host:
            return parts.scheme in {"http", "https"}
        host = parts.hostname or ""
        return parts.scheme == "https" and (host == "mollie.com" or host.endswith(".mollie.com"))


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
    except ValueError:
        return None
    return answer if isinstance(answer, dict) else None
