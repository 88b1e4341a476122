"""Where mail services report: `/webhooks/mail/<provider>/`, behind basic authentication, parsed by django-anymail."""

from __future__ import annotations

import binascii
from typing import Any, Final

from anymail.exceptions import AnymailWebhookValidationFailure
from anymail.webhooks.brevo import BrevoTrackingWebhookView
from anymail.webhooks.resend import ResendTrackingWebhookView
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from dunning.delivery.reports import book
from tenants import clock
from tenants.access import public_view

PARSERS: Final = {"brevo": BrevoTrackingWebhookView, "resend": ResendTrackingWebhookView}


@csrf_exempt
@require_http_methods(["POST", "HEAD"])
@public_view
def mail_report(request: HttpRequest, provider: str) -> HttpResponse:
    """Book every report; one that is not about our letters is answered like any other."""
    if provider not in PARSERS or not settings.MAIL_WEBHOOK_SECRET:
        raise Http404
    if request.method == "HEAD":  # some services look whether somebody is at home
        return HttpResponse()
    secrets = [secret.strip() for secret in settings.MAIL_WEBHOOK_SECRET.split(",")]
    parser: Any = PARSERS[provider](webhook_secret=secrets)
    try:
        parser.run_validators(request)
    except (AnymailWebhookValidationFailure, binascii.Error):
        return HttpResponse(status=401)
    try:
        events = parser.parse_events(request)
    except (ValueError, LookupError, TypeError, AttributeError):
        return HttpResponse("Dit bericht is niet te lezen.", status=400)
    for event in events:
        book(event, service=provider, now=clock.now())
    return HttpResponse()
