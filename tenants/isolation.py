"""The walls between tenants, as constraints that migrations see: row level security and composite foreign keys.

PostgreSQL shows a row only while its tenant stands in `app.tenant_ids` and accepts a write only for the one tenant in
`app.tenant_id` (both set by `tenants.context`, for one transaction). FORCE makes that hold for the owner of the table too.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models.constraints import BaseConstraint

from tenants.ids import new_id

# The sub-select is planned once per query; the cast after it is needed, or PostgreSQL reads ANY(subquery).
MAY_READ = "tenant_id = ANY((SELECT nullif(current_setting('app.tenant_ids', true), ''))::bigint[])"
MAY_WRITE = "tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), ''))::bigint"


class _SqlConstraint(BaseConstraint):
    """A constraint that is plain SQL: made at the end of its migration, when every key it needs is there."""

    def constraint_sql(self, model: Any, schema_editor: Any) -> Any:
        self.create_sql(model, schema_editor)

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        schema_editor.deferred_sql.append(self.forward_sql(model, schema_editor))

    def forward_sql(self, model: Any, schema_editor: Any) -> str:
        raise NotImplementedError

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """The database is the judge."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and self.deconstruct() == other.deconstruct()

    def __hash__(self) -> int:
        return hash(self.name)


class TenantIsolation(_SqlConstraint):
    """ENABLE and FORCE row level security with one policy for reading (USING) and writing (WITH CHECK)."""

    def forward_sql(self, model: Any, schema_editor: Any) -> str:
        table = schema_editor.quote_name(model._meta.db_table)
        return (
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY; ALTER TABLE {table} FORCE ROW LEVEL SECURITY; "
            f"CREATE POLICY {schema_editor.quote_name(self.name)} ON {table} USING ({MAY_READ}) WITH CHECK ({MAY_WRITE})"
        )

    def remove_sql(self, model: Any, schema_editor: Any) -> str:
        table = schema_editor.quote_name(model._meta.db_table)
        return (
            f"DROP POLICY {schema_editor.quote_name(self.name)} ON {table}; "
            f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"
        )


class SameTenant(_SqlConstraint):
    """Foreign key (tenant_id, field_id) -> (tenant_id, id): a row may point only at rows of its own tenant.

    The Django field beside it carries `db_constraint=False`.
    """

    def __init__(self, *, field: str, name: str) -> None:
        super().__init__(name=name)
        self.field = field

    def deconstruct(self) -> Any:
        path, args, kwargs = super().deconstruct()
        return path, args, {**kwargs, "field": self.field}

    def forward_sql(self, model: Any, schema_editor: Any) -> str:
        field = model._meta.get_field(self.field)
        quote = schema_editor.quote_name
        target = quote(field.related_model._meta.db_table)
        return (
            f"ALTER TABLE {quote(model._meta.db_table)} ADD CONSTRAINT {quote(self.name)} "
            f"FOREIGN KEY (tenant_id, {quote(field.column)}) REFERENCES {target} (tenant_id, id) "
            "DEFERRABLE INITIALLY IMMEDIATE"
        )

    def remove_sql(self, model: Any, schema_editor: Any) -> str:
        quote = schema_editor.quote_name
        return f"ALTER TABLE {quote(model._meta.db_table)} DROP CONSTRAINT {quote(self.name)}"


class AppendOnly(_SqlConstraint):
    """A trigger that refuses UPDATE and DELETE: what is written stays written, corrections are new rows."""

    def forward_sql(self, model: Any, schema_editor: Any) -> str:
        quote = schema_editor.quote_name
        return (
            "CREATE OR REPLACE FUNCTION voldaan_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "RAISE EXCEPTION 'rows of % are append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; "
            "END $$; "
            f"CREATE TRIGGER {quote(self.name)} BEFORE UPDATE OR DELETE ON {quote(model._meta.db_table)} "
            "FOR EACH ROW EXECUTE FUNCTION voldaan_refuse_change()"
        )

    def remove_sql(self, model: Any, schema_editor: Any) -> str:
        quote = schema_editor.quote_name
        return f"DROP TRIGGER {quote(self.name)} ON {quote(model._meta.db_table)}"


def same_tenant(field: str) -> SameTenant:
    return SameTenant(field=field, name=f"%(app_label)s_%(class)s_{field}_same")


class TenantModel(models.Model):
    """A row of one tenant. Concrete models add `tenant` with their own related name: queries start at `tenant.<rows>`.

    The key is (tenant_id, id) for every reference; there is no `objects`, only `across_tenants`, on purpose.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)

    across_tenants = models.Manager()

    class Meta:
        abstract = True
        default_manager_name = "across_tenants"
        base_manager_name = "across_tenants"
        constraints = [
            TenantIsolation(name="%(app_label)s_%(class)s_rls"),
            models.UniqueConstraint(fields=["tenant", "id"], name="%(app_label)s_%(class)s_key"),
        ]
