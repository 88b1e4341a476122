"""What a person establishes about a fourteen-day letter: another day of receipt, or that it never came (art. 3:37 lid 3 BW).

The customer is locked first, as whoever books the costs does, so that no costs are booked on a term that is being changed.
"""

from __future__ import annotations

from datetime import date, datetime

from dunning.actions.booking import ReceiptError, prove_receipt, void_letter
from dunning.models import FourteenDayLetter
from dunning.models.legal import ReceiptProof
from receivables.actions.ledger import lock_customer
from tenants.models import Tenant, User

ALREADY_VOID = "Deze brief is al vervallen verklaard."
ALREADY_BOOKED = "De kosten na deze brief zijn al geboekt. Neem die eerst terug."


def establish_receipt(
    tenant: Tenant, letter: FourteenDayLetter, *, received_on: date, on: date, now: datetime, by: User
) -> FourteenDayLetter:
    """Let the fourteen days count from the day that somebody established."""
    locked = _locked(tenant, letter)
    if locked.costs_settled_at is not None:
        raise ReceiptError(ALREADY_BOOKED)
    if received_on > on:
        raise ReceiptError("Deze dag moet nog komen.")
    return prove_receipt(tenant, locked, received_on=received_on, proof=ReceiptProof.PERSON, now=now, by=by)


def declare_not_received(tenant: Tenant, letter: FourteenDayLetter, *, why: str, now: datetime, by: User) -> None:
    """The letter gives no term: nothing becomes due by it, costs booked after it are taken back, the ladder asks for a new one."""
    void_letter(_locked(tenant, letter).notice, why=why, now=now, by=by)


def _locked(tenant: Tenant, letter: FourteenDayLetter) -> FourteenDayLetter:
    lock_customer(tenant, letter.customer_id)
    rows = tenant.fourteen_day_letters.select_for_update(no_key=True, of=("self",)).select_related("notice")
    locked = rows.get(pk=letter.pk)
    if locked.voided_at is not None:
        raise ReceiptError(ALREADY_VOID)
    return locked
