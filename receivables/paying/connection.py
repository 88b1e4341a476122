"""Does the key work? Ask the PSP who it belongs to and which ways to pay it offers, and keep the answer for the screens."""

from __future__ import annotations

from datetime import datetime
from itertools import islice

from receivables.models import PspAccount
from receivables.paying.accounts import account_of, provider_of, reader_of
from receivables.paying.psp import (
    AccountProvider,
    KeyUnreadableError,
    Method,
    PspError,
    PspNotReachedError,
    PspRefusedError,
)
from tenants import audit
from tenants.context import durable_tenant_context
from tenants.models import Tenant, User

FIRST = ("ideal", "wero")
LABELS = {"ideal": "iDEAL | Wero"}
#: Need a mandate, a device, an order with lines, or lend the debtor money: not for paying an invoice from a link.
LEFT_OUT = frozenset(
    {"directdebit", "pointofsale", "giftcard", "voucher", "klarna", "in3", "billie", "billink", "riverty", "alma"}
)
READS_SETTLEMENTS = "Het toegangstoken voor uitbetalingen werkt niet"


def check_connection(
    tenant: Tenant, *, now: datetime, by: User | None = None, provider: AccountProvider | None = None
) -> PspAccount | None:
    """Ask the PSP, between transactions, and keep what it says; None when there is no key to check."""
    with durable_tenant_context(tenant.pk):
        account = account_of(tenant)
    if account is None:
        return None
    methods, problem = _asked(account, provider)
    problem = problem or _settlements(account)
    with durable_tenant_context(tenant.pk):
        row = tenant.psp_accounts.select_for_update(no_key=True).get(pk=account.pk)
        if row.encrypted_key == account.encrypted_key:  # a newer key hears of its own check
            _keep(tenant, row, methods, problem, now=now, by=by)
    return row


def offered(methods: list[Method]) -> list[dict[str, str]]:
    """What a debtor may choose from: iDEAL | Wero first, then in the order of the account."""
    fitting = [method for method in methods if method.id not in LEFT_OUT]
    fitting.sort(key=lambda method: FIRST.index(method.id) if method.id in FIRST else len(FIRST))
    return [{"id": method.id, "description": LABELS.get(method.id, method.description)} for method in fitting]


def _asked(account: PspAccount, provider: AccountProvider | None) -> tuple[list[Method] | None, str]:
    try:
        provider = provider or provider_of(account)
        profile, methods = provider.profile(), provider.methods()
    except KeyUnreadableError:
        return None, "De bewaarde sleutel is niet meer te lezen. Vul hem opnieuw in."
    except PspRefusedError as refusal:
        return None, _refused(refusal)
    except PspNotReachedError:
        return None, "De betaaldienst is nu niet bereikbaar. Probeer het over een paar minuten opnieuw."
    except PspError:
        return None, "De betaaldienst gaf geen bruikbaar antwoord. Probeer het over een paar minuten opnieuw."
    if profile.mode and profile.mode != ("test" if account.is_test else "live"):
        return methods, f"Mollie zegt dat deze sleutel in modus {profile.mode} werkt. Vul de sleutel opnieuw in."
    if profile.status in {"unverified", "blocked"}:
        return methods, "Mollie heeft het websiteprofiel van deze sleutel nog niet goedgekeurd, of geblokkeerd."
    if not offered(methods):
        return methods, "In uw Mollie-account staat geen betaalwijze aan. Zet iDEAL aan in het Mollie-dashboard."
    return methods, ""


def _refused(refusal: PspRefusedError) -> str:
    if refusal.is_about_the_key:
        return "Mollie weigert deze sleutel. Is hij ingetrokken of verkeerd overgenomen?"
    return f"Mollie weigert de controle (HTTP {refusal.status})."


def _settlements(account: PspAccount) -> str:
    try:
        reader = reader_of(account)
        if reader is None:
            return ""
        list(islice(reader.payouts(limit=1), 1))
    except KeyUnreadableError:
        return f"{READS_SETTLEMENTS}: het is niet meer te lezen. Vul het opnieuw in."
    except PspRefusedError:
        return f"{READS_SETTLEMENTS}: Mollie weigert het. Het heeft het recht settlements.read nodig."
    except PspError:
        return f"{READS_SETTLEMENTS} op dit moment; de betaaldienst gaf geen bruikbaar antwoord."
    return ""


def _keep(
    tenant: Tenant, account: PspAccount, methods: list[Method] | None, problem: str, *, now: datetime, by: User | None
) -> None:
    before = account.check_problem if account.checked_at else None
    account.checked_at, account.check_problem = now, problem[:300]
    if methods is not None:
        account.methods = offered(methods)
    account.save(update_fields=["checked_at", "check_problem", "methods"])
    if by is not None or before != account.check_problem:
        details = {"problem": account.check_problem, "methods": [row["id"] for row in account.methods]}
        audit.record(tenant, "psp_account.checked", now=now, subject=account, by=by, details=details)
