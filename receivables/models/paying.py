"""Pay links and PSP payments. Tokens are never stored, only their hash; a PSP payment is our row first, theirs second."""

from __future__ import annotations

from django.db import models

from receivables.models.customers import Customer
from receivables.models.invoices import Invoice
from receivables.models.ledger import Payment
from tenants.isolation import TenantModel, same_tenant
from tenants.models import Tenant


class PspAccount(TenantModel):
    """The tenant's own account at the payment provider; the key is encrypted at rest (tenants/secrets.py)."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="psp_accounts", db_index=False)
    provider = models.CharField(max_length=20, default="mollie")
    encrypted_key = models.TextField(blank=True)
    encrypted_settlement_token = models.TextField(
        blank=True, db_default="", help_text="Toegangstoken van de organisatie, om uitbetalingen te lezen"
    )
    is_test = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True, blank=True)
    check_problem = models.CharField(max_length=300, blank=True, db_default="")
    methods = models.JSONField(default=list, db_default=[], blank=True, help_text="Betaalwijzen die de PSP aanbiedt")

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["tenant", "provider"], name="psp_account_once"),
        ]

    def __str__(self) -> str:
        return self.provider


class PayLink(TenantModel):
    """One unguessable link for one customer: shows what is open and pays it. Expires and can be revoked."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="pay_links", db_index=False)
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, db_constraint=False, related_name="pay_links", db_index=False
    )
    token_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    pay_before_on = models.DateField(null=True, blank=True, help_text="Laatste dag die de laatste brief stelt")
    revoked_at = models.DateTimeField(null=True, blank=True)
    first_opened_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            same_tenant("customer"),
            models.UniqueConstraint(fields=["tenant", "token_hash"], name="pay_link_token_once"),
        ]
        indexes = [models.Index(fields=["tenant", "customer"], name="pay_link_of_customer")]

    def __str__(self) -> str:
        return f"betaallink {self.pk}"


class PspStatus(models.TextChoices):
    NEW = "new", "Nog niet aangemaakt"
    UNKNOWN = "unknown", "Onbekend"
    OPEN = "open", "Open"
    PENDING = "pending", "In behandeling"
    AUTHORIZED = "authorized", "Toegezegd"
    PAID = "paid", "Betaald"
    CANCELED = "canceled", "Geannuleerd"
    EXPIRED = "expired", "Verlopen"
    FAILED = "failed", "Mislukt"


class PspPayment(TenantModel):
    """One payment attempt at the PSP. Its id is the idempotency key; the row exists before the PSP is called."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="psp_payments", db_index=False)
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, db_constraint=False, related_name="psp_payments", db_index=False
    )
    pay_link = models.ForeignKey(
        PayLink, null=True, on_delete=models.SET_NULL, db_constraint=False, related_name="psp_payments", db_index=False
    )
    provider = models.CharField(max_length=20, default="mollie")
    psp_id = models.CharField(max_length=60, blank=True)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3, default="EUR")
    is_test = models.BooleanField(default=True)
    status = models.CharField(max_length=12, choices=PspStatus.choices, default=PspStatus.NEW)
    method = models.CharField(
        max_length=30, blank=True, db_default="", help_text="Gekozen betaalwijze; leeg: bij de PSP"
    )
    checkout_url = models.URLField(max_length=500, blank=True)
    created_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True, blank=True)
    next_poll_at = models.DateTimeField(null=True, blank=True)
    poll_count = models.PositiveSmallIntegerField(default=0)
    payment = models.ForeignKey(
        Payment,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        db_constraint=False,
        related_name="psp_payments",
        db_index=False,
    )
    problem = models.CharField(max_length=300, blank=True, help_text="Waarom een mens moet kijken")

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            same_tenant("customer"),
            same_tenant("pay_link"),
            same_tenant("payment"),
            models.UniqueConstraint(
                fields=["tenant", "payment"],
                condition=models.Q(payment__isnull=False),
                name="psp_payment_books_one_payment",
            ),
            models.UniqueConstraint(
                fields=["tenant", "provider", "psp_id"], condition=~models.Q(psp_id=""), name="psp_payment_once"
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "customer", "-created_at"], name="psp_payment_of_customer"),
            models.Index(
                fields=["tenant", "next_poll_at"],
                condition=models.Q(next_poll_at__isnull=False),
                name="psp_payment_to_poll",
            ),
        ]

    def __str__(self) -> str:
        return self.psp_id or str(self.pk)


class PspPaymentLine(TenantModel):
    """What the debtor chose to pay: the designation of art. 6:43 BW."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="psp_payment_lines", db_index=False)
    psp_payment = models.ForeignKey(
        PspPayment, on_delete=models.CASCADE, db_constraint=False, related_name="lines", db_index=False
    )
    invoice = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, db_constraint=False, related_name="+", db_index=False
    )
    amount = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            same_tenant("psp_payment"),
            same_tenant("invoice"),
            models.UniqueConstraint(fields=["tenant", "psp_payment", "invoice"], name="psp_payment_line_once"),
        ]

    def __str__(self) -> str:
        return f"{self.amount}"


class RefundState(models.TextChoices):
    NEW = "new", "Nog niet gevraagd"
    UNKNOWN = "unknown", "Onbekend"
    REQUESTED = "requested", "Gevraagd"
    DONE = "done", "Terugbetaald"
    REFUSED = "refused", "Geweigerd"


class PspRefund(TenantModel):
    """Money we ask the PSP to give back. Its id is the idempotency key; the ledger hears of it when the PSP has done it."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="psp_refunds", db_index=False)
    psp_payment = models.ForeignKey(
        PspPayment, on_delete=models.PROTECT, db_constraint=False, related_name="refunds", db_index=False
    )
    psp_id = models.CharField(max_length=60, blank=True)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    why = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=RefundState.choices, default=RefundState.NEW)
    problem = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey("tenants.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField()
    next_try_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            same_tenant("psp_payment"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="psp_refund_is_positive"),
            models.UniqueConstraint(
                fields=["tenant", "psp_id"], condition=~models.Q(psp_id=""), name="psp_refund_once"
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "psp_payment"], name="psp_refund_of_payment"),
            models.Index(
                fields=["tenant", "next_try_at"],
                condition=models.Q(next_try_at__isnull=False),
                name="psp_refund_to_try",
            ),
        ]

    def __str__(self) -> str:
        return self.psp_id or str(self.pk)
