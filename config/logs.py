"""Logging: one line per event, as JSON in production; no secrets and no tokens, because pay links open without a log-in."""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from typing import Any

import structlog

MASK = "***"
# A path segment that long is a token, unless it is a UUID or a file; slugs and ids stay readable.
_TOKEN = re.compile(r"(?<=/)(?<!/[to]/)(?![0-9a-f]{8}-[0-9a-f]{4}-)[A-Za-z0-9_\-:=~.]{20,}(?=[/?\s\"']|$)")
_PAY_LINK = re.compile(r"(?<=/b/)[^/?\s\"']+")
_FILE = re.compile(r"/static/")
_SECRET_KEYS = re.compile(r"token|secret|password|api_?key|authorization|cookie|iban", re.IGNORECASE)


def mask(text: str) -> str:
    """Hide tokens in a path or a line that holds one, and everything behind a question mark in a path."""
    if _FILE.search(text):
        return text
    return _TOKEN.sub(MASK, _PAY_LINK.sub(MASK, text))


def mask_event(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: secret-looking keys lose their value, paths in the text lose their tokens."""
    for key, value in event.items():
        if _SECRET_KEYS.search(key):
            event[key] = MASK
        elif isinstance(value, str) and "/" in value:
            event[key] = mask(value)
    return event


_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
    structlog.processors.format_exc_info,
    mask_event,
]


def _tidy_line(_logger: object, _method: str, event: MutableMapping[str, Any]) -> str:
    """One short line for a person: what happened, then what belongs to it."""
    exception = event.pop("exception", "")
    text = str(event.pop("event", ""))
    hidden = {"timestamp", "level", "logger", "stack"}
    details = " ".join(f"{key}={value}" for key, value in event.items() if key not in hidden)
    level = str(event.get("level", "info"))
    prefix = "" if level in {"info", "debug"} else f"{level}: "
    return f"{prefix}{text} {details}".rstrip() + (f"\n{exception}" if exception else "")


def logging_config(*, as_json: bool, quiet_tasks: bool) -> dict[str, Any]:
    """Django's LOGGING; configures structlog on the way, so that both end in the same line.

    `quiet_tasks` leaves out the line per finished task: the demo's beat looks every few seconds.
    """
    renderer: Any = structlog.processors.JSONRenderer() if as_json else _tidy_line
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": _SHARED,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": "INFO"},
        "loggers": {
            "django.server": {"handlers": ["console"], "level": "INFO", "propagate": False},
            "httpx": {"level": "WARNING"},
            "fontTools": {"level": "ERROR"},
            "weasyprint": {"level": "ERROR"},
            "celery.app.trace": {"level": "WARNING" if quiet_tasks else "INFO"},
            "celery.worker.strategy": {"level": "WARNING"},
            "celery.beat": {"level": "WARNING"},
            "celery.redirected": {"level": "WARNING"},
        },
    }
