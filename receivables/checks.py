"""`manage.py check --database default` says when an interest table ends soon.

Only with the database, where the added rates stand: what comes with the program grows old by itself, and no build may turn
red because time passes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import connections

from receivables.law_tables import added_rates, merged, warnings
from receivables.models import StatutoryRate
from tenants import clock  # noqa: TID251 # a check is an edge: it runs by itself, on the day it runs


@register(Tags.database)
def check_rates(databases: Sequence[str] | None = None, **_options: Any) -> list[CheckMessage]:
    """A warning for each table that ends within two months or has ended; none before the first migration."""
    if "default" not in (databases or ()):
        return []
    if StatutoryRate._meta.db_table not in connections["default"].introspection.table_names():
        return []
    return [
        Warning(text, hint="Voeg het nieuwe percentage toe op /beheer/rente/, met de bron.", id="receivables.W001")
        for text in warnings(merged(added_rates()), on=clock.today())
    ]
