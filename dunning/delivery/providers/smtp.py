"""Plain SMTP (RFC 5321), by phase: until the final dot nothing is accepted; after it, silence means nobody knows (RFC 1047).

One connection serves a batch. There is no key: an unknown outcome goes to a person.
"""

from __future__ import annotations

import contextlib
import re
import smtplib
import socket
import ssl
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from dunning.delivery.answers import Answer
from dunning.delivery.providers import Outgoing
from dunning.models.notices import AttemptResult

_LEADING_DOT: Final = re.compile(rb"(?m)^\.")
_BARE_LINE_END: Final = re.compile(rb"\r\n|\r|\n")
OK: Final = 250
START_MAIL_INPUT: Final = 354
_QUEUED_AS: Final = re.compile(r"queued as ([^\s>]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where the mail goes."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    use_tls: bool = False


class SmtpProvider:
    """One SMTP connection, opened at the first mail and reused."""

    name = "smtp"
    key_lifetime: timedelta | None = None

    def __init__(self, server: SmtpServer) -> None:
        self._server = server
        self._connection: smtplib.SMTP | None = None

    def send(self, outgoing: Outgoing, *, deadline: float) -> Answer:
        ends = time.monotonic() + deadline
        try:
            early = self._open_envelope(outgoing, ends)
        except (OSError, smtplib.SMTPException) as failure:  # not a byte of the mail was sent
            self._drop()
            return Answer.not_accepted(_words(failure), is_unreachable=True)
        return early or self._send_content(outgoing.mail, ends)

    def close(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                self._connection.quit()
            self._drop()

    def _open_envelope(self, outgoing: Outgoing, ends: float) -> Answer | None:
        """Everything up to DATA; an answer means that the server did not want this mail."""
        is_reused = self._connection is not None
        try:
            return self._commands(outgoing, ends)
        except (OSError, smtplib.SMTPServerDisconnected):
            if not is_reused:
                raise
        self._drop()  # an idle connection was closed by the server; nothing was handed over yet
        return self._commands(outgoing, ends)

    def _commands(self, outgoing: Outgoing, ends: float) -> Answer | None:
        connection = self._connect(ends)
        for command in (f"MAIL FROM:<{outgoing.sender}>", f"RCPT TO:<{outgoing.recipient}>", "DATA"):
            _allow(connection, ends)
            code, reply = connection.docmd(command)
            if code != (START_MAIL_INPUT if command == "DATA" else OK):
                self._reset()
                answer = _judge(code, reply)
                return answer if answer.result == AttemptResult.REFUSED else Answer.not_accepted(answer.text)
        return None

    def _connect(self, ends: float) -> smtplib.SMTP:
        if self._connection is None:
            connection = smtplib.SMTP(self._server.host, self._server.port, timeout=_left(ends))
            self._connection = connection
            if connection.sock is not None:  # the final dot is a packet of its own and must not wait for an ACK
                connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._server.use_tls:
                connection.starttls(context=ssl.create_default_context())
            connection.ehlo_or_helo_if_needed()
            if self._server.user:
                connection.login(self._server.user, self._server.password)
        return self._connection

    def _send_content(self, mail: bytes, ends: float) -> Answer:
        connection = self._connection
        assert connection is not None  # noqa: S101 # opened by _open_envelope
        try:
            _allow(connection, ends)
            connection.send(_on_the_wire(mail))  # without its final dot the server may not deliver
        except (OSError, smtplib.SMTPException) as failure:
            self._drop()
            return Answer.not_accepted(f"Verbinding verbroken tijdens het overdragen: {_words(failure)}")
        try:
            _allow(connection, ends)
            connection.send(b".\r\n")
            code, reply = connection.getreply()
        except (OSError, smtplib.SMTPException) as failure:
            self._drop()
            return Answer.unknown(f"Geen antwoord na de laatste regel: {_words(failure)}")
        if not 200 <= code < 300:
            self._reset()
        return _judge(code, reply)

    def _reset(self) -> None:
        try:
            if self._connection is not None:
                self._connection.rset()
        except (OSError, smtplib.SMTPException):
            self._drop()

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _judge(code: int, reply: bytes) -> Answer:
    """RFC 5321 4.2.1: 2xx is done, 4xx may be tried again, 5xx is final."""
    text = f"{code} {reply.decode('utf-8', 'replace')}"[:500]
    if 200 <= code < 300:
        found = _QUEUED_AS.search(text)
        return Answer.accepted(text, provider_id=found[1] if found else "")
    if 400 <= code < 500:
        return Answer.not_accepted(text)
    if 500 <= code < 600:
        return Answer.refused(text)
    return Answer.unknown(text)


def _on_the_wire(mail: bytes) -> bytes:
    lines = _BARE_LINE_END.sub(b"\r\n", mail)
    stuffed = _LEADING_DOT.sub(b"..", lines)
    return stuffed if stuffed.endswith(b"\r\n") else stuffed + b"\r\n"


def _left(ends: float) -> float:
    return max(ends - time.monotonic(), 0.001)


def _allow(connection: smtplib.SMTP, ends: float) -> None:
    """Give the next read or write what is left of the deadline."""
    if connection.sock is None:
        raise smtplib.SMTPServerDisconnected("niet verbonden")
    connection.sock.settimeout(_left(ends))


def _words(failure: Exception) -> str:
    return f"{type(failure).__name__}: {failure}"[:300]
