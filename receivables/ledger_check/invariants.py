"""I1 to I5 as questions to the database: each names rows that should not be there. None is well.

Raw SQL, because each must see a million entries in one pass; every query names its tenant, under row level security.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.db import connection

from receivables.domain.ledger_invariants import Breach, Invariant
from tenants.models import Tenant

SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class Question:
    """Rows that break an invariant, as `kind:id`; the sentence says what is wrong with them."""

    invariant: Invariant
    sentence: str
    sql: str


# Settlements and payouts have legs in more rows. The two legs of any other row come from one amount: both must be there.
UNBALANCED: Final = """
SELECT transaction FROM receivables_journal
WHERE tenant_id = %(tenant)s AND (transaction LIKE 'settlement:%%' OR transaction LIKE 'payout:%%')
GROUP BY transaction, currency HAVING sum(amount) <> 0
UNION ALL
SELECT 'entry:' || id FROM receivables_ledgerentry WHERE tenant_id = %(tenant)s AND kind NOT IN (
    'invoice', 'credit', 'payment', 'settlement', 'correction', 'write_off', 'discount', 'interest', 'costs', 'reversal')
UNION ALL
SELECT 'payment:' || id FROM receivables_payment WHERE tenant_id = %(tenant)s AND channel NOT IN ('psp', 'bank', 'manual')
"""
OTHER_CURRENCY: Final = """
SELECT 'entry:' || e.id FROM receivables_ledgerentry e
LEFT JOIN receivables_invoice i ON i.tenant_id = e.tenant_id AND i.id = e.invoice_id
WHERE e.tenant_id = %(tenant)s AND e.currency IS DISTINCT FROM i.currency
UNION ALL
SELECT 'entry:' || e.id FROM receivables_ledgerentry e
LEFT JOIN receivables_payment p ON p.tenant_id = e.tenant_id AND p.id = e.payment_id
WHERE e.tenant_id = %(tenant)s AND e.payment_id IS NOT NULL AND e.currency IS DISTINCT FROM p.currency
UNION ALL
SELECT 'return:' || r.id FROM receivables_paymentreturn r
LEFT JOIN receivables_payment p ON p.tenant_id = r.tenant_id AND p.id = r.payment_id
WHERE r.tenant_id = %(tenant)s AND r.currency IS DISTINCT FROM p.currency
"""
NO_MIRROR: Final = """
SELECT 'entry:' || e.id FROM receivables_ledgerentry e
LEFT JOIN receivables_ledgerentry o ON o.tenant_id = e.tenant_id AND o.id = e.reverses_id
WHERE e.tenant_id = %(tenant)s AND (e.kind = 'reversal' OR e.reverses_id IS NOT NULL)
  AND (e.kind = 'reversal' AND o.kind NOT IN ('reversal', 'settlement')
       AND o.invoice_id = e.invoice_id AND o.component = e.component AND o.currency = e.currency
       AND o.payment_id IS NOT DISTINCT FROM e.payment_id
       AND o.amount * e.amount <= 0 AND abs(e.amount) <= abs(o.amount)) IS NOT TRUE
"""
WRONG_OPEN: Final = """
SELECT 'invoice:' || invoice_id FROM (
    SELECT invoice_id, amount AS open, CASE component WHEN 'principal' THEN 0 ELSE amount END AS claimed
    FROM receivables_ledgerentry WHERE tenant_id = %(tenant)s
    UNION ALL
    SELECT id, -open_amount, -claimed_amount FROM receivables_invoice WHERE tenant_id = %(tenant)s
) AS moved GROUP BY invoice_id HAVING sum(open) <> 0 OR sum(claimed) <> 0
"""
WRONG_UNALLOCATED: Final = """
SELECT 'payment:' || payment_id FROM (
    SELECT id AS payment_id, amount - unallocated AS amount, unallocated NOT BETWEEN 0 AND amount AS is_odd
    FROM receivables_payment WHERE tenant_id = %(tenant)s
    UNION ALL
    SELECT payment_id, amount, false FROM receivables_ledgerentry
    WHERE tenant_id = %(tenant)s AND payment_id IS NOT NULL
    UNION ALL
    SELECT payment_id, -amount, false FROM receivables_paymentreturn WHERE tenant_id = %(tenant)s
) AS moved GROUP BY payment_id HAVING sum(amount) <> 0 OR bool_or(is_odd)
"""
GIVES_NOTHING: Final = """
SELECT 'entry:' || e.id FROM receivables_ledgerentry e
WHERE e.tenant_id = %(tenant)s AND (
    e.kind = 'payment' AND e.payment_id IS NULL OR e.kind NOT IN ('payment', 'reversal') AND e.payment_id IS NOT NULL)
