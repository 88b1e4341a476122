"""What somebody fills in on the page of the Wki."""

from __future__ import annotations

from django import forms

from dunning.actions.wki import LEAST_WORDS, MOST_DAYS


def _date(label: str, help_text: str = "") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, help_text=help_text, widget=widget)


class OverrideForm(forms.Form):
    """Why, and until when."""

    why = forms.CharField(
        label="Waarom dit mag",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=f"Ten minste {LEAST_WORDS} tekens. Bijvoorbeeld: de aanvraag loopt en Justis heeft uitstel gegeven.",
    )
    until_on = _date("Tot en met", f"Hoogstens {MOST_DAYS} dagen vooruit; daarna sluit de poort vanzelf.")


class AgreementForm(forms.Form):
    """The signed agreement, as a PDF."""

    file = forms.FileField(
        label="Ondertekende opdracht",
        help_text="Een pdf van hoogstens 10 MB.",
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf"}),
    )
    signed_by = forms.CharField(label="Getekend door", max_length=200, help_text="Naam en functie.")
    signed_on = _date("Getekend op")
