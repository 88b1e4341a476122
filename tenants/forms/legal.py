"""The legal settings of a tenant, in plain Dutch."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from tenants.actions.legal import LEGAL
from tenants.models import Tenant

LABELS = {
    "is_large": "Wij zijn een grote onderneming",
    "can_deduct_vat": "Wij kunnen btw verrekenen",
    "interest_day_count": "Dagen in een rentejaar",
    "claim_nature": "Wat u verkoopt",
    "vat_period": "Btw-aangifte",
    "complaints_email": "E-mailadres voor klachten",
    "privacy_email": "E-mailadres voor privacyvragen",
}
HELP = {
    "is_large": "",
    "can_deduct_vat": "Uit: de veertiendagenbrief zegt dat u btw niet kunt verrekenen en dat de kosten daarom met btw worden "
    "verhoogd. Dat mag alleen als u ook echt een dienst met btw inkoopt voor het innen. Zonder die zin is er geen btw.",
    "interest_day_count": "",
    "claim_nature": "Weet u het niet, dan rekent Voldaan met de kortste termijn.",
    "vat_period": "Bepaalt in welke aangifte u btw op oninbare facturen terugvraagt.",
    "complaints_email": "Staat in brieven. Leeg: het adres van uw kantoor, of anders uw gewone e-mailadres.",
    "privacy_email": "Voor wie zijn gegevens wil zien, verbeteren of laten wissen. Leeg: uw gewone e-mailadres.",
}


class LegalForm(forms.ModelForm):  # type: ignore[type-arg] # takes none at run time
    """Nothing here is a legal figure of our own: an empty field means that the law's own rule holds."""

    business_interest_percent = forms.DecimalField(
        label="Afgesproken rente met bedrijven",
        required=False,
        max_digits=5,
        decimal_places=2,
        localize=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
        help_text="Procent per jaar. Leeg: de wettelijke handelsrente.",
    )
    business_interest_compounds = forms.BooleanField(
        label="Rente op rente is afgesproken", required=False, help_text="Alleen bij een afgesproken rente."
    )
    term_margin_days = forms.IntegerField(
        label="Extra dagen na de veertien",
        min_value=0,
        max_value=30,
        help_text="Voor trage post en de verwerking bij de bank. Pas daarna zijn kosten verschuldigd.",
    )
    contact_cap = forms.IntegerField(
        label="Hoogste aantal berichten",
        required=False,
        min_value=1,
        max_value=99,
        help_text="Brieven, mails en telefoontjes aan één klant. Leeg: geen grens.",
    )
    contact_cap_days = forms.IntegerField(label="In zoveel dagen", min_value=1, max_value=365)
    complaints_url = forms.URLField(label="Pagina met de klachtenregeling", required=False, assume_scheme="https")
    privacy_url = forms.URLField(label="Pagina met de privacyverklaring", required=False, assume_scheme="https")
    file_retention_years = forms.IntegerField(
        label="Dossier bewaren na sluiting",
        min_value=2,
        max_value=20,
        help_text="In jaren, ten minste twee (art. 5.1 Bki).",
    )

    class Meta:
        model = Tenant
        fields = LEGAL
        labels = LABELS
        help_texts = HELP

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        agreed = cleaned.get("business_interest_percent")
        if (
            cleaned.get("business_interest_compounds")
            and agreed is None
            and "business_interest_percent" not in self.errors
        ):
            self.add_error("business_interest_compounds", "Vul eerst de afgesproken rente in.")
        return cleaned
