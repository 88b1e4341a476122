"""CAMT.053 of our own for tests: one statement, each part with the values that matter as arguments."""

from __future__ import annotations

from decimal import Decimal

OWN = "NL69INGB0123456789"
THEIRS = "NL91ABNA0417164300"


def document(*statements: str, version: str = "02", prolog: str = "", pages: str = "") -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n{prolog}'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}">\n<BkToCstmrStmt>'
        f"<GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-03-03T06:00:00+01:00</CreDtTm>{pages}</GrpHdr>\n"
        f"{''.join(statements)}</BkToCstmrStmt>\n</Document>\n"
    ).encode()


def balance(code: str, amount: str, *, currency: str = "EUR", on: str = "2026-03-02") -> str:
    sign = "DBIT" if amount.startswith("-") else "CRDT"
    day = f"<Dt><Dt>{on}</Dt></Dt>" if on else ""
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
        f'<Amt Ccy="{currency}">{amount.lstrip("-")}</Amt><CdtDbtInd>{sign}</CdtDbtInd>{day}</Bal>\n'
    )


def statement(
    *entries: str, opening: str | None = "100.00", closing: str | None = None, currency: str = "EUR",
    account: str = f"<IBAN>{OWN}</IBAN>", extra: str = "", after: str = "", number: str = "62",
) -> str:  # fmt: skip
    balances = (balance("OPBD", opening) if opening else "") + (balance("CLBD", closing) if closing else "")
    return (
        f"<Stmt><Id>S1</Id>{extra}<ElctrncSeqNb>{number}</ElctrncSeqNb><CreDtTm>2026-03-03T06:00:00+01:00</CreDtTm>"
        f"<Acct><Id>{account}</Id><Ccy>{currency}</Ccy></Acct>\n{balances}{''.join(entries)}{after}</Stmt>\n"
    )


def party(role: str, name: str, iban: str = THEIRS) -> str:
    account = f"<{role}Acct><Id><IBAN>{iban}</IBAN></Id></{role}Acct>" if iban else ""
    return f"<{role}><Nm>{name}</Nm></{role}>{account}"


def detail(
    *, parties: str | None = None, text: str = "Factuur 2026-001", amount: str = "", end_to_end: str = "E2E-1",
    remittance: str = "", reference: str = "", extra: str = "", currency: str = "EUR",
) -> str:  # fmt: skip
    own = f'<AmtDtls><TxAmt><Amt Ccy="{currency}">{amount}</Amt></TxAmt></AmtDtls>' if amount else ""
    words = remittance or (f"<Ustrd>{text}</Ustrd>" if text else "")
    ref = f"<AcctSvcrRef>{reference}</AcctSvcrRef>" if reference else ""
    return (
        f"<TxDtls><Refs>{ref}<EndToEndId>{end_to_end}</EndToEndId></Refs>{own}"
        f"<RltdPties>{party('Dbtr', 'Jansen B.V.') if parties is None else parties}</RltdPties>"
        f"<RmtInf>{words}</RmtInf>{extra}</TxDtls>"
    )


def entry(
    amount: str = "50.00", *details: str, sign: str = "CRDT", currency: str = "EUR", status: str = "<Sts>BOOK</Sts>",
    booked: str = "<Dt>2026-03-02</Dt>", value: str = "<Dt>2026-03-02</Dt>", reference: str = "R1", extra: str = "",
    additional: str = "", plain: bool = False,
) -> str:  # fmt: skip
    """One Ntry; with one detail unless `plain`."""
    inner = "" if plain else f"<NtryDtls>{''.join(details) or detail()}</NtryDtls>"
    more = f"<AddtlNtryInf>{additional}</AddtlNtryInf>" if additional else ""
    return (
        f'<Ntry><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd>{extra}{status}'
        f"<BookgDt>{booked}</BookgDt><ValDt>{value}</ValDt><AcctSvcrRef>{reference}</AcctSvcrRef>"
        f"<BkTxCd><Prtry><Cd>100</Cd></Prtry></BkTxCd>{inner}{more}</Ntry>\n"
    )


def big(count: int) -> bytes:
    """`count` movements as a bank writes them, all parts filled in."""
    entries = [
        entry(
            f"{number % 900 + 1}.25",
            detail(
                parties=party("Dbtr", f"Klant {number % 700} B.V.") + "<Cdtr><Nm>Wij</Nm></Cdtr>",
                amount=f"{number % 900 + 1}.25",
                end_to_end=f"E2E-{number}",
                text=f"Factuur 2026-{number:06d}",
                extra="<RltdDts><AccptncDtTm>2026-03-02T10:00:00</AccptncDtTm></RltdDts>",
            ),
            reference=f"R{number}",
            additional=f"/TRTP/SEPA OVERBOEKING/IBAN/{THEIRS}/BIC/ABNANL2A/NAME/KLANT/REMI/FACTUUR {number}",
        )
        for number in range(count)
    ]
    total = sum((Decimal(number % 900 + 1) + Decimal("0.25") for number in range(count)), Decimal(100))
    return document(statement(*entries, closing=str(total)))
