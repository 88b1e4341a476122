"""Users, their roles on an office or a tenant, and signed one-time invitations. Outside row level security."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from tenants.models.organisation import Office, Tenant


class UserManager(BaseUserManager["User"]):
    """Users log in by e-mail address, compared without case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A person; what they may do follows from memberships alone."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=150, blank=True)
    is_active = models.BooleanField(default=True)
    is_platform_admin = models.BooleanField(default=False)
    date_joined = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name or self.email


class Role(models.TextChoices):
    """What somebody is, on an office or on one tenant."""

    OFFICE_ADMIN = "office_admin", "Kantoorbeheerder"
    OFFICE_STAFF = "office_staff", "Kantoormedewerker"
    TENANT_OWNER = "tenant_owner", "Ondernemer"
    BOOKKEEPER = "bookkeeper", "Boekhouder"
    VIEWER = "viewer", "Meekijker"


OFFICE_ROLES = (Role.OFFICE_ADMIN, Role.OFFICE_STAFF)
TENANT_ROLES = (Role.TENANT_OWNER, Role.BOOKKEEPER, Role.VIEWER)


class Membership(models.Model):
    """One role of one user: on an office (for all its tenants or the named ones) or on one tenant."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices)
    office = models.ForeignKey(Office, null=True, blank=True, on_delete=models.CASCADE, related_name="memberships")
    tenant = models.ForeignKey(Tenant, null=True, blank=True, on_delete=models.CASCADE, related_name="memberships")
    all_tenants = models.BooleanField(default=True, help_text="Kantoormedewerker: alle administraties van het kantoor")
    named_tenants = models.ManyToManyField(Tenant, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(office__isnull=False, tenant__isnull=True, role__in=OFFICE_ROLES)
                | models.Q(office__isnull=True, tenant__isnull=False, role__in=TENANT_ROLES),
                name="membership_role_fits_its_level",
            ),
            models.UniqueConstraint(
                fields=["user", "office"], condition=models.Q(office__isnull=False), name="membership_one_per_office"
            ),
            models.UniqueConstraint(
                fields=["user", "tenant"], condition=models.Q(tenant__isnull=False), name="membership_one_per_tenant"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()} bij {self.office or self.tenant}"


class Invitation(models.Model):
    """A one-time invitation to a role; the link is signed and the row says whether it was used."""

    email = models.EmailField()
    role = models.CharField(max_length=20, choices=Role.choices)
    office = models.ForeignKey(Office, null=True, blank=True, on_delete=models.CASCADE, related_name="invitations")
    tenant = models.ForeignKey(Tenant, null=True, blank=True, on_delete=models.CASCADE, related_name="invitations")
    all_tenants = models.BooleanField(default=True)
    named_tenants = models.ManyToManyField(Tenant, blank=True, related_name="+")
    invited_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.email}: {self.get_role_display()}"
