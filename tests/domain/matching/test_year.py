"""The short form of the bench: a year of receipts with known truth. The whole: `python -m tests.bench matching`."""

from __future__ import annotations

import pytest

from config.demo import remittances
from config.demo.remittances import KINDS, creditors
from receivables.domain.matching import proposing
from tests.domain.matching.year import Measured, measure

SEED, LINES = 11, 5_000
PRECISION, AUTOMATIC = 0.999, 0.85


@pytest.fixture(scope="module")
def measured() -> Measured:
    return measure(SEED, LINES)


def test_what_books_itself_is_right(measured: Measured) -> None:
    assert measured.precision >= PRECISION, measured.wrong


def test_most_receipts_book_themselves(measured: Measured) -> None:
    assert measured.automatic >= AUTOMATIC


def test_a_person_finds_the_answer_among_the_proposals(measured: Measured) -> None:
    """Of the receipts that are a customer's; the rest has nothing to find."""
    ours = [kind for kind in KINDS if kind not in {"stranger", "other creditor"}]
    found = sum(measured.found[kind] for kind in ours) / sum(measured.lines[kind] for kind in ours)
    assert found >= 0.98


def test_a_higher_score_is_right_more_often(measured: Measured) -> None:
    shares = [right / count for _, count, right in measured.bands() if count >= 40]
    assert shares == sorted(shares, reverse=True)


def test_what_is_no_customers_money_is_left_alone(measured: Measured) -> None:
    assert (measured.booked["stranger"], measured.booked["part"], measured.booked["rounded"]) == (0, 0, 0)


def test_without_the_rule_for_second_answers_mistakes_are_booked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control, on payments without a number: where two invoices are equal, the first would be taken."""
    monkeypatch.setattr(remittances, "KINDS", {"own account": 100.0})
    with_rule = measure(SEED, 2_000)

    monkeypatch.setattr(proposing, "doubted", lambda found: found)
    without = measure(SEED, 2_000)

    assert with_rule.precision >= PRECISION
    assert without.precision < PRECISION


def test_a_lower_threshold_books_mistakes() -> None:
    """Negative control: the measure sees mistakes when there are any."""
    assert measure(SEED, 2_000, threshold=60).precision < 0.99


def test_the_generator_writes_the_promised_mix() -> None:
    lines = [line for creditor in creditors(SEED, 10_000) for line in creditor.remittances]
    assert sum(KINDS.values()) == pytest.approx(100)
    for kind, share in KINDS.items():
        assert sum(line.kind == kind for line in lines) / len(lines) * 100 == pytest.approx(share, abs=1.2)


def test_the_truth_adds_up_and_never_pays_more_than_is_open() -> None:
    for creditor in creditors(SEED, 2_000):
        left = {item.id: item.open_cents for item in creditor.items}
        for line in creditor.remittances:
            assert sum(part.cents for part in line.parts) + line.left_over_cents == line.receipt.cents
            for part in (*line.parts, *line.waived):
                left[part.item_id] -= part.cents
        signs = {item.id: item.open_cents > 0 for item in creditor.items}
        assert all(cents >= 0 if signs[key] else cents <= 0 for key, cents in left.items())


def test_the_same_seed_writes_the_same_receipts() -> None:
    one, other = list(creditors(SEED, 500)), list(creditors(SEED, 500))
    assert one == other
    assert one != list(creditors(SEED + 1, 500))
