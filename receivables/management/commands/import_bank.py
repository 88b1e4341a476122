"""`manage.py import_bank --tenant SLUG FILE... [--json]`: bank statements, as the upload of the screens takes them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from receivables.actions.bank_import import import_bank_file
from receivables.actions.bank_report import BankReport
from receivables.banking.sandboxed import BankReader
from tenants import clock
from tenants.models import Tenant


class Command(BaseCommand):
    help = "Leest bankafschriften (CAMT.053, MT940, ZIP daarvan, of een tabel van de bank) in een administratie in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--tenant", required=True, metavar="SLUG")
        parser.add_argument("--json", action="store_true", help="één JSON-document met het resultaat per bestand")
        parser.add_argument(
            "--map", action="append", default=[], metavar="VELD=KOLOM", help="kolom 1, 2, ... van een tabel; mag vaker"
        )
        parser.add_argument("--account", metavar="IBAN", help="de eigen rekening, als de tabel die niet noemt")
        parser.add_argument("--decimal", choices=[",", "."], help="het decimaalteken van de tabel")
        parser.add_argument("--date-order", choices=["dmy", "ymd", "mdy"], help="de volgorde in de datums van de tabel")

    def handle(self, *args: Any, **options: Any) -> None:
        tenant = Tenant.objects.filter(slug=options["tenant"]).first()
        if tenant is None:
            raise CommandError(f"Er is geen administratie met de naam {options['tenant']!r}.")
        chosen = _choices(options)
        with BankReader() as reader:
            reports = [self._import(tenant, path, chosen, reader) for path in options["files"]]
        if options["json"]:
            shown = [report.as_json() for report in reports]
            self.stdout.write(json.dumps({"tenant": tenant.slug, "files": shown}, ensure_ascii=False, indent=1))
        else:
            for report in reports:
                self._tell(report)
        if any(report.is_refused for report in reports):
            raise SystemExit(1)

    def _import(self, tenant: Tenant, path: Path, chosen: dict[str, Any], reader: BankReader) -> BankReport:
        """One transaction per file: a file that is refused leaves the others alone."""
        try:
            content = path.read_bytes()
        except OSError as error:
            raise CommandError(f"{path}: niet te lezen ({error.strerror}).") from None
        return import_bank_file(
            tenant,
            name=path.name,
            content=content,
            now=clock.now(),
            on=clock.today(),
            options=chosen,
            reader=reader,
        )

    def _tell(self, report: BankReport) -> None:
        values = report.as_json()
        counts = values["counts"]
        known = ", al eerder ingelezen" if report.is_known else ""
        self.stdout.write(
            f"{values['name']}: {values['result']}{known} (nieuw {counts['new']}, bekend {counts['known']}, "
            f"aangekondigd {counts['pending']})"
        )
        for problem in (*values["errors"], *values["warnings"], *values["questions"]):
            self.stdout.write(f"  {problem['message']}")
        for note in values["notes"]:
            self.stdout.write(f"  {note}")


def _choices(options: dict[str, Any]) -> dict[str, Any]:
    named = {"account": options["account"], "decimal_sign": options["decimal"], "date_order": options["date_order"]}
    chosen: dict[str, Any] = {name: value for name, value in named.items() if value}
    if options["map"]:
        try:
            pairs = [pair.partition("=") for pair in options["map"]]
            chosen["mapping"] = {name: int(column) - 1 for name, _, column in pairs}
        except ValueError:
            raise CommandError("Gebruik --map VELD=KOLOM, met het nummer van de kolom (1, 2, ...).") from None
    return chosen
