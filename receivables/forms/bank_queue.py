"""The forms of the queue: another customer, a split, no receipt, undo, money that went back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms

from receivables.actions.bank_booking import Share
from receivables.domain.money import Money
from receivables.forms.payments import MoneyField
from receivables.models import BankLine, Customer, Invoice
from receivables.selectors.bank_customers import payable
from tenants.models import Tenant

NO_RECEIPT = (
    ("Rente of kosten van de bank", "Rente of kosten van de bank"),
    ("Belastingteruggaaf", "Belastingteruggaaf"),
    ("Overboeking tussen eigen rekeningen", "Overboeking tussen eigen rekeningen"),
    ("Van een leverancier terug", "Van een leverancier terug"),
    ("Voor een andere administratie", "Voor een andere administratie"),
    ("", "Anders, namelijk:"),
)
FEWEST_ROWS, MOST_ROWS = 3, 30


class CustomerForm(forms.Form):
    """For this customer, and for which of its invoices; none ticked means the order of the law."""

    customer = forms.ModelChoiceField(Customer.across_tenants.none(), widget=forms.HiddenInput)
    invoices = forms.ModelMultipleChoiceField(Invoice.across_tenants.none(), required=False)

    def __init__(self, tenant: Tenant, posted: Any) -> None:
        super().__init__(posted)
        customers, invoices = self.fields["customer"], self.fields["invoices"]
        assert isinstance(customers, forms.ModelChoiceField)  # noqa: S101 # declared above
        assert isinstance(invoices, forms.ModelMultipleChoiceField)  # noqa: S101 # declared above
        customers.queryset = tenant.customers.all()
        invoices.queryset = tenant.invoices.exclude(open_amount=0)

    def clean(self) -> dict[str, Any]:
        customer = self.cleaned_data.get("customer")
        for invoice in self.cleaned_data.get("invoices", ()):
            if customer is not None and invoice.customer_id != customer.pk:
                raise forms.ValidationError("Deze facturen zijn niet van deze klant.")
        return self.cleaned_data

    def share(self, line: BankLine) -> Share:
        chosen = tuple(invoice.pk for invoice in self.cleaned_data["invoices"])
        return Share(self.cleaned_data["customer"].pk, Money.of(line.amount), chosen)


class SplitRowForm(forms.Form):
    """One part: an invoice by its number, or a customer by its number or name, and how much."""

    whom = forms.CharField(label="Factuurnummer, klantnummer of naam", max_length=200, required=False)
    amount = MoneyField(label="Bedrag", max_length=20, required=False)

    def __init__(self, *args: Any, tenant: Tenant, **named: Any) -> None:
        super().__init__(*args, **named)
        self.tenant = tenant
        self.found: tuple[Customer, Invoice | None] | None = None
        self.fields["whom"].widget.attrs |= {"list": "facturen", "autocomplete": "off"}
        self.fields["amount"].widget.attrs |= {"inputmode": "decimal", "class": "num", "autocomplete": "off"}

    def clean(self) -> dict[str, Any]:
        words, amount = self.cleaned_data.get("whom", "").strip(), self.cleaned_data.get("amount")
        if words and not amount and "amount" not in self.errors:
            self.add_error("amount", "Hoeveel van de ontvangst is hiervoor?")
        if amount and not words:
            self.add_error("whom", "Voor welke factuur of klant?")
        if words:
            self.found = self._find(words)
        return self.cleaned_data

    def _find(self, words: str) -> tuple[Customer, Invoice | None] | None:
        number = "".join(words.split()).upper()
        invoice = self.tenant.invoices.filter(number_key=number).select_related("customer").first()
        if invoice is not None:
            return invoice.customer, invoice
        customers = list(self.tenant.customers.filter(number=words)[:2])
        customers = customers or list(self.tenant.customers.filter(name__iexact=words)[:2])
        customers = customers or list(self.tenant.customers.filter(name__icontains=words)[:2])
        if len(customers) == 1:
            return customers[0], None
        why = "Er zijn meer klanten die zo heten: gebruik het nummer." if customers else "Niet gevonden."
        self.add_error("whom", why)
        return None


@dataclass(slots=True)
class Split:
    """All rows of a split, and whether they add up to the receipt."""

    rows: list[SplitRowForm]
    total: Money
    problem: str = ""

    @classmethod
    def of(cls, tenant: Tenant, line: BankLine, posted: Any, *, rows: int = FEWEST_ROWS) -> Split:
        count = max(FEWEST_ROWS, min(rows, MOST_ROWS))
        forms_ = [SplitRowForm(posted, prefix=f"deel{place}", tenant=tenant) for place in range(count)]
        return cls(forms_, Money.of(line.amount))

    @classmethod
    def beginning_with(cls, tenant: Tenant, line: BankLine, parts: Iterable[tuple[str, str]]) -> Split:
        """A split that begins as the best proposal has it."""
        given = list(parts)[: MOST_ROWS - 1]
        count = max(FEWEST_ROWS, len(given) + 1)
        given += [("", "")] * (count - len(given))
        rows = [
            SplitRowForm(prefix=f"deel{place}", tenant=tenant, initial={"whom": whom, "amount": amount})
            for place, (whom, amount) in enumerate(given)
        ]
        return cls(rows, Money.of(line.amount))

    @property
    def filled(self) -> list[SplitRowForm]:
        return [row for row in self.rows if row.is_bound and row.is_valid() and row.found]

    @property
    def remaining(self) -> Money:
        return self.total - Money.total(row.cleaned_data["amount"] for row in self.filled)

    def is_valid(self) -> bool:
        wrong = [row for row in self.rows if not row.is_valid()]
        if wrong:
            return False
        if not self.filled:
            self.problem = "Vul minstens één regel in."
        elif self.remaining:
            self.problem = f"De delen moeten samen precies {self.total} zijn; er scheelt {self.remaining}."
        return not self.problem

    def shares(self) -> list[Share]:
        return [_share(row) for row in self.filled]


def _share(row: SplitRowForm) -> Share:
    assert row.found is not None  # noqa: S101 # only filled rows
    customer, invoice = row.found
    chosen: tuple[UUID, ...] = (invoice.pk,) if invoice else ()
    return Share(customer.pk, row.cleaned_data["amount"], chosen)


class SetAsideForm(forms.Form):
    """Why this is no receipt of a customer: one of the usual reasons, or words of one's own."""

    reason = forms.ChoiceField(label="Wat is het dan?", choices=NO_RECEIPT, required=False)
    other = forms.CharField(label="Anders, namelijk", max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        why = self.cleaned_data.get("other", "").strip() or self.cleaned_data.get("reason", "")
        if not why:
            self.add_error("other", "Schrijf op wat het is.")
        return self.cleaned_data | {"why": why}


class WhyForm(forms.Form):
    """Why something is taken back."""

    why = forms.CharField(label="Waarom?", max_length=200)


class ReturnForm(forms.Form):
    """Which payment went back, and why."""

    payment = forms.UUIDField(widget=forms.HiddenInput)
    why = forms.CharField(label="Waarom?", max_length=200, required=False)


def choices_of(tenant: Tenant, customers: Iterable[Customer]) -> list[Invoice]:
    """What a browser may offer while somebody types the number of an invoice."""
    return [invoice for customer in customers for invoice in payable(tenant, customer)][:100]
