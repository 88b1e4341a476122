"""Free :86: text of Dutch banks before and beside SEPA codes: columns of ABN AMRO, labels of Knab, accounts in front
(ING, Van Lanschot, BNG), subfields of Triodos and of German banks, six wide lines of SNS and ASN."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from receivables.banking.mt940_fields import EntryLine
from receivables.importing.outcome import NAME_LENGTH, NUMBER_LENGTH

TEXT_LENGTH = 2000
_WIDTH = 65
_COLUMN = 32
_PIECE = 27
_ACCOUNT = r"[A-Z]{2}\d{2}[A-Z0-9]{8,30}|\d{9,10}"
_DUTCH_IBAN = re.compile(r"NL\d{2}[A-Z]{4}\d{10}")
_IS_ACCOUNT = re.compile(rf"(?:{_ACCOUNT}|P\d{{9}}|\d{{1,10}})")
_IN_FRONT = re.compile(rf"\s*({_ACCOUNT})(?:\s+|$)(.*)", re.DOTALL)
_IBAN_AND_BIC = re.compile(r"\b([A-Z]{2}\d{2}[A-Z0-9]{8,30}) +[A-Z]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?\b *")
_OLD_BANK = re.compile(r"(\d\d\.\d\d\.\d\d\.\d{3}) +(.*)", re.DOTALL)
_OLD_GIRO = re.compile(r"GIRO +(\d{1,8}) +(\S.*)", re.DOTALL)
_PAYMENT_REFERENCE = re.compile(
    r"(?:BETALINGSKENM(?:ERK|\.)?\s*:?|BET\.? KENMERK\s*:?|Issuer: CUR Ref:|\bREMI:)\s*((?:\d ?){6,16})(?!\d)",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"(?:^|(?<=[\s/]))(IBAN|BIC|NAAM|OMSCHRIJVING|KENMERK|BETALINGSKENM\.|REK|ID DEBITEUR|MACHTIGING|INCASSANT|UW KENMERK): ?"
)
_ANY_LABEL = re.compile(_LABEL.pattern, re.IGNORECASE)
_SUBFIELDS = re.compile(r"\d{3}([?>])\d\d")
_GERMAN = re.compile(r"(EREF|KREF|MREF|CRED|DEBT|COAM|OAMT|SVWZ|ABWA|ABWE|IBAN|BIC)\+")


@dataclass(frozen=True, slots=True)
class Told:
    """What a booking tells of the other side."""

    account: str = ""
    name: str = ""
    text: str = ""
    reference: str = ""
    end_to_end_id: str = ""
    is_return: bool = False

    def completed(self, *, account: str, name: str) -> Told:
        return replace(self, account=self.account or account, name=self.name or clean(name))


def clean(text: str, *, longest: int = NAME_LENGTH) -> str:
    return " ".join(text.split())[:longest].strip()


def whole(text: str) -> str:
    return clean(text, longest=TEXT_LENGTH)


def is_account(text: str) -> bool:
    return _IS_ACCOUNT.fullmatch(text) is not None


def bare_account(written: str) -> str:
    """Without spaces and points; a giro number (P000029225) without its letter and zeros."""
    bare = "".join(written.replace(".", "").split()).upper()[:NUMBER_LENGTH]
    if bare[:1] == "P" and bare[1:].isdigit():
        bare = bare[1:].lstrip("0")
    return bare if bare.isalnum() and bare.strip("0") else ""


def end_to_end(value: str) -> str:
    found = clean(value.strip(" /"), longest=NUMBER_LENGTH)
    return "" if found.replace(" ", "").upper() in ("NOTPROVIDED", "NONREF") else found


def payment_reference(text: str) -> str:
    found = _PAYMENT_REFERENCE.search(text)
    return found[1].replace(" ", "") if found else ""


# --- SNS and ASN -------------------------------------------------------------------------------------------------------
def header(lines: list[str]) -> tuple[str, str, list[str]]:
    """(account, name, the lines below): SNS and ASN spend the first two of six lines on the other side."""
    if len(lines) < 3 or lines[1].strip() or len(lines[1]) < _WIDTH:
        return "", "", lines
    found = _IN_FRONT.match(lines[0])
    if found is None:
        return "", lines[0].strip(), lines[2:]
    return bare_account(found[1]), found[2].strip(), lines[2:]


# --- everything else ---------------------------------------------------------------------------------------------------
def told(entry: EntryLine | None, lines: list[str]) -> Told:
    """The first way of writing that fits; otherwise all of it is text."""
    account, name, rest = header(lines)
    if rest is not lines:
        text = whole("".join(rest))
        return Told(account, clean(name), text, payment_reference(text))
    start = lines[0].strip() if lines else ""
    if found := _SUBFIELDS.match(start):
        return _subfields("".join(lines), found[1])
    cells, width = _cells(lines)
    flowing = _run_on(cells, width)
    return _labelled(flowing) or _old_abn(cells) or _plain(entry, " ".join(flowing if width == _WIDTH else cells))


def _cells(lines: list[str]) -> tuple[list[str], int]:
    """The lines, or the cells of ABN AMRO, which prints two columns of 32 a line; and how wide a full one is."""
    if not any(_is_printed(line) for line in lines[:2]):
        return lines, _WIDTH
    cells = []
    for line in lines:
        if _OLD_BANK.match(line) and line[_COLUMN - 1 : _COLUMN] == " ":  # these lack the space between the columns
            cells += [line[:_COLUMN], line[_COLUMN:]]
        elif len(line) > _COLUMN and line[_COLUMN] != " ":
            cells.append(line)
        else:
            cells += [line[:_COLUMN], line[_COLUMN + 1 :]]
    return [cell for cell in cells if cell.strip()], _COLUMN


def _is_printed(line: str) -> bool:
    if _OLD_BANK.match(line):
        return line[_COLUMN - 1 : _COLUMN] == " "
    return line[_COLUMN - 1 : _COLUMN + 1] == "  " and line[_COLUMN + 1 : _COLUMN + 2].strip() != ""


def _run_on(cells: list[str], width: int) -> list[str]:
    """A full cell goes on into the next, in the middle of a word; another ended by itself."""
    joined: list[str] = []
    is_full = False
    for cell in cells:
        if is_full and not _ANY_LABEL.match(cell):
            joined[-1] += cell
        else:
            joined.append(cell)
        is_full = len(cell.rstrip()) == width
    return joined


def _labelled(cells: list[str]) -> Told | None:
    """`IBAN: .. BIC: .. NAAM: .. OMSCHRIJVING: ..` (ABN AMRO) and `.. REK: ../NAAM: ..` (Knab)."""
    text = " ".join(cells)
    is_sepa = text[:5].upper() == "SEPA "  # the tables of ABN AMRO write the labels small
    start, *split = (_ANY_LABEL if is_sepa else _LABEL).split(text)
    values = dict(zip(map(str.upper, split[::2]), (value.strip() for value in split[1::2]), strict=True))
    if "NAAM" not in values and not {"IBAN", "REK"} & set(values):
        return None
    account = values.get("IBAN") or values.get("REK", "").rstrip("/")
    written = [] if is_sepa else [start]
    reference = values.get("BETALINGSKENM.", "")
    rest = whole(" ".join([*written, values.get("OMSCHRIJVING", "")]))
    return Told(
        account=bare_account(account),
        name=clean(values.get("NAAM", "")),
        text=rest,
        reference=re.sub(r"\s", "", reference)[:NUMBER_LENGTH] or payment_reference(rest),
        end_to_end_id=end_to_end(values.get("KENMERK", "")),
    )


def _old_abn(cells: list[str]) -> Told | None:
    """`GIRO   428428 KPN BV` and `64.45.12.113 G.B. ROTTERDAM`, the name up to the end of the column."""
    found = _OLD_GIRO.match(cells[0]) or _OLD_BANK.match(cells[0]) if cells else None
    if found is None:
        return None
    name, *written = [found[2], *cells[1:]] if found[2] or len(cells) == 1 else cells[1:]
    if len(cells[0]) > _COLUMN:
        name, written = "", [found[2], *cells[1:]]
    text = whole(" ".join(written))
    return Told(bare_account(found[1]), clean(name), text, payment_reference(text))


def _plain(entry: EntryLine | None, text: str) -> Told:
    """An account in front, or an IBAN with its BIC somewhere (old ING); Rabobank has both in :61:."""
    account, rest = "", text
    in_front = _IN_FRONT.match(text)
    if in_front and _may_be_account(in_front[1]):
        account, rest = bare_account(in_front[1]), in_front[2]
    if found := _IBAN_AND_BIC.search(text):
        account = bare_account(found[1])
        rest = text[found.end() :] if rest is not text or not found.start() else text
    if not account:
        account = _account_in_entry(entry)
    return Told(account, clean(entry.name if entry else ""), whole(rest), payment_reference(text))


def _account_in_entry(entry: EntryLine | None) -> str:
    if entry and entry.name and is_account(entry.customer_reference):
        return bare_account(entry.customer_reference)
    return account_below(entry)


def _may_be_account(written: str) -> bool:
    """Digits, the form of a Dutch IBAN, or check digits that fit: references look like foreign IBANs."""
    if written.isdigit() or _DUTCH_IBAN.fullmatch(written):
        return True
    turned = written[4:] + written[:4]
    return int("".join(str(int(sign, 36)) for sign in turned)) % 97 == 1


def account_below(entry: EntryLine | None) -> str:
    """Rabobank: the account on a line of its own under :61:."""
    return next((bare_account(line) for line in (entry.supplementary if entry else ()) if is_account(line)), "")


# --- numbered subfields ------------------------------------------------------------------------------------------------
def _subfields(text: str, sign: str) -> Told:
    parts = re.split(rf"{re.escape(sign)}(\d\d)", text)
    found = [(int(number), value) for number, value in zip(parts[1::2], parts[2::2], strict=True)]
    return _triodos(found) if sign == ">" else _german(found)


def _triodos(found: list[tuple[int, str]]) -> Told:
    """>10 the account, or zeros and then >20 BIC and >21 IBAN; the rest up to >30 is name and text in one."""
    values = dict(found)
    account = bare_account(values.get(10, ""))
    start = 20
    if not account and re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{8,30}", values.get(21, "").strip()):
        account, start = bare_account(values[21]), 22
    # The last piece may hold the end of a digit row behind the sign; it belongs to the text as it stands.
    text = whole("".join(value for number, value in found if start <= number < 30))
    return Told(account, "", text, payment_reference(text))


def _german(found: list[tuple[int, str]]) -> Told:
    purpose = _pieces(value for number, value in found if 20 <= number <= 29 or 60 <= number <= 63)
    start, *split = _GERMAN.split(purpose)
    values = dict(zip(split[::2], split[1::2], strict=True))
    numbered = dict(found)
    return Told(
        account=bare_account(numbered.get(31, "")),
        name=clean(_pieces(numbered.get(number, "") for number in (32, 33))),
        text=whole(values.get("SVWZ", start or purpose)),
        end_to_end_id=end_to_end(values.get("EREF", "")),
    )


def _pieces(values: Iterable[str]) -> str:
    """Pieces of 27 signs run on, shorter ones ended by themselves."""
    return "".join(value if len(value) >= _PIECE else value + " " for value in values)
