"""Faults on demand: what a PSP does on a bad day, at the very call a test or a demo asks for."""

from __future__ import annotations

import random
import threading
from dataclasses import dataclass, field
from typing import Any

#: refuse: 503 before anything happened; throttle: 429, idem. error_after, timeout_after, reset_after: it happened, the
#: answer is lost. garbage: it happened, the answer is no JSON. slow: it happened, the answer takes a while.
LOST = ("refuse", "error_after", "timeout_after", "reset_after")
#: It happened, and the answer lies about the amount, the currency, the mode or the status.
LIES: dict[str, dict[str, Any]] = {
    "wrong_amount": {"amount": {"currency": "EUR", "value": "0.01"}},
    "wrong_currency": {"amount": {"currency": "USD", "value": "100.00"}, "amountRefunded": None},
    "wrong_mode": {"mode": "live"},
    "unknown_status": {"status": "quantum"},
}
KINDS = (*LOST, "throttle", "garbage", "slow", *LIES)


@dataclass
class Faults:
    """A queue of faults per operation, a share of calls that fail, and how webhooks misbehave."""

    timeout_seconds: float = 30.0
    slow_seconds: float = 2.0
    webhook_delay: float = 0.0
    webhook_copies: int = 1
    webhooks_lost: bool = False
    webhook_shuffle: float = 0.0
    refund_status: str = "refunded"
    _queued: dict[str, list[str]] = field(default_factory=dict)
    _share: dict[str, float] = field(default_factory=dict)
    _random: random.Random = field(default_factory=lambda: random.Random(0))  # noqa: S311 - repeatable, not secret
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def set(self, wanted: dict[str, Any]) -> None:
        """Replace the faults: {"next": [["create", "refuse"], ...], "share": {"fetch": 0.2}, "seed": 1, ...}."""
        with self._lock:
            self._queued.clear()
            for operation, kind in wanted.get("next", []):
                if kind not in KINDS:
                    raise ValueError(f"unknown fault {kind!r}; choose from {', '.join(KINDS)}")
                self._queued.setdefault(operation, []).append(kind)
            self._share = {operation: float(share) for operation, share in wanted.get("share", {}).items()}
            self._random.seed(wanted.get("seed", 0))
            self.timeout_seconds = float(wanted.get("timeout_seconds", 30.0))
            self.slow_seconds = float(wanted.get("slow_seconds", 2.0))
            self.webhook_delay = float(wanted.get("webhook_delay", 0.0))
            self.webhook_copies = int(wanted.get("webhook_copies", 1))
            self.webhooks_lost = bool(wanted.get("webhooks_lost", False))
            self.webhook_shuffle = float(wanted.get("webhook_shuffle", 0.0))
            self.refund_status = str(wanted.get("refund_status", "refunded"))

    def next_for(self, operation: str) -> str:
        """The fault this call must suffer, or nothing."""
        with self._lock:
            if queued := self._queued.get(operation):
                return queued.pop(0)
            if self._random.random() < self._share.get(operation, 0.0):
                return self._random.choice(LOST)
            return ""

    def delay_of_a_webhook(self) -> float:
        """Late, and out of order when webhooks are shuffled over so many seconds."""
        with self._lock:
            return self.webhook_delay + self._random.random() * self.webhook_shuffle
