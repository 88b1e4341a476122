"""Bank days with a known truth, written as CAMT.053, as MT940 and as CSV: the same movements, as each format tells them.

The formats differ as those of banks do: MT940 cuts names and breaks words every 65 signs, CSV has no balances, and only
CAMT carries the bank's own reference.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from html import escape

IBAN = "NL69INGB0123456789"
START = date(2026, 3, 2)
PAYERS = (
    ("Jansen Transport B.V.", "NL91ABNA0417164300"),
    ("Stichting Wijkcentrum De Brug aan de Oostelijke Handelskade", "NL20RABO0300065264"),
    ("Bakker, P.J.", "NL02ABNA0123456789"),
    ("Café De Zwaan", ""),
)


@dataclass(frozen=True)
class Movement:
    """What really happened. `id` is the truth: two movements with another id are two, however alike they look."""

    id: int
    on: date
    cents: int
    name: str = "Jansen Transport B.V."
    iban: str = "NL91ABNA0417164300"
    text: str = ""
    end_to_end: str = ""


@dataclass(frozen=True)
class Part:
    """One statement: movements in a row, with the balance before them."""

    movements: tuple[Movement, ...]
    opening: int
    first: date
    last: date
    number: str = "1"

    @property
    def closing(self) -> int:
        return self.opening + sum(movement.cents for movement in self.movements)


@dataclass
class History:
    """The life of one account, day by day. Statements are cut out of it, whole days or parts of a day."""

    days: list[list[Movement]]
    start: date = START
    opening: int = 100_000
    iban: str = IBAN
    made: int = field(default=0)

    def part(self, first: int, last: int, *, skip: int = 0, take: int | None = None, number: str = "") -> Part:
        """The days from `first` to `last`; of a single day also a slice."""
        before = [movement for day in self.days[:first] for movement in day]
        within = [movement for day in self.days[first : last + 1] for movement in day]
        chosen = within[skip : None if take is None else skip + take]
        opening = self.opening + sum(movement.cents for movement in [*before, *within[:skip]])
        day = self.start + timedelta(days=first)
        return Part(tuple(chosen), opening, day, self.start + timedelta(days=last), number or f"{first + 1}{skip:02}")

    def movements(self) -> list[Movement]:
        return [movement for day in self.days for movement in day]


def history(
    *, days: int = 5, per_day: int = 8, seed: int = 1, twins: int = 2, start: date = START, loops: bool = False
) -> History:
    """Random days, in each of which some movements have a genuine twin: same payer, amount and text.

    With `loops` money goes out in the amounts that come in, so that a balance often comes back on the same day.
    """
    dice = random.Random(seed)  # noqa: S311 # known rows, no secret
    made: list[list[Movement]] = []
    count = 0
    for place in range(days):
        on = start + timedelta(days=place)
        day = []
        for _ in range(per_day):
            count += 1
            day.append(_movement(dice, count, on, loops=loops))
        for twin in dice.sample(day, min(twins, len(day))):
            count += 1
            day.append(replace(twin, id=count))
        dice.shuffle(day)
        made.append(day)
    return History(made, start=start)


def _movement(dice: random.Random, number: int, on: date, *, loops: bool) -> Movement:
    name, iban = dice.choice(PAYERS)
    usual, other = dice.choice([995, 1250, 12_100]), dice.randrange(100, 500_000)
    is_debit = dice.random() < 0.25
    cents = dice.choice([usual, usual, usual, other]) if loops or not is_debit else other
    cents = -cents if is_debit else cents
    text = dice.choice(
        [
            f"Factuur 2026-{number:04}",
            f"fact {number} en {number + 1}, met dank voor de vlotte levering",
            "contributie maart",
            "",
        ]
    )
    return Movement(number, on, cents, name, iban, text, dice.choice(["", f"E2E-{number:06}"]))


# --- CAMT.053 ----------------------------------------------------------------------------------------------------------
def camt(*parts: Part, iban: str = IBAN, references: str = "stable") -> bytes:
    """One message; `references` is stable (the bank's own, the same in each export), fresh (new each time) or none."""
    statements = "".join(_camt_statement(part, place, iban, references) for place, part in enumerate(parts))
    return (
        '<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt>'
        f"<GrpHdr><MsgId>M{parts[0].number}</MsgId><CreDtTm>2026-03-03T06:00:00+01:00</CreDtTm></GrpHdr>{statements}"
        "</BkToCstmrStmt></Document>"
    ).encode()


def _camt_statement(part: Part, place: int, iban: str, references: str) -> str:
    entries = "".join(
        _camt_entry(movement, {"stable": f"R{movement.id}", "none": ""}.get(references, f"{references}{place}-{row}"))
        for row, movement in enumerate(part.movements)
    )
    return (
        f"<Stmt><Id>S{part.number}</Id><ElctrncSeqNb>{part.number}</ElctrncSeqNb><CreDtTm>2026-03-03T06:00:00+01:00</CreDtTm>"
        f"<Acct><Id><IBAN>{iban}</IBAN></Id><Ccy>EUR</Ccy></Acct>"
        f"{_camt_balance('OPBD', part.opening, part.first)}{_camt_balance('CLBD', part.closing, part.last)}{entries}</Stmt>"
    )


def _camt_balance(code: str, cents: int, on: date) -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy='EUR'>{_dots(cents)}</Amt>"
        f"<CdtDbtInd>{_sign(cents)}</CdtDbtInd><Dt><Dt>{on}</Dt></Dt></Bal>"
    )


