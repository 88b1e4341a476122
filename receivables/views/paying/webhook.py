"""What the PSP calls when something happened to a payment: only a reason to look."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from receivables.paying import settling
from receivables.views.paying.back import hint
from receivables.views.paying.door import creditor_of
from tenants import clock
from tenants.access import public_view


@public_view
@csrf_exempt
@require_POST
def psp_webhook(request: HttpRequest, code: str) -> HttpResponse:
    """The PSP says that something happened to a payment. Only the id counts, and only as a reason to look.

    Always 200: an unknown id must not tell anything, nor be repeated for a day. 5xx only when writing it down failed.
    """
    tenant = creditor_of(code)
    if tenant is not None:
        for attempt_id in settling.note_hint(tenant, request.POST.get("id", ""), now=clock.now()):
            hint(tenant, attempt_id)
    return HttpResponse("ok", content_type="text/plain")
