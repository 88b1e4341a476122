"""Giving up a claim, whole or in part: what, how much and why; asked once more before it is booked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import TextChoices

from receivables.domain.money import Money
from receivables.forms.payments import MoneyField
from receivables.models import Invoice
from receivables.models.invoices import InvoiceKind


class GiveUp(TextChoices):
    WRITE_OFF = "write_off", "Afboeken: de rest is oninbaar"
    DISCOUNT = "discount", "Korting geven op de hoofdsom"


class GiveUpForm(forms.Form):
    """`stated` is what was open when the question was put; with it in the post the question was answered."""

    kind = forms.ChoiceField(label="Wat wilt u doen?", choices=GiveUp.choices, widget=forms.RadioSelect)
    amount = MoneyField(
        label="Bedrag van de korting",
        required=False,
        help_text="Alleen bij korting. Afboeken doet alles wat openstaat.",
    )
    why = forms.CharField(label="Waarom?", max_length=300, help_text="Staat bij de boeking en in het logboek.")
    stated = forms.DecimalField(required=False, widget=forms.HiddenInput)

    def __init__(self, invoice: Invoice, posted: Any = None) -> None:
        super().__init__(posted)
        self.invoice = invoice

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("kind") == GiveUp.DISCOUNT and "amount" in cleaned:
            self._look_at_discount(cleaned["amount"])
        if self.invoice.open_amount <= 0:
            self.add_error(None, "Op deze factuur staat niets meer open.")
        elif cleaned.get("stated") is not None and cleaned["stated"] != self.invoice.open_amount:
            self.add_error(None, "Het openstaande bedrag is intussen veranderd. Kijk of het nog klopt.")
        return cleaned

    def _look_at_discount(self, amount: Money | None) -> None:
        most = Money.of(self.invoice.principal_open)
        if amount is None:
            self.add_error("amount", "Vul in hoeveel korting u geeft.")
        elif self.invoice.kind != InvoiceKind.INVOICE or amount > most:
            self.add_error("amount", f"Meer dan de openstaande hoofdsom kan niet: {str(most).replace('.', ',')}.")

    @property
    def given_up(self) -> Money:
        """What is let go of: the discount, or everything that is open."""
        if self.cleaned_data["kind"] == GiveUp.DISCOUNT:
            amount: Money = self.cleaned_data["amount"]
            return amount
        return Money.of(self.invoice.open_amount)

    @property
    def is_answered(self) -> bool:
        return self.is_valid() and self.cleaned_data["stated"] is not None


class WhyForm(forms.Form):
    why = forms.CharField(max_length=300)
