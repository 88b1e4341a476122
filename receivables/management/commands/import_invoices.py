"""`manage.py import_invoices --tenant SLUG FILE... [--json]`: the import of the screens, from a shell."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from receivables.actions.importing import ImportInterruptedError, ImportReport, import_invoices
from receivables.importing.results import Upload
from tenants import clock
from tenants.context import tenant_context
from tenants.models import Tenant


class Command(BaseCommand):
    help = "Leest UBL-facturen, ZIP-bestanden en openstaande-postenlijsten (CSV, XLSX) in een administratie in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--tenant", required=True, metavar="SLUG")
        parser.add_argument("--json", action="store_true", help="één JSON-document met het resultaat per bestand")
        parser.add_argument(
            "--map", action="append", default=[], metavar="VELD=KOLOM", help="kolom 1, 2, ... van een lijst; mag vaker"
        )
        parser.add_argument("--decimal", choices=[",", "."], help="het decimaalteken van de lijst")
        parser.add_argument("--month-first", action="store_true", help="datums staan als maand-dag-jaar")
        parser.add_argument(
            "--complete", action="store_true", help="de lijst is volledig: wat er niet op staat, is betaald"
        )
        parser.add_argument(
            "--only-clean-rows", action="store_true", help="foute regels overslaan in plaats van alles weigeren"
        )
        parser.add_argument(
            "--as-of", metavar="JJJJ-MM-DD", help="de dag waarop de lijst de stand geeft (standaard vandaag)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        tenant = Tenant.objects.filter(slug=options["tenant"]).first()
        if tenant is None:
            raise CommandError(f"Er is geen administratie met de naam {options['tenant']!r}.")
        reports = [self._import(tenant, path, options) for path in options["files"]]
        shown = [document for report in reports for document in report.as_json()["files"]]
        if options["json"]:
            self.stdout.write(json.dumps({"tenant": tenant.slug, "files": shown}, ensure_ascii=False, indent=1))
        else:
            for document in shown:
                self._tell(document)
        if any(report.is_refused for report in reports):
            raise SystemExit(1)

    def _import(self, tenant: Tenant, path: Path, options: dict[str, Any]) -> ImportReport:
        """One transaction per file: a file that fails for whatever reason leaves the others alone."""
        try:
            content = path.read_bytes()
        except OSError as error:
            raise CommandError(f"{path}: niet te lezen ({error.strerror}).") from None
        try:
            with tenant_context(tenant.pk):
                return import_invoices(
                    tenant,
                    [Upload(name=path.name, content=content)],
                    now=clock.now(),
                    on=clock.today(),
                    options=_choices(options),
                )
        except ImportInterruptedError as interrupted:
            return interrupted.as_report()

    def _tell(self, document: dict[str, Any]) -> None:
        counts = document.get("counts", {})
        self.stdout.write(
            f"{document['name']}: {document['result']} (nieuw {counts.get('stored', 0)}, ongewijzigd {counts.get('unchanged', 0)}, "
            f"herzieningen {counts.get('revisions', 0)}, nieuwe klanten {counts.get('customers_made', 0)})"
        )
        for part in (document, *document.get("documents", ())):
            for problem in (*part.get("errors", ()), *part.get("warnings", ())):
                self.stdout.write(f"  {problem['message']}")
            for note in part.get("notes", ()):
                self.stdout.write(f"  {note}")


def _choices(options: dict[str, Any]) -> dict[str, Any]:
    if options["complete"] and options["only_clean_rows"]:
        raise CommandError("--complete en --only-clean-rows gaan niet samen: een lijst met gaten is niet volledig.")
    chosen: dict[str, Any] = {
        "only_clean_rows": options["only_clean_rows"],
        "month_first": options["month_first"],
        "is_complete": options["complete"],
    }
    if options["decimal"]:
        chosen["decimal_sign"] = options["decimal"]
    if options["as_of"]:
        try:
            date.fromisoformat(options["as_of"])
        except ValueError:
            raise CommandError("Schrijf --as-of als jjjj-mm-dd.") from None
        chosen["as_of"] = options["as_of"]
    if options["map"]:
        try:
            pairs = [pair.partition("=") for pair in options["map"]]
            chosen["mapping"] = {name: int(column) - 1 for name, _, column in pairs}
        except ValueError:
            raise CommandError("Gebruik --map VELD=KOLOM, met het nummer van de kolom (1, 2, ...).") from None
    return chosen
