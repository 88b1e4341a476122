"""What every staff page shows: whose books are open, and where else this person may go."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def workplace(request: HttpRequest) -> dict[str, Any]:
    """The open tenant or office (set by the access decorators) and whether this is the demo."""
    return {
        "tenant": getattr(request, "tenant", None),
        "office": getattr(request, "office", None),
        "membership": getattr(request, "membership", None),
        "may": getattr(request, "may", None),
        "is_demo": settings.DEMO,
    }
