"""What stands above the entries of a CAMT.053 statement: the account, its balances, the period and the page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from lxml import etree

from receivables.banking.camt_details import ACCOUNT_LENGTH, LONG_REFERENCE_LENGTH, account_number
from receivables.banking.camt_values import amount_of, day_in, day_of, is_credit, is_true
from receivables.banking.camt_xml import children, inside, line_of, local_name, refusal, text_of
from receivables.banking.parsed import Balance
from receivables.importing.outcome import Problem

OPENING, CLOSING, INTERIM = ("OPBD", "PRCD"), ("CLBD",), "ITBD"
_BOOKED = {*OPENING, *CLOSING, INTERIM}


@dataclass(frozen=True, slots=True)
class Page:
    """Where in a series this stands; `of_message` when only the message is numbered, not the statement itself."""

    number: int | None = None
    is_last: bool = True
    of_message: bool = False

    @property
    def is_whole(self) -> bool:
        return self.is_last and self.number in (None, 1)


@dataclass(frozen=True, slots=True)
class BookedBalance:
    code: str
    balance: Balance
    currency: str


@dataclass(frozen=True, slots=True)
class Header:
    account: str
    currency: str
    reference: str
    number: str
    page: Page
    from_on: date | None
    to_on: date | None
    created_on: date | None
    balances: tuple[BookedBalance, ...]
    declared: int | None  # how many entries the bank says there are
    problems: tuple[Problem, ...] = ()

    def first(self, *codes: str) -> BookedBalance | None:
        """The opening: the first of the best code, in the currency of the account where there is one."""
        return self._best(codes, self.balances)

    def last(self, *codes: str) -> BookedBalance | None:
        """The closing: the last."""
        return self._best(codes, self.balances[::-1])

    def _best(self, codes: tuple[str, ...], balances: tuple[BookedBalance, ...]) -> BookedBalance | None:
        of_code = [balance for code in codes for balance in balances if balance.code == code]
        return next((balance for balance in of_code if balance.currency == self.currency), next(iter(of_code), None))


def header_of(statement: etree._Element, message_page: Page) -> Header:
    """Everything of a Stmt but its entries."""
    found = children(statement)
    account = account_number(found.get("Acct"))
    if not account:
        raise refusal("Het afschrift noemt geen rekening: IBAN of nummer", found.get("Acct", statement), "Acct Id")
    created_on = day_of(found.get("CreDtTm"), "CreDtTm")
    from_on, to_on = _period(found.get("FrToDt"))
    listed = [child for child in statement if local_name(child) == "Bal"]
    balances = tuple(
        balance
        for child in listed
        if (balance := _balance(child, opening_on=from_on or created_on, closing_on=to_on or created_on))
    )
    return Header(
        account=account,
        currency=text_of(inside(found.get("Acct"), "Ccy"))[:3] or next((item.currency for item in balances), ""),
        reference=text_of(found.get("Id"))[:LONG_REFERENCE_LENGTH],
        number=(text_of(found.get("ElctrncSeqNb")) or text_of(found.get("LglSeqNb")))[:ACCOUNT_LENGTH],
        page=page_of(found["StmtPgntn"]) if "StmtPgntn" in found else message_page,
        from_on=from_on,
        to_on=to_on,
        created_on=created_on,
        balances=balances,
        declared=_declared(found.get("TxsSummry")),
        problems=tuple(_problems(statement, found, listed)),
    )


def page_of(element: etree._Element | None, *, of_message: bool = False) -> Page:
    found = inside(element, "PgNb")
    if element is None or found is None:
        return Page()
    text = text_of(found)
    if not (text.isascii() and text.isdigit() and len(text) <= 5):
        raise refusal(f"Het bladnummer {text[:20]!r} is niet te lezen", found, "PgNb")
    last = inside(element, "LastPgInd")
    return Page(int(text), last is None or is_true(last), of_message)


def _period(element: etree._Element | None) -> tuple[date | None, date | None]:
    if element is None:
        return None, None
    found = children(element)
    first, last = found.get("FrDtTm", found.get("FrDt")), found.get("ToDtTm", found.get("ToDt"))
    return day_of(first, "FrToDt"), day_of(last, "FrToDt")


def _balance(element: etree._Element, *, opening_on: date | None, closing_on: date | None) -> BookedBalance | None:
    """A balance of booked entries; available and expected ones say nothing of what was paid."""
    found = children(element)
    code = text_of(inside(found.get("Tp"), "CdOrPrtry", "Cd"))
    if code not in _BOOKED:
        return None
    if "Amt" not in found:
        raise refusal("Een saldo heeft geen bedrag", element, "Amt")
    amount = amount_of(found["Amt"])
    exact = amount.exact if is_credit(element, found.get("CdtDbtInd")) else -amount.exact
    on = day_in(found.get("Dt"), "Bal/Dt") or (opening_on if code in OPENING else closing_on)
    if on is None:
        raise refusal("Een saldo heeft geen datum", element, "Dt")
    return BookedBalance(code, Balance(exact, on), amount.currency)


def _declared(summary: etree._Element | None) -> int | None:
    text = text_of(inside(summary, "TtlNtries", "NbOfNtries"))
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else None


def _problems(
    statement: etree._Element, found: dict[str, etree._Element], listed: list[etree._Element]
) -> list[Problem]:
    problems: list[Problem] = []
    if "Id" not in found:
        problems.append(_lacks("Het afschrift heeft geen kenmerk", "Id", statement))
    problems += [_lacks("Een saldo heeft geen datum", "Dt", item) for item in listed if "Dt" not in children(item)]
    return problems


def _lacks(what: str, name: str, near: etree._Element) -> Problem:
    line = line_of(near)
    return Problem(
        code="schema", message=f"{what} (element {name} ontbreekt op regel {line}).", element=name, line=line
    )
