"""Matching in the background: after an import, and again every hour, for new invoices explain old receipts."""

from __future__ import annotations

from celery import shared_task

from receivables.actions.bank_matching import match_open_lines
from receivables.models import BankLine
from receivables.models.banking import LineState
from tenants import clock
from tenants.context import reading_context
from tenants.models import Tenant
from tenants.tasks import fan_out, tenant_task


@tenant_task(one_transaction=False)
def match_bank_lines(tenant: Tenant) -> int:
    """Book what is sure and keep the best proposal for the rest; says how many receipts were booked."""
    return match_open_lines(tenant, on=clock.today(), now=clock.now()).booked


@shared_task(name="receivables.banking.matching_tasks.match_all")
def match_all() -> int:
    """Queue the tenants that have a receipt nobody handled yet."""
    with reading_context(Tenant.objects.values_list("pk", flat=True)):
        waiting = BankLine.across_tenants.filter(state=LineState.OPEN, amount__gt=0).order_by()
        found = sorted(set(waiting.values_list("tenant_id", flat=True).distinct()))
    return fan_out(match_bank_lines, found)
