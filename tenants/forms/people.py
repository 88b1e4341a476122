"""Who is invited, with which role; and what an invited person fills in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password

from tenants.actions.people import Post
from tenants.models import Office, Role, Tenant, User
from tenants.models.people import OFFICE_ROLES, TENANT_ROLES

MEANING = {
    Role.OFFICE_ADMIN: "Kantoorbeheerder: alles, ook mensen en instellingen",
    Role.OFFICE_STAFF: "Kantoormedewerker: werkt als boekhouder voor klanten van het kantoor",
    Role.TENANT_OWNER: "Ondernemer: kijkt mee, keurt overdrachten goed en beheert mensen",
    Role.BOOKKEEPER: "Boekhouder: importeert, keurt runs goed, boekt en belt",
    Role.VIEWER: "Meekijker: ziet alles, wijzigt niets",
}


class PostForm(forms.Form):
    """A role at this office or tenant."""

    def __init__(self, place: Office | Tenant, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = OFFICE_ROLES if isinstance(place, Office) else TENANT_ROLES
        choices = [(role.value, MEANING[role]) for role in roles]
        self.fields["role"] = forms.ChoiceField(label="Rol", choices=choices, widget=forms.RadioSelect)
        if isinstance(place, Office):
            self.fields["named_tenants"] = forms.ModelMultipleChoiceField(
                label="Alleen deze administraties",
                queryset=place.tenants.order_by("name"),
                required=False,
                help_text="Alleen voor een medewerker. Niets gekozen: alle administraties, ook nieuwe.",
                widget=forms.CheckboxSelectMultiple,
            )

    def post(self) -> Post:
        named = self.cleaned_data.get("named_tenants") or ()
        return Post(Role(self.cleaned_data["role"]), tuple(named))


class InviteForm(PostForm):
    """An address and a role."""

    email = forms.EmailField(label="E-mailadres", max_length=254)


class AcceptForm(forms.Form):
    """Name and password of somebody new."""

    name = forms.CharField(label="Uw naam", max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password = forms.CharField(
        label="Wachtwoord",
        strip=False,
        help_text="Minstens 8 tekens. Een zin van een paar woorden is goed te onthouden en moeilijk te raden.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, email: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, User(email=self.email, name=self.data.get("name", "")))
        return password
