"""Settings of a tenant: sender, account, weekly run, freshness."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from stdnum import iban
from stdnum.exceptions import ValidationError as NumberError
from stdnum.nl import btw, postcode

from tenants.models import Tenant, User

WEEKDAYS = [(0, "Maandag"), (1, "Dinsdag"), (2, "Woensdag"), (3, "Donderdag"), (4, "Vrijdag"), (5, "Zaterdag")]
HOURS = [(hour, f"{hour}:00 uur") for hour in range(7, 20)]
DAYS = [MinValueValidator(1), MaxValueValidator(60)]
ARRANGEMENTS = (
    "promise_most_days",
    "plan_most_instalments",
    "plan_most_amount",
    "plan_least_instalment",
    "arrangement_grace_days",
    "plan_warning_days",
)
SENDER = ("name", "street", "postcode", "city", "kvk_number", "vat_number", "email", "phone", "website", "brand_colour")


class TenantForm(forms.ModelForm):  # type: ignore[type-arg] # takes none at run time
    """The account number asks the password again: whoever changes it moves the money."""

    website = forms.URLField(label="Website", required=False, assume_scheme="https")
    run_weekday = forms.TypedChoiceField(label="Dag", choices=WEEKDAYS, coerce=int)
    run_hour = forms.TypedChoiceField(label="Tijd", choices=HOURS, coerce=int, help_text="Nederlandse tijd.")
    approves_automatically = forms.BooleanField(
        label="Runs gaan vanzelf uit",
        required=False,
        help_text="Uit: iemand bekijkt elke run en keurt hem goed. Onzekere gevallen wachten altijd op een mens.",
    )
    fresh_amber_days = forms.IntegerField(
        label="Na zoveel dagen alleen nog herinneringen",
        validators=DAYS,
        help_text="Dagen sinds de betalingen zijn verwerkt.",
    )
    fresh_red_days = forms.IntegerField(label="Na zoveel dagen gaat er niets meer uit", validators=DAYS)
    password = forms.CharField(
        label="Uw wachtwoord",
        required=False,
        strip=False,
        help_text="Alleen nodig als u het rekeningnummer wijzigt. Alle beheerders krijgen daar bericht van.",
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    class Meta:
        model = Tenant
        fields = [
            *SENDER,
            "iban",
            "iban_name",
            "run_weekday",
            "run_hour",
            "approves_automatically",
            "fresh_amber_days",
            "fresh_red_days",
            "match_threshold",
            *ARRANGEMENTS,
        ]
        labels = {
            "name": "Naam op brieven",
            "street": "Straat en huisnummer",
            "postcode": "Postcode",
            "city": "Plaats",
            "kvk_number": "KvK-nummer",
            "vat_number": "Btw-nummer",
            "email": "E-mailadres voor vragen van klanten",
            "phone": "Telefoon",
            "brand_colour": "Huiskleur",
            "iban": "Rekeningnummer (IBAN)",
            "iban_name": "Tenaamstelling",
            "match_threshold": "Vanaf deze zekerheid boekt een bankregel zichzelf",
            "promise_most_days": "Dagen uitstel die een klant zelf kiest",
            "plan_most_instalments": "Termijnen die vanzelf akkoord zijn",
            "plan_most_amount": "Hoogste bedrag dat vanzelf akkoord is",
            "plan_least_instalment": "Kleinste termijn",
            "arrangement_grace_days": "Dagen dat een betaling onderweg mag zijn",
            "plan_warning_days": "Dagen om een gemiste termijn in te halen",
        }
        help_texts = {
            "iban_name": "",
            "match_threshold": "In procenten, van 80 tot 100. 101 is nooit: dan kiest altijd een mens.",
            "promise_most_days": "0: later betalen kan alleen in overleg.",
            "plan_most_instalments": "Meer vraagt een klant aan. 0: elke regeling gaat langs een mens.",
            "plan_most_amount": "",
            "plan_least_instalment": "",
            "arrangement_grace_days": "Na een toezegging of termijn, voor er iets gebeurt.",
            "plan_warning_days": "Daarna gaat de ladder vanzelf verder.",
        }
        widgets = {"brand_colour": forms.TextInput(attrs={"type": "color"})}

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["brand_colour"].validators.append(
            RegexValidator(r"^#[0-9a-fA-F]{6}\Z", "Geef een kleur als #1f4e5f.")
        )
        for name in ("street", "postcode", "city"):
            self.fields[name].required = True
        for name in ("plan_most_amount", "plan_least_instalment"):
            self.fields[name].validators.append(MinValueValidator(0))
        self.stored_iban = self.instance.iban

    def clean_iban(self) -> str:
        return _number(iban, self.cleaned_data["iban"], "Dit is geen geldig IBAN. Kijk de cijfers na.")

    def clean_vat_number(self) -> str:
        number = _number(btw, self.cleaned_data["vat_number"], "Dit is geen geldig Nederlands btw-nummer.")
        return f"NL{number}" if number else ""

    def clean_kvk_number(self) -> str:
        return kvk_of(self.cleaned_data["kvk_number"])

    def clean_postcode(self) -> str:
        return postcode_of(self.cleaned_data["postcode"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        changed = cleaned.get("iban") is not None and cleaned["iban"] != self.stored_iban
        if changed and not self.user.check_password(cleaned.get("password") or ""):
            self.add_error("password", "Geef uw wachtwoord om het rekeningnummer te wijzigen.")
        amber, red = cleaned.get("fresh_amber_days"), cleaned.get("fresh_red_days")
        if amber and red and red <= amber:
            self.add_error("fresh_red_days", "Dit aantal moet hoger zijn dan het vorige.")
        return cleaned


class LogoForm(forms.Form):
    """A picture; `tenants.logo` decides whether it is one."""

    logo = forms.FileField(
        label="Logo",
        help_text="PNG of JPEG, hoogstens 1 MB.",
        widget=forms.ClearableFileInput(attrs={"accept": "image/png,image/jpeg"}),
    )


def kvk_of(value: str) -> str:
    """A number of the trade register, or the field's error."""
    number = value.replace(" ", "").replace(".", "")
    if number and not (number.isascii() and number.isdigit() and len(number) == 8):
        raise forms.ValidationError("Een KvK-nummer heeft acht cijfers.")
    return number


def postcode_of(value: str) -> str:
    return _number(postcode, value, "Dit is geen geldige postcode, zoals 1234 AB.")


def _number(module: Any, value: str, message: str) -> str:
    """A registered number without spaces, or the field's error."""
    if not value.strip():
        return ""
    try:
        return str(module.validate(value))
    except NumberError:
        raise forms.ValidationError(message) from None
