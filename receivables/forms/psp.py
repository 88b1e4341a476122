"""The key of a Mollie account."""

from __future__ import annotations

from django import forms


class PspKeyForm(forms.Form):
    """Typed once, kept sealed, never shown again."""

    key = forms.CharField(
        label="API-sleutel van Mollie",
        max_length=120,
        strip=True,
        help_text="In het Mollie-dashboard bij Ontwikkelaars, API-sleutels. Begint met live_ of, om te proberen, test_.",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
