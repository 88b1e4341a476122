"""A letterhead mark per tenant: its initials in its colour."""

from __future__ import annotations

import io

from django.conf import settings
from PIL import Image, ImageDraw, ImageFont

SIZE = 240


def logo(name: str, colour: str) -> bytes:
    """A PNG with rounded corners."""
    initials = "".join(word[0] for word in name.split() if word[0].isupper())[:2]
    image = Image.new("RGBA", (SIZE, SIZE), (0, 0, 0, 0))
    drawing = ImageDraw.Draw(image)
    drawing.rounded_rectangle((0, 0, SIZE - 1, SIZE - 1), radius=48, fill=colour)
    font = ImageFont.truetype(str(settings.BASE_DIR / "static" / "fonts" / "VoldaanSans-Semibold.ttf"), 116)
    drawing.text((SIZE / 2, SIZE / 2), initials, font=font, fill="white", anchor="mm")
    written = io.BytesIO()
    image.save(written, "PNG")
    return written.getvalue()
