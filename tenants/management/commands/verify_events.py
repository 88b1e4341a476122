"""`manage.py verify_events [--tenant SLUG]`: is the audit trail whole? Exit code 1 when it is not."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tenants.audit import Verdict, verify
from tenants.models import Tenant

REASONS = {
    "missing": "vóór deze regel ontbreekt er een",
    "unchained": "deze regel sluit niet aan op de vorige",
    "changed": "deze regel is veranderd",
}


class Command(BaseCommand):
    help = "Controleert het logboek: elke regel is met de vorige verzegeld."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tenant", metavar="SLUG", help="alleen deze administratie")

    def handle(self, *_args: Any, **options: Any) -> None:
        tenants = Tenant.objects.order_by("slug")
        if options["tenant"]:
            tenants = tenants.filter(slug=options["tenant"])
            if not tenants:
                raise CommandError(f"Er is geen administratie {options['tenant']}.")
        broken = [tenant.slug for tenant in tenants if not self._report(tenant.slug, verify(tenant))]
        if broken:
            raise CommandError(f"Niet heel: {', '.join(broken)}.")

    def _report(self, slug: str, verdict: Verdict) -> bool:
        if verdict.broken_at is not None:
            self.stdout.write(f"{slug}: STUK bij regel {verdict.broken_at}, {REASONS[verdict.reason]}")
            return False
        self.stdout.write(f"{slug}: heel, {verdict.length} regels, laatste zegel {verdict.head or '-'}")
        return True
