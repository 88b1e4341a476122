"""The keys of a Mollie account, and giving money back."""

from __future__ import annotations

from typing import Any

from django import forms

from receivables.domain.money import Money
from receivables.forms.payments import MoneyField


class PspKeyForm(forms.Form):
    """Typed once, kept sealed, never shown again."""

    key = forms.CharField(
        label="API-sleutel van Mollie",
        max_length=120,
        strip=True,
        help_text="In het Mollie-dashboard bij Ontwikkelaars, API-sleutels. Begint met live_ of, om te proberen, test_.",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )


class PspTokenForm(forms.Form):
    """The organisation's token, with which payouts are read. Left empty it takes the stored one away."""

    token = forms.CharField(
        label="Toegangstoken van de organisatie",
        max_length=120,
        strip=True,
        required=False,
        help_text="In het Mollie-dashboard bij Ontwikkelaars, toegangstokens van de organisatie, met het recht settlements.read. Begint met access_. Leeg opslaan haalt het weg.",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )


class RefundForm(forms.Form):
    """How much goes back and why; ticking says that a person meant it."""

    amount = MoneyField(
        label="Bedrag",
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "num", "autocomplete": "off"}),
    )
    why = forms.CharField(
        label="Waarom?",
        max_length=200,
        help_text="Voor uw eigen logboek; de klant ziet dit niet. Bijvoorbeeld: dubbel betaald.",
    )
    sure = forms.BooleanField(
        label="Ja, betaal dit bedrag terug aan de klant",
        error_messages={"required": "Zet een vinkje als u dit bedrag echt wilt terugbetalen."},
    )

    def __init__(self, posted: Any, *, most: Money, proposed: Money) -> None:
        super().__init__(posted, initial={"amount": str(proposed).replace(".", ",")})
        self.most = most

    def clean_amount(self) -> Money:
        amount: Money = self.cleaned_data["amount"]
        if amount > self.most:
            raise forms.ValidationError(f"Er kan nog € {str(self.most).replace('.', ',')} terug.")
        return amount
