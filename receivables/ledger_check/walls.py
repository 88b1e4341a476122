"""I2: the locks of the database as its own catalog has them. What is switched off, dropped or granted back is named."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.db import connection

from receivables.domain.ledger_invariants import Breach, Invariant

ENTRY, RETURN, PAYMENT = "receivables_ledgerentry", "receivables_paymentreturn", "receivables_payment"
CHECK, INVOICE = "receivables_ledgercheck", "receivables_invoice"
TRIGGERS: Final = (
    (ENTRY, "receivables_ledgerentry_append_only"),
    (ENTRY, "voldaan_entry_stays"),
    (ENTRY, "voldaan_sum_ledger"),
    (ENTRY, "voldaan_entry_currency"),
    (ENTRY, "voldaan_opening_currency"),
    (ENTRY, "voldaan_reversal_mirrors"),
    (ENTRY, "voldaan_settlement_closes"),
    (RETURN, "receivables_paymentreturn_append_only"),
    (RETURN, "voldaan_return_stays"),
    (RETURN, "voldaan_sum_returns"),
    (RETURN, "voldaan_return_currency"),
    (PAYMENT, "voldaan_payments_stay"),
    (PAYMENT, "voldaan_payment_stays"),
    (PAYMENT, "voldaan_payment_stays_as_it_came"),
    (INVOICE, "voldaan_invoice_currency_stays"),
    (CHECK, "receivables_ledgercheck_append_only"),
    (CHECK, "voldaan_check_stays"),
    ("receivables_pspsettlement", "voldaan_payout_adds_up"),
    ("receivables_pspsettlementline", "voldaan_payout_line_adds_up"),
)
CONSTRAINTS: Final = (
    (INVOICE, "invoice_never_overpaid"),
    (PAYMENT, "payment_allocated_once"),
    (PAYMENT, "payment_booked_once"),
    (RETURN, "payment_return_booked_once"),
    (ENTRY, "ledger_entry_booked_once"),
    (ENTRY, "ledger_reversal_reverses"),
    (ENTRY, "ledger_payment_gives_a_payment"),
)
OPEN: Final = """
SELECT 'lock:' || wanted.name FROM unnest(%(trigger_tables)s::text[], %(triggers)s::text[]) AS wanted (place, name)
WHERE NOT EXISTS (
    SELECT FROM pg_trigger t
    WHERE t.tgrelid = to_regclass(wanted.place) AND t.tgname = wanted.name AND t.tgenabled IN ('O', 'A'))
UNION ALL
SELECT 'lock:' || wanted.name FROM unnest(%(constraint_tables)s::text[], %(constraints)s::text[]) AS wanted (place, name)
WHERE NOT EXISTS (
    SELECT FROM pg_constraint k WHERE k.conrelid = to_regclass(wanted.place) AND k.conname = wanted.name)
"""
# Somebody else than the owner who may take rows away, through a right on the table or on one of its columns.
GRANTED: Final = """
SELECT DISTINCT 'right:' || a.privilege_type || ' ' || c.relname || ' ' || coalesce(a.grantee::regrole::text, 'public')
FROM pg_class c
LEFT JOIN pg_attribute col ON col.attrelid = c.oid AND col.attacl IS NOT NULL
CROSS JOIN LATERAL aclexplode(c.relacl || col.attacl) a
WHERE c.oid = ANY (ARRAY(SELECT to_regclass(place) FROM unnest(%(places)s::text[]) AS place)) AND a.grantee <> c.relowner
  AND (a.privilege_type IN ('DELETE', 'TRUNCATE') OR a.privilege_type = 'UPDATE' AND c.relname <> %(payment)s)
"""


def broken() -> Iterator[Breach]:
    """Locks that do not hold, for all tenants alike."""
    with connection.cursor() as cursor:
        cursor.execute(OPEN, _wanted())
        if missing := tuple(sorted(name for (name,) in cursor.fetchall())):
            yield Breach(Invariant.I2, "Een slot van de database ontbreekt of staat uit.", missing)
        cursor.execute(GRANTED, {"places": [ENTRY, RETURN, CHECK, PAYMENT], "payment": PAYMENT})
        if granted := tuple(sorted(name for (name,) in cursor.fetchall())):
            yield Breach(Invariant.I2, "Het programma heeft het recht om boekingen te wijzigen of te wissen.", granted)


def _wanted() -> dict[str, list[str]]:
    return {
        "trigger_tables": [place for place, _ in TRIGGERS],
        "triggers": [name for _, name in TRIGGERS],
        "constraint_tables": [place for place, _ in CONSTRAINTS],
        "constraints": [name for _, name in CONSTRAINTS],
    }
