"""An interest rate as a platform admin types it."""

from __future__ import annotations

from django import forms
from django.core.validators import MaxValueValidator, MinLengthValidator, MinValueValidator

from receivables.domain.rates import RateKind
from receivables.law_tables import KnownRate
from receivables.models.rates import RateKind as Kinds


def _date(label: str, help_text: str) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, help_text=help_text, widget=widget)


class RateForm(forms.Form):
    """The source is asked, because a percentage that nobody can look up is worth nothing."""

    kind = forms.ChoiceField(label="Welke rente", choices=Kinds.choices)
    valid_from = _date("Geldt vanaf", "Bij een ongewijzigd percentage: de eerste dag van het nieuwe halfjaar.")
    percent = forms.DecimalField(
        label="Percentage per jaar",
        max_digits=5,
        decimal_places=2,
        localize=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    confirmed_through = _date(
        "Bevestigd tot en met", "Meestal 30 juni of 31 december. Na deze dag wordt niets geraden."
    )
    source = forms.CharField(
        label="Bron",
        max_length=300,
        validators=[MinLengthValidator(8)],
        help_text="Waar u het zelf hebt gelezen, zoals een nummer van het Staatsblad of de pagina van rijksoverheid.nl.",
    )

    def rate(self) -> KnownRate:
        """What was typed, as a value."""
        cleaned = self.cleaned_data
        return KnownRate(
            RateKind(cleaned["kind"]),
            cleaned["valid_from"],
            cleaned["percent"],
            cleaned["confirmed_through"],
            cleaned["source"].strip(),
        )

    def clean_confirmed_through(self) -> object:
        through, first = self.cleaned_data["confirmed_through"], self.cleaned_data.get("valid_from")
        if first and through < first:
            raise forms.ValidationError("Deze dag ligt voor de eerste dag.")
        return through
