"""Who can log in to the demo."""

from __future__ import annotations

from dataclasses import dataclass

from tenants.models.people import Role

PASSWORD = "voldaan-demo"  # noqa: S105 - of the demo, shown on its log-in page


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to be; `at` is the slug of the office or tenant they belong to."""

    name: str
    email: str
    role: Role
    title: str
    at: str
    password: str = PASSWORD


PEOPLE = (
    Person("Marit de Graaf", "kantoor@demo.example", Role.OFFICE_ADMIN, "Kantoor: alle administraties", "de-waag"),
    Person("Joris Hendriks", "boekhouder@demo.example", Role.BOOKKEEPER, "Boekhouder van Van Dam", "van-dam"),
    Person("Karin van Dam", "ondernemer@demo.example", Role.TENANT_OWNER, "Ondernemer van Van Dam", "van-dam"),
)
