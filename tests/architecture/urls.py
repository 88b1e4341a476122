"""The URL tree, flattened: every pattern with its full path, name, parameters and view."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver

FOREIGN = ("allauth.", "django.views.static")  # packages that guard their own pages


@dataclass(frozen=True, slots=True)
class Route:
    """One URL pattern."""

    path: str
    name: str
    parameters: tuple[str, ...]
    view: Callable[..., object]

    @property
    def is_foreign(self) -> bool:
        """A page of a package that guards it itself (allauth's own)."""
        module = getattr(self.view, "__module__", "")
        return module.startswith(FOREIGN)

    def __str__(self) -> str:
        return self.name or self.path


def routes(patterns: Sequence[URLPattern | URLResolver], *, path: str = "/", namespace: str = "") -> Iterator[Route]:
    """Every pattern under these, however deeply included."""
    for pattern in patterns:
        here = path + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from routes(pattern.url_patterns, path=here, namespace=inner)
        else:
            name = f"{namespace}{pattern.name}" if pattern.name else ""
            parameters = tuple(pattern.pattern.converters) + tuple(_outer(path))
            yield Route(path=here, name=name, parameters=parameters, view=pattern.callback)


def _outer(path: str) -> list[str]:
    return [part.partition(">")[0].rpartition(":")[2] for part in path.split("<")[1:]]
