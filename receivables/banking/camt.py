"""CAMT.053 bank statements, version .02 and later: bytes in, statements with signed movements out.

ISO 20022, BankToCustomerStatement. Our own reader, because a statement of 20,000 movements must be read in a second
and in flat memory, and because an amount that cannot be read must refuse the file instead of vanish from it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from lxml import etree

from receivables.banking import camt_checks as checks
from receivables.banking.camt_details import Detail, detail_of
from receivables.banking.camt_entries import Account, Entry, entry_of
from receivables.banking.camt_header import CLOSING, INTERIM, OPENING, BookedBalance, Header, Page, header_of, page_of
from receivables.banking.camt_xml import elements, inside, refusal
from receivables.banking.parsed import BankTransaction, ReadBankFile, ReadStatement
from receivables.importing.outcome import Problem, RefusedError

_MESSAGE = re.compile(r"camt\.(\d{3})\.001\.(\d{2})$")
_OTHERS = {
    "052": "Dit is een tussentijds overzicht (camt.052): de boekingen daarin kunnen nog veranderen.",
    "054": "Dit is een bij- of afschrijvingsbericht (camt.054): de boekingen staan ook op het afschrift.",
}


def read_camt(content: bytes, *, name: str) -> ReadBankFile:
    """Every statement in the file; refused as a whole when one amount, date or sign cannot be read."""
    message, page = "", Page()
    details: list[Detail] = []
    statements: list[ReadStatement] = []
    reader: _StatementReader | None = None
    for tag, element in elements(content):
        message = message or _message_of(element)
        if tag == "TxDtls":
            details.append(detail_of(element))
            continue
        if tag in ("Ntry", "Stmt"):
            owner = element if tag == "Stmt" else element.getparent()
            reader = reader or (None if owner is None else _StatementReader(owner, page))
        if tag == "Ntry" and reader:
            reader.entry(element, details)
            details = []
        elif tag == "Stmt" and reader:
            statements.append(reader.finished())
            reader = None
        elif tag == "GrpHdr":
            page = page_of(inside(element, "MsgPgntn"), of_message=True)
    if not statements:
        raise refusal("Het bestand bevat geen enkel afschrift", element, "Stmt", code="no_statement")
    return ReadBankFile(name, message, checks.with_missing_pages(statements))


def _message_of(element: etree._Element) -> str:
    """ "camt.053.001.02", or a refusal of anything else."""
    found = _MESSAGE.search(etree.QName(element).namespace or "")
    if found is None or found[1] != "053" or found[2] < "02":
        raise _wrong_message(element)
    return found[0]


def _wrong_message(element: etree._Element) -> RefusedError:
    name = etree.QName(element)
    found = _MESSAGE.search(name.namespace or "")
    if found and found[1] in _OTHERS:
        return RefusedError(
            f"{_OTHERS[found[1]]} Download bij de bank het dagafschrift als CAMT.053.",
            code="message",
            element=name.localname,
            line=1,
        )
    return RefusedError(
        f"Dit is geen CAMT.053-bankafschrift: het documenttype is {name.localname[:60]!r} (namespace "
        f"{(name.namespace or 'geen')[:120]}). Gelezen worden camt.053.001.02 en nieuwer.",
        code="message",
        element="namespace",
        line=1,
    )


class _StatementReader:
    """Gathers one Stmt while its entries pass by."""

    def __init__(self, element: etree._Element, message_page: Page) -> None:
        self._element, self._message_page = element, message_page
        self._account: Account | None = None
        self._transactions: list[BankTransaction] = []
        self._problems: list[Problem] = []
        self._exact = Decimal(0)
        self._booked = self._pending = 0
        self._fraction: RefusedError | None = None

    def entry(self, element: etree._Element, details: Sequence[Detail]) -> None:
        if self._account is None:
            self._account = _account(header_of(self._element, self._message_page))
        entry = entry_of(element, details, account=self._account, position=len(self._transactions))
        if entry.is_pending:
            self._pending += 1
            return
        self._booked += 1
        self._add(entry)
        if not self._account.currency and entry.movements:
            self._account = replace(self._account, currency=entry.movements[0].currency)

    def _add(self, entry: Entry) -> None:
        self._transactions += entry.movements
        self._exact += entry.exact
        self._problems += entry.problems
        if entry.fraction is not None and self._fraction is None:
            self._fraction = refusal(
                "Een bedrag heeft meer dan twee decimalen, en de saldi bevestigen het niet",
                entry.fraction,
                "Amt",
                code="decimals",
            )

    def finished(self) -> ReadStatement:
        header = header_of(self._element, self._message_page)
        currency = header.currency or next((line.currency for line in self._transactions), "EUR")
        opening, closing = _ends(header)
        header = _placed(header, adds_up=_adds_up(opening, closing, self._exact))
        problems = [*header.problems, *self._problems]
        problems += checks.balances(header, opening, closing, currency=currency, exact=self._exact)
        problems += checks.number_of_entries(header, self._booked + self._pending)
        if self._fraction is not None:
            if not _adds_up(opening, closing, self._exact):
                raise self._fraction
            problems += checks.rounding(self._transactions, opening, closing)
        return ReadStatement(
            account=header.account, currency=currency, reference=header.reference, number=header.number,
            page=header.page.number, is_last_page=header.page.is_last, from_on=header.from_on, to_on=_told_up_to(header),
            opening=opening.balance if opening else None, closing=closing.balance if closing else None,
            transactions=tuple(self._transactions), entries=self._booked, pending=self._pending,
            warnings=checks.gathered(problems),
        )  # fmt: skip


def _account(header: Header) -> Account:
    closing = header.last(*CLOSING)
    usual_day = closing.balance.on if closing else header.to_on or header.created_on
    return Account(header.account, header.currency, usual_day)


def _ends(header: Header) -> tuple[BookedBalance | None, BookedBalance | None]:
    """Opening and closing; of one page of many, the interim balances do."""
    opening, closing = header.first(*OPENING), header.last(*CLOSING)
    if header.page.is_whole:
        return opening, closing
    interim = [item for item in header.balances if item.code == INTERIM]
    if opening is None and interim and header.page.number != 1:
        opening = interim[0]
    if closing is None and interim and not header.page.is_last and interim[-1] is not opening:
        closing = interim[-1]
    return opening, closing


def _adds_up(opening: BookedBalance | None, closing: BookedBalance | None, exact: Decimal) -> bool:
    if opening is None or closing is None or opening.currency != closing.currency:
        return False
    return opening.balance.amount + exact == closing.balance.amount


def _told_up_to(header: Header) -> date | None:
    """A statement asked for half-way through its period tells nothing of the days after it was made."""
    return min(header.to_on, header.created_on) if header.to_on and header.created_on else header.to_on


def _placed(header: Header, *, adds_up: bool) -> Header:
    """A whole statement on a page of a message of many statements stands by itself."""
    if adds_up and header.page.of_message and not header.page.is_whole:
        return replace(header, page=Page())
    return header
