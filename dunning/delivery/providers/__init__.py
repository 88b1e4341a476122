"""Mail providers behind one small protocol: a call happens once, within a deadline, and its answer says what is certain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from dunning.delivery.answers import Answer


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A mail as it will leave: the frozen bytes and the key under which a repeat is recognised."""

    key: str  # notice:generation, never the attempt
    mail: bytes
    sender: str
    recipient: str
    reference: str = ""  # comes back in the service's reports


class Provider(Protocol):
    """Hands over one mail at a time. `key_lifetime` is how long a repeat under the same key is safe; None is never."""

    name: str
    key_lifetime: timedelta | None

    def send(self, outgoing: Outgoing, *, deadline: float) -> Answer:
        """Call the provider once, for `deadline` seconds at most; never raises for what happens on the way."""

    def close(self) -> None:
        """End the connection that a batch shares."""
