"""Pay links: one for each customer, told again in every letter; they expire and can be revoked."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.conf import settings
from django.urls import reverse

from receivables.models import Customer, PayLink
from receivables.paying import tokens
from receivables.paying.tokens import Token
from tenants import audit
from tenants.ids import new_id
from tenants.models import Tenant, User

LIFETIME = timedelta(days=365)
RENEW_WITHIN = timedelta(days=120)  # a letter's link outlives the ladder


class LostTokenError(Exception):
    """The key that made this link's token is gone; make a new link."""


def link_for(tenant: Tenant, customer: Customer, *, now: datetime, pay_before_on: date | None = None) -> PayLink:
    """The customer's link, new when there is none that lasts long enough. A letter tells its own last day to pay."""
    usable = tenant.pay_links.filter(customer=customer, revoked_at=None, expires_at__gt=now + RENEW_WITHIN)
    link = next((link for link in usable.order_by("-created_at") if _token_of(tenant, link)), None)
    if link is None:
        before = tenant.pay_links.filter(customer=customer).order_by("-created_at").first()
        told_on = before.pay_before_on if before else None  # what the last letter said still holds on a new link
        return _make(tenant, customer, now=now, pay_before_on=pay_before_on or told_on)
    if pay_before_on and link.pay_before_on != pay_before_on:
        link.pay_before_on = pay_before_on
        link.save(update_fields=["pay_before_on"])
    return link


def url_of(tenant: Tenant, link: PayLink) -> str:
    """The address for a letter or the dashboard: derived now, stored nowhere, never logged."""
    token = _token_of(tenant, link)
    if token is None:
        raise LostTokenError("The key of this pay link is no longer among PAY_LINK_KEY and its fallbacks.")
    return address_of(token.text)


def address_of(token: str) -> str:
    """The address that carries this token."""
    return settings.PUBLIC_URL + reverse("receivables:pay", args=[token])


def pay_url(tenant: Tenant, customer: Customer, *, now: datetime, pay_before_on: date | None = None) -> str:
    """The customer's pay page; what letters and mails put in."""
    return url_of(tenant, link_for(tenant, customer, now=now, pay_before_on=pay_before_on))


def known_url(tenant: Tenant, customer: Customer, *, now: datetime) -> str:
    """The address of the link the customer already has, for a page that only reads; empty when there is none."""
    live = tenant.pay_links.filter(customer=customer, revoked_at=None, expires_at__gt=now).order_by("-created_at")
    for link in live:
        if token := _token_of(tenant, link):
            return address_of(token.text)
    return ""


def revoke(tenant: Tenant, link: PayLink, *, now: datetime, by: User | None = None) -> None:
    """From now on the link opens nothing; the next letter brings a new one."""
    if tenant.pay_links.filter(pk=link.pk, revoked_at=None).update(revoked_at=now):
        audit.record(tenant, "pay_link.revoked", now=now, subject=link, by=by, customer_id=link.customer_id)


def revoke_all(tenant: Tenant, customer: Customer, *, now: datetime, by: User | None = None) -> int:
    """Shut every link of this customer that still opens something; the next letter or mail makes a fresh one. Counts them."""
    live = list(tenant.pay_links.filter(customer=customer, revoked_at=None, expires_at__gt=now))
    for link in live:
        revoke(tenant, link, now=now, by=by)
    return len(live)


def renew(tenant: Tenant, customer: Customer, *, now: datetime, by: User | None = None) -> PayLink:
    """Another link in the place of those that exist: who has an old one gets in no more."""
    revoke_all(tenant, customer, now=now, by=by)
    return link_for(tenant, customer, now=now)


def find(tenant: Tenant, token: Token) -> PayLink | None:
    """The link of this token, also when it expired or was revoked: the page then says so."""
    return tenant.pay_links.select_related("customer").filter(token_hash=token.digest).first()


def is_usable(link: PayLink, *, now: datetime) -> bool:
    return link.revoked_at is None and link.expires_at > now


def _make(tenant: Tenant, customer: Customer, *, now: datetime, pay_before_on: date | None) -> PayLink:
    link_id = new_id()
    return tenant.pay_links.create(
        id=link_id,
        customer=customer,
        token_hash=tokens.derive(tenant.code, link_id, key=_keys()[0]).digest,
        created_at=now,
        expires_at=now + LIFETIME,
        pay_before_on=pay_before_on,
    )


def _token_of(tenant: Tenant, link: PayLink) -> Token | None:
    return tokens.derive_again(tenant.code, link.pk, digest=link.token_hash, keys=_keys())


def _keys() -> list[str]:
    return [settings.PAY_LINK_KEY, *settings.PAY_LINK_KEY_FALLBACKS]
