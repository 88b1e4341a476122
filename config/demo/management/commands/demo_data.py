"""`manage.py demo_data`: fill an empty database for the demo; a filled one stays as it is."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from config.demo import clock, fill
from config.demo.people import PEOPLE
from tenants.clock import now, today


class Command(BaseCommand):
    help = "Fill the demo with an office, tenants, people and invoices."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--log-ins", action="store_true", help="only show who can log in")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Demo data goes into a demo only (DEMO=1).")
        if options["log_ins"]:
            self._show_log_ins()
            return
        clock.open_for_business(now=now())
        if fill.is_filled():
            self.stdout.write("kept as it was")
            return
        with transaction.atomic():
            tenants = fill.add_organisation(now=now())
            invoices = fill.import_books(now=now(), on=today())
        self.stdout.write(f"1 office, {len(tenants)} tenants, {invoices} invoices through the importers")

    def _show_log_ins(self) -> None:
        self.stdout.write("\n  Log in as")
        for person in PEOPLE:
            self.stdout.write(f"    {person.email:<26} {person.password:<14} {person.title}")
