"""The matrix, read as sentences."""

from __future__ import annotations

import pytest
from django.template import Context, Template

from tenants.models import Role
from tenants.permissions import MATRIX, Permission, granted


def test_matrix_knows_every_role() -> None:
    assert set(MATRIX) == set(Role)


def test_viewer_only_sees() -> None:
    assert MATRIX[Role.VIEWER] == {Permission.SEE}


def test_owner_sees_approves_handovers_and_manages_people() -> None:
    assert MATRIX[Role.TENANT_OWNER] == {Permission.SEE, Permission.APPROVE_HANDOVER, Permission.MANAGE_PEOPLE}


def test_office_staff_acts_as_bookkeeper() -> None:
    assert MATRIX[Role.OFFICE_STAFF] == MATRIX[Role.BOOKKEEPER] | {Permission.SEE_OFFICE}


def test_office_admin_may_everything() -> None:
    assert MATRIX[Role.OFFICE_ADMIN] == set(Permission)


def test_bookkeeper_manages_no_people_secrets_or_office_and_approves_no_handover() -> None:
    assert set(Permission) - MATRIX[Role.BOOKKEEPER] == {
        Permission.APPROVE_HANDOVER,
        Permission.MANAGE_PEOPLE,
        Permission.EDIT_SECRETS,
        Permission.SEE_OFFICE,
        Permission.MANAGE_OFFICE,
    }


def test_two_roles_add_up() -> None:
    may = granted([Role.VIEWER, Role.TENANT_OWNER])

    assert Permission.APPROVE_HANDOVER in may
    assert Permission.HOLD not in may


def test_no_role_may_nothing() -> None:
    assert granted([]).permissions == frozenset()


def test_template_asks_by_name_and_a_typo_is_loud() -> None:
    may = granted([Role.BOOKKEEPER])

    assert Template("{{ may.HOLD }}").render(Context({"may": may})) == "True"
    assert Template("{{ may.MANAGE_PEOPLE }}").render(Context({"may": may})) == "False"
    with pytest.raises(LookupError, match="HOLDD"):
        Template("{{ may.HOLDD }}").render(Context({"may": may}))
