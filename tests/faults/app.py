"""The program as it is, with a clock inside the contact window, short leases and, when asked, one guard switched off.

Celery runs it as `-A tests.faults.app`, gunicorn as `tests.faults.app:application`. It changes the program for the whole
process, so no test may import it. The environment says what differs: FAULT_CLOCK_OFFSET (seconds), FAULT_LETTER (small or
real), FAULT_GUARD_OFF (hold: repeat what is unknown without a key).
"""

from __future__ import annotations

import os
import sys
from datetime import timedelta
from typing import Final

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
if "pytest" in sys.modules:
    raise ImportError("tests.faults.app changes the whole process: only its own children import it")
django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402 # the applications must be loaded first

import dunning.tasks  # noqa: E402
from config.celery import app  # noqa: E402
from dunning.delivery import answers, claim, prepare, queue  # noqa: E402
from tenants import clock  # noqa: E402, TID251 # to move it
from tests.dunning.delivery.world import small_letter  # noqa: E402

SHORT: Final = timedelta(seconds=1)


def shorten() -> None:
    """A fault test cannot wait minutes for what production waits minutes for."""
    offset = timedelta(seconds=float(os.environ.get("FAULT_CLOCK_OFFSET", "0")))
    clock._offset = lambda: offset
    claim.SLACK = timedelta(seconds=2)  # type: ignore[misc] # final for everybody else
    queue.RESERVED_FOR = timedelta(seconds=4)  # type: ignore[misc]
    answers.BACK_OFF = (SHORT,)  # type: ignore[misc]
    answers.REPEAT_AFTER = (SHORT / 2, SHORT)  # type: ignore[misc]
    answers.MOST_ATTEMPTS = 10_000  # type: ignore[misc]
    if os.environ.get("FAULT_LETTER", "small") == "small":
        prepare.compose = small_letter  # type: ignore[attr-defined, assignment] # a stand-in


def switch_off(guard: str) -> None:
    """The negative controls: without this guard the checker must find doubles."""
    if guard == "hold":
        answers.Doubt.may_repeat = lambda self, **_: True  # type: ignore[method-assign]


if "FAULT_CLOCK_OFFSET" in os.environ:  # a process of the stage; whoever only imports us keeps his clock
    shorten()
    switch_off(os.environ.get("FAULT_GUARD_OFF", ""))
app.conf.beat_schedule = {
    "sweep": {"task": "dunning.delivery.tasks.sweep", "schedule": 1.0, "options": {"expires": 5.0}},
}
app.conf.broker_connection_retry = True
application = get_wsgi_application()
__all__ = ["app", "application", "dunning"]
