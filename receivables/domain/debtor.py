"""The switches that decide almost everything: is the debtor a consumer, and a natural person (6:96 lid 5, 6:119, Wki)."""

from __future__ import annotations

from dataclasses import dataclass

from receivables.domain.legal_forms import LegalForm, Proposal, propose_legal_form

__all__ = ["Debtor", "LegalForm", "Proposal", "debtor_of", "propose_legal_form"]


_CONSUMERS = frozenset({LegalForm.UNKNOWN, LegalForm.PRIVATE})
_NATURAL_PERSONS = _CONSUMERS | {LegalForm.SOLE_TRADER, LegalForm.PARTNERSHIP}  # the Wki protects them too


@dataclass(frozen=True, slots=True)
class Debtor:
    """Who owes, as far as the law makes a difference. What is unknown counts as consumer and natural person."""

    is_consumer: bool = True
    is_natural_person: bool = True
    is_government: bool = False
    is_large: bool = False


def debtor_of(
    legal_form: LegalForm | str,
    *,
    is_consumer: bool | None,
    is_natural_person: bool | None,
    is_government: bool = False,
    is_large: bool = False,
) -> Debtor:
    """Derive the switches from the legal form. A flag somebody set wins; a consumer is always a natural person."""
    form = LegalForm(legal_form)
    government = is_government or form is LegalForm.GOVERNMENT
    may_be_private = not government and not is_large
    natural = _first_known(is_natural_person, is_consumer or None, may_be_private and form in _NATURAL_PERSONS)
    consumer = _first_known(is_consumer, natural and may_be_private and form in _CONSUMERS)
    return Debtor(consumer, natural, is_government=government, is_large=is_large)


def _first_known(*answers: bool | None) -> bool:
    return next(answer for answer in answers if answer is not None)
