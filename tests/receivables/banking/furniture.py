"""One of everything about bank files that a URL can name. Needs the tenant's context."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from tenants.models import Tenant
from tests.receivables.banking.rows import OWN
from tests.receivables.paying.rows import NOW

LOOK = {
    "headings": ["Datum", "Bedrag", "Naam", "Omschrijving"],
    "rows": [["2026-03-02", "12,50", "Jansen", "factuur 1"]],
    "lines": [2],
    "mapping": {"date": 0, "amount": 1, "name": 2, "text": 3},
    "missing": ["Eigen rekening"],
    "decimal_sign": ",",
    "date_order": "ymd",
    "account": "",
    "header_row": 1,
}


def furnish_bank(tenant: Tenant) -> dict[str, UUID]:
    """A file with a questioned statement, its account, an upload and a table that waits for its columns."""
    account, _ = tenant.bank_accounts.get_or_create(
        number=OWN, currency="EUR", defaults={"tenant": tenant, "created_at": NOW}
    )
    report = {"result": "imported", "statements": [], "questions": [], "errors": [], "counts": {"new": 0}}
    file = tenant.bank_files.create(sha256="a", name="a.xml", state="imported", report=report, created_at=NOW)
    statement = tenant.bank_statements.create(
        account=account,
        file=file,
        from_on=date(2026, 3, 2),
        to_on=date(2026, 3, 2),
        state="questioned",
        problems=[["gap", "Er ontbreekt een afschrift."]],
        created_at=NOW,
    )
    upload = tenant.import_batches.create(kind="bank", state="done", report={"files": []}, created_at=NOW)
    table = tenant.import_batches.create(kind="bank_table", state="preview", options={"look": LOOK}, created_at=NOW)
    return {
        "bank_account": account.pk,
        "bank_file": file.pk,
        "bank_statement": statement.pk,
        "bank_upload": upload.pk,
        "bank_table": table.pk,
    }
