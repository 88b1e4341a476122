"""The debtor with two invoices and a pay link, from the tests of the pay page."""

from __future__ import annotations

from tests.receivables.paying.conftest import emulator, queue, world

__all__ = ["emulator", "queue", "world"]
