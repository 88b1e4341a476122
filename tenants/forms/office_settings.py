"""Settings of an office: how it is reached, and its registration under the Wki."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from tenants.actions.office_settings import EDITABLE
from tenants.forms.settings import kvk_of, postcode_of
from tenants.models import Office

MOST_YEARS_AHEAD = 2  # a registration lasts one; further ahead is a slip of the pen


class OfficeForm(forms.ModelForm):  # type: ignore[type-arg] # takes none at run time
    """A register number and its last day belong together."""

    wki_valid_until = forms.DateField(
        label="Geldig tot en met",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="Een registratie geldt één jaar.",
    )
    complaints_url = forms.URLField(label="Pagina met de klachtenregeling", required=False, assume_scheme="https")

    class Meta:
        model = Office
        fields = EDITABLE
        labels = {
            "name": "Naam van het kantoor",
            "street": "Straat en huisnummer",
            "postcode": "Postcode",
            "city": "Plaats",
            "kvk_number": "KvK-nummer",
            "email": "E-mailadres",
            "phone": "Telefoon",
            "wki_number": "Nummer in het Wki-register",
            "complaints_email": "E-mailadres voor klachten",
        }
        help_texts = {
            "wki_number": "",
            "complaints_email": "Staat in brieven van administraties zonder eigen klachtenadres.",
        }

    def __init__(self, on: date, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on = on
        for name in ("street", "postcode", "city", "email", "phone"):
            self.fields[name].required = True

    def clean_kvk_number(self) -> str:
        return kvk_of(self.cleaned_data["kvk_number"])

    def clean_postcode(self) -> str:
        return postcode_of(self.cleaned_data["postcode"])

    def clean_wki_valid_until(self) -> date | None:
        until: date | None = self.cleaned_data["wki_valid_until"]
        if until and until.year > self.on.year + MOST_YEARS_AHEAD:
            raise forms.ValidationError("Dit ligt te ver weg: een registratie geldt één jaar.")
        return until

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        number, until = cleaned.get("wki_number"), cleaned.get("wki_valid_until")
        if number and not until and "wki_valid_until" not in self.errors:
            self.add_error("wki_valid_until", "Vul ook de laatste dag van de registratie in.")
        if until and not number:
            self.add_error("wki_number", "Vul ook het nummer in.")
        return cleaned
