"""Who paid and what they wrote, per Dutch bank: real samples, and the values as a person reads them in the file."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import pytest

from receivables.banking.mt940 import read_mt940
from receivables.banking.parsed import BankTransaction
from tests.receivables.importing.shared import SHARED

FOLDER = SHARED / "mt940"
pytestmark = pytest.mark.skipif(not FOLDER.exists(), reason=f"no shared files in {FOLDER}")


@dataclass(frozen=True)
class Seen:
    """What a person sees in one entry."""

    file: str
    statement: int
    entry: int
    amount: str
    iban: str = ""
    name: str = ""
    text: str = ""
    end_to_end: str = ""
    reference: str = ""
    bank_reference: str = ""


ABN = "zl_abn_"
SEEN = [
    Seen("hhb_MT940-ING.txt", 0, 0, "1.56", "NL32INGB0000012345", "ING BANK NV INZAKE WEB", "EV10001REP1000000T1000",
         "EV12341REP1231456T1234", bank_reference="00000000001005"),
    Seen("hhb_MT940-ING.txt", 0, 6, "32.00", "NL32INGB0000012345", "J.Janssen", "", "15814016000676480", "9001123412341234",
         "00000000001011"),
    # the same in a file that was broken off in words, codes and references
    Seen("oca_test-ing.940", 0, 0, "1.56", "NL32INGB0000012345", "ING BANK NV INZAKE WEB", "EV10001REP1000000T1000",
         "EV12341REP1231456T1234", bank_reference="00000000001005"),
    Seen("oca_test-ing-old.940", 0, 3, "-1.14", "NL32INGB0000012345", "ING Bank N.V. inzake WeB", "EV123REP123412T1234",
         "EV123REP123412T1234", bank_reference="00000000001009"),
    Seen("zl_ing_ing_00_00.txt", 0, 0, "-100.00", "NL88INGB0999999999", "RAAMEN NV",
         "KASSA VERZAMELFACTUUR DINSDAG 2 ABC-654321 05/31/2017 00:00:00", "0000008668-0000000000-001",
         bank_reference="6666666666666"),
    Seen("dv_ing_sepa.txt", 0, 1, "1.56", "NL69INGB0123456789", "",
         "J. Janssen 20120123456789 Factuurnr 123456 Klantnr 00123"),
    Seen("dv_ing.txt", 0, 1, "-3.03", "0111111111", "", "GPSEOUL SPOEDBETALING MPBZS1016000047 GPSEOUL"),
    Seen("zl_rabobank_mt940_structured.txt", 0, 0, "-127.50", "NL96RBOS0523149468", "Nespresso Nederland B.V.",
         "674725433 1120000153447185 14144467636004962", "02-04-2013 22:56 1120000153447185"),
    Seen("zl_rabobank_mt940_structured.txt", 0, 1, "169.90", "0663616476", "Bedrijf B.V.",
         "NR.201303-111/11.3.2013 NR.201303-112/11.3.2013"),
    Seen("dv_rabobank_sepa.txt", 0, 2, "173.50", "NL02INGB0002447973", "Hr R Kuil en/of Mw A Kuil-Germain",
         "861835-574631143"),
    Seen("dv_rabobank_sepa.txt", 0, 3, "171.66", "0444656227", "D VAN WAARD CJ",
         "IBS.00008908/ 1001680-P796142 KINDEROPVANG"),
    Seen("dv_rabobank_sepa.txt", 1, 7, "384.75", "NL54INGB0006752576", "Hr A B Huibers en/of Mw S L Huibers-Huveneers",
         "1000122-P5549161"),
    Seen("zl_rabobank_mt940_structured_dutch_tax.txt", 0, 0, "-2000.00", "NL86INGB0002445588", "Belastingdienst", "",
         "123456789", "1234567899874563"),
    Seen("zl_rabobank_fix_rabo_twice_remi.txt", 0, 0, "1000.00", "NL55RABO044444444", "STG. KLANTGELDEN SEPAY",
         "AFREK. BETAALAUTOMAAT MaestroREFNR. H6MJV5DAT. 20170601 AANT. 11", "201700101-2222222"),
    Seen("zl_two_accounts.txt", 3, 0, "250.00", "0156750961", "ZILVERLINE B.V. /FREEMLE", "Saldo aanvullen"),
    Seen("dv_rabobank.txt", 2, 0, "-44.95", "0733959555", "T-MOBILE NETHERLANDS BV",
         "BETALINGSKENM. 123456789 FACTUURNUMMER 987654321", reference="123456789"),
    Seen(f"{ABN}abn_structured_sepa_overboeking.txt", 0, 0, "10.50", "NL57INGB0001212121", "CAFE MON AMI", "897789005"),
    Seen(f"{ABN}abn_sepa_overboeking.txt", 0, 0, "10.50", "NL56CHAS0101010101", "AA GHGHGH NETHERLANDS B.V.",
         "1412DEC 2015 CONSULTING", "7541410"),
    Seen(f"{ABN}abnamro_structured.txt", 1, 0, "4.00", "NL70ABNA0888888888", "NS GROEP INZAKE NSR IDEA",
         "4851430136 0030000735822580 NS E-TICKET(S)", "26-01-2014 18:14 0030000735822580"),
    Seen(f"{ABN}abnamro_structured.txt", 1, 2, "-1000.00", "NL86INGB0002445588", "BELASTINGDIENST", "", "",
         "1234567890098876"),
    Seen("fl_abn_sample.sta", 1, 0, "-1027.91", "644512113", "G.B. ROTTERDAM",
         "AANSLAGBILJETNUMMER 30076145 BETALINGSKENMERK 0000 0000 3007 6145 MOZARTLN 136 WOZ2009",
         reference="0000000030076145"),
    Seen("fl_asn_sample.sta", 0, 0, "-2000.00", "NL54INGB6694836131", "j test", "Salaris december 2019"),
    Seen("fl_asn_sample.sta", 6, 0, "-61.80", "NL52ABNA0091393994", "MULTI TANK CARD BV",
         "Relatienummer 1755481/Factuurnr.7903792-07-01-2020/B.t.w. bedrag 10.73/Inzake geleverde diensten",
         "1755481/5570"),
    Seen("oca11_test-sns.940", 0, 0, "-713.13", "NL49RABO0166416932", "gerrits glas en schilderwerk",
         "Factuur 17227/248/20"),
    Seen("jj_sns.txt", 0, 1, "-5.00", "0987654321", "marechal s", "dit is test 2"),
    Seen("zl_triodos_iban_2.txt", 0, 0, "4383.23", "NL21RABO0999999999", "G-AAAAA N.V.", "201801001", "7293-201801001"),
    Seen("zl_triodos_iban_2.txt", 0, 1, "3456.29", "NL21RABO0999999999", "G-AAAAA N.V.", "Factuurnummer 201801-001"),
    Seen("zl_triodos_iban.txt", 0, 0, "1000.00", "NL12RABO0888888888", "",
         "METSELAARBAASIK PAARDENA POSTBUS 969 8888BB UTRETRECHNEDERLAND STORTING AANDELENKAPITAAL ZAAK NR 40000"),
    Seen("zl_knab_knab.txt", 0, 1, "10.00", "NL76INGB0444444444", "STICHTING DERDEN JAAP JANSSEN",
         "DIT IS EEN OMSCHRIJVING DIE BEST WEL LANG IS", bank_reference="AB1211111111111"),
    Seen("zl_knab_knab_sepa_overboeking.txt", 0, 0, "10.00", "NL61RABO0242424242", "ABABABABA AAAA SSSSSS",
         "201604-00 5", "3111211AA002222", bank_reference="A123123123123122"),
    Seen("fl_bunq_sample.sta", 0, 3, "75.00", "NL64ABNA7625264468", "ABCD TESTMAN", "Proficiat"),
    Seen("hhb_MT940-BNG.txt", 0, 8, "1000.00", "NL09INGB0000156610", "",
         "Belastingdienst Amsterdam NL REFO: BEL1234678 correctiebedrag maand augustus"),
    Seen("zl_van_lanschot_to_private_account_86.txt", 0, 0, "-153.14", "0111111110", "", "A.B.C NAME declaratie 2014"),
]  # fmt: skip


def entry(seen: Seen) -> BankTransaction:
    found = read_mt940((FOLDER / seen.file).read_bytes(), name=seen.file)
    return found.statements[seen.statement].transactions[seen.entry]


@pytest.mark.parametrize("seen", SEEN, ids=lambda seen: f"{seen.file}-{seen.statement}-{seen.entry}")
def test_the_other_side_is_read_as_a_person_reads_it(seen: Seen) -> None:
    line = entry(seen)
    read = Seen(
        seen.file,
        seen.statement,
        seen.entry,
        str(line.amount),
        line.counterparty_iban,
        line.counterparty_name,
        line.text,
        line.end_to_end_id,
        line.reference,
        line.bank_reference,
    )
    assert read == seen


def test_a_return_is_marked() -> None:
    assert entry(Seen("hhb_MT940-ING.txt", 0, 2, "1.57")).is_reversal
    assert not entry(Seen("hhb_MT940-ING.txt", 0, 0, "1.56")).is_reversal


def test_a_credit_taken_back_is_money_paid() -> None:
    """RC of SWIFT, with the funds code R behind it; the mt-940 library books it as received."""
    line = entry(Seen("wp_betterplace_sepa_mt9401.sta", 0, 5, ""))
    assert (line.amount, line.is_reversal) == (Decimal("-204.88"), True)
