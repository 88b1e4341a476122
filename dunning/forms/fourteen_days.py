"""What somebody knows of how a fourteen-day letter arrived."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from dunning.forms.holds import DayInput
from dunning.models import FourteenDayLetter
from tenants.templatetags.voldaan import datum


class ReceiptForm(forms.Form):
    """Another day of receipt than the rule of the channel says."""

    received_on = forms.DateField(
        label="Ontvangen op",
        widget=DayInput,
        help_text="De dag waarop de brief de klant bereikte, bijvoorbeeld volgens het ontvangstbewijs.",
    )

    def __init__(self, letter: FourteenDayLetter, posted: Any = None, *, on: date) -> None:
        super().__init__(posted, initial={"received_on": letter.received_on})
        self.letter = letter
        self.on = on

    def clean_received_on(self) -> date:
        day: date = self.cleaned_data["received_on"]
        if day > self.on:
            raise forms.ValidationError("Deze dag moet nog komen.")
        if day < self.letter.sent_on:
            raise forms.ValidationError(f"De brief is pas op {datum(self.letter.sent_on)} verstuurd.")
        return day


class NotReceivedForm(forms.Form):
    """Why it counts as not received."""

    why = forms.CharField(
        label="Waaruit blijkt dat?",
        max_length=200,
        help_text="Bijvoorbeeld: de envelop kwam terug, of het adres was van een vorige bewoner.",
    )
