"""What a letter asks besides the principal, and what it only names: interest, collection costs, and the costs to come.

The one function behind run, letter, mail, pay page and dossier: it reads the ledger, asks the domain, and keeps how every amount
came about. Rules: art. 6:96 (costs), 6:119 and 6:119a BW (interest), ECLI:NL:HR:2016:2704 (fourteen-day letter).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from dunning.domain.legal_content import CostBasis, LegalContent, claims_interest, cost_basis
from dunning.domain.policy import ClaimMode
from dunning.facts import civil_day
from dunning.models.notices import NoticeState
from receivables.actions.claims import entries_of
from receivables.costs import CostRule, CostShare, LetterCosts, letter_costs, share_costs
from receivables.debtors import debtor_of_customer, interest_ends_on
from receivables.domain import default
from receivables.domain.debtor import Debtor
from receivables.domain.default import Due, DueDateBasis
from receivables.domain.interest import DayCount
from receivables.domain.money import Money
from receivables.domain.parameters import SMALL_INSTALMENTS
from receivables.interest import Accrual, Basis, Tables, accrue, claimed
from receivables.law_tables import rate_tables
from receivables.models import Customer, Invoice, LedgerEntry
from receivables.models.ledger import Component
from tenants.models import Tenant

NOTHING: Final = Money.zero()
REACHED: Final = (NoticeState.ACCEPTED, NoticeState.DELIVERED)
_RULES: Final = {CostBasis.FIXED_SUM: CostRule.FIXED_SUM, CostBasis.TARIFF: CostRule.TARIFF}


@dataclass(frozen=True, slots=True)
class Asked:
    """What one letter asks: per invoice what comes on top of the ledger, and what the letter names without asking it."""

    interest: dict[UUID, Accrual] = field(default_factory=dict)  # asked, and booked when the letter left
    costs: dict[UUID, CostShare] = field(default_factory=dict)
    stated_interest: dict[UUID, Accrual] = field(default_factory=dict)  # named, and not asked
    announced: LetterCosts | None = None  # of a fourteen-day letter: due when its term runs out
    stated_costs: LetterCosts | None = None

    def interest_of(self, invoice_id: UUID) -> Money:
        """The interest that this letter adds to what the invoice asks already."""
        accrual = self.interest.get(invoice_id)
        return accrual.amount if accrual else NOTHING

    def costs_of(self, invoice_id: UUID) -> Money:
        """The costs and the VAT on them that this letter adds."""
        share = self.costs.get(invoice_id)
        return share.costs + share.vat if share else NOTHING

    def details_of(self, invoice_id: UUID) -> dict[str, Any]:
        """What the notice's line freezes, to be booked when the letter has left."""
        details: dict[str, Any] = {}
        if accrual := self.interest.get(invoice_id):
            details["interest"] = {"amount": str(accrual.amount), **accrual.as_details()}
        if share := self.costs.get(invoice_id):
            details["costs"] = {
                "costs": str(share.costs),
                "vat": str(share.vat),
                "details": share.details,
                "vat_details": share.vat_details,
            }
        return details

    def as_stated(self, on: date) -> dict[str, Any]:
        """What the notice freezes of what it names without asking it."""
        stated: dict[str, Any] = {"on": on.isoformat()}
        if self.announced:
            stated["announced"] = self.announced.as_json()
        if self.stated_costs:
            stated["costs"] = self.stated_costs.as_json()
        if self.stated_interest:
            stated["interest"] = str(Money.total(accrual.amount for accrual in self.stated_interest.values()))
            stated["interest_unfolded"] = [accrual.unfolded.as_json() for accrual in self.stated_interest.values()]
        return stated


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter to be: to whom, what its ladder claims, what it is in law, and about which invoices."""

    key: UUID
    customer: Customer
    interest: ClaimMode
    costs: ClaimMode
    content: LegalContent
    invoice_ids: tuple[UUID, ...]

    @property
    def says_more(self) -> bool:
        """May it speak of anything but the principal?"""
        return self.content is not LegalContent.FRIENDLY and (self.interest, self.costs) != (ClaimMode.OFF,) * 2


def asked_by(tenant: Tenant, letters: Sequence[Letter], *, on: date) -> dict[UUID, Asked]:
    """What each of these letters asks on a day, in a fixed number of queries. A friendly letter asks the principal alone."""
    formal = [letter for letter in letters if letter.says_more]
    result = {letter.key: Asked() for letter in letters}
    if formal:
        books = Books.load(tenant, [pk for letter in formal for pk in letter.invoice_ids])
        result |= {letter.key: _asked(letter, books, on=on) for letter in formal}
    return result


def _asked(letter: Letter, books: Books, *, on: date) -> Asked:
    debtor = debtor_of_customer(letter.customer)
    accruals = {}
    if letter.interest is not ClaimMode.OFF and claims_interest(letter.content, debtor):
        accruals = books.accruals(letter.customer, letter.invoice_ids, on=on)
    is_claimed = letter.interest is ClaimMode.CLAIM
    if not is_claimed and letter.content is LegalContent.FOURTEEN_DAY:
        accruals = {}  # one clear amount: a second one beside it puts the letter at risk
    if not is_claimed:  # interest up to today is named only where today's rate is known
        accruals = {pk: accrual for pk, accrual in accruals.items() if accrual.through == on or accrual.basis.ends_on}
    costs = _costs(letter, debtor, books, on=on)
    announced = None
    if letter.content is LegalContent.FOURTEEN_DAY:
        announced = books.costs(letter.invoice_ids, CostBasis.TARIFF, on=on)
    shares: dict[UUID, CostShare] = {}
    if costs is not None and letter.costs is ClaimMode.CLAIM and costs.total:
        by_letter = costs.rule is not CostRule.FIXED_SUM  # the 40 euro were due without any letter
        shares = share_costs(
            costs,
            books.principals(letter.invoice_ids),
            batch=str(letter.key),
            due_from=on if by_letter else None,
            less_booked=by_letter,
        )
    return Asked(
        interest=accruals if is_claimed else {},
        costs=shares,
        stated_interest={} if is_claimed else accruals,
        announced=announced,
        stated_costs=costs if costs is not None and letter.costs is ClaimMode.STATE else None,
    )


def _costs(letter: Letter, debtor: Debtor, books: Books, *, on: date) -> LetterCosts | None:
    """New costs of this letter. What a consumer owes after the fourteen days was booked when they ran out."""
    basis = cost_basis(letter.content, debtor)
    if letter.costs is ClaimMode.OFF or not basis or debtor.is_consumer:
        return None
    return books.costs(letter.invoice_ids, basis, on=on, less_booked=True)


@dataclass(frozen=True, slots=True)
class Books:
    """The ledger, the terms and the interest-free periods of some invoices."""

    tenant: Tenant
    invoices: Mapping[UUID, Invoice]
    entries: Mapping[UUID, Sequence[LedgerEntry]]
    notice_terms: Mapping[UUID, Sequence[date]]
    pauses: Mapping[UUID, Sequence[tuple[date, date]]]
    tables: Tables

    @classmethod
    def load(cls, tenant: Tenant, invoice_ids: Collection[UUID]) -> Books:
        ids = list(dict.fromkeys(invoice_ids))
        invoices = tenant.invoices.filter(pk__in=ids).in_bulk()
        return cls(
            tenant=tenant,
            invoices=invoices,
            entries=entries_of(tenant, ids),
            notice_terms=_notice_terms(tenant, ids),
            pauses=_pauses(tenant, invoices.values()),
            tables=rate_tables(),
        )

    def principals(self, invoice_ids: Iterable[UUID]) -> dict[UUID, Money]:
        return {pk: max(self._sum(pk, Component.PRINCIPAL), NOTHING) for pk in invoice_ids}

    def costs(
        self, invoice_ids: Collection[UUID], basis: CostBasis, *, on: date, less_booked: bool = False
    ) -> LetterCosts:
        """The costs of one letter over these invoices; `less_booked` takes off what they bear already."""
        principals = self.principals(invoice_ids)
        rule = _RULES[basis]
        if rule is CostRule.TARIFF and all(self._is_small_instalment(pk) for pk in invoice_ids):
            rule = CostRule.SMALL_INSTALMENTS
        already = Money.total(claimed(self.entries[pk], Component.COSTS) for pk in invoice_ids if less_booked)
        with_vat = not self.tenant.can_deduct_vat
        return letter_costs(principals.values(), rule=rule, with_vat=with_vat, on=on, already=already)

    def accruals(self, customer: Customer, invoice_ids: Iterable[UUID], *, on: date) -> dict[UUID, Accrual]:
        """The interest that ran since it was last asked for; invoices on which none runs are left out."""
        found = {}
        for pk in invoice_ids:
            basis = self.basis(customer, self.invoices[pk])
            if basis is not None and on > basis.free_until:
                accrual = accrue(self.entries[pk], basis, through=on, tables=self.tables)
                if accrual.amount:
                    found[pk] = accrual
        return found

    def basis(self, customer: Customer, invoice: Invoice) -> Basis | None:
        """From when, and at which rate, interest runs on this invoice; None while it does not."""
        debtor, due, terms = debtor_of_customer(customer), _due(invoice), self.notice_terms.get(invoice.pk, ())
        free_until = default.interest_free_until(due, debtor, notice_terms=terms)
        if free_until is None:
            return None
        why = default.why_interest(due, debtor, notice_terms=terms)
        percent, compounds = _agreed(self.tenant, customer, debtor)
        kind = default.rate_kind(debtor)
        may_only_be_higher = debtor.is_consumer or debtor.is_government  # 6:119 lid 3, 6:119b lid 8 BW
        if percent is not None and may_only_be_higher and percent <= self.tables[kind].on(free_until):
            percent = None
        return Basis(
            free_until=free_until,
            kind=None if percent is not None else kind,
            percent=percent,
            compounds=compounds if percent is not None else True,
            day_count=DayCount(self.tenant.interest_day_count),
            ends_on=interest_ends_on(customer),
            pauses=tuple(self.pauses.get(invoice.pk, ())),
            why=why.text,
            article=why.article,
        )

    def default_from(self, customer: Customer, invoice_id: UUID) -> date | None:
        """The first day of default on this invoice; None while nothing put the debtor in default."""
        terms = self.notice_terms.get(invoice_id, ())
        return default.in_default_from(
            _due(self.invoices[invoice_id]), debtor_of_customer(customer), notice_terms=terms
        )

    def _sum(self, invoice_id: UUID, component: Component) -> Money:
        return Money.total(Money.of(row.amount) for row in self.entries[invoice_id] if row.component == component)

    def _is_small_instalment(self, invoice_id: UUID) -> bool:
        invoice = self.invoices[invoice_id]
        return invoice.is_instalment and Money.of(invoice.total_amount) < SMALL_INSTALMENTS.threshold


def _due(invoice: Invoice) -> Due:
    return Due(invoice.due_on, invoice.received_on or invoice.issued_on, DueDateBasis(invoice.due_date_basis))


def interest_until(tenant: Tenant, invoice: Invoice, *, on: date) -> Accrual | None:
    """What interest ran on one invoice and was not asked yet; None while none runs."""
    return Books.load(tenant, [invoice.pk]).accruals(invoice.customer, [invoice.pk], on=on).get(invoice.pk)


def _agreed(tenant: Tenant, customer: Customer, debtor: Debtor) -> tuple[Decimal | None, bool]:
    """The agreed rate: the customer's own contract first, then for companies the tenant's terms (6:119 lid 3, 6:119a lid 8)."""
    if customer.contract_interest_percent is not None:
        return customer.contract_interest_percent, customer.contract_interest_compounds
    if not debtor.is_consumer and tenant.business_interest_percent is not None:
        return tenant.business_interest_percent, tenant.business_interest_compounds
    return None, True


def _notice_terms(tenant: Tenant, invoice_ids: list[UUID]) -> dict[UUID, list[date]]:
    """The last days of the reasonable terms that accepted letters gave (6:82 lid 1 BW)."""
    lines = tenant.notice_lines.filter(
        invoice__in=invoice_ids,
        cancelled_at__isnull=True,
        notice__legal_content=LegalContent.DEFAULT_NOTICE,
        notice__state__in=REACHED,
        notice__pay_before_on__isnull=False,
    )
    found: dict[UUID, list[date]] = defaultdict(list)
    for invoice_id, day in lines.values_list("invoice_id", "notice__pay_before_on"):
        if day:
            found[invoice_id].append(day)
    return found


def _pauses(tenant: Tenant, invoices: Iterable[Invoice]) -> dict[UUID, list[tuple[date, date]]]:
    """Days of holds that say so bear no interest (6:119 lid 6 and 7 BW)."""
    listed = list(invoices)
    of_customer: dict[UUID | None, list[tuple[date, date]]] = defaultdict(list)
    of_invoice: dict[UUID, list[tuple[date, date]]] = defaultdict(list)
    rows = tenant.holds.filter(pauses_interest=True)
    for row in rows.filter(customer__in={invoice.customer_id for invoice in listed}) | rows.filter(customer=None):
        ends = [day for day in (row.until_on, civil_day(row.ended_at) if row.ended_at else None) if day]
        period = (civil_day(row.placed_at), min(ends, default=date.max))
        if row.invoice_id:
            of_invoice[row.invoice_id].append(period)
        else:
            of_customer[row.customer_id].append(period)
    return {
        invoice.pk: [*of_invoice[invoice.pk], *of_customer[invoice.customer_id], *of_customer[None]]
        for invoice in listed
    }
