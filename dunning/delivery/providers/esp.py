"""Mail services over HTTP, spoken by django-anymail, with the idempotency key that makes a repeat safe.

anymail knows no keys: Resend reads an HTTP header, Brevo a field among the mail's headers. Redirects are not followed and
nothing is retried here: one call, one answer.
"""

from __future__ import annotations

import email
import time
import uuid
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage as ParsedMail
from email.policy import default as modern
from typing import Any, Final

import requests
from anymail.backends.brevo import BrevoPayload
from anymail.backends.brevo import EmailBackend as BrevoBackend
from anymail.backends.resend import EmailBackend as ResendBackend
from anymail.backends.resend import ResendPayload
from anymail.exceptions import AnymailError, AnymailRequestsAPIError
from django.core.mail import EmailMultiAlternatives
from requests.adapters import HTTPAdapter
from urllib3.exceptions import NewConnectionError

from dunning.delivery.answers import Answer
from dunning.delivery.providers import Outgoing

KEY_HEADER: Final = "X-Voldaan-Key"  # stays between us and the payload; never mailed
KEPT_HEADERS: Final = ("Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress")
TOO_MANY: Final = 429
CONFLICT: Final = 409  # Resend: the key is in use, or was used with other bytes
TIMED_OUT: Final = 408


class _Deadline(HTTPAdapter):
    """A read timeout alone lets a slow server drip for ever; this one reads the answer against one total deadline."""

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds
        super().__init__(max_retries=0)

    def send(self, request: Any, *args: Any, **kwargs: Any) -> requests.Response:
        left = max(self._ends - time.monotonic(), 0.001)
        kwargs.update(stream=True, timeout=left)
        response = super().send(request, *args, **kwargs)
        parts = []
        for part in response.iter_content(8192):
            if time.monotonic() > self._ends:
                response.close()
                raise requests.ReadTimeout("het antwoord duurde te lang", request=request)
            parts.append(part)
        response._content = b"".join(parts)  # what requests itself does without `stream`
        return response


class _OneCall:
    """Shared by both backends: no redirects, and the session ends at the deadline."""

    session: requests.Session

    def post_to_esp(self, payload: Any, message: Any) -> Any:
        plain = payload.get_request_params
        payload.get_request_params = lambda url: {**plain(url), "allow_redirects": False}
        return super().post_to_esp(payload, message)  # type: ignore[misc] # mixed into an anymail backend

    def give(self, seconds: float) -> None:
        for scheme in ("http://", "https://"):
            self.session.mount(scheme, _Deadline(seconds))


class _ResendPayload(ResendPayload):  # type: ignore[misc] # anymail ships no types
    def set_extra_headers(self, headers: dict[str, str]) -> None:
        self.headers["Idempotency-Key"] = headers.pop(KEY_HEADER)
        super().set_extra_headers(headers)


class _Resend(_OneCall, ResendBackend):  # type: ignore[misc] # anymail ships no types
    def build_message_payload(self, message: Any, defaults: Any) -> ResendPayload:
        return _ResendPayload(message, defaults, self)


class _BrevoPayload(BrevoPayload):  # type: ignore[misc] # anymail ships no types
    def set_extra_headers(self, headers: dict[str, str]) -> None:
        key = headers.pop(KEY_HEADER)
        headers["idempotencyKey"] = str(uuid.uuid5(uuid.NAMESPACE_URL, f"voldaan:{key}"))
        super().set_extra_headers(headers)


class _Brevo(_OneCall, BrevoBackend):  # type: ignore[misc] # anymail ships no types
    def build_message_payload(self, message: Any, defaults: Any) -> BrevoPayload:
        return _BrevoPayload(message, defaults, self)


@dataclass(frozen=True, slots=True)
class Service:
    """One mail service: its backend, and how long a key surely lives (less a margin)."""

    backend: Any
    key_lifetime: timedelta
    api_url: str


SERVICES: Final = {
    "resend": Service(_Resend, timedelta(hours=23), "https://api.resend.com/"),
    "brevo": Service(_Brevo, timedelta(minutes=10), "https://api.brevo.com/v3/"),
}


