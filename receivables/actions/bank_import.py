"""Importing a bank file: read in the child process, then stored in one transaction under a lock per account, or not at all.

The same bytes again show their first result and change nothing (docs/banking.md).
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from receivables import files as stored_files
from receivables.actions.bank_accounts import find_or_make, lock_accounts
from receivables.actions.bank_report import BankReport, Findings, as_it_is_now, imported, refused
from receivables.actions.bank_states import note_books, refresh
from receivables.actions.bank_storing import TABLES, AccountStore, kind_of
from receivables.actions.bulk import no_garbage_collection
from receivables.banking.account_numbers import written_plainly
from receivables.banking.parsed import ReadBankFile, ReadStatement
from receivables.banking.sandboxed import BankReader
from receivables.importing.outcome import RefusedError
from receivables.models import BankFile
from receivables.models.banking import BankFileState
from tenants import audit
from tenants.context import tenant_context
from tenants.models import Tenant, User

MEDIA_TYPES = {"camt": "application/xml", "mt940": "text/plain", "csv": "text/csv", "zip": "application/zip"}
LARGEST = Decimal(10) ** 12  # what the column of a payment holds
PASSING = "limits"  # a busy machine: the same bytes may do better next time
Given = tuple[int, str, ReadStatement]


@no_garbage_collection()
def import_bank_file(
    tenant: Tenant,
    *,
    name: str,
    content: bytes,
    now: datetime,
    on: date,
    by: User | None = None,
    options: Mapping[str, Any] = {},
    reader: BankReader | None = None,
) -> BankReport:
    """Store every statement in the file, or nothing; a second time nothing changes. Call it outside a transaction when you can.

    `options` says how a table is to be read: mapping, decimal_sign, date_order.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    with tenant_context(tenant.pk):
        if known := _known(tenant, sha256, options):
            return known
    try:
        read = _read(reader, content, name=name, options=options)
    except RefusedError as refusal:
        return _refuse(tenant, refusal, name=name, sha256=sha256, by=by, now=now)
    with tenant_context(tenant.pk):
        lock_accounts(tenant, sha256=sha256, numbers=[_account_of(one)[0] for file in read for one in file])
        if known := _known(tenant, sha256, options):
            return known
        one = _Import(tenant, name=name, content=content, sha256=sha256, now=now, on=on, by=by)
        return one.store(read)


def _read(
    reader: BankReader | None, content: bytes, *, name: str, options: Mapping[str, Any]
) -> tuple[ReadBankFile, ...]:
    if reader is None:
        with BankReader() as own:
            return _read(own, content, name=name, options=options)
    read = reader.read(content, name=name, options=options)
    for file in read:
        for statement in file:
            _refuse_what_cannot_be_kept(statement)
    return read


def _refuse_what_cannot_be_kept(statement: ReadStatement) -> None:
    amounts = [line.amount for line in statement.transactions]
    amounts += [balance.amount for balance in (statement.opening, statement.closing) if balance]
    if any(abs(amount) >= LARGEST for amount in amounts):
        raise RefusedError("Er staat een bedrag in van een biljoen of meer.", code="amount")


def _known(tenant: Tenant, sha256: str, options: Mapping[str, Any]) -> BankReport | None:
    """The first result. A refused file is read again when its columns are chosen, or when the refusal may have passed."""
    file = tenant.bank_files.filter(sha256=sha256).first()
    if file is None:
        return None
    if file.state == BankFileState.REFUSED:
        codes = {error["code"] for error in file.report["errors"]}
        return None if options or PASSING in codes else BankReport(file, file.report, is_known=True)
    return BankReport(file, as_it_is_now(tenant, file), is_known=True)


def _refuse(
    tenant: Tenant, refusal: RefusedError, *, name: str, sha256: str, by: User | None, now: datetime
) -> BankReport:
    """Keep why, and not one byte of it."""
    values = refused(name, refusal.problems)
    with tenant_context(tenant.pk):
        lock_accounts(tenant, sha256=sha256, numbers=())
        file = _file(tenant, sha256, name=name, state=BankFileState.REFUSED, by=by, now=now)
        file.report = values
        file.save(update_fields=["report"])
        audit.record(tenant, "bank_file.refused", subject=file, by=by, now=now, details={"name": name[:120]})
    return BankReport(file, values)


