"""The database numbers and chains the events of a tenant, so that no writer can forget to."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION voldaan_chain_event() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last record;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('voldaan.event', NEW.tenant_id));
    SELECT seq, hash INTO last FROM tenants_event WHERE tenant_id = NEW.tenant_id ORDER BY seq DESC LIMIT 1;
    NEW.seq := coalesce(last.seq, 0) + 1;
    NEW.previous_hash := coalesce(last.hash, '');
    NEW.hash := encode(sha256(convert_to(voldaan_event_text(NEW), 'UTF8')), 'hex');
    RETURN NEW;
END $$;
"""

# One text per event, used by the trigger and by `manage.py verify_events`; every column but the hash itself is in it.
TEXT = """
CREATE FUNCTION voldaan_event_text(e tenants_event) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_array(
        e.previous_hash, e.id, e.tenant_id, e.seq, to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
        e.verb, e.subject_type, e.subject_id, e.customer_id, e.by_id, host(e.ip_address), e.details
    )::text
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("tenants", "0001_start")]

    operations = [
        migrations.RunSQL(TEXT, "DROP FUNCTION voldaan_event_text(tenants_event)"),
        migrations.RunSQL(FORWARD, "DROP FUNCTION voldaan_chain_event()"),
        migrations.RunSQL(
            "CREATE TRIGGER voldaan_chain_event BEFORE INSERT ON tenants_event "
            "FOR EACH ROW EXECUTE FUNCTION voldaan_chain_event()",
            "DROP TRIGGER voldaan_chain_event ON tenants_event",
        ),
    ]
