"""`python -m tests.faults.bank_child SLUG FILE POINT`: import a bank file, and stand still at a point until somebody kills us."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import django

django.setup()

from receivables.actions import bank_import  # noqa: E402 # the applications must be loaded first
from receivables.actions.bank_storing import AccountStore  # noqa: E402
from tenants.models import Tenant  # noqa: E402
from tests.receivables.banking.world import NOW, TODAY  # noqa: E402


def stand_still(point: str) -> Any:
    """In place of the step of that name: say so, and wait."""

    def wait(*_: object, **__: object) -> None:
        sys.stdout.write(f"{point}\n")
        sys.stdout.flush()
        time.sleep(600)

    return wait


def main(slug: str, path: str, point: str) -> None:
    if point == "insert":
        store = AccountStore.store

        def store_and_wait(self: AccountStore, given: Any) -> Any:
            store(self, given)
            stand_still(point)()

        AccountStore.store = store_and_wait  # type: ignore[method-assign] # in this process only
    else:
        setattr(bank_import, point, stand_still(point))
    tenant = Tenant.objects.get(slug=slug)
    bank_import.import_bank_file(tenant, name="a.xml", content=Path(path).read_bytes(), now=NOW, on=TODAY)


if __name__ == "__main__":
    main(*sys.argv[1:])
