"""The form for a payment booked by hand."""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from uuid import uuid4

from django import forms

from receivables.domain.money import Money
from receivables.models import Customer, Invoice

LARGEST = Money.of("99999999.99")
DUTCH = re.compile(r"\d{1,3}(\.\d{3})+(,\d{1,2})?|\d+(,\d{1,2})?", re.ASCII)
PLAIN = re.compile(r"\d+\.\d{1,2}", re.ASCII)


class MoneyField(forms.CharField):
    """An amount as people type it: `1.234,56`, `1234,56`, `€ 12,5` or `1234.56`; always more than nothing."""

    def clean(self, value: Any) -> Money | None:
        text = str(super().clean(value) or "").replace("€", "").replace(" ", "").replace("\u00a0", "")
        if not text:
            return None
        if DUTCH.fullmatch(text):
            text = text.replace(".", "").replace(",", ".")
        elif not PLAIN.fullmatch(text):
            raise forms.ValidationError("Vul een bedrag in zoals 1.234,56.")
        amount = Money.of(text) if len(text) <= 14 else LARGEST + Money.of("0.01")
        if not Money.zero() < amount <= LARGEST:
            raise forms.ValidationError("Het bedrag moet hoger zijn dan nul en lager dan honderd miljoen.")
        return amount


class PaymentForm(forms.Form):
    """A payment that came in another way. `key` makes a form that is sent twice one payment."""

    amount = MoneyField(
        label="Bedrag",
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "num", "autocomplete": "off"}),
    )
    received_on = forms.DateField(
        label="Ontvangen op",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text="De dag waarop het geld op de rekening stond; vanaf die dag telt de betaling.",
    )
    invoices = forms.ModelMultipleChoiceField(
        label="Voor welke facturen?",
        queryset=Invoice.across_tenants.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Wat de klant zelf noemde. Niets gekozen: de wettelijke volgorde, oudste eerst.",
    )
    description = forms.CharField(
        label="Omschrijving", max_length=200, required=False, help_text="Bijvoorbeeld: contant betaald aan de balie."
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, customer: Customer, posted: Any, *, on: date, initial: dict[str, Any]) -> None:
        super().__init__(posted, initial={"received_on": on, "key": uuid4()} | initial)
        self.on = on
        choices = self.fields["invoices"]
        assert isinstance(choices, forms.ModelMultipleChoiceField)  # noqa: S101 # declared above
        open_invoices = customer.tenant.invoices.filter(customer=customer, open_amount__gt=0)
        choices.queryset = open_invoices.order_by("due_on", "number")

    def clean_received_on(self) -> date:
        day: date = self.cleaned_data["received_on"]
        if day > self.on:
            raise forms.ValidationError("Een betaling kan niet in de toekomst ontvangen zijn.")
        if day.year < 2000:
            raise forms.ValidationError("Controleer het jaar.")
        return day
