"""Uploads on their way: kept packed beside the batch until they are read, gone when they are refused.

Reading and storing happen in the background: each step claims the batch, works in transactions of its own, and can be
started again after a crash, for storing the same content twice changes nothing.
"""

from __future__ import annotations

import base64
import contextlib
import zlib
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db import DatabaseError
from redis.exceptions import RedisError

from receivables.actions.importing import ImportInterruptedError, ImportReport, import_invoices
from receivables.importing import reading
from receivables.importing.outcome import Problem
from receivables.importing.results import FileRefused, Preview, Progress, Upload, read_upload
from receivables.importing.sandbox import LIST_LIMITS, Limits, Sandbox
from receivables.models import ColumnMapping, ImportBatch
from receivables.models.imports import ImportState
from tenants import audit
from tenants.context import durable_tenant_context, tenant_context
from tenants.models import Tenant, User

AT_ONCE_BYTES = 1024 * 1024  # smaller uploads are read while the user waits: well under two seconds
_WAITING = (ImportState.UPLOADED, ImportState.READING, ImportState.PREVIEW, ImportState.APPLYING)
_PROGRESS_SECONDS = 3600
_KEPT = timedelta(days=7)


def is_list(upload: Upload) -> bool:
    """Whether the wizard must ask for columns; what the bytes are decides, not the name."""
    return reading.kind_of(upload.content) == "table"


def receive(tenant: Tenant, uploads: Sequence[Upload], *, by: User | None, now: datetime) -> ImportBatch:
    """Keep an upload until it is read. Nothing of it counts yet; one that nobody looked at for a week goes."""
    forgotten = tenant.import_batches.filter(state=ImportState.PREVIEW, created_at__lt=now - _KEPT)
    forgotten.update(state=ImportState.CANCELLED, staged=[], finished_at=now)
    return tenant.import_batches.create(
        kind="table" if is_list(uploads[0]) else "ubl",
        file_name=", ".join(upload.name for upload in uploads)[:255],
        staged=[
            {"name": upload.name, "zlib": base64.b64encode(zlib.compress(upload.content, 1)).decode()}
            for upload in uploads
        ],
        by=by,
        created_at=now,
    )


def staged(batch: ImportBatch) -> list[Upload]:
    """The bytes as they were handed in."""
    return [Upload(name=kept["name"], content=zlib.decompress(base64.b64decode(kept["zlib"]))) for kept in batch.staged]


def cancel(tenant: Tenant, batch: ImportBatch, *, by: User | None, now: datetime) -> None:
    """Throw an upload away that was not imported yet."""
    audit.record(tenant, "import.cancelled", now=now, subject=batch, by=by, details={"file": batch.file_name[:200]})
    batch.state, batch.staged, batch.finished_at = ImportState.CANCELLED, [], now
    batch.save(update_fields=["state", "staged", "finished_at"])


def record_done(
    tenant: Tenant, report: ImportReport, *, name: str, kind: str, by: User | None, now: datetime
) -> ImportBatch:
    """A small import that was done while the user waited: only its report is kept."""
    return tenant.import_batches.create(
        kind=kind,
        state=ImportState.DONE,
        file_name=name[:255],
        report=report.as_json(),
        by=by,
        created_at=now,
        finished_at=now,
    )


# --- the wizard --------------------------------------------------------------------------------------------------------
def preview(tenant: Tenant, batch: ImportBatch, *, now: datetime, limits: Limits = LIST_LIMITS) -> ImportBatch:
    """Read the whole list with the chosen (or remembered, or guessed) columns; keep heading, first rows and errors."""
    upload = staged(batch)[0]
    with Sandbox(limits) as sandbox:
        found = _read_preview(sandbox, upload, batch)
        if isinstance(found, Preview) and "mapping" not in batch.options and (known := _remembered(tenant, found)):
            batch.options = {**batch.options, **known, "is_remembered": True}
            found = _read_preview(sandbox, upload, batch)
    if isinstance(found, FileRefused):
        return refuse(batch, [found.problem, *found.errors], now=now)
    batch.options = {**batch.options, "preview": dict(found.values)}
    batch.options.setdefault("mapping", found.values["mapping"])
    batch.state = ImportState.PREVIEW
    batch.save(update_fields=["options", "state"])
    return batch


def _read_preview(sandbox: Sandbox, upload: Upload, batch: ImportBatch) -> Preview | FileRefused:
    for result in read_upload(sandbox, upload, want="preview", options=_asked(batch)):
        if isinstance(result, Preview | FileRefused):
            return result
        if isinstance(result, Progress):
            tell(batch.pk, result.done, result.total)
    return FileRefused(
        name=upload.name, problem=Problem(code="no_table", message="Dit bestand is geen lijst met openstaande posten.")
    )


def _remembered(tenant: Tenant, found: Preview) -> dict[str, Any]:
    known = tenant.column_mappings.filter(signature=found.values["signature"]).first()
    return dict(known.columns) if known else {}


