"""Whose books these are, who may see them, and what was done."""

from tenants.models.audit import Event, OfficeEvent
from tenants.models.demo import DemoClock
from tenants.models.organisation import Office, Tenant
from tenants.models.people import Invitation, Membership, Role, User

__all__ = ["DemoClock", "Event", "Invitation", "Membership", "Office", "OfficeEvent", "Role", "Tenant", "User"]
