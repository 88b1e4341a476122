"""Customers whose legal form nobody knows, with what their name suggests. Nothing here changes the law: a person accepts."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from receivables.debtors import debtor_of_customer
from receivables.domain.debtor import Debtor
from receivables.domain.debtor import LegalForm as Form
from receivables.domain.legal_forms import Proposal, propose_legal_form
from receivables.models import Customer
from receivables.models.customers import LegalForm
from receivables.selectors.customers import BY_NAME
from receivables.selectors.paging import Page, take
from tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class Proposed:
    """A legal form as it is shown: `form` is empty when the name does not tell."""

    form: str
    label: str
    why: str


@dataclass(frozen=True, slots=True)
class ProposalRow:
    customer: Customer
    proposed: Proposed
    debtor: Debtor


def proposal_for(customer: Customer) -> Proposed:
    """The legal form that name and numbers suggest."""
    return _shown(propose_legal_form(customer.name, kvk_number=customer.kvk_number, vat_number=customer.vat_number))


def without_legal_form(tenant: Tenant) -> QuerySet[Customer]:
    return tenant.customers.filter(legal_form=LegalForm.UNKNOWN)


def proposals(tenant: Tenant, *, token: str = "") -> Page[ProposalRow]:
    """One page of them by name, each with its proposal."""
    page = take(without_legal_form(tenant), BY_NAME, token=token)
    rows = [ProposalRow(customer, proposal_for(customer), debtor_of_customer(customer)) for customer in page.rows]
    return Page(rows, page.next_token, page.is_first)


def _shown(proposal: Proposal) -> Proposed:
    if proposal.form is Form.UNKNOWN:
        return Proposed("", "", proposal.why)
    return Proposed(proposal.form.value, LegalForm(proposal.form.value).label, proposal.why)
