"""Placing a hold and closing a call, as a person fills them in."""

from __future__ import annotations

from typing import Any

from django import forms

from dunning.models.holds import HoldLevel, HoldReason
from dunning.models.runs import CallOutcome
from receivables.models import Customer, Invoice
from tenants.models import Tenant


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class HoldForm(forms.Form):
    """Where the hold lies follows from what is named: an invoice number, a customer, or neither."""

    customer = forms.CharField(
        label="Klant", required=False, help_text="Naam of debiteurnummer; leeg houdt de hele administratie tegen."
    )
    invoice = forms.CharField(
        label="Factuurnummer", required=False, help_text="Alleen deze factuur; leeg is de hele klant."
    )
    only_formal = forms.BooleanField(label="Alleen formele stappen tegenhouden", required=False)
    reason = forms.ChoiceField(label="Reden", choices=HoldReason.choices)
    until_on = forms.DateField(
        label="Tot en met", required=False, widget=DayInput, help_text="Daarna loopt de ladder vanzelf verder."
    )
    note = forms.CharField(label="Toelichting", required=False, max_length=500)
    pauses_interest = forms.BooleanField(
        label="Geen rente over deze dagen",
        required=False,
        help_text="Als u zelf tekortschiet, of de vertraging de klant niet is aan te rekenen (art. 6:119 lid 6 en 7 BW).",
    )

    def __init__(self, tenant: Tenant, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tenant = tenant

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        cleaned["invoice"] = self._invoice(cleaned.get("invoice", ""))
        cleaned["customer"] = None if cleaned["invoice"] else self._customer(cleaned.get("customer", ""))
        if cleaned.get("only_formal") and cleaned["invoice"] is None and not self.errors:
            self.add_error("invoice", "Noem de factuur waarvan alleen de formele stappen wachten.")
        return cleaned

    @property
    def level(self) -> HoldLevel:
        if self.cleaned_data["invoice"] is not None:
            return HoldLevel.FILE if self.cleaned_data["only_formal"] else HoldLevel.INVOICE
        return HoldLevel.TENANT if self.cleaned_data["customer"] is None else HoldLevel.CUSTOMER

    def _invoice(self, number: str) -> Invoice | None:
        key = "".join(number.split()).upper()
        found = self.tenant.invoices.filter(number_key=key).first() if key else None
        if key and found is None:
            self.add_error("invoice", f"Factuur {number} is niet gevonden.")
        return found

    def _customer(self, name: str) -> Customer | None:
        if not name.strip():
            return None
        rows = self.tenant.customers.filter(number=name.strip()) or self.tenant.customers.filter(
            name__iexact=name.strip()
        )
        found = list(rows[:2]) or list(self.tenant.customers.filter(name__icontains=name.strip())[:2])
        if len(found) == 1:
            return found[0]
        wrong = (
            f"Klant {name} is niet gevonden." if not found else "Meer klanten passen hierbij: noem het debiteurnummer."
        )
        self.add_error("customer", wrong)
        return None


class CallForm(forms.Form):
    """What came of a phone call."""

    outcome = forms.ChoiceField(label="Uitkomst", choices=CallOutcome.choices, widget=forms.RadioSelect)
    promised_on = forms.DateField(
        label="Belooft te betalen op", required=False, widget=DayInput, help_text="Tot die dag wacht de ladder."
    )
    note = forms.CharField(label="Notitie", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
