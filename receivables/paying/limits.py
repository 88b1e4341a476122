"""How often somebody may try something on the debtor's pages. The counts live in Redis: they are brakes, not the books."""

from __future__ import annotations

import logging
from typing import Final

from django.core.cache import cache
from redis.exceptions import RedisError

HOUR: Final = 60 * 60
STRANGERS: Final = 50
log = logging.getLogger(__name__)


def is_allowed(name: str, *, most: int, seconds: int = HOUR, when_away: bool = False) -> bool:
    """Count one more of `name`; False when that is too many within the window. `when_away` answers when nobody can count."""
    key = f"limit:{name}"
    try:
        cache.add(key, 0, timeout=seconds)
        return bool(cache.incr(key) <= most)
    except ValueError:  # the window ended between the two calls
        return True
    except (RedisError, OSError):
        log.warning("no count of %s: the cache does not answer", name.partition(":")[0])
        return when_away


def is_place_allowed(name: str, ip: str, *, most: int, when_away: bool = False) -> bool:
    """The same for one address an hour. Where the proxies do not tell it, everybody shares a much wider limit."""
    return is_allowed(f"{name}:{ip}", most=most if ip else most * STRANGERS, when_away=when_away)
