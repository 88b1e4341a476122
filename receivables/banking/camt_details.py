"""TxDtls: who paid whom, with which words and references. One entry of a statement has none, one, or a batch of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from lxml import etree

from receivables.banking.camt_values import Amount, amount_of, is_credit
from receivables.banking.camt_xml import children, inside, line_of, local_name, text_of
from receivables.importing.outcome import Problem

NAME_LENGTH, REFERENCE_LENGTH, LONG_REFERENCE_LENGTH, ACCOUNT_LENGTH = 200, 60, 80, 40
_FULL_LINE = 140  # Ustrd holds no more; a longer text goes on in the next one, in the middle of a word
_NOT_PROVIDED = frozenset({"NOTPROVIDED", "NOT PROVIDED", "NONREF"})
_AMOUNTS = ("TxAmt", "CntrValAmt", "InstdAmt")
_COUNTRY = re.compile(r"[A-Z]{2}")


class Side(NamedTuple):
    """The debtor or the creditor of a movement."""

    iban: str = ""
    name: str = ""


NOBODY = Side()


class Detail(NamedTuple):
    """One TxDtls. A named tuple, as there are as many as movements and these are made fast."""

    amounts: tuple[Amount, ...] = ()  # its own, then that of the transaction, then the instructed one
    is_credit: bool | None = None
    debtor: Side = NOBODY
    creditor: Side = NOBODY
    text: str = ""
    explanation: str = ""  # what the bank adds
    reference: str = ""
    end_to_end_id: str = ""
    bank_reference: str = ""
    is_return: bool = False
    problem: Problem | None = None

    def amount_in(self, currency: str) -> Amount | None:
        return next((amount for amount in self.amounts if amount.currency == currency), None)


def detail_of(element: etree._Element) -> Detail:
    """Read one TxDtls."""
    found = children(element)
    refs, parties = children(found.get("Refs")), children(found.get("RltdPties"))
    debtor, strange = _side(parties, "Dbtr")
    creditor, also_strange = _side(parties, "Cdtr")
    text, reference = remittance(found.get("RmtInf"))
    sign = found.get("CdtDbtInd")
    return Detail(
        amounts=amounts_in(found),
        is_credit=None if sign is None else is_credit(element, sign),
        debtor=debtor,
        creditor=creditor,
        text=text,
        explanation=text_of(found.get("AddtlTxInf")),
        reference=reference,
        end_to_end_id=_end_to_end(text_of(refs.get("EndToEndId"))),
        bank_reference=text_of(refs.get("AcctSvcrRef"))[:LONG_REFERENCE_LENGTH],
        is_return="RtrInf" in found,
        problem=strange or also_strange,
    )


def amounts_in(found: dict[str, etree._Element]) -> tuple[Amount, ...]:
    """Amt (.04 and later), then AmtDtls: in one of these is the exchange when currencies differ."""
    own = (amount_of(found["Amt"]),) if "Amt" in found else ()
    if "AmtDtls" not in found:
        return own
    listed = {
        local_name(child): amount_of(amount)
        for child in found["AmtDtls"]
        if local_name(child) in _AMOUNTS and (amount := inside(child, "Amt")) is not None
    }
    return (*own, *(listed[name] for name in _AMOUNTS if name in listed))


def remittance(element: etree._Element | None) -> tuple[str, str]:
    """(free text, structured reference). Further references and document numbers belong to the text."""
    if element is None:
        return "", ""
    if len(element) == 1 and local_name(element[0]) == "Ustrd":
        return text_of(element[0]), ""
    pieces: list[str] = []
    references: list[str] = []
    for child in element:
        name = local_name(child)
        if name == "Ustrd":
            pieces.append(child.text or "")
        elif name == "Strd":
            references += _references(child)
            pieces += _structured_words(child)
    reference = next((item for item in references if len(item) <= REFERENCE_LENGTH), "")
    pieces += [item for item in dict.fromkeys(references) if item != reference]
    return joined(pieces), reference


def joined(pieces: list[str]) -> str:
    """On one line. A piece that fills its line goes on without a space."""
    text = "".join(piece if len(piece) >= _FULL_LINE else f"{piece} " for piece in pieces)
    return " ".join(text.split())


def _references(structured: etree._Element) -> Iterator[str]:
    for child in structured:
        if local_name(child) == "CdtrRefInf":
            reference = text_of(children(child).get("Ref"))
            if reference:
                yield reference


def _structured_words(structured: etree._Element) -> Iterator[str]:
    """Numbers of the invoices that are paid, and what the payer added."""
    for child in structured:
        name = local_name(child)
        if name == "RfrdDocInf":
            yield text_of(children(child).get("Nb"))
        elif name == "AddtlRmtInf":
            yield text_of(child)


def _end_to_end(text: str) -> str:
    return "" if text.upper() in _NOT_PROVIDED else text[:REFERENCE_LENGTH]


# --- parties -----------------------------------------------------------------------------------------------------------
def _side(parties: dict[str, etree._Element], role: str) -> tuple[Side, Problem | None]:
    """The party; the one behind it only when it has no name itself."""
    name, problem = _party(parties[role]) if role in parties else ("", None)
    if not name and f"Ultmt{role}" in parties:
        name, _ = _party(parties[f"Ultmt{role}"])
    number = account_number(parties[f"{role}Acct"]) if f"{role}Acct" in parties else ""
    if not number and not name:
        return NOBODY, problem
    return Side(number, name[:NAME_LENGTH]), problem


def _party(party: etree._Element) -> tuple[str, Problem | None]:
    """Name, and what is wrong with the address; since .08 both are inside Pty."""
    name, problem = "", None
    for child in party:
        tag = local_name(child)
        if tag == "Nm":
            name = text_of(child)
        elif tag == "PstlAdr":
            problem = _country_problem(inside(child, "Ctry"))
        elif tag == "Pty":
            return _party(child)
    return name, problem


def account_number(account: etree._Element | None) -> str:
    """The IBAN, or the bare number when there is none; without spaces."""
    if account is None:
        return ""
    found = inside(account, "Id", "IBAN")
    number = text_of(inside(account, "Id", "Othr", "Id") if found is None else found)
    return number.replace(" ", "").upper()[:ACCOUNT_LENGTH]


def _country_problem(country: etree._Element | None) -> Problem | None:
    if country is None or _COUNTRY.fullmatch(country.text or ""):
        return None
    line = line_of(country)
    return Problem(
        code="schema",
        message=f"Het adres heeft landcode {text_of(country)[:20]!r} (element Ctry op regel {line}); een landcode heeft "
        "twee letters. De boeking zelf is wel gelezen.",
        element="Ctry",
        line=line,
    )