def choose(batch: ImportBatch, choices: dict[str, Any]) -> None:
    """What the user chose replaces the guess."""
    kept = {key: value for key, value in batch.options.items() if key == "preview"}
    batch.options = {**kept, **choices}
    batch.save(update_fields=["options"])


def remember_columns(tenant: Tenant, batch: ImportBatch, *, now: datetime) -> None:
    """Next week's list with the same heading needs no choosing."""
    chosen = {key: batch.options[key] for key in ("mapping", "decimal_sign", "month_first") if key in batch.options}
    ColumnMapping.across_tenants.update_or_create(
        tenant=tenant, signature=batch.options["preview"]["signature"], defaults={"columns": chosen, "updated_at": now}
    )


def refuse(batch: ImportBatch, problems: Sequence[Problem], *, now: datetime) -> ImportBatch:
    """Keep why, not what: the bytes of a refused file go."""
    unique = list(dict.fromkeys(problems))
    batch.report = {
        "files": [
            {
                "name": batch.file_name,
                "outcome": "refuse",
                "result": "refused",
                "errors": [one.as_json() for one in unique],
            }
        ]
    }
    batch.state, batch.staged, batch.finished_at = ImportState.REFUSED, [], now
    batch.save(update_fields=["report", "state", "staged", "finished_at"])
    return batch


# --- in the background -------------------------------------------------------------------------------------------------
def read_in_background(tenant: Tenant, batch_id: UUID, *, now: datetime) -> None:
    """The preview of a long list."""
    with durable_tenant_context(tenant.pk):
        batch = _claim(tenant, batch_id)
        if batch is not None:
            preview(tenant, batch, now=now)


def apply_in_background(tenant: Tenant, batch_id: UUID, *, now: datetime, on: date) -> None:
    """Store everything in one transaction; the row lock keeps a second worker away from the same batch."""
    try:
        _apply(tenant, batch_id, now=now, on=on)
    except ImportInterruptedError as interrupted:
        with durable_tenant_context(tenant.pk):
            batch = _claim(tenant, batch_id)
            if batch is not None:
                _send_back(batch, interrupted.as_report(), now=now)


def _apply(tenant: Tenant, batch_id: UUID, *, now: datetime, on: date) -> None:
    with durable_tenant_context(tenant.pk):
        batch = _claim(tenant, batch_id)
        if batch is None:
            return
        report = import_invoices(
            tenant,
            staged(batch),
            now=now,
            on=on,
            by=batch.by,
            options=_asked(batch),
            tick=lambda done, total: tell(batch_id, done, total),
        )
        if report.is_refused:
            _send_back(batch, report, now=now)
            return
        batch.report, batch.state = report.as_json(), ImportState.DONE
        batch.staged, batch.finished_at = [], now
        batch.save(update_fields=["report", "state", "staged", "finished_at"])


def _claim(tenant: Tenant, batch_id: UUID) -> ImportBatch | None:
    """The batch, locked, unless somebody has it or it is finished."""
    try:
        with tenant_context(tenant.pk):
            return (
                tenant.import_batches.select_for_update(of=("self",), nowait=True)
                .select_related("by")
                .filter(pk=batch_id, state__in=_WAITING)
                .first()
            )
    except DatabaseError:  # another worker holds the lock: the message came twice
        return None


def _asked(batch: ImportBatch) -> dict[str, Any]:
    return {key: value for key, value in batch.options.items() if key not in ("preview", "is_remembered")}


def _send_back(batch: ImportBatch, report: ImportReport, *, now: datetime) -> None:
    """A list goes back to the wizard with its errors; other files are refused and forgotten."""
    problems = [Problem.from_json(values) for document in report.documents for values in document.errors]
    if batch.kind == "table" and "preview" in batch.options:
        batch.options["preview"]["errors"] = [problem.as_json() for problem in problems]
        batch.state = ImportState.PREVIEW
        batch.save(update_fields=["options", "state"])
        return
    refuse(batch, problems, now=now)
    batch.report = report.as_json()
    batch.save(update_fields=["report"])


def tell(batch_id: UUID, done: int, total: int) -> None:
    """How far it is, outside of the transaction; only a hint, so a silent Redis costs nothing but the bar."""
    with contextlib.suppress(RedisError, OSError):
        cache.set(f"import:{batch_id}", [done, total], _PROGRESS_SECONDS)


def progress(batch_id: UUID) -> tuple[int, int]:
    with contextlib.suppress(RedisError, OSError):
        if found := cache.get(f"import:{batch_id}"):
            return int(found[0]), int(found[1])
    return 0, 0


def note_started(tenant: Tenant, batch: ImportBatch, *, by: User | None, now: datetime) -> None:
    """From here on the import runs by itself; the page may be closed."""
    batch.state = ImportState.APPLYING
    batch.save(update_fields=["state"])
    audit.record(tenant, "import.started", now=now, subject=batch, by=by, details={"file": batch.file_name[:200]})
