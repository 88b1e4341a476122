"""Which provider carries a tenant's mail: one for the whole installation, from the environment (README.md)."""

from __future__ import annotations

from django.conf import settings

from dunning.delivery.providers import Provider
from dunning.delivery.providers.esp import EspProvider
from dunning.delivery.providers.smtp import SmtpProvider, SmtpServer
from tenants.models import Tenant


def provider_for(tenant: Tenant) -> Provider:  # noqa: ARG001 # a tenant's own mail domain will choose here
    """Open nothing yet: the connection is made at the first mail."""
    if settings.MAIL_PROVIDER != "smtp":
        return EspProvider(settings.MAIL_PROVIDER, api_key=settings.MAIL_API_KEY, api_url=settings.MAIL_API_URL)
    return SmtpProvider(
        SmtpServer(
            host=settings.EMAIL_HOST,
            port=settings.EMAIL_PORT,
            user=settings.EMAIL_HOST_USER,
            password=settings.EMAIL_HOST_PASSWORD,
            use_tls=settings.EMAIL_USE_TLS,
        )
    )
