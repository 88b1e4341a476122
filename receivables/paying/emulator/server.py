"""The emulator over HTTP: Mollie's paths under /v2, the bank page under /pay, and a control desk for tests."""

from __future__ import annotations

import json
import re
import socket
import struct
import sys
import time
from datetime import timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from receivables.paying.emulator import pages
from receivables.paying.emulator.account import Accounts
from receivables.paying.emulator.control import control
from receivables.paying.emulator.deliveries import Postman
from receivables.paying.emulator.faults import LIES, Faults
from receivables.paying.emulator.payouts import Payouts
from receivables.paying.emulator.resources import ApiError
from receivables.paying.emulator.routes import ROUTES, Handler, Match
from receivables.paying.emulator.store import Resource, Store

KEY = re.compile(r"(test|live|access)_\w{10,100}")
MAX_BODY = 1_000_000
CHANGING = frozenset({"POST", "PATCH", "DELETE"})


class Emulator(ThreadingHTTPServer):
    """The server with its store, faults and postman. `start` it, use `url`, `stop` it."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self,
        *,
        port: int = 0,
        state: Path | str = ":memory:",
        expires_after: timedelta = timedelta(minutes=15),
        haste: float = 60.0,
        host: str = "127.0.0.1",
        public_url: str = "",
    ) -> None:
        super().__init__((host, port), Request)
        self.store = Store(state)
        self.faults = Faults()
        self.accounts = Accounts(self.store, self.faults, expires_after=expires_after)
        self.payouts = Payouts(self.store)
        self.canned: tuple[int, bytes] | None = None
        self.postman = Postman(self.store, haste=haste)
        self.url = public_url.rstrip("/") or f"http://{host}:{self.server_address[1]}"

    def serve(self) -> None:
        self.postman.start()
        self.serve_forever(poll_interval=0.1)

    def stop(self) -> None:
        self.shutdown()
        self.postman.stop()
        self.server_close()
        self.store.close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that hangs up is everyday life here; anything else is shown as usual."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class Request(BaseHTTPRequestHandler):
    """One request: routed by path, answered in Mollie's format or as a page."""

    server: Emulator
    protocol_version = "HTTP/1.1"
    server_version = "psp-emulator"
    sys_version = ""
    disable_nagle_algorithm = True  # headers and body go in two writes: without this each answer waits 40 ms
    timeout = 60

    def do_GET(self) -> None:
        self._dispatch()

    do_POST = do_PATCH = do_DELETE = do_HEAD = do_GET  # noqa: N815 - the names http.server calls

    def _dispatch(self) -> None:
        self.path_only = urlsplit(self.path).path
        self.body = self._read_body()
        if self.path_only.startswith("/v2/"):
            self._api()
        elif self.path_only.startswith("/_control/"):
            self._control()
        else:
            self._page()

    @property
    def desk(self) -> Emulator:
        return self.server

    # Mollie's API ----------------------------------------------------------------------------------------------
    def _api(self) -> None:
        if self.server.canned is not None:
            status, content = self.server.canned
            self._send(status, content, media_type="application/hal+json")
            return
        try:
            operation, handler, match = self._route()
            self.account = self._account()
            fault = self.server.faults.next_for(operation)
            if fault == "refuse":
                raise ApiError(503, "The service is temporarily unavailable")
            if fault == "throttle":
                raise ApiError(429, "Too many requests")
            status, text = self._once(handler, match)
        except ApiError as error:
            fault, status, text = "", error.status, json.dumps(error.body)
        self._suffer(fault, status, text)

    def _route(self) -> tuple[str, Handler, Match]:
        paths = [
            (method, name, handler, pattern.fullmatch(self.path_only)) for method, pattern, name, handler in ROUTES
        ]
        known = [(method, name, handler, match) for method, name, handler, match in paths if match]
        for method, name, handler, match in known:
            if method == self.command and match:
                return name, handler, match
        raise ApiError(405 if known else 404, "The resource does not exist or does not take this method")

    def _account(self) -> str:
        scheme, _, key = self.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not KEY.fullmatch(key):
            raise ApiError(401, "Missing authentication, or failed to authenticate")
        return key

    def _once(self, handler: Handler, match: Match) -> tuple[int, str]:
        """Answer, and give the same answer again to a repeated Idempotency-Key of a changing call."""
        key = self.headers.get("Idempotency-Key", "") if self.command in CHANGING else ""
        if not key:
            return self._answer(handler, match)
        asked = sha256(f"{self.command} {self.path_only} ".encode() + self.body).hexdigest()
        earlier = self.server.store.claim_key(self.account, key, asked=asked)
        if earlier is not None:
            if earlier.asked != asked:
                raise ApiError(422, "This Idempotency-Key was used before, for another request.")
            if earlier.status is None:
                raise ApiError(409, "Another request with this Idempotency-Key is already being processed.")
            return earlier.status, earlier.body
        status, text = 500, ""
        try:
            status, text = self._answer(handler, match)
        finally:
            self.server.store.store_answer(self.account, key, status=status, body=text)
        return status, text

    def _answer(self, handler: Handler, match: Match) -> tuple[int, str]:
        try:
            status, body = handler(self, match)
        except ApiError as error:
            return error.status, json.dumps(error.body)
        return status, "" if body is None else json.dumps(body)

    def _suffer(self, fault: str, status: int, text: str) -> None:
        """Send the answer, or lose it in the way the fault says. What was done stays done."""
        if fault == "reset_after":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            self.connection.close()
            return
        if fault in {"timeout_after", "slow"}:
            faults = self.server.faults
            time.sleep(faults.timeout_seconds if fault == "timeout_after" else faults.slow_seconds)
        if fault == "error_after":
            status, text = 500, json.dumps(ApiError(500, "Something went wrong on our side").body)
        if fault == "garbage":
            text = "<html>not what you asked for"
        if fault in LIES:
            text = json.dumps(json.loads(text) | LIES[fault])
        self._send(status, text.encode(), media_type="application/hal+json")

    def read_json(self) -> Resource:
        try:
            asked = json.loads(self.body or b"{}")
        except ValueError:
            asked = None
        if not isinstance(asked, dict):
            raise ApiError(400, "The request body is not a JSON object")
        return asked

    def read_page(self) -> tuple[int, str, bool]:
        query = parse_qs(urlsplit(self.path).query)
        limit = query.get("limit", ["50"])[0]
        if not limit.isdecimal() or not 1 <= int(limit) <= 250:
            raise ApiError(400, "The limit must be between 1 and 250", field="limit")
        return int(limit), query.get("from", [""])[0], query.get("sort", ["desc"])[0] == "asc"

    # the bank and the control desk -----------------------------------------------------------------------------
    def _page(self) -> None:
        if self.path_only == "/bank.css":
            self._send(200, pages.CSS, media_type="text/css; charset=utf-8")
        elif self.path_only == "/healthz":
            self._send(200, b"ok", media_type="text/plain")
        elif self.path_only == "/":
            self._html(200, pages.overview(self.server.store.rows("payment", limit=200)))
        elif self.path_only.startswith("/pay/"):
            self._checkout(self.path_only.removeprefix("/pay/"))
        else:
            self._send(404, b"not found", media_type="text/plain")

    def _checkout(self, secret: str) -> None:
        payment = self.server.store.at_checkout(secret)
        if payment is None:
            self._send(404, b"not found", media_type="text/plain")
            return
        if self.command == "POST":
            outcome = parse_qs(self.body.decode("utf-8", "replace")).get("outcome", [""])[0]
            payment = self.server.accounts.settle(self.server.accounts.with_expiry(payment)["id"], outcome)
            self._send(303, b"", media_type="text/plain", location=payment["redirectUrl"])
            return
        payment = self.server.accounts.with_expiry(payment)
        page = pages.approve(payment, secret=secret) if payment["status"] == "open" else pages.ended(payment)
        self._html(200, page, form_target=payment["redirectUrl"])

    def _control(self) -> None:
        """Orders of a test or of whoever runs the demo; see control.py."""
        name = self.path_only.removeprefix("/_control/")
        try:
            answer = control(self.server, self.command, name, self.read_json())
        except (ApiError, ValueError, ArithmeticError) as error:
            status = error.status if isinstance(error, ApiError) else 400
            self._send(status, json.dumps({"detail": str(error)}).encode(), media_type="application/json")
            return
        self._send(200, json.dumps(answer).encode(), media_type="application/json")

    def _html(self, status: int, page: str, *, form_target: str = "") -> None:
        parts = urlsplit(form_target)
        back = f" {parts.scheme}://{parts.netloc}" if parts.netloc else ""
        policy = (
            f"default-src 'none'; style-src 'self'; img-src data:; form-action 'self'{back}; frame-ancestors 'none'"
        )
        self._send(status, page.encode(), media_type="text/html; charset=utf-8", policy=policy)

    def _read_body(self) -> bytes:
        length = self.headers.get("Content-Length", "0")
        size = int(length) if length.isdecimal() else 0
        if size > MAX_BODY:
            self.close_connection = True
            return b""
        return self.rfile.read(size)

    def _send(self, status: int, body: bytes, *, media_type: str, location: str = "", policy: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        if location:
            self.send_header("Location", location)
        if policy:
            self.send_header("Content-Security-Policy", policy)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """The journal tells what happened; a line per request would drown the demo's log."""
