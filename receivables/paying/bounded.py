"""HTTP to a PSP with an end to it: so many bytes, so many seconds, no redirects, nothing from the environment.

A time-out of the library is per read: a server that drips a byte a second would hold a debtor's click for ever. And a
small packed answer may unpack to gigabytes, so it is unpacked here, up to the same limit.
"""

from __future__ import annotations

import ssl
import time
import zlib
from functools import cache

import httpx

MOST_BYTES = 4_000_000  # 250 payments with everything included stay far below
PACKED = {"gzip": 16 + zlib.MAX_WBITS, "x-gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}


def bounded_client(*, timeout_ms: int) -> httpx.Client:
    """A client whose every call ends within the time-out, the reading of the answer included."""
    return httpx.Client(
        transport=_Bounded(seconds=timeout_ms / 1000),
        follow_redirects=False,
        trust_env=False,
        headers={"Accept-Encoding": "gzip"},
    )


def idle_async_client() -> httpx.AsyncClient:
    """For libraries that want one beside it and make their own otherwise, at the cost of reading all certificates again."""
    return httpx.AsyncClient(verify=_certificates(), trust_env=False)


@cache
def _certificates() -> ssl.SSLContext:
    """Read once per process: it takes forty milliseconds, and a client is made for every call."""
    return httpx.create_ssl_context(trust_env=False)


class _Bounded(httpx.HTTPTransport):
    def __init__(self, *, seconds: float) -> None:
        super().__init__(verify=_certificates(), retries=0, trust_env=False)
        self._seconds = seconds

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        deadline = time.monotonic() + self._seconds
        response = super().handle_request(request)
        try:
            body = _unpacked(response, _read(response, request, deadline), request)
        finally:
            response.close()
        headers = [(name, value) for name, value in response.headers.raw if name.lower() not in LEFT_OUT]
        return httpx.Response(response.status_code, headers=headers, content=body, extensions=response.extensions)


LEFT_OUT = frozenset({b"content-encoding", b"content-length", b"transfer-encoding"})


def _read(response: httpx.Response, request: httpx.Request, deadline: float) -> bytes:
    parts, size = [], 0
    assert isinstance(response.stream, httpx.SyncByteStream)  # noqa: S101 # a transport without async gives this
    for part in response.stream:
        size += len(part)
        if size > MOST_BYTES:
            raise httpx.ReadError("the answer is too large", request=request)
        if time.monotonic() > deadline:
            raise httpx.ReadTimeout("the answer takes too long", request=request)
        parts.append(part)
    return b"".join(parts)


def _unpacked(response: httpx.Response, body: bytes, request: httpx.Request) -> bytes:
    encoding = response.headers.get("content-encoding", "").strip().lower()
    if encoding in {"", "identity"}:
        return body
    if encoding not in PACKED:
        raise httpx.ReadError(f"the answer is packed as {encoding[:20]}", request=request)
    unpacker = zlib.decompressobj(PACKED[encoding])
    try:
        plain = unpacker.decompress(body, MOST_BYTES)
    except zlib.error as error:
        raise httpx.ReadError("the answer cannot be unpacked", request=request) from error
    if unpacker.unconsumed_tail:
        raise httpx.ReadError("the answer is too large", request=request)
    return plain
