"""What started a new term of limitation outside the ladder, and why a claim past its date may still be asked for."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from dunning.forms.holds import DayInput
from dunning.models.legal import InterruptionKind
from receivables.models import Invoice


class InterruptionForm(forms.Form):
    """A letter by registered post, an acknowledgement, a summons."""

    kind = forms.ChoiceField(label="Wat was het?", choices=InterruptionKind.choices, widget=forms.RadioSelect)
    received_on = forms.DateField(
        label="Ontvangen op", widget=DayInput, help_text="De dag waarop de klant de brief kreeg, of u de erkenning."
    )
    note = forms.CharField(
        label="Bewijs",
        max_length=300,
        help_text="Waar het bewijs te vinden is, bijvoorbeeld het nummer van de zending.",
    )

    def __init__(self, invoice: Invoice, posted: Any = None, *, on: date) -> None:
        super().__init__(posted)
        self.invoice = invoice
        self.on = on

    def clean_received_on(self) -> date:
        day: date = self.cleaned_data["received_on"]
        if day > self.on:
            raise forms.ValidationError("Deze dag moet nog komen.")
        if day < self.invoice.issued_on:
            raise forms.ValidationError("Deze dag ligt voor de factuurdatum.")
        return day


class ReleaseForm(forms.Form):
    """A reason, in somebody's own words."""

    why = forms.CharField(
        label="Waarom mag dit nog gevraagd worden?",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Bijvoorbeeld: de klant erkende de schuld in een gesprek en betaalt nog altijd.",
    )
