"""Who may do what: one table, values in and values out. The decorators of `tenants.access` ask it at every request."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from tenants.models.people import Role


class Permission(Enum):
    """What a page or action asks of the person who wants it; the value says it in Dutch."""

    SEE = "bekijken"
    IMPORT = "bestanden importeren"
    EDIT_CUSTOMER = "klanten en facturen bewerken"
    HOLD = "blokkades en afspraken vastleggen"
    PLAN_RUN = "een weekrun plannen"
    APPROVE_RUN = "een weekrun goedkeuren"
    STOP_RUN = "een weekrun stoppen"
    EDIT_POLICY = "ladders bewerken"
    REGISTER_PAYMENT = "betalingen boeken"
    REFUND = "betalingen terugbetalen"
    RESOLVE_NOTICE = "onzekere verzendingen afhandelen"
    CALL = "belacties afhandelen"
    APPROVE_HANDOVER = "een overdracht goedkeuren"
    HAND_OVER = "een dossier overdragen"
    MANAGE_PEOPLE = "mensen beheren"
    EDIT_TENANT = "de instellingen van de administratie wijzigen"
    EDIT_SECRETS = "sleutels en koppelingen wijzigen"
    SEE_OFFICE = "het kantooroverzicht bekijken"
    MANAGE_OFFICE = "het kantoor beheren"


_BOOKKEEPER = frozenset(
    {
        Permission.SEE,
        Permission.IMPORT,
        Permission.EDIT_CUSTOMER,
        Permission.HOLD,
        Permission.PLAN_RUN,
        Permission.APPROVE_RUN,
        Permission.STOP_RUN,
        Permission.EDIT_POLICY,
        Permission.REGISTER_PAYMENT,
        Permission.REFUND,
        Permission.RESOLVE_NOTICE,
        Permission.CALL,
        Permission.HAND_OVER,
        Permission.EDIT_TENANT,
    }
)

MATRIX: dict[Role, frozenset[Permission]] = {
    Role.VIEWER: frozenset({Permission.SEE}),
    Role.BOOKKEEPER: _BOOKKEEPER,
    Role.TENANT_OWNER: frozenset({Permission.SEE, Permission.APPROVE_HANDOVER, Permission.MANAGE_PEOPLE}),
    Role.OFFICE_STAFF: _BOOKKEEPER | {Permission.SEE_OFFICE},
    Role.OFFICE_ADMIN: frozenset(Permission),
}


@dataclass(frozen=True, slots=True)
class May:
    """What this person may do here. In Python `Permission.HOLD in request.may`, in templates `request.may.HOLD`."""

    permissions: frozenset[Permission]

    def __contains__(self, permission: object) -> bool:
        return permission in self.permissions

    def __getitem__(self, name: str) -> bool:
        try:
            permission = Permission[name]
        except KeyError:  # a KeyError would be silent in a template and hide the button for everybody
            raise LookupError(f"There is no permission {name}.") from None
        return permission in self.permissions


def granted(roles: Iterable[str]) -> May:
    """Everything that any of these roles allows."""
    return May(frozenset().union(*(MATRIX[Role(role)] for role in roles)))
