"""Which return a button is about."""

from __future__ import annotations

from django import forms

from receivables.models import VatReclaim
from receivables.selectors.vat_periods import bounds


class PeriodForm(forms.Form):
    """A return by its label, and for a withdrawal perhaps one invoice of it."""

    periode = forms.CharField(max_length=VatReclaim._meta.get_field("return_period").max_length)
    factuur = forms.UUIDField(required=False)

    def clean_periode(self) -> str:
        label: str = self.cleaned_data["periode"]
        try:
            bounds(label)
        except ValueError:
            raise forms.ValidationError("Deze periode bestaat niet.") from None
        return label
