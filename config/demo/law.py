"""What the law engine asks of the demo's books: who the debtors are, which days were agreed, and what the office is registered for."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from receivables.domain.debtor import LegalForm as Form
from receivables.domain.debtor import propose_legal_form
from receivables.models.customers import LegalForm
from receivables.models.invoices import DueDateBasis
from tenants.models import Tenant
from tenants.models.organisation import ClaimNature

VALID_DAYS = 210  # the Wki registration lasts a year; this one is on its way
OFFICE: dict[str, Any] = {
    "street": "Waagplein 2",
    "postcode": "7411 HV",
    "city": "Deventer",
    "kvk_number": "99000017",
    "email": "incasso@dewaag.example",
    "phone": "0570-555 010",
    "wki_number": "DEMO-2026-0417",
    "complaints_email": "klachten@dewaag.example",
    "complaints_url": "https://www.dewaag.example/klachten",
}
SERVICES = ("van-dam", "groenrijk", "oosterpoort", "noorderlicht")  # the others sell goods
WITHOUT_VAT = ("oosterpoort",)  # care is exempt, so its creditor cannot set off VAT over collection costs


def office_fields(*, on: date) -> dict[str, Any]:
    return OFFICE | {"wki_valid_until": on + timedelta(days=VALID_DAYS)}


def tenant_fields(slug: str) -> dict[str, Any]:
    return {
        "claim_nature": ClaimNature.SERVICES if slug in SERVICES else ClaimNature.GOODS,
        "can_deduct_vat": slug not in WITHOUT_VAT,
        "privacy_url": f"https://www.{slug}.example/privacy",
    }


def describe_debtors(tenant: Tenant) -> None:
    """Accept what names and numbers say of most debtors; every fifth is left unknown, and counts as a consumer."""
    for place, customer in enumerate(tenant.customers.order_by("number", "pk")):
        if place % 5 == 4:
            continue
        form = propose_legal_form(customer.name, kvk_number=customer.kvk_number, vat_number=customer.vat_number).form
        guessed = LegalForm.SOLE_TRADER if customer.kvk_number else LegalForm.PRIVATE
        customer.legal_form = guessed if form == Form.UNKNOWN else LegalForm(form.value)
        customer.save(update_fields=["legal_form"])


def agree_on_days(tenant: Tenant) -> None:
    """Three in four invoices have a day that was agreed in a contract or in terms; of the rest it stands on the invoice alone."""
    for place, invoice in enumerate(tenant.invoices.order_by("number_key")):
        if place % 4:
            invoice.due_date_basis = DueDateBasis.AGREED
            invoice.save(update_fields=["due_date_basis"])
