"""Kept files (letters, mails, invoices, sources) as they are, shown only when nothing in them can run."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.views.decorators.clickjacking import xframe_options_sameorigin

from tenants.access import TenantRequest, tenant_view
from tenants.permissions import Permission

SHOWN_INLINE = frozenset({"application/pdf", "image/png", "image/jpeg", "text/plain"})
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; object-src 'self'; frame-ancestors 'self'"


@xframe_options_sameorigin
@tenant_view(Permission.SEE)
def stored_file(request: TenantRequest, pk: UUID) -> HttpResponse:
    """The exact bytes; other kinds than those of `SHOWN_INLINE` are only offered as a download."""
    file = get_object_or_404(request.tenant.files, pk=pk)
    shown = file.media_type in SHOWN_INLINE and request.GET.get("als") != "download"
    response = HttpResponse(bytes(file.content), content_type=file.media_type if shown else "application/octet-stream")
    disposition = content_disposition_header(not shown, file.name or f"{file.sha256[:12]}")
    if disposition:
        response["Content-Disposition"] = disposition
    response["Content-Security-Policy"] = POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=3600"
    return response
