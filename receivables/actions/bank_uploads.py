"""Bank files that were uploaded: kept packed until they are read, one after the other, each in a transaction of its own.

A table with an unknown layout waits by itself until a person has chosen its columns. Reading a file twice changes nothing,
so a task that starts again after a crash simply goes on.
"""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from receivables.actions.bank_import import import_bank_file
from receivables.actions.bank_report import BankReport
from receivables.actions.uploads import staged
from receivables.banking.sandboxed import BANK_LIMITS, BankReader
from receivables.importing.outcome import RefusedError
from receivables.importing.results import Upload
from receivables.importing.sandbox import Limits
from receivables.models import ColumnMapping, ImportBatch
from receivables.models.banking import BankFileState
from receivables.models.imports import ImportState
from tenants import audit
from tenants.context import tenant_context
from tenants.models import Tenant, User

KIND, TABLE_KIND = "bank", "bank_table"
KINDS = (KIND, TABLE_KIND)
AT_ONCE_BYTES = 1024 * 1024
AT_ONCE_LINES = 2_000
_ENTRIES = (b"<Ntry>", b":61:")


def is_quick(uploads: Sequence[Upload]) -> bool:
    """Whether these are read while the user waits."""
    if sum(len(upload.content) for upload in uploads) > AT_ONCE_BYTES:
        return False
    entries = sum(upload.content.count(mark) for upload in uploads for mark in _ENTRIES)
    packed = sum(len(upload.content) for upload in uploads if upload.content.startswith(b"PK"))
    return entries <= AT_ONCE_LINES and packed <= AT_ONCE_BYTES // 8  # a ZIP grows


def receive(tenant: Tenant, uploads: Sequence[Upload], *, by: User | None, now: datetime) -> ImportBatch:
    """Keep the bytes until they are read."""
    return tenant.import_batches.create(
        kind=KIND,
        state=ImportState.APPLYING,
        file_name=", ".join(upload.name for upload in uploads)[:255],
        total=len(uploads),
        staged=[_packed(upload) for upload in uploads],
        report={"files": []},
        by=by,
        created_at=now,
    )


def _packed(upload: Upload) -> dict[str, str]:
    return {"name": upload.name, "zlib": base64.b64encode(zlib.compress(upload.content, 1)).decode()}


def read_all(
    tenant: Tenant, batch_id: UUID, *, now: datetime, on: date, limits: Limits = BANK_LIMITS
) -> ImportBatch | None:
    """Import what was not imported yet; nothing when somebody else has finished it."""
    with tenant_context(tenant.pk):
        batch = tenant.import_batches.select_related("by").filter(pk=batch_id, state=ImportState.APPLYING).first()
    if batch is None:
        return None
    with BankReader(limits) as reader:
        for upload in staged(batch)[batch.done :]:
            values = _one(tenant, upload, reader, by=batch.by, now=now, on=on)
            _note(tenant, batch, values)
    with tenant_context(tenant.pk):
        batch.state, batch.staged, batch.finished_at = ImportState.DONE, [], now
        batch.save(update_fields=["state", "staged", "finished_at"])
    return batch


def _note(tenant: Tenant, batch: ImportBatch, values: dict[str, Any]) -> None:
    """How far it is, for the page that asks."""
    batch.done += 1
    batch.report = {"files": [*batch.report["files"], values]}
    with tenant_context(tenant.pk):
        batch.save(update_fields=["done", "report"])


def _one(
    tenant: Tenant, upload: Upload, reader: BankReader, *, by: User | None, now: datetime, on: date
) -> dict[str, Any]:
    """One file; an unknown table is read as its heading was read before, or waits for a person."""
    report = _import(tenant, upload, reader, by=by, now=now, on=on, options={})
    if not report.asks_for_columns:
        return shown(report)
    try:
        look = reader.look(upload.content, name=upload.name)
    except RefusedError:
        return shown(report)
    with tenant_context(tenant.pk):
        known = tenant.column_mappings.filter(signature=signature(look)).first()
    if known:
        again = _import(tenant, upload, reader, by=by, now=now, on=on, options=known.columns)
        if not again.is_refused:
            return shown(again)
    return {**shown(report), "columns": str(_wait(tenant, upload, look, by=by, now=now).pk)}


def _import(
    tenant: Tenant, upload: Upload, reader: BankReader, *, by: User | None, now: datetime, on: date, options: Mapping[str, Any]
) -> BankReport:  # fmt: skip
    return import_bank_file(
        tenant, name=upload.name, content=upload.content, now=now, on=on, by=by, options=options, reader=reader
    )


def shown(report: BankReport) -> dict[str, Any]:
    """What a page shows of one file."""
    return {**report.as_json(), "file": str(report.file.pk)}


# --- tables whose columns a person chooses -----------------------------------------------------------------------------
def _wait(tenant: Tenant, upload: Upload, look: dict[str, Any], *, by: User | None, now: datetime) -> ImportBatch:
    with tenant_context(tenant.pk):
        return tenant.import_batches.create(
            kind=TABLE_KIND,
            state=ImportState.PREVIEW,
            file_name=upload.name[:255],
            staged=[_packed(upload)],
            options={"look": look},
            by=by,
            created_at=now,
        )


def throw_away(tenant: Tenant, batch: ImportBatch, *, by: User, now: datetime) -> None:
    """Nobody will choose the columns; then the table was never handed in."""
    (upload,) = staged(batch)
    sha256 = hashlib.sha256(upload.content).hexdigest()
    tenant.bank_files.filter(sha256=sha256, state=BankFileState.REFUSED).delete()
    batch.delete()
    audit.record(tenant, "bank_file.thrown_away", by=by, now=now, details={"name": upload.name[:120]})


def signature(look: Mapping[str, Any]) -> str:
    """Equal for tables with the same headings; never equal to that of an open-item list."""
    return hashlib.sha256("\x1f".join(["bank", *map(str, look["headings"])]).encode()).hexdigest()


def read_table(
    tenant: Tenant, batch: ImportBatch, options: Mapping[str, Any], *, by: User, now: datetime, on: date
) -> BankReport:
    """Import a table with the chosen columns; what was chosen is remembered once it works, and the bytes go."""
    (upload,) = staged(batch)
    with BankReader() as reader:
        report = _import(tenant, upload, reader, by=by, now=now, on=on, options=options)
    if not report.is_refused:
        own = signature(batch.options["look"])
        ColumnMapping.across_tenants.update_or_create(
            tenant=tenant, signature=own, defaults={"columns": dict(options), "updated_at": now}
        )
        batch.delete()
    return report
