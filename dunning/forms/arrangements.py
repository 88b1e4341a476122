"""What a person fills in after a call: a dispute, a promise, a plan; and the answers to what debtors left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.http import QueryDict

from dunning.domain.plans import LEAST_INSTALMENTS, MOST_INSTALMENTS, Every, Instalment
from dunning.forms.holds import DayInput
from dunning.models.arrangements import DisputeOutcome, DisputeReason
from receivables.domain.money import Money
from receivables.forms.payments import MoneyField
from receivables.models import Customer, Invoice
from receivables.models.invoices import InvoiceKind
from tenants.facts import people_who_act
from tenants.models import Tenant, User

EVERY: Final = {
    Every.MONTH: "Elke maand",
    Every.FOUR_WEEKS: "Elke vier weken",
    Every.TWO_WEEKS: "Elke twee weken",
    Every.WEEK: "Elke week",
}
AMOUNT: Final = {"inputmode": "decimal", "class": "num", "autocomplete": "off"}


class InvoicesField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg] # takes none at run time
    """The open invoices of a customer, with what is open on each."""

    def __init__(self) -> None:
        super().__init__(
            Invoice.across_tenants.none(), label="Voor welke facturen?", widget=forms.CheckboxSelectMultiple
        )

    def of(self, customer: Customer) -> None:
        rows = customer.tenant.invoices.filter(customer=customer, open_amount__gt=0, kind=InvoiceKind.INVOICE)
        self.queryset = rows.order_by("due_on", "number")
        self.initial = [invoice.pk for invoice in self.queryset]


class DisputeForm(forms.Form):
    """What the debtor says is wrong, and who answers it by when."""

    invoice = forms.ModelChoiceField(Invoice.across_tenants.none(), label="Factuur", empty_label=None)
    reason = forms.ChoiceField(label="Wat is er aan de hand?", choices=DisputeReason.choices)
    text = forms.CharField(
        label="Wat zegt de klant?", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )
    amount = MoneyField(
        label="Betwist deel",
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs=AMOUNT),
        help_text="Leeg is de hele factuur. De factuur wordt in elk geval niet gemaand zolang dit loopt.",
    )
    owner = forms.ModelChoiceField(
        User.objects.none(), label="Wie zoekt het uit?", required=False, empty_label="Nog niemand"
    )
    resolve_by_on = forms.DateField(label="Antwoord uiterlijk op", required=False, widget=DayInput)

    def __init__(self, customer: Customer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = customer.tenant.invoices.filter(customer=customer, open_amount__gt=0, kind=InvoiceKind.INVOICE)
        _choices(self, "invoice").queryset = rows.order_by("due_on", "number")
        _choices(self, "owner").queryset = _people(customer.tenant)


class ResolveForm(forms.Form):
    """How a dispute ended; the note goes to the debtor."""

    outcome = forms.ChoiceField(label="Uitkomst", choices=DisputeOutcome.choices, widget=forms.RadioSelect)
    note = forms.CharField(
        label="Antwoord aan de klant",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Dit staat zo in de mail aan de klant.",
    )


class DisputeChangeForm(forms.Form):
    """Who answers it, and by when."""

    owner = forms.ModelChoiceField(
        User.objects.none(), label="Wie zoekt het uit?", required=False, empty_label="Nog niemand"
    )
    resolve_by_on = forms.DateField(label="Antwoord uiterlijk op", widget=DayInput)

    def __init__(self, tenant: Tenant, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choices(self, "owner").queryset = _people(tenant)


class PromiseForm(forms.Form):
    """The day a debtor named, and how much."""

    invoices = InvoicesField()
    pay_on = forms.DateField(
        label="Betaalt op", widget=DayInput, help_text="De ladder wacht tot die dag, en nog enkele dagen op de bank."
    )
    amount = MoneyField(
        label="Bedrag",
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs=AMOUNT),
        help_text="Leeg is alles wat op deze facturen openstaat.",
    )
    note = forms.CharField(label="Notitie", required=False, max_length=500)

    def __init__(self, customer: Customer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _invoices(self).of(customer)


class PlanForm(forms.Form):
    """How many instalments from which day; the page then shows them, to be changed one by one."""

    invoices = InvoicesField()
    count = forms.IntegerField(
        label="Aantal termijnen", min_value=LEAST_INSTALMENTS, max_value=MOST_INSTALMENTS, initial=3
    )
    first_on = forms.DateField(label="Eerste termijn op", widget=DayInput)
    every = forms.ChoiceField(label="Hoe vaak?", choices=[(every.value, label) for every, label in EVERY.items()])
    note = forms.CharField(label="Notitie", required=False, max_length=500)

    def __init__(self, customer: Customer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _invoices(self).of(customer)


class ChangePlanForm(forms.Form):
    """The same for what is left of a plan: its invoices are known."""

    count = forms.IntegerField(label="Aantal termijnen", min_value=1, max_value=MOST_INSTALMENTS, initial=3)
    first_on = forms.DateField(label="Eerste termijn op", widget=DayInput)
    every = forms.ChoiceField(label="Hoe vaak?", choices=[(every.value, label) for every, label in EVERY.items()])
    note = forms.CharField(label="Notitie", required=False, max_length=500)


class WhyForm(forms.Form):
    """One line of reason."""

    why = forms.CharField(label="Waarom?", max_length=300)


class HandleForm(forms.Form):
    """What was done about a message, and what is answered."""

    answer = forms.CharField(
        label="Antwoord aan de klant",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Gaat per mail naar de klant. Leeg: er gaat geen mail uit.",
    )
    note = forms.CharField(label="Notitie voor uzelf", required=False, max_length=500)
    lifts_hold = forms.BooleanField(
        label="De blokkade nu opheffen",
        required=False,
        help_text="Anders loopt zij vanzelf af op de dag die erbij staat.",
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("answer") and not cleaned.get("note"):
            self.add_error("note", "Schrijf een antwoord, of noteer wat u deed.")
        return cleaned


class InstalmentRows:
    """The editable rows of a plan: as many as were shown, read back from the post; what is wrong stands in `error`."""

    def __init__(self, rows: Sequence[tuple[str, str]]) -> None:
        self.rows = list(rows)
        self.error = ""

    @classmethod
    def shown(cls, instalments: Sequence[Instalment]) -> InstalmentRows:
        return cls([(one.due_on.isoformat(), f"{one.amount}".replace(".", ",")) for one in instalments])

    @classmethod
    def posted(cls, post: QueryDict) -> InstalmentRows:
        days, amounts = post.getlist("dag")[:MOST_INSTALMENTS], post.getlist("bedrag")[:MOST_INSTALMENTS]
        return cls([(day.strip(), amount.strip()) for day, amount in zip(days, amounts, strict=False)])

    def instalments(self) -> tuple[Instalment, ...]:
        """The rows as instalments; empty ones fall off. Raises ValidationError for what cannot be read."""
        read = []
        for day, amount in self.rows:
            if day or amount:
                read.append((forms.DateField().clean(day), MoneyField(max_length=20).clean(amount) or Money.zero()))
        return tuple(Instalment(number, day, money) for number, (day, money) in enumerate(read, start=1))

    @property
    def total(self) -> Money | None:
        try:
            return Money.total(one.amount for one in self.instalments())
        except forms.ValidationError:
            return None


def _choices(form: forms.Form, name: str) -> Any:
    return form.fields[name]


def _invoices(form: forms.Form) -> InvoicesField:
    field = form.fields["invoices"]
    assert isinstance(field, InvoicesField)  # noqa: S101 # declared in the form
    return field


def _people(tenant: Tenant) -> Any:
    return User.objects.filter(pk__in=[user.pk for user in people_who_act(tenant)]).order_by("name", "pk")
