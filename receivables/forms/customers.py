"""The form with which a person corrects a customer."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from stdnum.eu import vat
from stdnum.exceptions import ValidationError as NumberError

from receivables.models import Customer
from receivables.models.customers import Insolvency
from tenants.models import Tenant

UNKNOWN_COUNTS = "Onbekend telt als ja; dat is de veilige kant."
YES_NO = [("unknown", "Onbekend"), ("true", "Ja"), ("false", "Nee")]


class CustomerForm(forms.ModelForm):  # type: ignore[type-arg] # takes none at run time
    """Everything a letter, the law or the ladder needs to know."""

    class Meta:
        model = Customer
        fields = [
            "name",
            "number",
            "email",
            "phone",
            "street",
            "postcode",
            "city",
            "language",
            "is_informal",
            "segment",
            "payment_term_days",
            "legal_form",
            "kvk_number",
            "vat_number",
            "is_consumer",
            "is_natural_person",
            "is_government",
            "is_large",
            "insolvency",
            "insolvency_on",
            "insolvency_note",
        ]
        labels = {
            "name": "Naam",
            "number": "Debiteurnummer",
            "email": "E-mailadres voor herinneringen",
            "phone": "Telefoon",
            "street": "Straat en huisnummer",
            "postcode": "Postcode",
            "city": "Plaats",
            "language": "Taal van brieven",
            "is_informal": "Tutoyeren",
            "segment": "Segment",
            "payment_term_days": "Afgesproken betaaltermijn in dagen",
            "legal_form": "Rechtsvorm",
            "kvk_number": "KvK-nummer",
            "vat_number": "Btw-nummer",
            "is_consumer": "Consument?",
            "is_natural_person": "Privé aansprakelijk persoon?",
            "is_government": "Overheid",
            "is_large": "Grote onderneming",
            "insolvency": "Stopsignaal",
            "insolvency_on": "Sinds",
            "insolvency_note": "Zaaknummer, curator of bewindvoerder",
        }
        help_texts = {
            "number": "",
            "is_informal": "Je en jij in brieven en mails.",
            "is_consumer": f"Iemand die niet voor zijn beroep of bedrijf kocht. {UNKNOWN_COUNTS}",
            "is_natural_person": f"Ook eenmanszaken en vennoten. {UNKNOWN_COUNTS}",
            "insolvency": "Met een stopsignaal gaat er niets meer uit naar deze klant.",
            "insolvency_note": "",
        }
        widgets = {
            "insolvency_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "is_consumer": forms.NullBooleanSelect(),
            "is_natural_person": forms.NullBooleanSelect(),
        }

    def __init__(self, tenant: Tenant, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        segments = self.fields["segment"]
        segments.queryset = tenant.segments.order_by("name")  # type: ignore[attr-defined] # a choice of rows has one
        segments.empty_label = "Geen segment"  # type: ignore[attr-defined] # idem
        for name in ("is_consumer", "is_natural_person"):
            self.fields[name].widget.choices = YES_NO

    def clean_kvk_number(self) -> str:
        text = re.sub(r"[\s.]", "", self.cleaned_data["kvk_number"])
        if text and not re.fullmatch(r"[0-9]{8}", text):
            raise forms.ValidationError("Een KvK-nummer heeft acht cijfers.")
        return text

    def clean_vat_number(self) -> str:
        text = re.sub(r"[\s.]", "", self.cleaned_data["vat_number"]).upper()
        try:
            return str(vat.validate(text)) if text else ""
        except NumberError:
            raise forms.ValidationError("Dit is geen geldig btw-nummer, zoals NL123456789B01.") from None

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("insolvency") == Insolvency.NONE and cleaned.get("insolvency_on"):
            self.add_error("insolvency", "Kies welk stopsignaal er is, of haal de datum weg.")
        return cleaned

    def _post_clean(self) -> None:
        """The instance stays as it is: the action writes the changes and logs the old values."""
