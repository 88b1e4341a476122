"""The EPC QR code as a one-bit picture of one pixel per module: smallest and quickest to draw (fixed mask, level M)."""

from __future__ import annotations

import io

import segno

MASK = 2  # any of the eight is valid; choosing the best one costs four times as much as drawing it


def qr_png(payload: str) -> bytes:
    """Draw `payload` as PNG, with the quiet zone of four modules that readers need."""
    code = segno.make_qr(payload.encode(), error="m", mask=MASK, boost_error=False, mode="byte")
    if int(code.version) > 13:
        raise ValueError("an EPC QR code is at most version 13")
    picture = io.BytesIO()
    code.save(picture, kind="png", scale=1, border=4)
    return picture.getvalue()
