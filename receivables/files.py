"""Keeping bytes: content-addressed, once per tenant."""

from __future__ import annotations

import hashlib

from receivables.models import StoredFile
from tenants.models import Tenant


def store(tenant: Tenant, *, content: bytes, media_type: str, name: str = "") -> StoredFile:
    """Keep these exact bytes and return their row; the same bytes twice are one row."""
    sha256 = hashlib.sha256(content).hexdigest()
    StoredFile.across_tenants.bulk_create(
        [
            StoredFile(
                tenant=tenant, sha256=sha256, media_type=media_type, name=name[:255], size=len(content), content=content
            )
        ],
        ignore_conflicts=True,
    )
    return tenant.files.defer("content").get(sha256=sha256)  # the caller has the bytes
