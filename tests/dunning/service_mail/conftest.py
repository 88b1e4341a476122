"""Fakes of both providers, from the tests of delivery."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from tests.dunning.delivery.conftest import esp, over_esp, over_smtp, smtp

__all__ = ["esp", "over_esp", "over_smtp", "smtp"]


@pytest.fixture(autouse=True)
def _sender(settings: Settings) -> None:
    settings.MAIL_ENVELOPE_SENDER = "post@voldaan.example"