def _file(tenant: Tenant, sha256: str, *, name: str, state: BankFileState, by: User | None, now: datetime) -> BankFile:
    """The row of these bytes; one that was refused before gets a second chance."""
    shown = {"name": name[:255], "state": state, "by": by, "created_at": now}
    file, _ = BankFile.across_tenants.update_or_create(tenant=tenant, sha256=sha256, defaults=shown)
    return file


def _account_of(statement: ReadStatement) -> tuple[str, str]:
    return written_plainly(statement.account, statement.currency), statement.currency


class _Import:
    """One file on its way into the database; the caller holds the locks."""

    def __init__(
        self, tenant: Tenant, *, name: str, content: bytes, sha256: str, now: datetime, on: date, by: User | None
    ) -> None:
        self._tenant, self._name, self._content, self._sha256 = tenant, name, content, sha256
        self._now, self._on, self._by = now, on, by
        self._found = Findings()

    def store(self, read: Sequence[ReadBankFile]) -> BankReport:
        format_ = _format(self._content, read)
        file = self._keep(read, format_)
        for (number, currency), given in self._by_account(read).items():
            self._store_account(file, number, currency, given)
        self._found.stored.sort(key=lambda stored: stored.statement.position)
        file.report = imported(self._name, read, self._found, format_=format_)
        file.save(update_fields=["report"])
        reached = note_books(self._tenant, on=self._on, by=self._by, now=self._now)
        self._tell(file, reached)
        return BankReport(file, file.report)

    def _keep(self, read: Sequence[ReadBankFile], format_: str) -> BankFile:
        has_lines = any(one.transactions or one.pending for file in read for one in file)
        state = BankFileState.IMPORTED if has_lines else BankFileState.EMPTY
        file = _file(self._tenant, self._sha256, name=self._name, state=state, by=self._by, now=self._now)
        media_type = MEDIA_TYPES.get(kind_of(format_), "application/octet-stream")
        file.file = stored_files.store(
            self._tenant, content=self._content, media_type=media_type, name=self._name, sha256=self._sha256
        )
        file.format = format_[:20]
        file.save(update_fields=["file", "format"])
        return file

    def _by_account(self, read: Sequence[ReadBankFile]) -> dict[tuple[str, str], list[Given]]:
        """Sorted, so that everybody makes and takes accounts in one order."""
        found: dict[tuple[str, str], list[Given]] = defaultdict(list)
        place = 0
        for file in read:
            for statement in file:
                found[_account_of(statement)].append((place, kind_of(file.format), statement))
                place += 1
        return dict(sorted(found.items()))

    def _store_account(self, file: BankFile, number: str, currency: str, given: list[Given]) -> None:
        account, is_new = find_or_make(self._tenant, number, currency, now=self._now)
        if is_new:
            self._found.notes.append(f"Nieuwe rekening {account.number} ({currency}).")
        stored = AccountStore(self._tenant, account, file, self._on, self._now).store(given)
        fresh = [one.statement.pk for one in stored if not one.known]
        changes = refresh(self._tenant, account, [one.statement.pk for one in stored], fresh=fresh)
        for one in stored:
            judged = changes.statements[one.statement.pk]
            one.statement.state, one.statement.problems = judged.state, judged.problems
        self._found.stored += stored
        self._found.changes.append(changes)

    def _tell(self, file: BankFile, reached: date | None) -> None:
        details = {
            "name": self._name[:120],
            "outcome": file.report["result"],
            "count": file.report["counts"]["new"],
            "accounts": sorted({shown["account"] for shown in file.report["statements"]})[:20],
            "up_to_on": reached.isoformat() if reached else None,
        }
        audit.record(self._tenant, "bank_file.imported", subject=file, by=self._by, now=self._now, details=details)


def _format(content: bytes, read: Sequence[ReadBankFile]) -> str:
    formats = {file.format for file in read}
    is_zip = content.startswith(b"PK") and not formats <= TABLES
    return "zip" if is_zip else min(formats, default="")
