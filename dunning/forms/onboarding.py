"""A new administratie: enough to begin; the settings page has the rest."""

from __future__ import annotations

from django import forms
from stdnum import iban
from stdnum.exceptions import ValidationError as NumberError


class TenantForm(forms.Form):
    """Name and where the money goes."""

    name = forms.CharField(label="Naam van de administratie", max_length=200)
    iban = forms.CharField(
        label="IBAN",
        max_length=42,
        required=False,
        help_text="Waarop klanten betalen. Zonder rekening gaat er niets uit.",
    )
    iban_name = forms.CharField(
        label="Ten name van", max_length=70, required=False, help_text="Leeg: de naam hierboven."
    )
    street = forms.CharField(label="Straat en nummer", max_length=200, required=False)
    postcode = forms.CharField(label="Postcode", max_length=20, required=False)
    city = forms.CharField(label="Plaats", max_length=100, required=False)
    email = forms.EmailField(label="E-mailadres", required=False, help_text="Hier komen antwoorden van klanten.")

    def clean_iban(self) -> str:
        typed: str = self.cleaned_data["iban"]
        if not typed.strip():
            return ""
        try:
            return str(iban.validate(typed))
        except NumberError:
            raise forms.ValidationError(
                "Dit is geen geldig IBAN: kijk het na, bijvoorbeeld NL91 ABNA 0417 1643 00."
            ) from None
