"""Imports: what was uploaded, how far it is, what it changed; proposed revisions; and how fresh the books are."""

from __future__ import annotations

from django.db import models

from receivables.models.files import StoredFile
from receivables.models.invoices import Invoice
from tenants.isolation import AppendOnly, TenantModel, same_tenant
from tenants.models import Tenant, User


class ImportState(models.TextChoices):
    UPLOADED = "uploaded", "Geüpload"
    READING = "reading", "Wordt gelezen"
    PREVIEW = "preview", "Klaar om te controleren"
    APPLYING = "applying", "Wordt verwerkt"
    DONE = "done", "Verwerkt"
    REFUSED = "refused", "Geweigerd"
    CANCELLED = "cancelled", "Geannuleerd"


class ImportBatch(TenantModel):
    """One upload of one or more files. Parsed rows wait in `staged`; applying is one transaction."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="import_batches", db_index=False)
    kind = models.CharField(max_length=20, help_text="ubl, table, ...")
    state = models.CharField(max_length=12, choices=ImportState.choices, default=ImportState.UPLOADED)
    file = models.ForeignKey(
        StoredFile,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        db_constraint=False,
        related_name="+",
        db_index=False,
    )
    file_name = models.CharField(max_length=255, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    options = models.JSONField(default=dict, blank=True, help_text="Kolomkeuze, werkblad, eigen keuzes")
    staged = models.JSONField(default=list, blank=True)
    report = models.JSONField(default=dict, blank=True)
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [*TenantModel.Meta.constraints, same_tenant("file")]
        indexes = [models.Index(fields=["tenant", "-created_at"], name="import_batch_by_time")]

    def __str__(self) -> str:
        return self.file_name


class ColumnMapping(TenantModel):
    """Which column means what, remembered per tenant for lists with these headings."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="column_mappings", db_index=False)
    signature = models.CharField(max_length=64, help_text="Hash van de kopregel")
    columns = models.JSONField()
    updated_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["tenant", "signature"], name="column_mapping_once"),
        ]

    def __str__(self) -> str:
        return self.signature[:12]


class InvoiceRevision(TenantModel):
    """Other content under a known invoice number: a proposal that a person accepts or rejects, never a silent overwrite."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="invoice_revisions", db_index=False)
    invoice = models.ForeignKey(
        Invoice, on_delete=models.CASCADE, db_constraint=False, related_name="revisions", db_index=False
    )
    source_hash = models.CharField(max_length=64)
    proposed = models.JSONField(help_text="Veld -> nieuwe waarde")
    differences = models.JSONField(default=list, help_text="[veld, oud, nieuw]")
    file = models.ForeignKey(
        StoredFile,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        db_constraint=False,
        related_name="+",
        db_index=False,
    )
    proposed_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    is_accepted = models.BooleanField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            same_tenant("invoice"),
            same_tenant("file"),
            models.UniqueConstraint(fields=["tenant", "invoice", "source_hash"], name="invoice_revision_once"),
        ]

    def __str__(self) -> str:
        return f"herziening van {self.invoice_id}"


class BooksUpdate(TenantModel):
    """Up to which day the receipts are known: the freshness gate reads the newest."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="books_updates", db_index=False)
    up_to_on = models.DateField()
    source = models.CharField(max_length=20, help_text="confirmed, open_items, bank, psp, ...")
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [*TenantModel.Meta.constraints, AppendOnly(name="%(app_label)s_%(class)s_append_only")]
        indexes = [models.Index(fields=["tenant", "-up_to_on"], name="books_update_newest")]

    def __str__(self) -> str:
        return f"bijgewerkt tot {self.up_to_on}"
