"""Mail providers that fail on purpose. What they write in their log is the only truth of what left.

`python -m tests.faults.fakes smtp|esp --port N --log FILE --seed N --rate 0.2 [--hang SECONDS] [--ignore-keys]`
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import socketserver
import struct
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from email import message_from_bytes
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import SO_LINGER, SOL_SOCKET
from typing import Any


class Fault(StrEnum):
    NONE = "none"
    BUSY = "busy"  # says no before it accepts: SMTP 451 at MAIL FROM, HTTP 503
    LATER = "later"  # SMTP 451 after the final dot, HTTP 429
    REFUSED = "refused"  # SMTP 550 at RCPT TO, HTTP 422
    ERROR_AFTER = "error_after"  # accepts, then HTTP 500; SMTP: closes without a reply
    HANG_AFTER = "hang_after"  # accepts, then says nothing for longer than anybody waits
    RESET_BEFORE = "reset_before"  # resets the connection and keeps nothing
    RESET_AFTER = "reset_after"  # accepts, then resets the connection
    LOST = "lost"  # takes the whole mail, keeps nothing, closes without a reply


RANDOM_FAULTS = (Fault.BUSY, Fault.ERROR_AFTER, Fault.HANG_AFTER, Fault.RESET_BEFORE, Fault.RESET_AFTER, Fault.LOST)


class Faults:
    """Which fault comes next: a fixed list, then a seeded coin."""

    def __init__(self, first: Iterable[Fault] = (), *, seed: int = 0, rate: float = 0.0) -> None:
        self._first = list(first)
        self._random = random.Random(seed)  # noqa: S311 # faults must be repeatable
        self._rate = rate
        self._lock = threading.Lock()

    def next(self) -> Fault:
        with self._lock:
            if self._first:
                return self._first.pop(0)
            if self._random.random() >= self._rate:
                return Fault.NONE
            return self._random.choice(RANDOM_FAULTS)


class Ledger:
    """Every mail that was taken in, one JSON line each."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self.accepted: list[dict[str, Any]] = []
        self._lock = threading.Lock()

    def add(self, **entry: Any) -> None:
        with self._lock:
            self.accepted.append({"at": time.time(), **entry})
            if self.path:
                with self.path.open("a") as file:
                    file.write(json.dumps(self.accepted[-1]) + "\n")


def read_log(path: Path) -> Iterator[dict[str, Any]]:
    """What a fake took in."""
    if path.exists():
        for line in path.read_text().splitlines():
            yield json.loads(line)


class SmtpFake(socketserver.ThreadingTCPServer):
    """Enough of RFC 5321 for one sender."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, faults: Faults, log: Ledger, *, port: int = 0, hang: float = 3.0) -> None:
        super().__init__(("127.0.0.1", port), _SmtpSession)
        self.faults, self.log, self.hang = faults, log, hang

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is part of the play."""


class _SmtpSession(socketserver.StreamRequestHandler):
    server: SmtpFake

    def handle(self) -> None:
        self._say("220 fake ESMTP")
        fault, recipient = Fault.NONE, ""
        while line := self.rfile.readline():
            verb = line.decode("latin-1").strip().upper()
            if verb.startswith("EHLO"):
                self._say("250-fake\r\n250 8BITMIME")
            elif verb.startswith("MAIL"):
                fault = self.server.faults.next()
                self._say("451 busy, come back later" if fault == Fault.BUSY else "250 ok")
            elif verb.startswith("RCPT"):
                recipient = line.decode("latin-1").partition("<")[2].partition(">")[0]
                self._say("550 no such mailbox" if fault == Fault.REFUSED else "250 ok")
            elif verb == "DATA":
                if not self._data(fault, recipient):
                    return
            elif verb == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _data(self, fault: Fault, recipient: str) -> bool:
        """Take the mail; False ends the connection."""
        self._say("354 go ahead")
        if fault == Fault.RESET_BEFORE:
            self.rfile.readline()
            _reset(self.connection)
            return False
        mail = self._read_mail()
        if mail is None:
            return False
        if fault == Fault.LATER:
            self._say("451 disk full, come back later")
            return True
        if fault != Fault.LOST:
            self.server.log.add(**describe(mail), to=recipient, key="")
        if fault == Fault.HANG_AFTER:
            time.sleep(self.server.hang)
            return False
        if fault in (Fault.ERROR_AFTER, Fault.LOST):
            return False
        if fault == Fault.RESET_AFTER:
            _reset(self.connection)
            return False
        self._say(f"250 ok: queued as {len(self.server.log.accepted)}")
        return True

    def _read_mail(self) -> bytes | None:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                return None  # the final dot never came: RFC 5321 says drop it
            lines.append(line[1:] if line.startswith(b"..") else line)
        return b"".join(lines)

    def _say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")


