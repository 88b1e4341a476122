"""The reply address of a customer: an answer to any letter says by itself whose file it belongs to. It is no secret."""

from __future__ import annotations

from base64 import b32decode, b32encode
from dataclasses import dataclass
from uuid import UUID

from receivables.models import Customer
from tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whose file an incoming mail belongs to; whether that customer exists is for the tenant's tables to say."""

    tenant_code: str
    customer_id: UUID


def reply_address(tenant: Tenant, customer: Customer) -> str:
    """The address in Reply-To: on the tenant's reply domain, else the tenant's own mailbox."""
    if not tenant.reply_domain:
        return tenant.email
    code = b32encode(customer.pk.bytes).decode().rstrip("=").lower()
    return f"{tenant.code}-{code}@{tenant.reply_domain}"


def addressee(address: str) -> Addressee | None:
    """Read a reply address back; None when it is not one of ours."""
    code, _, customer = address.partition("@")[0].lower().partition("-")
    try:
        return Addressee(code, UUID(bytes=b32decode(f"{customer.upper()}======")))
    except ValueError:
        return None
