"""Check a dossier that came back or went out: every file unchanged, none missing, none too many. Needs no database."""

from __future__ import annotations

import hashlib
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dunning.dossier.archive import problems


class Command(BaseCommand):
    help = "Controleer een dossier (zip) tegen zijn manifest."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--sha256", default="", help="de som die op het scherm van de overdracht staat")

    def handle(self, *args: Any, file: Path, sha256: str, **options: Any) -> None:
        try:
            packed = file.read_bytes()
        except OSError as error:
            raise CommandError(f"{file} is niet te lezen: {error.strerror}.") from error
        found = problems(packed)
        actual = hashlib.sha256(packed).hexdigest()
        if sha256 and sha256.lower() != actual:
            found.insert(0, "Dit is niet het dossier met deze som.")
        for problem in found:
            self.stderr.write(problem)
        if found:
            raise CommandError(f"{file} klopt niet.")
        self.stdout.write(f"{file} klopt. SHA-256 van het hele dossier: {actual}")