class EspProvider:
    """One HTTP session per batch."""

    key_lifetime: timedelta | None

    def __init__(self, name: str, *, api_key: str, api_url: str = "") -> None:
        service = SERVICES[name]
        self.name = name
        self.key_lifetime = service.key_lifetime
        self._backend = service.backend(api_key=api_key, api_url=api_url or service.api_url)

    def send(self, outgoing: Outgoing, *, deadline: float) -> Answer:
        try:
            message = _message(outgoing)
            self._backend.open()
            self._backend.give(deadline)
            self._backend.send_messages([message])
        except AnymailRequestsAPIError as failure:
            return _judge(failure)
        except (AnymailError, ValueError) as failure:  # the call was never made
            return Answer.refused(_words(failure))
        return _accepted(message)

    def close(self) -> None:
        self._backend.close()


def _accepted(message: Any) -> Answer:
    provider_id = str(message.anymail_status.message_id or "")
    if not provider_id:
        return Answer.unknown("Het antwoord noemt geen bericht.")
    return Answer.accepted(f"aangenomen als {provider_id}", provider_id=provider_id)


def _judge(failure: Any) -> Answer:
    status, text = failure.status_code, _words(failure)
    if status is None:
        return _judge_connection(failure, text)
    if status == TOO_MANY:
        return Answer.not_accepted(text)
    if 300 <= status < 500 and status not in {CONFLICT, TIMED_OUT}:
        return Answer.refused(text)
    return Answer.unknown(text)  # 5xx may come after acceptance; so may an answer that cannot be read


def _judge_connection(failure: Any, text: str) -> Answer:
    if isinstance(failure, requests.ConnectTimeout) or _has_cause(failure, NewConnectionError):
        return Answer.not_accepted(text, is_unreachable=True)
    if isinstance(failure, requests.exceptions.SSLError) and "CERTIFICATE_VERIFY_FAILED" in text:
        return Answer.not_accepted(text, is_unreachable=True)
    return Answer.unknown(text)


def _has_cause(failure: BaseException | None, kind: type[BaseException]) -> bool:
    """urllib3 hides the reason in `.reason` and in arguments, requests in `__cause__` and `__context__`."""
    seen: set[int] = set()
    queue = [failure]
    while queue:
        one = queue.pop()
        if one is None or id(one) in seen:
            continue
        if isinstance(one, kind):
            return True
        seen.add(id(one))
        nested = [part for part in one.args if isinstance(part, BaseException)]
        queue += [one.__cause__, one.__context__, getattr(one, "reason", None), *nested]
    return False


def _words(failure: Exception) -> str:
    return " ".join(str(failure).split())[:500]


def _message(outgoing: Outgoing) -> EmailMultiAlternatives:
    """The same bytes always become the same call, so that a repeat under one key is a true repeat."""
    parsed: ParsedMail = email.message_from_bytes(outgoing.mail, policy=modern)
    headers = {name: str(parsed[name]) for name in KEPT_HEADERS if parsed[name]}
    message = EmailMultiAlternatives(
        subject=str(parsed["Subject"] or ""),
        body=_text(parsed, "plain"),
        from_email=str(parsed["From"] or outgoing.sender),
        to=[str(parsed["To"] or outgoing.recipient)],
        reply_to=[str(parsed["Reply-To"])] if parsed["Reply-To"] else None,
        headers={**headers, KEY_HEADER: outgoing.key},
    )
    if html := _text(parsed, "html"):
        message.attach_alternative(html, "text/html")
    if outgoing.reference:
        message.metadata = {"voldaan": outgoing.reference}  # type: ignore[attr-defined] # anymail's own
    for part in parsed.iter_attachments():
        message.attach(part.get_filename(), part.get_content(), part.get_content_type())
    return message


def _text(parsed: ParsedMail, kind: str) -> str:
    part = parsed.get_body((kind,))
    return str(part.get_content()) if part is not None else ""
