"""Forms of the import wizard: the files, and which column means what."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from receivables.importing import columns
from receivables.importing.results import Upload

MAX_FILES = 200
NO_COLUMN = ""


class _ManyFiles(forms.FileField):
    """A file field that takes several files."""

    class Input(forms.ClearableFileInput):
        allow_multiple_selected = True

    widget = Input

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[bytes]]:
        given = data if isinstance(data, list | tuple) else [data]
        self.max_length = None
        empty_allowed, self.allow_empty_file = self.allow_empty_file, True
        try:
            return [forms.FileField.clean(self, one, initial) for one in given]
        finally:
            self.allow_empty_file = empty_allowed


class UploadForm(forms.Form):
    """One list, or any number of UBL invoices and ZIP files."""

    upload = _ManyFiles(
        label="Bestanden",
        error_messages={"required": "Kies eerst een of meer bestanden."},
        widget=_ManyFiles.Input(attrs={"accept": ".xml,.zip,.csv,.txt,.xlsx,.xls,.ods,.gz"}),
    )

    def clean_upload(self) -> list[Upload]:
        given: list[UploadedFile[bytes]] = self.cleaned_data["upload"]
        if len(given) > MAX_FILES:
            raise forms.ValidationError(f"Kies hooguit {MAX_FILES} bestanden tegelijk, of zet ze in één ZIP.")
        if sum(one.size or 0 for one in given) > settings.UPLOAD_MAX_BYTES:
            raise forms.ValidationError(
                f"De bestanden zijn samen groter dan {settings.UPLOAD_MAX_BYTES // 2**20} MB. Deel de upload op."
            )
        return [Upload(name=(one.name or "bestand")[:200], content=one.read()) for one in given]


class ColumnsForm(forms.Form):
    """One choice per thing we can read; built for the heading of this list."""

    sheet = forms.ChoiceField(label="Werkblad", required=False)
    decimal_sign = forms.ChoiceField(
        label="Decimaalteken",
        required=False,
        choices=[("", "Zelf herkennen"), (",", "Komma: 1.234,56"), (".", "Punt: 1,234.56")],
    )
    month_first = forms.ChoiceField(
        label="Datumvolgorde", required=False, choices=[("", "Dag-maand-jaar"), ("1", "Maand-dag-jaar (Amerikaans)")]
    )
    as_of = forms.DateField(
        label="Stand per",
        required=False,
        help_text="De dag waarop de lijst uit de boekhouding kwam.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    only_clean_rows = forms.BooleanField(
        label="Foute regels overslaan",
        required=False,
        help_text="De goede regels worden ingelezen, de foute niet. Anders gaat er niets in zolang er een fout is.",
    )

    is_complete = forms.BooleanField(
        label="Dit is de volledige lijst",
        required=False,
        help_text="Wat hier open staat en niet meer op de lijst voorkomt, wordt als betaald verwerkt; lagere bedragen als deels betaald.",
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("is_complete") and cleaned.get("only_clean_rows"):
            self.add_error(
                "is_complete", "Een lijst waarvan regels worden overgeslagen is niet volledig. Kies een van beide."
            )
        return cleaned

    def __init__(
        self, *args: Any, header: Sequence[str], rows: Sequence[Sequence[Any]], sheets: Sequence[str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = [(NO_COLUMN, "— staat niet in de lijst —"), *_column_choices(header, rows)]
        for field in columns.FIELDS:
            self.fields[field.name] = forms.ChoiceField(
                label=field.label,
                required=field.name in columns.REQUIRED,
                choices=choices,
                error_messages={"required": "Kies de kolom; zonder deze kan de lijst niet worden gelezen."},
            )
        sheet = self.fields["sheet"]
        assert isinstance(sheet, forms.ChoiceField)  # noqa: S101 # declared above
        sheet.choices = [(name, name) for name in sheets]
        if len(sheets) < 2:
            del self.fields["sheet"]

    @property
    def main(self) -> list[forms.BoundField]:
        return [
            self[name]
            for name in ("number", "issued_on", "due_on", "open", "total", "customer_name", "customer_number")
        ]

    @property
    def more(self) -> list[forms.BoundField]:
        shown = {field.name for field in self.main}
        return [self[field.name] for field in columns.FIELDS if field.name not in shown]

    @property
    def reading(self) -> list[forms.BoundField]:
        return [self[name] for name in ("sheet", "decimal_sign", "month_first", "as_of") if name in self.fields]

    def chosen(self) -> dict[str, Any]:
        """The options of an import, as plain JSON."""
        given = self.cleaned_data
        found: dict[str, Any] = {
            "mapping": {field.name: int(given[field.name]) for field in columns.FIELDS if given.get(field.name)},
            "only_clean_rows": given["only_clean_rows"],
            "is_complete": given["is_complete"],
            "month_first": given["month_first"] == "1",
        }
        if given["decimal_sign"]:
            found["decimal_sign"] = given["decimal_sign"]
        if given["as_of"]:
            found["as_of"] = given["as_of"].isoformat()
        if given.get("sheet"):
            found["sheet"] = given["sheet"]
        return found


def initial_of(options: dict[str, Any], *, on: date) -> dict[str, Any]:
    """The form as it stands for a batch."""
    return {
        **{name: str(index) for name, index in options.get("mapping", {}).items()},
        "decimal_sign": options.get("decimal_sign", ""),
        "month_first": "1" if options.get("month_first") else "",
        "only_clean_rows": options.get("only_clean_rows", False),
        "is_complete": options.get("is_complete", False),
        "as_of": options.get("as_of") or on.isoformat(),
        "sheet": options.get("sheet") or options.get("preview", {}).get("sheet"),
    }


def _column_choices(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[tuple[str, str]]:
    """`Factuurnr. (12300139)`: a heading says more with its first value."""
    found = []
    for index, heading in enumerate(header):
        example = next((row[index] for row in rows if index < len(row) and row[index].strip()), "")
        found.append((str(index), f"{heading} ({example[:24]})" if example else heading))
    return found
