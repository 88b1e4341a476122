"""`manage.py psp_check [--tenant SLUG] [--json]`: ask the PSP of every tenant whether its key still works."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from receivables.models import PspAccount
from receivables.paying.connection import check_connection
from tenants import clock
from tenants.models import Tenant


class Command(BaseCommand):
    help = "Controleert de verbinding met de betaaldienst; eindigt met 1 als er een niet werkt."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tenant", metavar="SLUG", help="alleen deze administratie")
        parser.add_argument("--json", action="store_true", help="één JSON-document op de standaarduitvoer")

    def handle(self, *_args: Any, **options: Any) -> None:
        tenants = Tenant.objects.order_by("slug")
        if options["tenant"]:
            tenants = tenants.filter(slug=options["tenant"])
            if not tenants:
                raise CommandError(f"Er is geen administratie {options['tenant']!r}.")
        found = {tenant.slug: check_connection(tenant, now=clock.now()) for tenant in tenants}
        checked = {slug: _told(account) for slug, account in found.items() if account is not None}
        if options["json"]:
            self.stdout.write(json.dumps(checked, ensure_ascii=False, indent=2))
        else:
            self._tell(checked)
        if broken := [slug for slug, told in checked.items() if told["problem"]]:
            raise CommandError(f"Niet in orde: {', '.join(broken)}.")

    def _tell(self, checked: dict[str, dict[str, Any]]) -> None:
        for slug, told in checked.items():
            self.stdout.write(f"{slug} ({told['mode']}): {told['problem'] or 'werkt'}; {', '.join(told['methods'])}")
        if not checked:
            self.stdout.write("Geen administratie heeft een betaaldienst verbonden.")


def _told(account: PspAccount) -> dict[str, Any]:
    """What may be shown of an account: never its key."""
    return {
        "mode": "test" if account.is_test else "live",
        "problem": account.check_problem,
        "methods": [row["id"] for row in account.methods],
    }
