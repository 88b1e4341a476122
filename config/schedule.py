"""What beat says, and how often. Each entry only looks in PostgreSQL for what is due, so a missed beat loses nothing."""

from __future__ import annotations

from typing import Any

MINUTE = 60.0
HOURS = 3600.0


def schedule(*, demo: bool, tick_seconds: float) -> dict[str, dict[str, Any]]:
    """The demo looks often, because somebody is watching."""
    every = 20.0 if demo else tick_seconds
    sweep = 5.0 if demo else min(MINUTE / 2, tick_seconds)
    return {
        # a beat that nobody could handle in time is worth nothing: the next one sees the same rows
        "tick": {"task": "dunning.tasks.tick", "schedule": every, "options": {"expires": every}},
        "poll-psp": {"task": "receivables.paying.tasks.poll", "schedule": every, "options": {"expires": every}},
        "read-psps": {
            "task": "receivables.paying.tasks.read_all_psps",
            "schedule": 15 * MINUTE if demo else 6 * HOURS,
            "options": {"expires": 6 * HOURS},
        },
        "sweep": {"task": "dunning.delivery.tasks.sweep", "schedule": sweep, "options": {"expires": sweep}},
        "match-bank": {
            "task": "receivables.banking.matching_tasks.match_all",
            "schedule": every if demo else HOURS,
            "options": {"expires": HOURS},
        },
        "service-mail": {
            "task": "dunning.tasks.sweep_service_mails",
            "schedule": sweep,
            "options": {"expires": sweep},
        },
        "ledger": {"task": "receivables.tasks.check_ledgers", "schedule": HOURS, "options": {"expires": HOURS}},
        "rates": {"task": "receivables.tasks.watch_rates", "schedule": 6 * HOURS, "options": {"expires": 6 * HOURS}},
    }