class EspFake(ThreadingHTTPServer):
    """`POST /emails` as Resend has it: the same key and body again is answered as before, and sent once."""

    daemon_threads = True

    def __init__(
        self, faults: Faults, log: Ledger, *, port: int = 0, hang: float = 3.0, honours_keys: bool = True
    ) -> None:
        super().__init__(("127.0.0.1", port), _EspCall)
        self.faults, self.log, self.hang, self.honours_keys = faults, log, hang, honours_keys
        self.answers: dict[str, tuple[str, str]] = {}
        self.lock = threading.Lock()
        self.calls = 0

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is part of the play."""

    def take(self, key: str, body: bytes) -> str | None:
        """Accept a mail, or recognise it; None when the key was used with another body."""
        digest = hashlib.sha256(body).hexdigest()
        with self.lock:
            if self.honours_keys and key in self.answers:
                return self.answers[key][0] if self.answers[key][1] == digest else None
            identifier = f"fake-{len(self.log.accepted) + 1}"
            self.answers[key] = identifier, digest
            content = json.loads(body)
            self.log.add(
                key=key,
                to=", ".join(content["to"]),
                subject=content["subject"],
                message_id=content.get("headers", {}).get("Message-ID", ""),
                sha256=digest,
                id=identifier,
            )
            return identifier


class _EspCall(BaseHTTPRequestHandler):
    server: EspFake
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.server.calls += 1
        body = self.rfile.read(int(self.headers["Content-Length"]))
        fault = self.server.faults.next()
        if fault in (Fault.RESET_BEFORE, Fault.LOST):
            return self._reset()
        refusals = {Fault.BUSY: 503, Fault.LATER: 429, Fault.REFUSED: 422}
        if fault in refusals:
            return self._answer(refusals[fault], {"message": str(fault)})
        identifier = self.server.take(self.headers.get("Idempotency-Key", ""), body)
        if identifier is None:
            return self._answer(409, {"name": "invalid_idempotent_request"})
        if fault == Fault.HANG_AFTER:
            time.sleep(self.server.hang)
        if fault in (Fault.RESET_AFTER, Fault.HANG_AFTER):
            return self._reset()
        if fault == Fault.ERROR_AFTER:
            return self._answer(500, {"message": "oops"})
        return self._answer(200, {"id": identifier})

    def _reset(self) -> None:
        self.close_connection = True
        _reset(self.connection)

    def _answer(self, status: int, content: dict[str, str]) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: the ledger is the log."""


def _reset(connection: Any) -> None:
    """Close with RST instead of FIN."""
    connection.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def describe(mail: bytes) -> dict[str, str]:
    parsed = message_from_bytes(mail)
    return {
        "message_id": str(parsed["Message-ID"] or "").strip(),
        "subject": " ".join(str(parsed["Subject"] or "").split()),
        "sha256": hashlib.sha256(mail).hexdigest(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=["smtp", "esp"])
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--rate", type=float, default=0.2)
    parser.add_argument("--hang", type=float, default=3.0)
    parser.add_argument("--ignore-keys", action="store_true")
    asked = parser.parse_args()
    faults, log = Faults(seed=asked.seed, rate=asked.rate), Ledger(asked.log)
    server: socketserver.BaseServer
    if asked.kind == "smtp":
        server = SmtpFake(faults, log, port=asked.port, hang=asked.hang)
    else:
        server = EspFake(faults, log, port=asked.port, hang=asked.hang, honours_keys=not asked.ignore_keys)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
