"""`manage.py create_office "Kantoor" --admin naam@kantoor.nl`: the first office of an installation and its administrator."""

from __future__ import annotations

import getpass
import sys
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from dunning.actions.onboarding import open_office
from tenants import clock


class Command(BaseCommand):
    help = "Make an office and its administrator; the password is asked, or read from a pipe."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--admin", required=True, metavar="EMAIL")

    def handle(self, *args: Any, **options: Any) -> None:
        password = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
        try:
            validate_password(password)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        office, user = open_office(options["name"], admin_email=options["admin"], password=password, now=clock.now())
        self.stdout.write(f"{office.name}: /o/{office.slug}/ for {user.email}")
