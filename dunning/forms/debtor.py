"""The forms of the debtor's pages. Their words come in the language of the page; what they ask is little."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError

from dunning.debtor.proof import BadProofError, look_at
from dunning.domain.plans import Every
from dunning.models.arrangements import DisputeReason
from receivables.domain.money import Money
from receivables.forms.payments import MoneyField

OLDEST_YEAR = 2000
COUNTS = range(2, 13)
YEAR = timedelta(days=365)  # a plan that begins later than that is no plan
Words = dict[str, str]


class AmountField(MoneyField):
    """An amount as people type it; what is none is refused in the language of the page."""

    refusal = ""

    def clean(self, value: Any) -> Money | None:
        try:
            return super().clean(value)
        except ValidationError as error:
            if "required" in {getattr(one, "code", "") for one in error.error_list}:
                raise
            raise ValidationError(self.refusal) from error


def _day(**more: Any) -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(widget=widget, input_formats=["%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y"], **more)


def _amount(**more: Any) -> AmountField:
    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    return AmountField(max_length=20, widget=widget, **more)


def _long(**more: Any) -> forms.CharField:
    return forms.CharField(max_length=2000, widget=forms.Textarea(attrs={"rows": 5}), **more)


class DebtorForm(forms.Form):
    """Labels and hints from the texts: `label_<field>` and `hint_<field>`, or what `names` says instead."""

    names: dict[str, str] = {}

    def __init__(self, words: Words, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.words, self.on = words, on
        for name, field in self.fields.items():
            key = self.names.get(name, name)
            field.label = words[f"label_{key}"]
            field.help_text = words.get(f"hint_{key}", "")
            if isinstance(field, AmountField):
                field.refusal = words["bad_amount"]

    def refuse(self, key: str) -> ValidationError:
        return ValidationError(self.words[key])


class AboutInvoices(DebtorForm):
    """A form about one or more of the invoices that are open."""

    invoices = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple)

    def __init__(self, words: Words, *args: Any, choices: Sequence[tuple[str, str]], on: date, **kwargs: Any) -> None:
        super().__init__(words, *args, on=on, **kwargs)
        field = self.fields["invoices"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 # declared above
        field.choices = list(choices)

    @property
    def invoice_ids(self) -> list[UUID]:
        return [UUID(pk) for pk in self.cleaned_data["invoices"]]


class PaidForm(AboutInvoices):
    """I have already paid."""

    paid_on = _day()
    amount = _amount()
    paid_from = forms.CharField(max_length=120, required=False)
    proof = forms.FileField(
        required=False, widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}), allow_empty_file=True
    )
    text = _long(required=False)

    def clean_paid_on(self) -> date:
        day: date = self.cleaned_data["paid_on"]
        if day > self.on or day.year < OLDEST_YEAR:
            raise self.refuse("error_paid_later")
        return day

    def clean_proof(self) -> tuple[bytes, str, str] | None:
        upload = self.cleaned_data["proof"]
        if not upload:
            return None
        try:
            return look_at(upload)
        except BadProofError as error:
            raise self.refuse(str(error)) from error


class QuestionForm(DebtorForm):
    """A question."""

    names = {"text": "question"}
    text = _long()
    from_name = forms.CharField(max_length=120, required=False)
    from_email = forms.EmailField(max_length=254, required=False)


class DisputeForm(AboutInvoices):
    """I do not agree, with one or more invoices or with a part of one."""

    names = {"text": "dispute_text", "amount": "part"}
    reason = forms.ChoiceField(widget=forms.RadioSelect)
    text = _long()
    amount = _amount(required=False)

    def __init__(self, words: Words, *args: Any, **kwargs: Any) -> None:
        super().__init__(words, *args, **kwargs)
        field = self.fields["reason"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 # declared above
        field.choices = [(reason.value, words[f"reason_{reason.value}"]) for reason in DisputeReason]

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if found.get("amount") and len(found.get("invoices", [])) > 1:
            self.add_error("amount", self.refuse("part_of_one"))
        return found


class LaterForm(AboutInvoices):
    """I promise to pay on a day."""

    pay_on = _day()
    note = forms.CharField(max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, words: Words, *args: Any, last_on: date, **kwargs: Any) -> None:
        super().__init__(words, *args, **kwargs)
        self.last_on = last_on
        self.fields["pay_on"].widget.attrs |= {"min": self.on.isoformat(), "max": last_on.isoformat()}

    def clean_pay_on(self) -> date:
        day: date = self.cleaned_data["pay_on"]
        if day < self.on:
            raise self.refuse("error_day_past")
        if day > self.last_on:
            raise self.refuse("error_day_too_late")
        return day


class PlanForm(AboutInvoices):
    """In how many parts, from when, how often; the reason only where a person has to look."""

    names = {"reason": "plan_reason"}
    count = forms.TypedChoiceField(coerce=int, choices=[(count, str(count)) for count in COUNTS])
    first_on = _day()
    every = forms.ChoiceField()
    reason = forms.CharField(max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, words: Words, *args: Any, **kwargs: Any) -> None:
        super().__init__(words, *args, **kwargs)
        field = self.fields["every"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 # declared above
        field.choices = [(every.value, words[f"every_{every.value}"]) for every in reversed(Every)]
        days = {"min": self.on.isoformat(), "max": (self.on + YEAR).isoformat()}
        self.fields["first_on"].widget.attrs |= days

    def clean_first_on(self) -> date:
        day: date = self.cleaned_data["first_on"]
        if day < self.on:
            raise self.refuse("error_day_past")
        if day > self.on + YEAR:
            raise self.refuse("error_day_too_far")
        return day


class WrongPersonForm(DebtorForm):
    """This is not for me; perhaps for somebody I know."""

    names = {"text": "wrong_text"}
    forward_name = forms.CharField(max_length=120, required=False)
    forward_email = forms.EmailField(max_length=254, required=False)
    text = _long(required=False)
    from_name = forms.CharField(max_length=120, required=False)


class GenuineForm(DebtorForm):
    """What a letter or mail says about itself."""

    names = {"amount": "asked"}
    code = forms.CharField(
        max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"})
    )
    amount = _amount(required=False)
    iban = forms.CharField(max_length=42, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"}))
