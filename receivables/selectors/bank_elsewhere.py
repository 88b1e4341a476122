"""Money that seems meant for another administration of the same person: its text names an invoice that stands there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from receivables.models import BankLine, Invoice
from tenants.context import reading_context
from tenants.facts import tenants_of
from tenants.models import Tenant, User

WORDS = re.compile(r"[A-Za-z0-9][A-Za-z0-9./_-]*[A-Za-z0-9]")
SHORTEST, LONGEST, MOST_WORDS = 4, 40, 40
DIGITS = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """An invoice of another administration that the text names."""

    tenant: Tenant
    number: str
    is_same_amount: bool


def meant_for_another(tenant: Tenant, line: BankLine, user: User) -> Elsewhere | None:
    """Looks only in administrations this person may open; what this tenant knows itself is no hint."""
    named = _numbers(line)
    named -= set(tenant.invoices.filter(number_key__in=named).values_list("number_key", flat=True)) if named else set()
    others = {other.pk: other for other in tenants_of(user).exclude(pk=tenant.pk)} if named else {}
    if not others:
        return None
    with reading_context(others):
        rows = Invoice.across_tenants.filter(tenant__in=list(others), number_key__in=named).order_by("tenant", "number")
        found = list(rows.values_list("tenant", "number", "open_amount")[:20])
    return max((_hint(others[pk], number, amount, line) for pk, number, amount in found), key=_weight, default=None)


def _numbers(line: BankLine) -> set[str]:
    """Words that may be an invoice number: with enough digits, as they stand."""
    words = WORDS.findall(f"{line.text} {line.reference} {line.end_to_end_id}")[:MOST_WORDS]
    return {
        word.upper() for word in words if len(word) <= LONGEST and len(DIGITS.findall(word)) >= SHORTEST
    }  # as invoices are compared: without spaces, capitals


def _hint(tenant: Tenant, number: str, amount: Decimal, line: BankLine) -> Elsewhere:
    return Elsewhere(tenant, number, is_same_amount=amount == line.amount)


def _weight(hint: Elsewhere) -> bool:
    return hint.is_same_amount
