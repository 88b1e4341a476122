"""Caught mails, one file each, byte for byte."""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

IDENTIFIER = re.compile(r"^\d{13,}-[0-9a-f]{8}$")


@dataclass(frozen=True, slots=True)
class CaughtMail:
    """One mail as it came in, with the addresses of the envelope."""

    id: str
    recipients: tuple[str, ...]
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=policy.default)

    @property
    def received_at(self) -> datetime:
        return datetime.fromtimestamp(int(self.id.partition("-")[0]) / 1000, UTC)

    @property
    def subject(self) -> str:
        return str(self.message["subject"] or "(geen onderwerp)").strip()  # a folded header begins with a space

    @property
    def sender(self) -> str:
        return str(self.message["from"] or "")

    def body(self, kind: str) -> str:
        """The text of one kind ("plain" or "html"), empty when the mail has none."""
        part = self.message.get_body((kind,))
        return str(part.get_content()) if part is not None else ""

    def attachments(self) -> list[EmailMessage]:
        return [part for part in self.message.iter_attachments() if isinstance(part, EmailMessage)]

    def inline(self, content_id: str) -> EmailMessage | None:
        """The embedded picture that the HTML calls `cid:...`."""
        for part in self.message.walk():
            if isinstance(part, EmailMessage) and str(part["content-id"] or "").strip("<>") == content_id:
                return part
        return None


def content_of(part: EmailMessage) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else part.as_bytes()


class MailStore:
    """A folder of mails, newest first."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def add(self, raw: bytes, recipients: Sequence[str]) -> None:
        identifier = f"{time.time_ns() // 1_000_000}-{secrets.token_hex(4)}"
        (self.folder / f"{identifier}.json").write_text(json.dumps(list(recipients)))
        unfinished = self.folder / f"{identifier}.part"
        unfinished.write_bytes(raw)
        unfinished.rename(self.folder / f"{identifier}.eml")

    def get(self, identifier: str) -> CaughtMail | None:
        path = self.folder / f"{identifier}.eml"
        if not IDENTIFIER.match(identifier) or not path.exists():
            return None
        recipients = json.loads(path.with_suffix(".json").read_text())
        return CaughtMail(identifier, tuple(recipients), path.read_bytes())

    def newest(self, limit: int = 200) -> Iterator[CaughtMail]:
        for path in sorted(self.folder.glob("*.eml"), reverse=True)[:limit]:
            mail = self.get(path.stem)
            if mail is not None:
                yield mail

    def count(self) -> int:
        return sum(1 for _ in self.folder.glob("*.eml"))

    def empty(self) -> None:
        for path in self.folder.iterdir():
            path.unlink()
