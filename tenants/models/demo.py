"""The demo's clock: how far it stands ahead of real time. One row, used only when DEMO is set."""

from __future__ import annotations

from datetime import timedelta

from django.db import models


class DemoClock(models.Model):
    """A single row (pk 1)."""

    offset = models.DurationField(default=timedelta)

    def __str__(self) -> str:
        return f"+{self.offset}"
