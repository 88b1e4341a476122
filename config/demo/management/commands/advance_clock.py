"""`manage.py advance_clock --days 7`: what the demo bar does, from a shell."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.demo import clock
from tenants.clock import now, today


class Command(BaseCommand):
    help = "Move the demo's clock ahead, a day at a time."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=int, default=7)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            clock.advance(options["days"], now=now())
        except clock.NotTheDemoError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"It is now {today():%A %d %B %Y} in the demo.")
