"""The ladder as a form: one row per step, turned into the plain policy that the domain judges."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory

from dunning.domain.policy import Anchor, Channel, ClaimMode, Policy, Step, StepKind
from dunning.models.policies import ClaimMode as ClaimModes
from receivables.domain.money import Money

BY_BOTH, BY_MAIL, BY_POST = "email_print", "email", "print"
CHANNELS = {
    BY_BOTH: (Channel.EMAIL, Channel.PRINT),
    BY_MAIL: (Channel.EMAIL,),
    BY_POST: (Channel.PRINT,),
}
CHANNEL_LABELS = [(BY_BOTH, "Mail met brief, anders post"), (BY_MAIL, "Alleen mail"), (BY_POST, "Alleen post")]
KIND_LABELS = [
    (StepKind.PRE_DUE_NOTICE.value, "Vooraankondiging"),
    (StepKind.REMINDER.value, "Herinnering"),
    (StepKind.DEMAND.value, "Aanmaning"),
    (StepKind.CALL.value, "Belactie"),
    (StepKind.NOTICE_OF_DEFAULT.value, "Ingebrekestelling"),
    (StepKind.HANDOVER.value, "Overdracht"),
]
KEYS = {kind: label.lower() for kind, label in KIND_LABELS}
ANCHOR_LABELS = [
    (Anchor.DUE_DATE.value, "vanaf de vervaldatum"),
    (Anchor.PREVIOUS_STEP.value, "vanaf de vorige stap"),
]


class PolicyForm(forms.Form):
    """What holds for the whole ladder."""

    name = forms.CharField(label="Naam", max_length=80)
    min_amount = forms.DecimalField(
        label="Minimumbedrag",
        min_value=0,
        max_digits=10,
        decimal_places=2,
        localize=True,
        help_text="Onder dit bedrag per brief wordt niet gemaand.",
    )
    min_gap_days = forms.IntegerField(
        label="Rust tussen twee berichten", min_value=0, max_value=60, help_text="In dagen, per klant."
    )
    interest = forms.ChoiceField(
        label="Rente",
        choices=ClaimModes.choices,
        help_text="Wettelijke rente vanaf het verzuim (art. 6:119 en 6:119a BW). U mag erom vragen; het hoeft niet.",
    )
    costs = forms.ChoiceField(
        label="Incassokosten",
        choices=ClaimModes.choices,
        help_text="Consumenten krijgen eerst een veertiendagenbrief. Zonder die brief worden er geen kosten gevraagd.",
    )


class StepForm(forms.Form):
    """One rung. The key keeps a step itself over versions, also when its days change."""

    key = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    kind = forms.ChoiceField(label="Soort", choices=[("", "Kies een stap"), *KIND_LABELS], required=False)
    days = forms.IntegerField(
        label="Dagen", min_value=1, max_value=365, required=False, widget=forms.NumberInput(attrs={"class": "num"})
    )
    anchor = forms.ChoiceField(label="Telt", choices=ANCHOR_LABELS, required=False)
    term_days = forms.IntegerField(
        label="Termijn", min_value=1, max_value=90, required=False, widget=forms.NumberInput(attrs={"class": "num"})
    )
    channel = forms.ChoiceField(label="Kanaal", choices=CHANNEL_LABELS, required=False)
    needs_approval = forms.BooleanField(label="Altijd door een mens", required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("kind") and not cleaned.get("days") and "days" not in self.errors:
            self.add_error("days", "Vul een aantal dagen in.")
        letters = {StepKind.REMINDER, StepKind.DEMAND, StepKind.NOTICE_OF_DEFAULT}
        if cleaned.get("kind") in letters and not cleaned.get("term_days") and "term_days" not in self.errors:
            self.add_error("term_days", "Vul een termijn in.")
        return cleaned


class NumberedSteps(BaseFormSet):  # type: ignore[type-arg] # not subscriptable at run time
    """Steps in the order of their numbers; every control says what it is and of which row, for those who hear the page."""

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        row = (index or 0) + 1
        if index is not None and index < self.initial_form_count():
            form.fields["ORDER"].initial = row
        form.fields["ORDER"].label, form.fields["DELETE"].label = "Volgnummer", "Weglaten"
        form.fields["ORDER"].widget.attrs["class"] = "num"
        for field in form.fields.values():
            field.widget.attrs["aria-label"] = f"{field.label}, regel {row}"


StepFormSet = formset_factory(StepForm, formset=NumberedSteps, extra=2, can_delete=True, can_order=True, max_num=15)


def initial_steps(policy: Policy) -> list[dict[str, Any]]:
    """The rows of a published ladder."""
    return [
        {
            "key": step.key,
            "kind": step.kind.value,
            "days": abs(step.days),
            "anchor": step.anchor.value,
            "term_days": step.term_days or None,
            "channel": _channel_of(step.channels),
            "needs_approval": step.needs_approval,
        }
        for step in policy.steps
    ]


def draft_of(policy_key: str, form: PolicyForm, rows: Iterable[StepForm]) -> Policy:
    """The plain ladder that the form describes, in the order the person gave."""
    known: set[str] = set()
    steps = []
    for row in sorted(_filled(rows), key=lambda row: row.cleaned_data.get("ORDER") or 99):
        step = _step(row.cleaned_data, known)
        known.add(step.key)
        steps.append(step)
    return Policy(
        key=policy_key,
        version=0,
        steps=tuple(steps),
        min_amount=Money.of(form.cleaned_data["min_amount"]),
        min_gap_days=form.cleaned_data["min_gap_days"],
        interest=ClaimMode(form.cleaned_data["interest"]),
        costs=ClaimMode(form.cleaned_data["costs"]),
    )


def _filled(rows: Iterable[StepForm]) -> list[StepForm]:
    return [row for row in rows if row.cleaned_data.get("kind") and not row.cleaned_data.get("DELETE")]


def _step(cleaned: dict[str, Any], known: set[str]) -> Step:
    kind = StepKind(cleaned["kind"])
    is_before = kind is StepKind.PRE_DUE_NOTICE
    by_person = kind in (StepKind.CALL, StepKind.HANDOVER)
    return Step(
        key=cleaned.get("key") or _free_key(KEYS[kind.value], known),
        kind=kind,
        anchor=Anchor.DUE_DATE if is_before else Anchor(cleaned.get("anchor") or Anchor.PREVIOUS_STEP),
        days=-cleaned["days"] if is_before else cleaned["days"],
        term_days=0 if by_person or is_before else cleaned.get("term_days") or 0,
        channels=() if by_person else CHANNELS[cleaned.get("channel") or BY_BOTH],
        needs_approval=by_person or bool(cleaned.get("needs_approval")),
    )


def _free_key(base: str, known: set[str]) -> str:
    names = [base, *(f"{place}-{base}" for place in ("tweede", "derde", "vierde", "vijfde"))]
    return next((name for name in names if name not in known), f"{base}-{len(known)}")


def _channel_of(channels: tuple[Channel, ...]) -> str:
    return next((key for key, value in CHANNELS.items() if value == channels), BY_BOTH)
