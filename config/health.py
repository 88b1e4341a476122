"""`/healthz`: can this process reach PostgreSQL and Redis? For load balancers; says nothing about anybody's rows."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache

from tenants.access import public_view

log = structlog.get_logger(__name__)


@public_view
@never_cache
def health(request: HttpRequest) -> JsonResponse:  # noqa: ARG001 - a view gets one
    """200 when all parts answer, 503 when one does not."""
    checks = {"database": _database, "redis": _redis}
    answers = {name: _answer(name, check) for name, check in checks.items()}
    return JsonResponse(answers, status=200 if set(answers.values()) == {"ok"} else 503)


def _answer(name: str, check: Callable[[], None]) -> str:
    try:
        check()
    except Exception:
        log.exception("health check failed", part=name)
        return "unreachable"
    return "ok"


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _redis() -> None:
    cache.get("healthz")
