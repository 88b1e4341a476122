"""Settlements: what was paid, less what went back and less fees, gathered into one transfer to the merchant.

An organisation's token `access_X` reads what was settled for the keys `live_X` and `test_X`. (Mollie settles live money
only; a demo has no other.) A chargeback that was settled and then reversed comes back in the next settlement.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from receivables.paying.emulator.resources import DOCUMENTATION, ApiError, hal, listing
from receivables.paying.emulator.store import Resource, Store, moment, new_id, now

FEE = Decimal("0.2900")
VAT = Decimal("0.21")
CENT = Decimal("0.01")
MERCHANT = "1182161"
MOST = 100_000


class Payouts:
    """The settlements of every organisation, on the emulator's one store."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def settle(self, account: str, *, base: str, fee: Decimal = FEE) -> Resource:
        """Pay out all that is not paid out yet for one key."""
        organisation = organisation_of(account)
        with self.store.transaction():
            parts = list(self._unsettled(account))
            if not parts:
                raise ApiError(422, "There is nothing to settle")
            paid = sum(1 for part, _ in parts if part["resource"] == "payment")
            number = len(self.store.rows("settlement", account=organisation, limit=MOST)) + 1
            gross = sum((amount for _, amount in parts), Decimal(0))
            settlement = new_settlement(base=base, gross=gross, paid=paid, number=number, fee=fee, at=now())
            self.store.add("settlement", account=organisation, body=settlement)
            for part, amount in parts:
                self._take(settlement, part, amount)
        return settlement

    def open(self, token: str, *, base: str) -> Resource:
        """What would be settled next; it is not in any list."""
        gross = sum((amount for account in keys_of(token) for _, amount in self._unsettled(account)), Decimal(0))
        found = new_settlement(base=base, gross=gross, paid=0, number=0, fee=Decimal(0), at=now())
        return found | {"id": "open", "status": "open", "reference": None, "settledAt": None}

    def get(self, token: str, settlement_id: str) -> Resource:
        found = self.store.get(settlement_id, account=token)
        if found is None or found["resource"] != "settlement":
            raise ApiError(404, f"No settlement exists with token {settlement_id}.")
        return found

    def listed(self, token: str, *, start: str, limit: int, url: str) -> Resource:
        rows = self.store.rows("settlement", account=token, start=start, limit=limit)
        return listing(rows, name="settlements", url=url, limit=limit)

    def below(self, token: str, settlement_id: str, *, kind: str, start: str, limit: int, url: str) -> Resource:
        """The payments, refunds, chargebacks or captures of one settlement."""
        self.get(token, settlement_id)
        rows = self.store.settled(settlement_id, kind=kind, start=start, limit=limit)
        return listing(rows, name=f"{kind}s", url=url, limit=limit)

    def _unsettled(self, account: str) -> Iterator[tuple[Resource, Decimal]]:
        """What still has to be paid out, each with what it adds."""
        for payment in self.store.rows("payment", account=account, limit=MOST):
            if payment["status"] == "paid" and not payment.get("settlementId"):
                yield payment, Decimal(payment["amount"]["value"])
        for refund in self.store.rows("refund", account=account, limit=MOST):
            if refund["status"] == "refunded" and not refund.get("settlementId"):
                yield refund, -Decimal(refund["amount"]["value"])
        for chargeback in self.store.rows("chargeback", account=account, limit=MOST):
            amount = Decimal(chargeback["amount"]["value"])
            if not chargeback.get("settlementId") and not chargeback["reversedAt"]:
                yield chargeback, -amount
            elif (
                chargeback.get("settlementId")
                and chargeback["reversedAt"]
                and not chargeback.get("reversalSettlementId")
            ):
                yield chargeback, amount

    def _take(self, settlement: Resource, part: Resource, amount: Decimal) -> None:
        is_reversal = part["resource"] == "chargeback" and amount > 0
        part["reversalSettlementId" if is_reversal else "settlementId"] = settlement["id"]
        part["_links"]["settlement"] = settlement["_links"]["self"]
        self.store.save(part)
        self.store.add_settled(settlement["id"], kind=part["resource"], resource_id=part["id"])


def new_settlement(*, base: str, gross: Decimal, paid: int, number: int, fee: Decimal, at: datetime) -> Resource:
    """A settlement as Mollie shows it: fees by month with four decimals, the amount in cents."""
    settlement_id = new_id("stl_")
    net = fee * paid
    vat = (net * VAT).quantize(Decimal("0.0001"))
    amount = gross - (net + vat).quantize(CENT, rounding=ROUND_HALF_UP)
    self_url = f"{base}/v2/settlements/{settlement_id}"
    return {
        "resource": "settlement",
        "id": settlement_id,
        "reference": f"{MERCHANT}.{at:%y%m}.{number:02d}",
        "createdAt": moment(at),
        "settledAt": moment(at),
        "status": "paidout",
        "amount": {"currency": "EUR", "value": f"{amount:.2f}"},
        "balanceId": "bal_voldaandemo",
        "invoiceId": None,
        "periods": {f"{at:%Y}": {f"{at:%m}": _period(gross, net, vat, paid=paid, fee=fee)}},
        "_links": {
            "self": hal(self_url),
            **{kind: hal(f"{self_url}/{kind}") for kind in ("payments", "refunds", "chargebacks", "captures")},
            "documentation": DOCUMENTATION,
        },
    }


def organisation_of(account: str) -> str:
    return "access_" + account.partition("_")[2]


def keys_of(token: str) -> tuple[str, str]:
    rest = token.partition("_")[2]
    return f"live_{rest}", f"test_{rest}"


def _period(gross: Decimal, net: Decimal, vat: Decimal, *, paid: int, fee: Decimal) -> Resource:
    revenue = {"description": "iDEAL", "method": "ideal", "count": paid} | _amounts(gross, None)
    cost = {"description": "iDEAL", "method": "ideal", "count": paid} | _amounts(net, vat)
    return {
        "revenue": [revenue],
        "costs": [cost | {"rate": {"fixed": _amount(fee), "percentage": None}}],
        "invoiceId": "inv_voldaandemo",
    }


def _amounts(net: Decimal, vat: Decimal | None) -> Resource:
    return {
        "amountNet": _amount(net),
        "amountVat": None if vat is None else _amount(vat),
        "amountGross": _amount(net + (vat or 0)),
    }


def _amount(value: Decimal) -> dict[str, str]:
    return {"currency": "EUR", "value": f"{value:.4f}"}
