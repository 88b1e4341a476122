"""Every listed UBL file: the same outcome and the same facts as the official schematrons and a second reader gave."""

from __future__ import annotations

import pytest

from receivables.importing import ubl
from receivables.importing.outcome import RefusedError
from tests.receivables.importing.shared import Case, alike, cases, params

# Facts about the file itself or about rule sets, which are no part of an invoice.
NOT_OF_THE_INVOICE = {
    "encoding", "well_formed", "root_ns", "has_doctype", "is_ubl_invoice_or_creditnote", "payable_currency", "importable_minimum",
    "ubl21_xsd_valid", "xsd_first_error", "rules", "rules_that_apply", "fatal_rules_failed",
}  # fmt: skip


@pytest.mark.parametrize("case", params(cases("ubl")))
def test_outcome_is_as_listed(case: Case) -> None:
    if case.outcome == "refuse":
        with pytest.raises(RefusedError):
            ubl.read(case.content())
        return
    assert ubl.read(case.content()).outcome == case.outcome


@pytest.mark.parametrize("case", params([case for case in cases("ubl") if case.outcome != "refuse"]))
def test_facts_are_as_listed(case: Case) -> None:
    facts = ubl.read(case.content()).facts()
    expected = {name: value for name, value in case.facts.items() if name not in NOT_OF_THE_INVOICE}
    assert alike({name: facts.get(name) for name in expected}) == alike(expected)


@pytest.mark.parametrize("case", params([case for case in cases("ubl") if case.facts.get("fatal_rules_failed")]))
def test_a_warning_names_a_rule_that_failed(case: Case) -> None:
    shown = {problem.code for problem in ubl.read(case.content()).warnings}
    assert shown & set(case.facts["fatal_rules_failed"])
