"""Keeping bytes: content-addressed, once per tenant."""

from __future__ import annotations

import hashlib
from typing import Any

import psycopg
from django.db import connection

from receivables.models import StoredFile
from tenants.models import Tenant


def store(tenant: Tenant, *, content: bytes, media_type: str, name: str = "", sha256: str = "") -> StoredFile:
    """Keep these exact bytes and return their row; the same bytes twice are one row. `sha256` when the caller knows it."""
    sha256 = sha256 or hashlib.sha256(content).hexdigest()
    file = StoredFile(
        tenant=tenant, sha256=sha256, media_type=media_type, name=name[:255], size=len(content), content=content
    )
    _insert(file)
    return tenant.files.defer("content").get(sha256=sha256)  # the caller has the bytes


def _insert(file: StoredFile) -> None:
    """As `bulk_create(ignore_conflicts=True)`, but with the bytes as they are: written out as digits they cost four times as much."""
    fields = StoredFile._meta.concrete_fields
    columns = ", ".join(connection.ops.quote_name(field.attname) for field in fields)
    places = ", ".join("%b" if field.name == "content" else "%s" for field in fields)
    table = connection.ops.quote_name(StoredFile._meta.db_table)
    values: list[Any] = [field.pre_save(file, add=True) for field in fields]
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(f"INSERT INTO {table} ({columns}) VALUES ({places}) ON CONFLICT DO NOTHING", values)  # noqa: S608 # names of the model
