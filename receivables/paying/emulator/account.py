"""What happens to payments: the API's operations and the bank's, on one store."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from receivables.paying.emulator import resources
from receivables.paying.emulator.faults import Faults
from receivables.paying.emulator.resources import ApiError
from receivables.paying.emulator.store import Resource, Store, moment, now

OUTCOMES = {"paid": "paidAt", "canceled": "canceledAt", "expired": "expiredAt", "failed": "failedAt"}


class Accounts:
    """Every API key is an account of its own; the bank page knows a payment by its checkout secret only."""

    def __init__(self, store: Store, faults: Faults, *, expires_after: timedelta) -> None:
        self.store = store
        self.faults = faults
        self.expires_after = expires_after

    # the merchant's side ---------------------------------------------------------------------------------------
    def create(self, account: str, asked: Mapping[str, Any], *, base: str) -> Resource:
        mode = "live" if account.startswith("live_") else "test"
        payment = resources.new_payment(asked, base=base, mode=mode, now=now(), expires_after=self.expires_after)
        with self.store.transaction():
            self.store.add("payment", account=account, body=payment)
            secret = self.store.open_checkout(payment["id"])
            payment["_links"]["checkout"] = resources.page(f"{base}/pay/{secret}")
            self.store.save(payment)
        return payment

    def payment(self, account: str, payment_id: str) -> Resource:
        found = self.store.get(payment_id, account=account)
        if found is None or found["resource"] != "payment":
            raise ApiError(404, f"No payment exists with token {payment_id}.")
        return self.with_expiry(found)

    def with_expiry(self, payment: Resource) -> Resource:
        """An open payment past its moment has expired, whoever looks first."""
        if payment["status"] == "open" and datetime.fromisoformat(payment["expiresAt"]) <= now():
            return self.settle(payment["id"], "expired")
        return payment

    def cancel(self, account: str, payment_id: str) -> Resource:
        payment = self.payment(account, payment_id)
        if payment["status"] != "open" or not payment["isCancelable"]:
            raise ApiError(422, "The payment cannot be cancelled")
        return self.settle(payment_id, "canceled")

    def update(self, account: str, payment_id: str, asked: Mapping[str, Any]) -> Resource:
        payment = self.payment(account, payment_id)
        payment |= {
            key: asked[key] for key in ("description", "redirectUrl", "webhookUrl", "metadata") if asked.get(key)
        }
        self.store.save(payment)
        return payment

    def refund(self, account: str, payment_id: str, asked: Mapping[str, Any]) -> Resource:
        with self.store.transaction():
            payment = self.payment(account, payment_id)
            refund = resources.new_refund(asked, payment, now=now(), status=self.faults.refund_status)
            self.store.add("refund", account=account, body=refund, parent=payment_id)
            self._take_back(payment, refund, field="amountRefunded")
        return refund

    def cancel_refund(self, account: str, payment_id: str, refund_id: str) -> None:
        """A refund that is still on its way can be stopped."""
        refund = self.one_below(account, payment_id, kind="refund", resource_id=refund_id)
        if refund["status"] not in {"queued", "pending"}:
            raise ApiError(422, "The refund can no longer be cancelled")
        self.end_refund(refund_id, "canceled")

    def below(self, account: str, payment_id: str, *, kind: str, start: str, limit: int, url: str) -> Resource:
        self.payment(account, payment_id)
        rows = self.store.rows(kind, account=account, parent=payment_id, start=start, limit=limit)
        return resources.listing(rows, name=f"{kind}s", url=url, limit=limit)

    def one_below(self, account: str, payment_id: str, *, kind: str, resource_id: str) -> Resource:
        found = self.store.get(resource_id, account=account)
        if found is None or found["resource"] != kind or found["paymentId"] != payment_id:
            raise ApiError(404, f"No {kind} exists with token {resource_id}.")
        return found

    # the bank's side -------------------------------------------------------------------------------------------
    def settle(self, payment_id: str, outcome: str) -> Resource:
        """Bring an open payment to its end and tell the merchant. What has ended stays as it is."""
        with self.store.transaction():
            payment = self.store.get(payment_id)
            if payment is None or payment["resource"] != "payment":
                raise ApiError(404, f"No payment exists with token {payment_id}.")
            if payment["status"] not in {"open", "pending"} or outcome not in OUTCOMES:
                return payment
            at = now()
            payment |= {"status": outcome, OUTCOMES[outcome]: moment(at)}
            payment["_links"].pop("checkout", None)
            if outcome == "paid":
                payment |= {
                    "method": payment["method"] or "ideal",
                    "settlementAmount": payment["amount"],
                    "amountRefunded": {"currency": payment["amount"]["currency"], "value": "0.00"},
                    "amountRemaining": payment["amount"],
                    "details": {"consumerName": "T. Test", "consumerBic": "DEMONL2A"},
                }
            self.store.save(payment)
            self.announce(payment)
        return payment

    def charge_back(self, payment_id: str) -> Resource:
        with self.store.transaction():
            payment = self.store.get(payment_id)
            if payment is None or payment.get("status") != "paid" or _sum(payment, "amountChargedBack"):
                raise ApiError(422, "Only a paid payment can be charged back, once at a time")
            chargeback = resources.new_chargeback(payment, now=now())
            account = self.store.account_of(payment_id)
            self.store.add("chargeback", account=account, body=chargeback, parent=payment_id)
            self._take_back(payment, chargeback, field="amountChargedBack")
        return chargeback

    def reverse(self, chargeback_id: str) -> Resource:
        """The debtor's bank was wrong after all: the money is the merchant's again."""
        with self.store.transaction():
            chargeback = self.store.get(chargeback_id)
            if chargeback is None or chargeback["resource"] != "chargeback" or chargeback["reversedAt"]:
                raise ApiError(422, "Only a chargeback that stands can be reversed")
            chargeback["reversedAt"] = moment(now())
            self.store.save(chargeback)
            self._give_again(chargeback, field="amountChargedBack")
        return chargeback

    def end_refund(self, refund_id: str, status: str) -> Resource:
        """Bring a refund on its way a step further; what failed or was cancelled is the merchant's again."""
        with self.store.transaction():
            refund = self.store.get(refund_id)
            if refund is None or refund["resource"] != "refund" or status not in resources.REFUND_STATUSES:
                raise ApiError(422, "No such refund, or no such status")
            refund["status"] = status
            self.store.save(refund)
            if status in {"failed", "canceled"}:
                self._give_again(refund, field="amountRefunded")
            else:
                self.announce(self.store.get(refund["paymentId"]) or {})
        return refund

    def expire_all(self) -> None:
        """Every open payment has run out of time."""
        for payment in self.store.rows("payment", limit=100_000):
            if payment["status"] == "open":
                self.settle(payment["id"], "expired")

    def _give_again(self, taken: Resource, *, field: str) -> None:
        payment = self.store.get(taken["paymentId"])
        assert payment is not None  # noqa: S101 # what was taken back was of a payment
        total = _sum(payment, field) - Decimal(taken["amount"]["value"])
        payment[field] = taken["amount"] | {"value": f"{total:.2f}"}
        self.store.save(payment)
        self.announce(payment)

    def _take_back(self, payment: Resource, taken: Resource, *, field: str) -> None:
        total = _sum(payment, field) + Decimal(taken["amount"]["value"])
        payment[field] = taken["amount"] | {"value": f"{total:.2f}"}
        payment["_links"][f"{taken['resource']}s"] = resources.hal(
            f"{payment['_links']['self']['href']}/{taken['resource']}s"
        )
        self.store.save(payment)
        self.announce(payment)

    def announce(self, payment: Resource) -> None:
        """Queue the webhook: late, more than once, or not at all when a fault says so."""
        if payment.get("webhookUrl") and not self.faults.webhooks_lost:
            for _ in range(self.faults.webhook_copies):
                self.store.queue(payment["id"], payment["webhookUrl"], delay=self.faults.delay_of_a_webhook())


def _sum(payment: Resource, field: str) -> Decimal:
    return Decimal(payment.get(field, {"value": "0.00"})["value"])
