"""Bank lines by hand, for tests about what becomes of them. Needs the tenant's context."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from receivables.models import BankLine
from receivables.models.banking import LineState
from tenants.models import Tenant
from tests.receivables.paying.rows import NOW, TODAY

OWN = "NL91ABNA0417164300"
THEIRS = "NL02DEMO0123456789"


def make_line(
    tenant: Tenant,
    amount: str,
    text: str = "",
    *,
    on: date = TODAY,
    iban: str = THEIRS,
    name: str = "Jansen Interieur",
    **fields: object,
) -> BankLine:
    """One movement as an import leaves it."""
    account, _ = tenant.bank_accounts.get_or_create(
        number=OWN, currency="EUR", defaults={"tenant": tenant, "created_at": NOW}
    )
    state = LineState.OPEN if Decimal(amount) > 0 else LineState.OUTGOING
    values = {"state": state, "created_at": NOW, **fields}
    return tenant.bank_lines.create(
        account=account,
        booked_on=on,
        amount=Decimal(amount),
        text=text,
        counterparty_iban=iban,
        counterparty_name=name,
        **values,
    )
