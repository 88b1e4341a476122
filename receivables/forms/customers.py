"""The form with which a person corrects a customer."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from stdnum.eu import vat
from stdnum.exceptions import ValidationError as NumberError

from receivables.domain.parameters import PAYMENT_TERMS
from receivables.models import Customer
from receivables.models.customers import Insolvency, LegalForm
from tenants.models import Tenant
from tenants.templatetags.voldaan import eur_kort

UNKNOWN_COUNTS = "Zonder rechtsvorm telt dit als ja; dat is de veilige kant."
BY_FORM = [("unknown", "Volgt uit de rechtsvorm"), ("true", "Ja"), ("false", "Nee")]
ABOUT_A_SIGNAL = ("insolvency_on", "insolvency_until", "insolvency_note")
REPRESENTATIVE = ("representative_street", "representative_postcode", "representative_city", "representative_email")
LONGEST_TERM_DAYS = 365
_SIZE = PAYMENT_TERMS.large_company
LARGE = (
    f"Twee van deze drie: balans boven {eur_kort(_SIZE.balance_over)}, omzet boven {eur_kort(_SIZE.turnover_over)}, "
    f"{_SIZE.employees_from} mensen of meer. De bedragen zijn later verhoogd; dat is niet nagelezen."
)


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class CustomerForm(forms.ModelForm):  # type: ignore[type-arg] # takes none at run time
    """Everything a letter, the law or the ladder needs to know."""

    class Meta:
        model = Customer
        localized_fields = ("contract_interest_percent",)
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
            "contract_interest_percent",
            "contract_interest_compounds",
            "insolvency",
            "insolvency_on",
            "insolvency_until",
            "insolvency_note",
            "representative_name",
            "representative_street",
            "representative_postcode",
            "representative_city",
            "representative_email",
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
            "contract_interest_percent": "Afgesproken rente per jaar, in procenten",
            "contract_interest_compounds": "Rente op rente is afgesproken",
            "insolvency_on": "Sinds",
            "insolvency_until": "Tot en met",
            "insolvency_note": "Zaaknummer of toelichting",
            "representative_name": "Curator, bewindvoerder of mentor",
            "representative_street": "Straat en huisnummer",
            "representative_postcode": "Postcode",
            "representative_city": "Plaats",
            "representative_email": "E-mailadres",
        }
        help_texts = {
            "number": "",
            "is_informal": "Je en jij in brieven en mails.",
            "payment_term_days": "Alleen als de termijn echt is afgesproken, in een contract of in uw voorwaarden.",
            "legal_form": "Bepaalt wat de wet toestaat: de brief, de rente en de incassokosten.",
            "is_consumer": f"Iemand die niet voor zijn beroep of bedrijf kocht. {UNKNOWN_COUNTS}",
            "is_natural_person": f"Ook eenmanszaken en vennoten van een vof. {UNKNOWN_COUNTS}",
            "is_government": "Gemeente, provincie, ministerie, waterschap of een andere publieke instelling.",
            "is_large": LARGE,
            "contract_interest_percent": "Leeg: de wettelijke rente. Bij een consument telt alleen een hogere afgesproken rente.",
            "contract_interest_compounds": "Alleen als dat op papier staat.",
            "insolvency": "Met een stopsignaal gaat er niets meer uit naar deze klant.",
            "insolvency_on": "De dag van de uitspraak of de melding.",
            "insolvency_until": "De laatste dag van de pauze. Leeg: tot u het signaal weghaalt.",
            "insolvency_note": "Bijvoorbeeld het insolventienummer.",
            "representative_name": "Is die er, dan gaan brieven daarheen.",
        }
        widgets = {
            "insolvency_on": DayInput(),
            "insolvency_until": DayInput(),
            "is_consumer": forms.NullBooleanSelect(),
            "is_natural_person": forms.NullBooleanSelect(),
            "contract_interest_percent": forms.TextInput(attrs={"inputmode": "decimal", "class": "num"}),
        }

    def __init__(self, tenant: Tenant, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        segments = self.fields["segment"]
        segments.queryset = tenant.segments.order_by("name")  # type: ignore[attr-defined] # a choice of rows has one
        segments.empty_label = "Geen segment"  # type: ignore[attr-defined] # idem
        for name in ("is_consumer", "is_natural_person"):
            self.fields[name].widget.choices = BY_FORM
        self.fields["contract_interest_percent"].validators += [MinValueValidator(0), MaxValueValidator(100)]
        self.fields["payment_term_days"].validators.append(MaxValueValidator(LONGEST_TERM_DAYS))

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
        self._check_signal(cleaned)
        if cleaned.get("contract_interest_compounds") and cleaned.get("contract_interest_percent") is None:
            self.add_error("contract_interest_percent", "Vul de afgesproken rente in.")
        if cleaned.get("is_consumer") and cleaned.get("is_government"):
            self.add_error("is_government", "Een consument is geen overheid.")
        if cleaned.get("is_consumer") and cleaned.get("is_natural_person") is False:
            self.add_error("is_natural_person", "Een consument is altijd een natuurlijk persoon.")
        return cleaned

    def _check_signal(self, cleaned: dict[str, Any]) -> None:
        since, until = cleaned.get("insolvency_on"), cleaned.get("insolvency_until")
        if cleaned.get("insolvency") == Insolvency.NONE and any(cleaned.get(name) for name in ABOUT_A_SIGNAL):
            self.add_error("insolvency", "Kies welk stopsignaal er is, of maak datum en toelichting leeg.")
        elif cleaned.get("insolvency") != Insolvency.NONE and since is None and "insolvency_on" not in self.errors:
            self.add_error("insolvency_on", "Vul in sinds wanneer.")
        if since and until and until < since:
            self.add_error("insolvency_until", "Deze dag ligt voor het begin.")
        has_way = cleaned.get("representative_email") or (
            cleaned.get("representative_street") and cleaned.get("representative_city")
        )
        if cleaned.get("representative_name") and not has_way:
            self.add_error("representative_name", "Vul het adres of het e-mailadres in; brieven gaan daarheen.")
        if not cleaned.get("representative_name") and any(cleaned.get(name) for name in REPRESENTATIVE):
            self.add_error("representative_name", "Vul de naam in.")

    def _post_clean(self) -> None:
        """The instance stays as it is: the action writes the changes and logs the old values."""


class LegalFormForm(forms.Form):
    """One click: the legal form that was proposed, or another one."""

    legal_form = forms.ChoiceField(choices=[choice for choice in LegalForm.choices if choice[0] != LegalForm.UNKNOWN])
