"""What the demo adds to the screens."""

from __future__ import annotations

from django import template
from django.conf import settings

from config.demo.people import PEOPLE, Person

register = template.Library()


@register.simple_tag
def demo_people() -> list[dict[str, str]]:
    """The people of the demo with their passwords; nobody outside the demo."""
    return [_shown(person) for person in PEOPLE] if settings.DEMO else []


@register.simple_tag
def demo_mailbox() -> str:
    """Where everything that was sent can be read."""
    return str(settings.DEMO_MAILBOX_URL)


def _shown(person: Person) -> dict[str, str]:
    return {"name": person.name, "role": person.title, "email": person.email, "password": person.password}
