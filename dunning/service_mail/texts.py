"""The words of service mails. A paragraph whose value is missing is left out, so that a mail never shows a hole.

`{name}` is a value of the mail; `tenant`, `pay_url` and the customer's own name are always there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from dunning.models.service_mails import ServiceMailKind

PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class MailText:
    """Subject and paragraphs; `button` is what the pay link is called, empty without one."""

    subject: str
    paragraphs: tuple[str, ...]
    button: str = ""

    def filled(self, values: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
        """Subject and those paragraphs of which every value is known."""
        return _put(self.subject, values), tuple(
            _put(text, values)
            for text in self.paragraphs
            if _names(text) <= {key for key, value in values.items() if value}
        )


Texts = Mapping[ServiceMailKind, MailText]


def _names(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))


def _put(text: str, values: Mapping[str, str]) -> str:
    """Values are put in once; what they hold is never read as a placeholder."""
    return PLACEHOLDER.sub(lambda match: values.get(match[1], ""), text)
