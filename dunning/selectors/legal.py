"""What the law knows of a customer, in words for its page: the switches, where each comes from, and what follows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from receivables.debtors import debtor_of_customer
from receivables.domain.debtor import Debtor
from receivables.domain.parameters import PAYMENT_TERMS
from receivables.models import Customer
from receivables.models.customers import LegalForm
from receivables.selectors.invoice_terms import count_open_terms
from receivables.selectors.legal_forms import Proposed, proposal_for
from receivables.stop_signals import Meaning, meaning_of, pause_is_over
from tenants.models import Tenant

UNKNOWN = "onbekend, telt als ja"
BY_FORM = "volgt uit de rechtsvorm"
BY_HAND = "zelf ingesteld"
EFFECT_CONSUMER = "Incassokosten pas na een veertiendagenbrief, tegen het wettelijke tarief. Rente: de wettelijke rente, vanaf verzuim."
EFFECT_GOVERNMENT = (
    "Wettelijke handelsrente en een vast bedrag aan kosten zonder aanmaning. "
    f"De overheid betaalt binnen {PAYMENT_TERMS.government_days} dagen."
)
EFFECT_BUSINESS = "Wettelijke handelsrente en een vast bedrag aan kosten zonder aanmaning; hogere kosten volgen het wettelijke tarief."
EFFECT_SOLE = " Brieven vallen wel onder de Wki, want deze klant is privé aansprakelijk."


@dataclass(frozen=True, slots=True)
class LegalPanel:
    """`proposed` only while the legal form is unknown; `may_be_agreed` counts due dates that equal the agreed term."""

    debtor: Debtor
    consumer_why: str
    natural_why: str
    effect: str
    proposed: Proposed | None
    meaning: Meaning | None
    pause_is_over: bool
    open_count: int
    may_be_agreed: int


def legal_panel(tenant: Tenant, customer: Customer, *, on: date) -> LegalPanel:
    """Everything on the panel, in one query."""
    debtor = debtor_of_customer(customer)
    is_unknown = customer.legal_form == LegalForm.UNKNOWN
    open_count, may_be_agreed = count_open_terms(tenant, customer)
    return LegalPanel(
        debtor=debtor,
        consumer_why=_where_from(customer.is_consumer, is_unknown=is_unknown, answer=debtor.is_consumer),
        natural_why=_where_from(customer.is_natural_person, is_unknown=is_unknown, answer=debtor.is_natural_person),
        effect=_effect(debtor),
        proposed=proposal_for(customer) if is_unknown else None,
        meaning=meaning_of(customer),
        pause_is_over=pause_is_over(customer, on=on),
        open_count=open_count,
        may_be_agreed=may_be_agreed,
    )


def _where_from(flag: bool | None, *, is_unknown: bool, answer: bool) -> str:
    if flag is not None:
        return BY_HAND
    return UNKNOWN if is_unknown and answer else BY_FORM


def _effect(debtor: Debtor) -> str:
    if debtor.is_consumer:
        return EFFECT_CONSUMER
    effect = EFFECT_GOVERNMENT if debtor.is_government else EFFECT_BUSINESS
    return effect + EFFECT_SOLE if debtor.is_natural_person else effect
