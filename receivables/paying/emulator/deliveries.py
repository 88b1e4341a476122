"""Webhooks out: a POST with nothing but the id, repeated like Mollie does until somebody answers 200."""

from __future__ import annotations

import threading

import httpx

from receivables.paying.emulator.store import Delivery, Store

#: Mollie tries ten times in about 26 hours; these are the gaps in seconds, shortened by `haste` in a demo.
GAPS = (60, 120, 240, 480, 960, 1800, 3600, 14_400, 72_000)


class Postman(threading.Thread):
    """Makes the calls that are due, one after the other, until it is stopped."""

    def __init__(self, store: Store, *, haste: float = 1.0, rest: float = 0.1) -> None:
        super().__init__(name="psp-webhooks", daemon=True)
        self._store = store
        self._haste = haste
        self._rest = rest
        self._stop_asked = threading.Event()

    def stop(self) -> None:
        self._stop_asked.set()
        self.join(timeout=15)

    def run(self) -> None:
        with httpx.Client(timeout=10, follow_redirects=False, trust_env=False) as client:
            while not self._stop_asked.is_set():
                due = self._store.due_deliveries()
                for delivery in due:
                    self._deliver(client, delivery)
                if not due:
                    self._stop_asked.wait(self._rest)

    def _deliver(self, client: httpx.Client, delivery: Delivery) -> None:
        try:
            status = client.post(delivery.url, data={"id": delivery.payment}).status_code
        except httpx.HTTPError:
            status = 0
        is_done = 200 <= status < 300 or delivery.tries >= len(GAPS)
        again_after = None if is_done else GAPS[delivery.tries] / self._haste
        self._store.delivered(delivery, status=status, again_after=again_after)
