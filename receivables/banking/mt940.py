"""MT940 bank statements (ING, Rabobank, ABN AMRO, ASN/SNS, Triodos, Knab, bunq, BNG and others) as values.

Pages of one statement (:62M: followed by :60M:) become one statement again. A balance that does not fit is a warning
for a person; a line that cannot be read with certainty refuses the whole file, with its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial

from receivables.banking import mt940_free, mt940_text
from receivables.banking.mt940_fields import (
    EntryLine,
    Field,
    balance_of,
    decoded,
    entry_line,
    fields,
    has_stray_end,
    refused,
)  # fmt: skip
from receivables.banking.mt940_pages import whole_statements
from receivables.banking.parsed import Balance, BankTransaction, ReadBankFile, ReadStatement
from receivables.importing.outcome import NUMBER_LENGTH, Demands, Problem, RefusedError

MAX_BYTES = 80 * 1024 * 1024
_MT942_TAGS = {"34F", "13D", "13C", "13", "90C", "90D"}
_CURRENCY_BEHIND = re.compile(r"(?<=\d)\s*[A-Z]{3}$")
_BANK_BEFORE = re.compile(r"^[A-Z]{5,}/(?=\d+$)")
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{8,30}")


def read_mt940(content: bytes, *, name: str) -> ReadBankFile:
    """Every statement of the file with its movements; refused when one line of it cannot be trusted."""
    if not content.strip():
        raise RefusedError("Het bestand is leeg.", code="empty")
    if len(content) > MAX_BYTES:
        raise RefusedError(f"Het bestand is te groot: hooguit {MAX_BYTES // 2**20} MB.", code="too_large")
    text = decoded(content)
    found = list(fields(text))
    _refuse_other_kinds(found)
    warnings: list[Problem] = []
    if has_stray_end(text):
        warnings.append(
            Problem(
                "pasted_files", "In het bestand staat een einde-bestandteken: er zijn bestanden aan elkaar geplakt."
            )
        )
    statements = _statements(_messages(found), warnings)
    return ReadBankFile(name=name, format="mt940", statements=tuple(statements), warnings=tuple(warnings))


def _refuse_other_kinds(found: list[Field]) -> None:
    tags = {item.tag for item in found}
    if tags & {"60F", "60M"}:
        return
    if tags & _MT942_TAGS:
        raise RefusedError(
            "Dit is een MT942-bestand (tussentijds overzicht zonder saldi). Haal bij de bank het MT940- of "
            "CAMT.053-bestand op: dat bevat alleen definitieve boekingen.",
            code="mt942",
        )
    raise RefusedError(
        "Dit is geen MT940-bankbestand: er staat geen beginsaldo (:60F:) in.", code="not_mt940", element=":60F:"
    )


# --- messages ----------------------------------------------------------------------------------------------------------
@dataclass(slots=True)
class _Message:
    """The fields of one :20: to the next."""

    start: Field
    account: Field | None = None
    number: Field | None = None
    opening: Field | None = None
    closing: Field | None = None
    entries: list[tuple[Field, list[str]]] = field(default_factory=list)
    stray: Field | None = None


def _messages(found: Iterable[Field]) -> list[_Message]:
    messages: list[_Message] = []
    for item in found:
        if item.tag == "20" or not messages or (item.tag in ("60F", "60M") and messages[-1].closing):
            messages.append(_Message(item))
        if item.tag != "20":
            _add(messages[-1], item)
    return messages


def _add(message: _Message, item: Field) -> None:
    match item.tag:
        case "25" | "25P" if message.entries:
            message.stray = item
        case "25" | "25P":
            message.account = item
        case "28" | "28C":
            message.number = item
        case "60F" | "60M":
            _once(message.opening, item)
            message.opening = item
        case "62F" | "62M":
            _once(message.closing, item)
            message.closing = item
        case "61":
            message.entries.append((item, []))
        case "86" if message.entries and not message.closing:
            message.entries[-1][1].extend(item.lines)


def _once(before: Field | None, item: Field) -> None:
    if before is not None:
        raise refused(
            item, f"dit saldo staat er al op regel {before.line}; begint hier een ander afschrift zonder :20:?"
        )


# --- statements --------------------------------------------------------------------------------------------------------
def _statements(messages: list[_Message], warnings: list[Problem]) -> list[ReadStatement]:
    demands = Demands()
    pages: list[ReadStatement] = []
    for message in messages:
        if _is_empty(message):
            warnings.append(
                Problem(
                    "incomplete", f"Regel {message.start.line}: dit afschrift bevat niets.", ":20:", message.start.line
                )
            )
            continue
        page = demands.get(partial(_page, message, demands))
        if page is not None:
            pages.append(page)
    demands.refuse_if_any()
    return whole_statements(pages)


def _is_empty(message: _Message) -> bool:
    return message.opening is None and message.closing is None and not message.entries


def _page(message: _Message, demands: Demands) -> ReadStatement:
    if message.account is None or not message.account.first:
        raise refused(message.start, "bij dit afschrift staat geen rekeningnummer (:25:).")
    if message.opening is None:
        raise refused(message.start, "bij dit afschrift staat geen beginsaldo (:60F:).")
    amount, on, currency = balance_of(message.opening)
    number, page = _number(message.number)
    lines = [(demands.get(partial(entry_line, found)), info) for found, info in message.entries]
    transactions = _transactions([(entry, info) for entry, info in lines if entry], currency)
    closing = _closing(message, currency)
    days = [line.booked_on for line in transactions]
    return ReadStatement(
        account=account_of(message.account.first, currency),
        currency=currency,
        reference=message.start.first[:NUMBER_LENGTH] if message.start.tag == "20" else "",
        number=number,
        page=page,
        is_last_page=message.closing is None or message.closing.tag == "62F",
        from_on=on,
        to_on=closing.on if closing else max(days, default=on),
        opening=Balance(amount, on),
        closing=closing,
        transactions=transactions,
        entries=len(message.entries),
        warnings=_findings(message) + _impossible_days(message, lines),
    )


def _findings(message: _Message) -> tuple[Problem, ...]:
    """What only the lines themselves tell: a field in the wrong place, a first page that is not the first."""
    found = []
    if stray := message.stray:
        found.append(
            Problem("stray_field", f"Regel {stray.line}: een rekeningnummer (:25:) midden tussen boekingen is overgeslagen.",
                    ":25:", stray.line)
        )  # fmt: skip
    if message.opening and message.opening.tag == "60M" and message.entries:
        found.append(Problem("page_missing", _MISSING_BEFORE, ":60M:", message.opening.line))
    if message.closing and message.closing.tag == "62M":
        found.append(Problem("page_missing", _MISSING_AFTER, ":62M:", message.closing.line))
    return tuple(found)


def _impossible_days(message: _Message, lines: list[tuple[EntryLine | None, list[str]]]) -> tuple[Problem, ...]:
    return tuple(
        Problem(
            "impossible_date",
            f"Regel {found.line}: valutadatum {entry.written_day} bestaat niet; gelezen als {entry.value_on:%d-%m-%Y}.",
            ":61:",
            found.line,
        )
        for (found, _), (entry, _) in zip(message.entries, lines, strict=True)
        if entry and entry.written_day
    )


_MISSING_BEFORE = "Dit is een vervolgblad; het blad ervoor staat niet in dit bestand."
_MISSING_AFTER = "Dit blad heeft een vervolg (tussensaldo :62M:), maar het volgende blad staat niet in dit bestand."


def account_of(written: str, currency: str) -> str:
    """`NL69INGB0123456789EUR`, `1291.99.348EUR` and `TRIODOSBANK/0454545454`: the account alone."""
    bare = written.upper().replace(" ", "")
    if bare.endswith(currency):
        bare = _CURRENCY_BEHIND.sub("", bare)
    bare = _BANK_BEFORE.sub("", bare)
    return bare if _IBAN.fullmatch(bare) else bare.replace(".", "")


def _number(found: Field | None) -> tuple[str, int | None]:
    """`00007/002` is page 2 of statement 00007; page 0 says there are no pages."""
    number, _, page = found.first.partition("/") if found else ("", "", "")
    return number.strip(), int(page) or None if page.isdigit() and len(page) <= 5 else None


def _closing(message: _Message, currency: str) -> Balance | None:
    if message.closing is None:
        return None
    amount, on, other = balance_of(message.closing)
    if other != currency:
        raise refused(message.closing, f"het eindsaldo is in {other}, het beginsaldo in {currency}.")
    return Balance(amount, on)


def _transactions(lines: list[tuple[EntryLine, list[str]]], currency: str) -> tuple[BankTransaction, ...]:
    """An entry of nothing is a message of the bank, not a movement."""
    moved = [(entry, info) for entry, info in lines if entry.amount]
    return tuple(_transaction(position, entry, info, currency) for position, (entry, info) in enumerate(moved))


def _transaction(position: int, entry: EntryLine, info: list[str], currency: str) -> BankTransaction:
    told = mt940_text.told(entry, info)
    return BankTransaction(
        position=position,
        amount=entry.amount,
        currency=currency,
        booked_on=entry.booked_on,
        value_on=entry.value_on,
        counterparty_iban=told.account,
        counterparty_name=told.name,
        text=told.text,
        reference=told.reference,
        end_to_end_id=told.end_to_end_id,
        bank_reference="" if entry.bank_reference == "NONREF" else mt940_free.clean(entry.bank_reference),
        is_reversal=entry.is_reversal or told.is_return,
    )
