"""Forms about bank files: which column is what, the answer to a questioned statement, and an account's name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from receivables.banking.account_numbers import written_plainly
from receivables.banking.tabular_guess import FIELDS
from receivables.forms.importing import UploadForm
from receivables.models import BankAccount

MAIN = ("date", "amount", "name", "iban", "text", "reference")
SPLIT = ("debit", "credit", "sign")


class BankUploadForm(UploadForm):
    """Any number of statements: CAMT.053, MT940, ZIP files of these, or tables."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        accepted = ".xml,.zip,.sta,.swi,.940,.mt940,.txt,.csv,.xlsx,.xls"
        self.fields["upload"].widget.attrs["accept"] = accepted


class BankColumnsForm(forms.Form):
    """One choice per thing a bank table can say; built for the heading of this table."""

    decimal_sign = forms.ChoiceField(
        label="Decimaalteken",
        required=False,
        choices=[("", "Zelf herkennen"), (",", "Komma: 1.234,56"), (".", "Punt: 1,234.56")],
    )
    date_order = forms.ChoiceField(
        label="Datumvolgorde",
        required=False,
        choices=[("dmy", "Dag-maand-jaar"), ("ymd", "Jaar-maand-dag"), ("mdy", "Maand-dag-jaar (Amerikaans)")],
    )
    account_number = forms.CharField(
        label="Uw eigen rekening",
        required=False,
        max_length=40,
        help_text="Alleen als geen kolom de eigen rekening noemt.",
    )
    header_row = forms.IntegerField(
        label="Regel met de kopjes",
        required=False,
        min_value=0,
        max_value=1_000,
        help_text="0 als de tabel geen kopjes heeft.",
    )

    def __init__(self, *args: Any, look: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "— staat er niet in —"), *_columns(look)]
        for field in FIELDS:
            self.fields[field.name] = forms.ChoiceField(label=field.label, required=False, choices=choices)

    @property
    def main(self) -> list[forms.BoundField]:
        return [self[name] for name in MAIN]

    @property
    def split(self) -> list[forms.BoundField]:
        return [self[name] for name in SPLIT]

    @property
    def more(self) -> list[forms.BoundField]:
        return [self[field.name] for field in FIELDS if field.name not in (*MAIN, *SPLIT)]

    @property
    def reading(self) -> list[forms.BoundField]:
        return [self[name] for name in ("account_number", "decimal_sign", "date_order", "header_row")]

    def chosen(self) -> dict[str, Any]:
        """The options of an import, as plain JSON."""
        given = self.cleaned_data
        found: dict[str, Any] = {
            "mapping": {field.name: int(given[field.name]) for field in FIELDS if given[field.name]},
            "date_order": given["date_order"] or "dmy",
        }
        if given["decimal_sign"]:
            found["decimal_sign"] = given["decimal_sign"]
        if given["account_number"]:
            found["account"] = written_plainly(given["account_number"], "")
        if given["header_row"] is not None:
            found["header_row"] = given["header_row"]
        return found


def _columns(look: Mapping[str, Any]) -> list[tuple[str, str]]:
    rows: Sequence[Sequence[str]] = look["rows"]
    named = []
    for index, heading in enumerate(look["headings"]):
        example = next((row[index] for row in rows if index < len(row) and row[index]), "")
        label = heading or f"kolom {index + 1}"
        named.append((str(index), f"{label} (zoals {example[:30]})" if example else label))
    return named


def initial_of(look: Mapping[str, Any]) -> dict[str, Any]:
    """The proposal."""
    found: dict[str, Any] = {name: str(index) for name, index in look["mapping"].items()}
    found["decimal_sign"] = look["decimal_sign"] or ""
    found["date_order"] = look["date_order"]
    found["account_number"] = look["account"]
    found["header_row"] = look["header_row"]
    return found


class AnswerForm(forms.Form):
    """Right as it is, or out; whoever keeps lines out says why."""

    answer = forms.ChoiceField(choices=[("akkoord", "Het klopt"), ("afkeuren", "Afkeuren")])
    note = forms.CharField(required=False, max_length=300)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("answer") == "afkeuren" and not cleaned.get("note", "").strip():
            self.add_error("note", "Schrijf op waarom de regels van dit afschrift niet meetellen.")
        return cleaned


class AccountForm(forms.ModelForm):  # type: ignore[type-arg] # takes none at run time
    class Meta:
        model = BankAccount
        fields = ["name", "is_watched"]
        labels = {"name": "Naam", "is_watched": "Telt mee voor de versheid"}
        help_texts = {
            "name": "Bijvoorbeeld: zakelijke rekening.",
            "is_watched": "Er wordt pas formeel aangemaand als van elke rekening die meetelt de afschriften bij zijn.",
        }
