"""Ntry: an entry of a statement becomes one movement, or as many as its batch says amounts for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from operator import ne
from typing import NamedTuple

from lxml import etree

from receivables.banking.camt_details import LONG_REFERENCE_LENGTH, NOBODY, Detail, Side, amounts_in, joined
from receivables.banking.camt_values import CENT, Amount, amount_of, day_in, is_credit, is_true
from receivables.banking.camt_xml import children, line_of, refusal, text_of
from receivables.banking.parsed import BankTransaction
from receivables.importing.outcome import Problem

EURO = "EUR"
TEXT_LENGTH = 2_000
_ANNOUNCED = frozenset({"PDNG", "INFO", "FUTR"})
_WANTED = {
    "Sts": "status; zij is als geboekt gelezen",
    "BkTxCd": "soort (code van de bank)",
    "BookgDt": "boekdatum; een andere datum van het afschrift is gebruikt",
}


@dataclass(frozen=True, slots=True)
class Account:
    """Whose statement it is, and the day of an entry that names none."""

    number: str
    currency: str  # empty when nothing in the statement says it
    usual_day: date | None


class Entry(NamedTuple):
    """What one Ntry says, before it is known of whom and how many movements it is."""

    movements: tuple[BankTransaction, ...]
    exact: Decimal  # signed, in the currency of the account
    is_pending: bool = False
    fraction: etree._Element | None = None  # an amount with parts of a cent
    problems: tuple[Problem, ...] = ()


def entry_of(element: etree._Element, details: Sequence[Detail], *, account: Account, position: int) -> Entry:
    """Read one Ntry whose TxDtls have been read; its first movement gets `position`."""
    found = children(element)
    if "Amt" not in found:
        raise refusal("Een boeking heeft geen bedrag", element, "Amt")
    amount = amount_of(found["Amt"])
    sign = 1 if is_credit(element, found.get("CdtDbtInd")) else -1
    if is_announced(element, found.get("Sts")):
        return Entry((), Decimal(0), is_pending=True)
    amount, foreign = _in_currency_of_account(amount, found, details, account=account)
    stem = _stem(element, found, account, amount.currency)
    movements, has_fraction = _movements(stem, amount, sign, details, position)
    return Entry(
        movements,
        Decimal(0) if foreign else sign * amount.exact,
        fraction=found["Amt"] if has_fraction else None,
        problems=tuple(_problems(element, found, details, foreign)),
    )


class _Stem(NamedTuple):
    """What all movements of an entry have in common."""

    account: Account
    currency: str
    booked_on: date
    value_on: date | None
    is_reversal: bool
    reference: str
    explanation: str


def _stem(element: etree._Element, found: dict[str, etree._Element], account: Account, currency: str) -> _Stem:
    value_on = day_in(found.get("ValDt"), "ValDt")
    booked_on = day_in(found.get("BookgDt"), "BookgDt") or value_on or account.usual_day
    if booked_on is None:
        raise refusal("Een boeking heeft geen datum", element, "BookgDt")
    return _Stem(
        account, currency, booked_on, value_on, is_true(found.get("RvslInd")),
        text_of(found.get("AcctSvcrRef"))[:LONG_REFERENCE_LENGTH], text_of(found.get("AddtlNtryInf")),
    )  # fmt: skip


def _movements(
    stem: _Stem, amount: Amount, sign: int, details: Sequence[Detail], position: int
) -> tuple[tuple[BankTransaction, ...], bool]:
    """The movements, and whether parts of cents were rounded off."""
    has_fraction = amount.exact != amount.rounded
    parts = _parts(details, amount, sign) if len(details) > 1 else ()
    if parts:
        cents = [part.quantize(CENT, ROUND_HALF_UP) for part in parts]
        movements = tuple(
            _movement(stem, part, detail, position + index, of_batch=True)
            for index, (part, detail) in enumerate(zip(cents, details, strict=True))
        )
        return movements, has_fraction or any(map(ne, cents, parts))
    if not amount.rounded:
        return (), has_fraction  # an entry of nothing moves nothing
    detail = details[0] if len(details) == 1 else _together(details)
    return (_movement(stem, amount.rounded if sign > 0 else -amount.rounded, detail, position),), has_fraction


def is_announced(element: etree._Element, status: etree._Element | None) -> bool:
    """Status as text (.02 to .07) or as Cd (.08); a file without status has booked entries only."""
    if status is None:
        return False
    code = text_of(status[0] if len(status) else status)
    if code == "BOOK":
        return False
    if code in _ANNOUNCED:
        return True
    raise refusal(f"De status {code[:20]!r} zegt niet of de boeking definitief is", element, "Sts")


# --- amounts -----------------------------------------------------------------------------------------------------------
def _in_currency_of_account(
    amount: Amount, found: dict[str, etree._Element], details: Sequence[Detail], *, account: Account
) -> tuple[Amount, Problem | None]:
    """Another currency is exchanged as the file says. On a euro account it is never taken for euros."""
    if not account.currency or amount.currency == account.currency:
        return amount, None
    of_entry = amounts_in({"AmtDtls": found["AmtDtls"]}) if "AmtDtls" in found else ()
    for other in (*of_entry, *(details[0].amounts if len(details) == 1 else ())):
        if other.currency == account.currency:
            return other, None
    if account.currency == EURO:
        raise refusal(
            f"Een boeking van {amount.exact} noemt Amt Ccy {amount.currency}, maar de rekening is in {EURO} en het "
            "bestand geeft geen koers of tegenwaarde", found["Amt"], "Amt", code="currency",
        )  # fmt: skip
    return amount, _foreign(found["Amt"], amount, account)


def _foreign(element: etree._Element, amount: Amount, account: Account) -> Problem:
    return Problem(
        code="currency",
        message=f"Een boeking is in {amount.currency} op een rekening in {account.currency}, zonder koers (element Amt op "
        f"regel {line_of(element)}). Zij is gelezen als {amount.currency} en telt niet mee voor het saldo.",
        element="Amt",
        line=line_of(element),
    )


def _parts(details: Sequence[Detail], amount: Amount, sign: int) -> tuple[Decimal, ...]:
    """The signed amounts of a batch when they are all there and add up to the entry; else none."""
    parts: list[Decimal] = []
    for detail in details:
        part = detail.amount_in(amount.currency)
        if part is None or not part.rounded:
            return ()
        own = sign if detail.is_credit is None else (1 if detail.is_credit else -1)
        parts.append(own * part.exact)
    return tuple(parts) if sum(parts) == sign * amount.exact else ()


# --- movements ---------------------------------------------------------------------------------------------------------
def _movement(
    stem: _Stem, amount: Decimal, detail: Detail, position: int, *, of_batch: bool = False
) -> BankTransaction:
    is_reversal = stem.is_reversal or detail.is_return
    other = counterparty(detail, is_credit=amount > 0, is_reversal=is_reversal, own=stem.account.number)
    own, entry = detail.bank_reference, stem.reference
    text = detail.text or detail.explanation or ("" if of_batch else stem.explanation)
    return BankTransaction(
        position, amount, stem.currency, stem.booked_on, stem.value_on, other.iban, other.name, text[:TEXT_LENGTH],
        detail.reference, detail.end_to_end_id, (own or entry) if of_batch else (entry or own), is_reversal,
    )  # fmt: skip


def counterparty(detail: Detail, *, is_credit: bool, is_reversal: bool, own: str) -> Side:
    """The debtor of what comes in, the creditor of what goes out; a reversal names them as they were before.

    Some banks turn the parties of a reversal round themselves, others do not mark one as such: our own account is
    never the other side.
    """
    theirs, ours = (detail.debtor, detail.creditor) if is_credit != is_reversal else (detail.creditor, detail.debtor)
    if (is_reversal and theirs == NOBODY) or (own and theirs.iban == own):
        theirs = ours
    return NOBODY if own and theirs.iban == own else theirs


def _together(details: Sequence[Detail]) -> Detail:
    """A batch whose amounts are not known: the words of all, and what they agree on."""
    if not details:
        return Detail()
    first = details[0]
    return Detail(
        debtor=first.debtor if all(detail.debtor == first.debtor for detail in details) else NOBODY,
        creditor=first.creditor if all(detail.creditor == first.creditor for detail in details) else NOBODY,
        text=joined([word for detail in details for word in (detail.text, detail.reference) if word]),
        explanation=joined([detail.explanation for detail in details if detail.explanation]),
        end_to_end_id=first.end_to_end_id if len({detail.end_to_end_id for detail in details}) == 1 else "",
        is_return=all(detail.is_return for detail in details),
    )


def _problems(
    element: etree._Element, found: dict[str, etree._Element], details: Sequence[Detail], foreign: Problem | None
) -> list[Problem]:
    """What the standard asks of an entry and is not there."""
    problems = [foreign] if foreign else []
    problems += [detail.problem for detail in details if detail.problem]
    if found.keys() >= _WANTED.keys():
        return problems
    line = line_of(element)
    for name in _WANTED.keys() - found.keys():
        problems.append(
            Problem(
                code="date_missing" if name == "BookgDt" else "schema",
                message=f"Een boeking heeft geen {_WANTED[name]} (element {name} ontbreekt op regel {line}).",
                element=name,
                line=line,
            )
        )
    return problems
