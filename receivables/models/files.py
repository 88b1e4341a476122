"""Files kept byte for byte, addressed by their SHA-256, in the database: one backup, one transaction, one wall."""

from __future__ import annotations

from django.db import models

from tenants.isolation import AppendOnly, TenantModel
from tenants.models import Tenant


class StoredFile(TenantModel):
    """The exact bytes of a source file, letter or mail; the same bytes are kept once per tenant."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="files", db_index=False)
    sha256 = models.CharField(max_length=64)
    media_type = models.CharField(max_length=100)
    name = models.CharField(max_length=255, blank=True)
    size = models.PositiveBigIntegerField()
    content = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            AppendOnly(name="%(app_label)s_%(class)s_append_only"),
            models.UniqueConstraint(fields=["tenant", "sha256"], name="stored_file_once"),
        ]

    def __str__(self) -> str:
        return self.name or self.sha256[:12]
