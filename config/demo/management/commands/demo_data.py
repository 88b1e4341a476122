"""`manage.py demo_data`: fill an empty database for the demo; a filled one stays as it is."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from config.demo import clock, fill
from config.demo.people import PEOPLE
from tenants.clock import now, today


class Command(BaseCommand):
    help = "Fill the demo with an office, tenants, people and invoices."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Demo data goes into a demo only (DEMO=1).")
        clock.open_for_business(now=now())
        self.stdout.write("kept as it was" if fill.is_filled() else self._fill())
        self._show_log_ins()

    def _fill(self) -> str:
        with transaction.atomic():
            tenants = fill.add_organisation(now=now())
            invoices = fill.import_books(now=now(), on=today())
        return f"1 office, {len(tenants)} tenants, {invoices} invoices through the importers"

    def _show_log_ins(self) -> None:
        self.stdout.write("  Log in as")
        for person in PEOPLE:
            self.stdout.write(f"    {person.email:<26} {person.password:<14} {person.title}")
