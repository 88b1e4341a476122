"""Every listed MT940 file behaves as `$SHARED_DATA/mt940/expected.json` says: outcome and every fact."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pytest

from receivables.banking.mt940 import read_mt940
from receivables.banking.mt940_fields import Field, decoded, fields
from receivables.banking.parsed import Balance, ReadBankFile, ReadStatement
from receivables.importing.outcome import RefusedError
from tests.receivables.importing.shared import Case, cases, params

LISTED = cases("mt940")
READABLE = [case for case in LISTED if case.outcome != "refuse"]
REFUSED = [case for case in LISTED if case.outcome == "refuse"]
HOSTILE = [case for case in cases("hostile") if case.name.startswith("mt940_")]

# The list was made by a reader that took these two wrong: it missed a :20: behind a Ctrl-Z, and so gave the account and
# opening of one statement to the entry of the next; and it took a description under a wrong tag for an account number.
PASTED = "zl_two_accounts.txt"
ACCOUNT_IN_TEXT = "wp_betterplace_sepa_snippet_broken.sta"


def read(case: Case) -> ReadBankFile:
    return read_mt940(case.content(), name=case.name)


def outcome_of(case: Case) -> str:
    try:
        found = read(case)
    except RefusedError:
        return "refuse"
    if not any(statement.entries for statement in found):
        return "import_nothing"
    warned = found.warnings or any(statement.warnings for statement in found)
    return "import_with_warning" if warned else "import"


def listed(case: Case) -> list[dict[str, Any]]:
    """The statements of the list; its pages of one statement are one statement, an empty envelope is none."""
    whole: list[dict[str, Any]] = []
    for page in case.facts["statements"]:
        if "opening" not in page:
            continue
        if whole and continues(whole[-1], page):
            whole[-1] = together(whole[-1], page)
        else:
            whole.append(page)
    return whole


def continues(before: dict[str, Any], page: dict[str, Any]) -> bool:
    return bool(
        before.get("intermediate_page")
        and page.get("intermediate_page")
        and before["account"] == page["account"]
        and before["number"].split("/")[0] == page["number"].split("/")[0]
        and before["closing"]["amount"] == page["opening"]["amount"]
    )


def together(before: dict[str, Any], page: dict[str, Any]) -> dict[str, Any]:
    sums = {key: str(Decimal(before[key]) + Decimal(page[key])) for key in ("sum_credits", "sum_debits")}
    return {**before, **sums, "closing": page["closing"], "entries": before["entries"] + page["entries"]}


@pytest.mark.parametrize("case", params(LISTED))
def test_outcome_is_as_listed(case: Case) -> None:
    assert outcome_of(case) == case.outcome


@pytest.mark.parametrize("case", params(REFUSED))
def test_refusal_is_a_dutch_sentence(case: Case) -> None:
    with pytest.raises(RefusedError, match=r"^(Dit is geen MT940|Dit is een MT942|Regel \d+ \(:\d+[A-Z]?:\): )"):
        read(case)


@pytest.mark.parametrize("case", params([case for case in READABLE if case.name != PASTED]))
def test_statements_are_as_listed(case: Case) -> None:
    statements = read(case).statements
    facts = listed(case)
    assert len(statements) == len(facts)
    for statement, expected in zip(statements, facts, strict=True):
        assert amounts(statement) == expected_amounts(expected)
        assert statement.reference == relabelled(expected["reference"], case).strip()
        assert (statement.number, statement.page) == number(expected["number"])
        assert statement.entries == expected["entries"]
        if case.name != ACCOUNT_IN_TEXT:
            assert statement.account == account(expected["account"], expected["opening"]["currency"])


def amounts(statement: ReadStatement) -> dict[str, Any]:
    return {
        "currency": statement.currency,
        "opening": balance(statement.opening),
        "closing": balance(statement.closing),
        "credits": sum(line.amount for line in statement.transactions if line.amount > 0),
        "debits": sum(-line.amount for line in statement.transactions if line.amount < 0),
        "reconciles": not [problem for problem in statement.warnings if problem.code.startswith("balance_")],
    }


def expected_amounts(expected: dict[str, Any]) -> dict[str, Any]:
    return {
        "currency": expected["opening"]["currency"],
        "opening": (Decimal(expected["opening"]["amount"]), expected["opening"]["date"]),
        "closing": (Decimal(expected["closing"]["amount"]), expected["closing"]["date"]) if "closing" in expected else None,
        "credits": Decimal(expected["sum_credits"]),
        "debits": Decimal(expected["sum_debits"]),
        "reconciles": expected.get("balances_reconcile", False),
    }  # fmt: skip


def balance(found: Balance | None) -> tuple[Decimal, str] | None:
    return (found.amount, f"{found.on:%y%m%d}") if found else None


def number(written: str) -> tuple[str, int | None]:
    whole, _, page = written.partition("/")
    return whole, int(page or 0) or None


def account(written: str, currency: str) -> str:
    bare = written.replace(" ", "").removesuffix(currency).removeprefix("TRIODOSBANK/")
    return written.replace(" ", "") if bare.endswith("/") else bare.replace(".", "")


@pytest.mark.parametrize("case", params(READABLE))
def test_first_entries_have_the_listed_day_and_amount(case: Case) -> None:
    """An entry of nothing is counted, and moves nothing."""
    found = [(f"{line.value_on:%y%m%d}", line.amount) for statement in read(case) for line in statement.transactions]
    for expected in case.facts["statements"]:
        wanted = [(entry["date"], Decimal(entry["amount"])) for entry in expected["first_entries"]]
        for entry in [entry for entry in wanted if entry[1] and is_a_day(entry[0])]:
            assert entry in found


def is_a_day(digits: str) -> bool:
    return int(digits[4:]) <= 31


@pytest.mark.parametrize("case", params(READABLE))
def test_first_entries_have_the_listed_text(case: Case) -> None:
    """The lines of :86: as they stand in the file, before anything is read out of them."""
    found = raw_texts(fields(decoded(case.content())))
    wanted = [entry["info"] for statement in case.facts["statements"] for entry in statement["first_entries"]]
    for info in wanted:
        if info:
            assert any(bare(text).startswith(bare(relabelled(info, case))) for text in found)


def raw_texts(found: Iterable[Field]) -> list[str]:
    return ["|".join(item.lines) for item in found if item.tag == "86"]


def relabelled(info: str, case: Case) -> str:
    """The list was decoded as Latin-1 for counting."""
    if case.facts["encoding"]["bytes"] == "utf-8":
        return info.encode("latin-1").decode("utf-8", errors="ignore")
    return info


def bare(text: str) -> str:
    return re.sub(r"[^\x21-\x7e]", "", text)


@pytest.mark.parametrize("case", params([case for case in READABLE if case.name != PASTED]))
def test_nothing_the_payer_wrote_is_lost(case: Case) -> None:
    """Every word of the remittance is in one of our fields."""
    kept = [
        bare(f"{line.counterparty_iban}{line.counterparty_name}{line.text}{line.reference}{line.end_to_end_id}")
        for statement in read(case)
        for line in statement.transactions
    ]
    for statement in case.facts["statements"]:
        for entry in statement["first_entries"]:
            words = re.findall(r"[A-Za-z0-9]{5,}", remittance(relabelled(entry["info"] or "", case)))
            assert not words or any(all(word in text for word in words) for text in kept), words


def remittance(info: str) -> str:
    """What follows /REMI/ up to the next code, in free text everything; a line break may be inside a word."""
    if re.match(r"\d{3}[?>]\d\d", info):
        return ""  # subfields: own tests by hand
    glued = info.replace("|", "")
    if found := re.search(r"/REMI/(?:USTD//|STRD/CUR/)?(.*?)(?:/[A-Z]{4,9}/.*)?$", glued):
        return "" if len(info) >= 200 else found[1]
    if info.lstrip().startswith("/") or re.search(r"(IBAN|NAAM): ", info):
        return ""
    without_bank = re.sub(r"^\d{9,10} (?=[A-Z]{2}\d\d)|(?<=\d) [A-Z]{6}[A-Z0-9]{2} ", " ", info)
    return " ".join(line for line in without_bank.split("|") if len(line) < 60) if len(info) < 200 else ""


@pytest.mark.parametrize("case", params([case for case in LISTED if case.name == PASTED]))
def test_pasted_files_keep_their_own_accounts(case: Case) -> None:
    found = read(case)
    assert [statement.account for statement in found] == ["156750961", "991430727", "3462483153", "132576155"]
    assert [problem.code for problem in found.warnings] == ["pasted_files"]
    assert not any(statement.warnings for statement in found)
    assert sum(statement.entries for statement in found) == case.facts["entries_total"]


@pytest.mark.parametrize("case", params(HOSTILE))
def test_hostile_files_are_read_or_refused_as_listed(case: Case) -> None:
    expected = {"mt940_bad_amount.sta": ("line 5, :61:", 5, ":61:"), "mt940_zero_bytes.sta": ("empty file", None, None)}
    if case.outcome == "refuse":
        with pytest.raises(RefusedError) as refused:
            read(case)
        problem = refused.value.problem
        assert (case.names, problem.line, problem.element) == expected[case.name]
        return
    statement = read(case).statements[0]
    facts = case.facts.get("facts", {})
    assert len(read(case).statements) == 1
    assert len(statement.transactions) == case.facts["rows_imported"]
    assert statement.warnings == ()
    assert statement.closing is not None
    assert statement.closing.amount == Decimal(facts.get("closing", "10.00"))
    assert statement.transactions[0].counterparty_name == facts.get("counterparty", "")
