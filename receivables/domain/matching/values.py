"""What matching knows of debtors, open items and a receipt, and what it answers. Amounts are whole cents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum


@dataclass(frozen=True, slots=True)
class Debtor:
    """A customer: how it is called and from which accounts it paid before."""

    id: str
    name: str
    number: str = ""  # debtor number in the books of the creditor
    ibans: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class OpenItem:
    """An open invoice (positive) or credit note (negative)."""

    id: str
    debtor_id: str
    number: str
    open_cents: int  # all that is asked: principal, interest and costs
    principal_cents: int  # of which principal
    issued_on: date
    due_on: date
    references: tuple[str, ...] = ()  # betalingskenmerk, RF: as printed on letter and invoice


@dataclass(frozen=True, slots=True)
class Receipt:
    """Money that came in, as the bank tells it."""

    id: str
    cents: int
    booked_on: date
    text: str = ""
    reference: str = ""
    end_to_end_id: str = ""
    counterparty_iban: str = ""
    counterparty_name: str = ""


class Evidence(Enum):
    """Why a proposal was made; the value is its Dutch sentence, with what it rests on in braces."""

    REFERENCE = "Betalingskenmerk {it} hoort bij factuur {number}"
    NUMBER = "Factuurnummer {number} staat in de omschrijving"
    NUMBER_WRITTEN = "De omschrijving noemt {it}: dat is factuur {number}"
    NUMBER_ENDING = "De omschrijving noemt {it}: zo eindigt alleen factuur {number} van deze klant"
    NUMBER_LIKE = "De omschrijving noemt {it}: dat lijkt op factuur {number}, op één teken na"
    DEBTOR_NUMBER = "Klantnummer {it} staat in de omschrijving"
    IBAN = "Deze klant betaalde eerder van rekening {it}"
    NAME = "De naam van de betaler is die van de klant"
    NAME_LIKE = "De naam van de betaler lijkt op die van de klant"
    NAME_IN_TEXT = "De naam van de klant staat in de omschrijving"
    AMOUNT = "Het bedrag is precies wat openstaat"
    AMOUNT_PRINCIPAL = "Het bedrag is precies de hoofdsom, zonder rente en kosten"
    AMOUNT_ONLY_ONE = "Geen andere klant heeft dit bedrag openstaan"
    SUM = "Het bedrag is precies de som van {it} facturen"
    SUM_LESS_CREDIT = "Het bedrag is {it} min creditnota {number}"
    ALL_OPEN = "Het bedrag is alles wat deze klant openstaan heeft"
    PART = "Het bedrag is een deel van wat openstaat"
    MORE = "Het bedrag is meer dan er openstaat; {it} blijft als tegoed staan"
    # what speaks against it
    OTHER_NAME = "De naam van de betaler is een andere"
    OTHER_IBAN = "De rekening van de betaler hoort bij een andere klant"
    AMBIGUOUS = "Er zijn ook andere verklaringen van dit bedrag"
    NOT_YET_INVOICED = "De factuur is van na deze betaling"
    OTHER_NUMBER = "De omschrijving noemt ook {it}, en dat past hier niet bij"
    NAME_OF_OTHER = "De naam van de betaler is die van een andere klant"
    PAID_ALREADY = "Factuur {number} is al betaald"
    PAYMENT_SERVICE = "De betaler is een betaaldienst"


@dataclass(frozen=True, slots=True)
class Reason:
    evidence: Evidence
    it: str = ""
    number: str = ""

    def __str__(self) -> str:
        return self.evidence.value.format(it=self.it, number=self.number)


@dataclass(frozen=True, slots=True)
class Part:
    """So much of the receipt for this item; negative for a credit note that is set off."""

    item_id: str
    cents: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """One explanation of a receipt. The parts and what is left over always add up to the receipt."""

    debtor_id: str
    parts: tuple[Part, ...]
    left_over_cents: int
    score: int  # 0 to 100: how sure; what books by itself is the tenant's choice
    reasons: tuple[Reason, ...]
