"""Moving the clock takes a while, so the worker does it."""

from __future__ import annotations

from celery import shared_task

from config.demo import clock
from tenants.clock import now


@shared_task
def advance(days: int) -> None:
    clock.advance(days, now=now())
