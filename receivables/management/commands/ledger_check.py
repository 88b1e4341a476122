"""`manage.py ledger_check`: hold the books of every tenant against I1 to I6; exit 1 on a breach. `--json` to compare two moments."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from receivables.domain.ledger_invariants import Invariant
from receivables.ledger_check import Found, check, found_by, look
from tenants import clock
from tenants.context import tenant_context
from tenants.models import Tenant


class Command(BaseCommand):
    help = "Controleer het grootboek (I1 tot en met I6). Bij een fout stopt de verzending van die administratie."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tenant", metavar="SLUG", help="alleen deze administratie")
        parser.add_argument("--json", action="store_true", help="één JSON-document, met proefbalans en vingerafdruk")
        parser.add_argument("--no-freeze", action="store_true", help="alleen kijken: niets bewaren, niets stoppen")

    def handle(self, *args: Any, **options: Any) -> None:
        tenants = Tenant.objects.order_by("slug")
        if options["tenant"]:
            tenants = tenants.filter(slug=options["tenant"])
            if not tenants.exists():
                raise CommandError(f"Er is geen administratie {options['tenant']!r}.")
        now = clock.now()
        found = {tenant: _look_at(tenant, is_kept=not options["no_freeze"], now=now) for tenant in tenants}
        broken = [line for tenant, one in found.items() for line in _lines(tenant, one)]
        if options["json"]:
            self.stdout.write(json.dumps(_document(found, now=now), indent=2, ensure_ascii=False))
        if broken:
            raise CommandError("\n".join(["Het grootboek klopt niet:", *broken]))
        if not options["json"]:
            self.stdout.write(f"Grootboek in orde: {len(found)} administratie(s) gecontroleerd.")


def _look_at(tenant: Tenant, *, is_kept: bool, now: datetime) -> Found:
    with tenant_context(tenant.pk):
        return found_by(check(tenant, now=now)) if is_kept else look(tenant)


def _lines(tenant: Tenant, found: Found) -> list[str]:
    return [
        f"- {tenant.slug}: {breach.invariant} {breach.sentence} {', '.join(breach.examples)}".rstrip()
        for breach in found.breaches
    ]


def _document(found: dict[Tenant, Found], *, now: datetime) -> dict[str, Any]:
    return {
        "checked_at": now.isoformat(),
        "holds": not any(one.breaches for one in found.values()),
        "tenants": [
            {
                "tenant": tenant.slug,
                "holds": not one.breaches,
                "invariants": {str(invariant): _breaches(one, invariant) for invariant in Invariant},
                "trial_balance": one.trial_balance,
                "digest": one.digest,
            }
            for tenant, one in found.items()
        ],
    }


def _breaches(found: Found, invariant: Invariant) -> list[dict[str, Any]]:
    """Nothing means that it holds."""
    return [
        {"sentence": breach.sentence, "examples": list(breach.examples)}
        for breach in found.breaches
        if breach.invariant is invariant
    ]
