"""What matching must know for one receipt: only the debtors who come near it, so that a page opens at once in large books.

Near is who paid from this account, whose name stands in it, whose number it names, and everybody who owes this amount;
of them everything is read, so that what else fits is seen too. A run over many receipts reads it all (`load_books`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from django.db.models import CharField, F, Func, Q, QuerySet, Value

from receivables.banking.books import EUR, Ours, load_books, relevant
from receivables.models import BankLine, Invoice
from tenants.models import Tenant

MOST, MOST_RUNS, MOST_WORDS = 300, 12, 12
SHORTEST_RUN, SHORTEST_WORD = 3, 3
RUN = re.compile(r"\d{3,}")
WORD = re.compile(r"[^\W\d_]{3,}")
YEAR = re.compile(r"20[1-4]\d")
SAYS_NOTHING = frozenset({
    "van", "der", "den", "het", "een", "voor", "met", "factuur", "factuurnummer", "factnr", "fact", "nota", "betaling", "rekening",
    "klant", "klantnummer", "nummer", "kenmerk", "betalingskenmerk", "bedrag", "eur", "euro", "datum", "order", "tel", "vof",
})  # fmt: skip


def load_near_books(tenant: Tenant, line: BankLine, *, on: date) -> Ours:
    """The books of those debtors alone. Reads the same rows for the same line and books, whoever asks."""
    near = {
        *_payers(tenant, line),
        *_owing(tenant, line),
        *_numbered(tenant, line, on=on),
        *_named(tenant, line),
    }
    return load_books(tenant, on=on, only=near)


def load_books_for(tenant: Tenant, lines: Sequence[BankLine], *, on: date) -> Ours:
    """The books for a list of receipts that were proposed to somebody: those debtors, and who pays or owes just this.

    Enough to see whether a proposal still holds. Who else stands in the text was weighed when it was made: never take a
    receipt to be surer than it was then.
    """
    proposed = {UUID(line.proposal["customer"]) for line in lines if line.proposal.get("customer")}
    return load_books(tenant, on=on, only={*proposed, *_payers(tenant, *lines), *_owing(tenant, *lines)})


def _payers(tenant: Tenant, *lines: BankLine) -> Iterable[UUID]:
    ibans = {line.counterparty_iban for line in lines} - {""}
    return tenant.known_ibans.filter(iban__in=ibans, forgotten_at=None).values_list("customer", flat=True)


def _owing(tenant: Tenant, *lines: BankLine) -> Iterable[UUID]:
    """Who owes exactly this, with or without interest and costs."""
    amounts = {line.amount for line in lines}
    owed = tenant.invoices.filter(currency=EUR).exclude(open_amount=0)
    principal = owed.filter(claimed_amount__gt=0).annotate(principal=F("open_amount") - F("claimed_amount"))
    return {*_customers(owed.filter(open_amount__in=amounts)), *_customers(principal.filter(principal__in=amounts))}


def _numbered(tenant: Tenant, line: BankLine, *, on: date) -> Iterable[UUID]:
    """Whose invoice, reference or own number holds digits that stand in the text."""
    said = " ".join((line.text, line.reference, line.end_to_end_id))
    runs = {run for text in (said, re.sub(r"\s", "", said)) for run in RUN.findall(text) if not YEAR.fullmatch(run)}
    chosen = sorted(runs, key=lambda run: (-len(run), run))[:MOST_RUNS]
    if not chosen:
        return set()
    rows = relevant(tenant, on=on).alias(digits=_digits("number_key"))
    by_number = Q()
    for run in chosen:
        by_number |= Q(digits__contains=run)
    found = set(_customers(rows.filter(by_number)))
    if len(found) > MOST:
        found = set(_customers(rows.filter(digits__contains=chosen[0])))
    squeezed = re.sub(r"[^0-9A-Z]", "", f"{line.reference} {line.text}".upper())
    referred = relevant(tenant, on=on).exclude(payment_reference="")
    found |= set(
        _customers(referred.alias(said=Value(squeezed, CharField())).filter(said__contains=F("payment_reference")))
    )
    return found | set(tenant.customers.filter(number__in=chosen).values_list("pk", flat=True)[:MOST])


def _named(tenant: Tenant, line: BankLine) -> Iterable[UUID]:
    """Whose name shares a word with the payer's, or with the text."""
    words = [word.lower() for word in WORD.findall(f"{line.counterparty_name} {line.text}")]
    chosen = [word for word in dict.fromkeys(words) if word not in SAYS_NOTHING][:MOST_WORDS]
    if not chosen:
        return ()
    shared = Q()
    for word in chosen:
        shared |= Q(name__icontains=word)
    found = list(tenant.customers.filter(shared).order_by("pk").values_list("pk", flat=True)[: MOST + 1])
    if len(found) > MOST:  # a word that half the customers have
        longest = max(chosen, key=len)
        found = list(
            tenant.customers.filter(name__icontains=longest).order_by("pk").values_list("pk", flat=True)[:MOST]
        )
    return found


def _customers(rows: QuerySet[Invoice]) -> list[UUID]:
    return list(rows.order_by("customer").values_list("customer", flat=True).distinct()[: MOST + 1])


def _digits(name: str) -> Func:
    return Func(F(name), Value(r"\D"), Value(""), Value("g"), function="regexp_replace", output_field=CharField())
