"""`manage.py rotate_secrets [--tenant SLUG] [--check]`: bring every stored secret under the newest key of FIELD_KEYS."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from receivables.paying.sealed import Rotated, rotate_secrets
from tenants.models import Tenant


class Command(BaseCommand):
    help = "Versleutelt elk bewaard geheim opnieuw met de nieuwste sleutel; daarna kan de oude weg."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tenant", metavar="SLUG", help="alleen deze administratie")
        parser.add_argument("--check", action="store_true", help="alleen kijken; eindigt met 1 als er nog iets moet")

    def handle(self, *_args: Any, **options: Any) -> None:
        tenants = Tenant.objects.order_by("slug")
        if options["tenant"]:
            tenants = tenants.filter(slug=options["tenant"])
            if not tenants:
                raise CommandError(f"Er is geen administratie {options['tenant']!r}.")
        total = Rotated()
        for tenant in tenants:
            found = rotate_secrets(tenant, only_look=options["check"])
            total = total.plus(found)
            if found.unreadable:
                self.stderr.write(f"{tenant.slug}: {found.unreadable} geheim(en) opent geen enkele sleutel.")
        self._tell(total, only_look=options["check"])

    def _tell(self, total: Rotated, *, only_look: bool) -> None:
        done = "moeten nog" if only_look else "opnieuw versleuteld"
        self.stdout.write(f"{total.newest} al onder de nieuwste sleutel, {total.rotated} {done}.")
        if total.unreadable:
            raise CommandError(
                f"{total.unreadable} geheim(en) zijn onleesbaar: zet de oude sleutel terug in FIELD_KEYS."
            )
        if only_look and total.rotated:
            raise CommandError("Gooi de oude sleutel nog niet weg.")
