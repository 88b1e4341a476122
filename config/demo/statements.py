"""The statements of a bank that does not exist, as CAMT.053 files: one a week, each beginning where the last one ended."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from xml.sax.saxutils import escape

WEEK = timedelta(days=7)
OPENING = 1_842_367  # what stood on the account when the first statement began
NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"


@dataclass(frozen=True, slots=True)
class Movement:
    """One line on a statement; positive is received."""

    on: date
    cents: int
    name: str
    iban: str = ""
    text: str = ""
    reference: str = ""  # a betalingskenmerk in its own field


def zipped(iban: str, movements: Sequence[Movement], *, until: date, weeks: int, without: int = 0) -> bytes:
    """All weeks up to `until` in one upload. `without` leaves out that many weeks before the last: a file nobody fetched."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for place, (name, content) in enumerate(files(iban, movements, until=until, weeks=weeks)):
            if not without or place != weeks - 1 - without:
                archive.writestr(name, content)
    return packed.getvalue()


def files(iban: str, movements: Sequence[Movement], *, until: date, weeks: int) -> Iterator[tuple[str, bytes]]:
    """File name and content, the oldest week first; the last one may end in the middle of the week."""
    monday = until - timedelta(days=until.weekday()) - WEEK * (weeks - 1)
    balance = OPENING
    for number in range(1, weeks + 1):
        last = min(monday + WEEK - timedelta(days=1), until)
        within = sorted((one for one in movements if monday <= one.on <= last), key=lambda one: one.on)
        closing = balance + sum(one.cents for one in within)
        yield f"{monday:%G-W%V}.xml", _statement(iban, within, number, (monday, last), (balance, closing))
        balance, monday = closing, monday + WEEK


def _statement(
    iban: str, movements: Sequence[Movement], number: int, days: tuple[date, date], balances: tuple[int, int]
) -> bytes:
    (first, last), (opening, closing) = days, balances
    entries = "".join(_entry(one, f"{number:03}{place:04}") for place, one in enumerate(movements))
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="{NAMESPACE}"><BkToCstmrStmt>'
        f"<GrpHdr><MsgId>{iban[-10:]}{number:03}</MsgId><CreDtTm>{last}T23:50:00</CreDtTm></GrpHdr>"
        f"<Stmt><Id>{last:%Y}{number:03}</Id><ElctrncSeqNb>{number}</ElctrncSeqNb><CreDtTm>{last}T23:50:00</CreDtTm>"
        f"<FrToDt><FrDtTm>{first}T00:00:00</FrDtTm><ToDtTm>{last}T23:59:59</ToDtTm></FrToDt>"
        f"<Acct><Id><IBAN>{iban}</IBAN></Id><Ccy>EUR</Ccy></Acct>"
        f"{_balance('OPBD', opening, first)}{_balance('CLBD', closing, last)}{entries}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def _balance(code: str, cents: int, on: date) -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>{_amount(cents)}"
        f"<CdtDbtInd>{_sign(cents)}</CdtDbtInd><Dt><Dt>{on}</Dt></Dt></Bal>"
    )


def _entry(one: Movement, key: str) -> str:
    party = "Dbtr" if one.cents > 0 else "Cdtr"
    account = f"<{party}Acct><Id><IBAN>{one.iban}</IBAN></Id></{party}Acct>" if one.iban else ""
    who = f"<RltdPties><{party}><Nm>{escape(one.name)}</Nm></{party}>{account}</RltdPties>" if one.name else ""
    text = f"<Ustrd>{escape(one.text)}</Ustrd>" if one.text else ""
    reference = f"<Strd><CdtrRefInf><Ref>{one.reference}</Ref></CdtrRefInf></Strd>" if one.reference else ""
    told = f"<RmtInf>{text}{reference}</RmtInf>" if text or reference else ""
    return (
        f"<Ntry>{_amount(one.cents)}<CdtDbtInd>{_sign(one.cents)}</CdtDbtInd><Sts>BOOK</Sts>"
        f"<BookgDt><Dt>{one.on}</Dt></BookgDt><ValDt><Dt>{one.on}</Dt></ValDt><AcctSvcrRef>{key}</AcctSvcrRef>"
        "<BkTxCd><Prtry><Cd>100</Cd></Prtry></BkTxCd><NtryDtls><TxDtls>"
        f"<Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs>{who}{told}</TxDtls></NtryDtls></Ntry>"
    )


def _amount(cents: int) -> str:
    return f'<Amt Ccy="EUR">{abs(cents) // 100}.{abs(cents) % 100:02}</Amt>'


def _sign(cents: int) -> str:
    return "CRDT" if cents >= 0 else "DBIT"