def _camt_entry(movement: Movement, reference: str) -> str:
    party, account = ("Dbtr", "DbtrAcct") if movement.cents > 0 else ("Cdtr", "CdtrAcct")
    number = f"<{account}><Id><IBAN>{movement.iban}</IBAN></Id></{account}>" if movement.iban else ""
    remittance = f"<RmtInf><Ustrd>{escape(movement.text)}</Ustrd></RmtInf>" if movement.text else ""
    return (
        f"<Ntry><Amt Ccy='EUR'>{_dots(movement.cents)}</Amt><CdtDbtInd>{_sign(movement.cents)}</CdtDbtInd><Sts>BOOK</Sts>"
        f"<BookgDt><Dt>{movement.on}</Dt></BookgDt><ValDt><Dt>{movement.on}</Dt></ValDt>"
        + (f"<AcctSvcrRef>{reference}</AcctSvcrRef>" if reference else "")
        + "<BkTxCd><Prtry><Cd>100</Cd></Prtry></BkTxCd><NtryDtls><TxDtls>"
        f"<Refs><EndToEndId>{movement.end_to_end or 'NOTPROVIDED'}</EndToEndId></Refs>"
        f"<RltdPties><{party}><Nm>{escape(movement.name)}</Nm></{party}>{number}</RltdPties>{remittance}</TxDtls></NtryDtls></Ntry>"
    )


def _sign(cents: int) -> str:
    return "CRDT" if cents >= 0 else "DBIT"


def _dots(cents: int) -> str:
    return f"{abs(cents) // 100}.{abs(cents) % 100:02}"


# --- MT940 -------------------------------------------------------------------------------------------------------------
def mt940(*parts: Part, iban: str = IBAN) -> bytes:
    return "".join(_mt940_statement(part, iban) for part in parts).encode("ascii", "replace")


def _mt940_statement(part: Part, iban: str) -> str:
    head = [
        f":20:P{part.number}",
        f":25:{iban}EUR",
        f":28C:{part.number}",
        f":60F:{_swift_balance(part.opening, part.first)}",
    ]
    lines = [text for movement in part.movements for text in _mt940_lines(movement)]
    return "\r\n".join([*head, *lines, f":62F:{_swift_balance(part.closing, part.last)}", "-", ""])


def _mt940_lines(movement: Movement) -> Iterable[str]:
    mark = "C" if movement.cents > 0 else "D"
    yield f":61:{movement.on:%y%m%d}{movement.on:%m%d}{mark}{_comma(movement.cents)}NTRF{movement.end_to_end[:16] or 'NONREF'}"
    eref = f"/EREF/{movement.end_to_end}" if movement.end_to_end else ""
    parties = f"/CNTP/{movement.iban}/ABNANL2A/{movement.name[:30]}//" if movement.iban else ""
    remittance = f"/REMI/USTD//{movement.text}/" if movement.text else ""
    told = f"{eref}{'/' if eref else ''}{parties}{remittance}" or "geen omschrijving"
    broken = [told[start : start + 65] for start in range(0, min(len(told), 390), 65)]
    yield f":86:{broken[0]}"
    yield from broken[1:]


def _swift_balance(cents: int, on: date) -> str:
    return f"{'C' if cents >= 0 else 'D'}{on:%y%m%d}EUR{_comma(cents)}"


def _comma(cents: int) -> str:
    return f"{abs(cents) // 100},{abs(cents) % 100:02}"


# --- CSV of ING: no balances --------------------------------------------------------------------------------------------
CSV_HEADING = '"Datum";"Naam / Omschrijving";"Rekening";"Tegenrekening";"Code";"Af Bij";"Bedrag (EUR)";"Mutatiesoort";"Mededelingen"'


def csv(*parts: Part, iban: str = IBAN) -> bytes:
    rows = [_csv_row(movement, iban) for part in parts for movement in part.movements]
    return "\r\n".join([CSV_HEADING, *rows, ""]).encode()


def _csv_row(movement: Movement, iban: str) -> str:
    cells: Sequence[str] = (
        f"{movement.on:%Y%m%d}", movement.name, iban, movement.iban, "OV", "Bij" if movement.cents > 0 else "Af",
        _comma(movement.cents), "Overschrijving", movement.text,
    )  # fmt: skip
    return ";".join('"' + cell.replace('"', '""') + '"' for cell in cells)