"""
UNBOOKED: Final = """
SELECT 'psp_payment:' || a.id FROM receivables_psppayment a
LEFT JOIN receivables_payment p ON p.tenant_id = a.tenant_id AND p.id = a.payment_id
WHERE a.tenant_id = %(tenant)s AND a.status = 'paid'
  AND (p.id IS NULL OR p.amount <> a.amount OR p.currency <> a.currency OR p.channel <> 'psp')
"""
CLEARED: Final = """
SELECT l.* FROM receivables_pspsettlementline l
JOIN receivables_pspsettlement s ON s.tenant_id = l.tenant_id AND s.id = l.settlement_id AND s.bank_line_id IS NOT NULL
WHERE l.tenant_id = %(tenant)s
"""
OTHER_PAYOUT: Final = f"""
WITH cleared AS ({CLEARED})
SELECT DISTINCT 'payout:' || l.settlement_id FROM cleared l
LEFT JOIN receivables_payment p ON p.tenant_id = l.tenant_id AND p.id = l.payment_id
LEFT JOIN receivables_paymentreturn r ON r.tenant_id = l.tenant_id AND r.id = l.payment_return_id
WHERE l.payment_id IS NOT NULL AND (l.amount <> p.amount OR p.channel <> 'psp')
   OR l.payment_return_id IS NOT NULL AND l.amount <> -r.amount
UNION
SELECT 'payment:' || l.payment_id FROM cleared l WHERE l.payment_id IS NOT NULL GROUP BY l.payment_id HAVING count(*) > 1
"""  # noqa: S608 # constants
UNSETTLED: Final = f"""
WITH cleared AS ({CLEARED}), waiting AS (
    SELECT p.currency, p.amount FROM receivables_payment p
    WHERE p.tenant_id = %(tenant)s AND p.channel = 'psp'
      AND p.id NOT IN (SELECT payment_id FROM cleared WHERE payment_id IS NOT NULL)
    UNION ALL
    SELECT r.currency, -r.amount FROM receivables_paymentreturn r
    JOIN receivables_payment p ON p.tenant_id = r.tenant_id AND p.id = r.payment_id AND p.channel = 'psp'
    WHERE r.tenant_id = %(tenant)s AND r.source_key NOT LIKE 'bank:%%'
      AND r.id NOT IN (SELECT payment_return_id FROM cleared WHERE payment_return_id IS NOT NULL)
), sums AS (
    SELECT currency, amount AS expected, 0 AS booked FROM waiting
    UNION ALL
    SELECT currency, 0, amount FROM receivables_journal WHERE tenant_id = %(tenant)s AND account = 'psp_clearing'
)
SELECT currency || ' ' || sum(booked) || ' / ' || sum(expected) FROM sums GROUP BY currency HAVING sum(booked) <> sum(expected)
"""  # noqa: S608 # constants

QUESTIONS: Final = (
    Question(Invariant.I1, "Debet en credit van een boeking zijn niet gelijk.", UNBALANCED),
    Question(Invariant.I1, "Een boeking heeft geen factuur of betaling, of een andere munt.", OTHER_CURRENCY),
    Question(Invariant.I2, "Een terugboeking spiegelt niet wat zij terugdraait.", NO_MIRROR),
    Question(Invariant.I3, "Een openstaand bedrag is niet de som van de boekingen.", WRONG_OPEN),
    Question(Invariant.I4, "Het tegoed van een betaling is niet wat er over is.", WRONG_UNALLOCATED),
    Question(Invariant.I4, "Er is toegerekend zonder betaling.", GIVES_NOTHING),
    Question(Invariant.I4, "Betaald bij de betaaldienst maar niet, of anders, geboekt.", UNBOOKED),
    Question(Invariant.I5, "Een uitbetaling bevat een ander bedrag dan geboekt is.", OTHER_PAYOUT),
    Question(Invariant.I5, "Onderweg van de betaaldienst is niet wat nog uitbetaald moet worden.", UNSETTLED),
)


def broken(tenant: Tenant) -> Iterator[Breach]:
    """What is wrong with the rows of this tenant, with at most five examples each."""
    with connection.cursor() as cursor:
        for question in QUESTIONS:
            cursor.execute(f"{question.sql} LIMIT {SHOWN + 1}", {"tenant": tenant.pk})
            found = [str(row) for (row,) in cursor.fetchall()]
            if found:
                more = " Er zijn er meer dan hier staan." if len(found) > SHOWN else ""
                yield Breach(question.invariant, question.sentence + more, tuple(found[:SHOWN]))
