"""Why a due date binds, as a person fills it in: for one invoice, or for many of one customer."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from receivables.forms.customers import DayInput
from receivables.models import Customer, Invoice
from receivables.models.invoices import DueDateBasis, InvoiceKind

BASES = [
    (DueDateBasis.AGREED, "Overeengekomen: de termijn staat in het contract of in de aanvaarde voorwaarden"),
    (DueDateBasis.STATUTORY, "Wettelijk: er is niets afgesproken, de wettelijke termijn van 30 dagen geldt"),
    (DueDateBasis.INVOICE_ONLY, "Alleen op de factuur: de datum staat er, maar is niet afgesproken"),
]
BASIS_HELP = (
    "Alleen bij een overeengekomen datum is de klant vanzelf in verzuim. Twijfelt u? Kies “alleen op de factuur”."
)
SAME, YES, NO = "same", "yes", "no"


class InvoiceTermsForm(forms.Form):
    """What is known of one invoice."""

    due_date_basis = forms.ChoiceField(
        label="Grond van de vervaldatum", choices=BASES, widget=forms.RadioSelect, help_text=BASIS_HELP
    )
    received_on = forms.DateField(
        label="Ontvangen op",
        required=False,
        widget=DayInput,
        help_text="Alleen als die dag vaststaat. Anders telt de factuurdatum.",
    )
    is_instalment = forms.BooleanField(
        label="Termijn van een doorlopend contract",
        required=False,
        help_text="Abonnement, huur of lidmaatschap. Voor kleine termijnen gelden waarschijnlijk lagere incassokosten.",
    )

    def __init__(self, invoice: Invoice, posted: Any = None, *, on: date) -> None:
        names = ("due_date_basis", "received_on", "is_instalment")
        super().__init__(posted, initial={name: getattr(invoice, name) for name in names})
        self.invoice = invoice
        self.on = on

    def clean_received_on(self) -> date | None:
        day: date | None = self.cleaned_data["received_on"]
        if day and day > self.on:
            raise forms.ValidationError("Deze dag moet nog komen.")
        if day and day < self.invoice.issued_on:
            raise forms.ValidationError("Een factuur kan niet ontvangen zijn voordat zij gemaakt werd.")
        return day


class CustomerTermsForm(forms.Form):
    """The same ground for the invoices that are ticked."""

    invoices = forms.ModelMultipleChoiceField(
        queryset=Invoice.across_tenants.none(),
        error_messages={
            "required": "Kruis ten minste één factuur aan.",
            "invalid_choice": "Deze factuur staat niet meer open.",
        },
    )
    due_date_basis = forms.ChoiceField(
        label="Grond van de vervaldatum",
        choices=BASES,
        widget=forms.RadioSelect,
        help_text=BASIS_HELP,
        initial=DueDateBasis.AGREED,
    )
    instalment = forms.ChoiceField(
        label="Termijn van een doorlopend contract",
        choices=[(SAME, "Laten zoals het is"), (YES, "Ja"), (NO, "Nee")],
        initial=SAME,
        required=False,
    )

    def __init__(self, customer: Customer, posted: Any = None) -> None:
        super().__init__(posted)
        open_invoices = customer.tenant.invoices.filter(customer=customer, kind=InvoiceKind.INVOICE, open_amount__gt=0)
        self.fields["invoices"].queryset = open_invoices  # type: ignore[attr-defined] # a choice of rows has one

    @property
    def is_instalment(self) -> bool | None:
        return {YES: True, NO: False}.get(self.cleaned_data["instalment"])
