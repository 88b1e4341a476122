"""A server with a fixed answer, for what a PSP may send back."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class CannedServer:
    """Answers every request with the given status(es) and body, and remembers what it was asked."""

    def __init__(
        self, status: int | list[int], body: bytes | dict[str, Any], *, headers: dict[str, str] | None = None
    ) -> None:
        self.statuses = [status] if isinstance(status, int) else status
        self.content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.headers = {"Content-Type": "application/hal+json"} | (headers or {})
        self.bodies: list[bytes] = []
        self.paths: list[str] = []
        self._lock = threading.Lock()
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                with owner._lock:
                    owner.bodies.append(self.rfile.read(int(self.headers.get("Content-Length", "0"))))
                    owner.paths.append(self.path)
                    status = owner.statuses[min(len(owner.bodies), len(owner.statuses)) - 1]
                self.send_response(status)
                for name, value in (owner.headers | {"Content-Length": str(len(owner.content))}).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(owner.content)

            do_POST = do_GET  # noqa: N815 # the name http.server calls

            def log_message(self, *_: Any) -> None:
                """Tests need no log."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> CannedServer:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def wait_for(self, calls: int, *, seconds: float = 10) -> None:
        deadline = time.monotonic() + seconds
        while len(self.bodies) < calls and time.monotonic() < deadline:
            time.sleep(0.02)
        assert len(self.bodies) >= calls
