"""The ledger adds up at commit: mirrors mirror, settlements close, currencies agree, and nothing is taken away (I1 to I4).

The view `receivables_journal` derives double entry from what is stored once. Nothing here reads or rewrites old rows: the two
check constraints hold for new entries, the nightly check looks at the old ones too (docs/ledger.md).
"""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

CURRENCY = """
CREATE FUNCTION voldaan_entry_currency() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE asked varchar;
BEGIN
    SELECT i.currency INTO asked FROM receivables_invoice i WHERE i.tenant_id = NEW.tenant_id AND i.id = NEW.invoice_id;
    NEW.currency := coalesce(asked, NEW.currency);
    IF NEW.payment_id IS NOT NULL AND EXISTS (
        SELECT FROM receivables_payment p
        WHERE p.tenant_id = NEW.tenant_id AND p.id = NEW.payment_id AND p.currency <> NEW.currency
    ) THEN
        RAISE EXCEPTION 'a payment in another currency than % settles nothing of this invoice', NEW.currency
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER voldaan_entry_currency BEFORE INSERT ON receivables_ledgerentry
    FOR EACH ROW WHEN (NEW.kind NOT IN ('invoice', 'credit')) EXECUTE FUNCTION voldaan_entry_currency();

-- Entries that open a claim come by the thousand and bring their currency along: looked at once per statement.
CREATE FUNCTION voldaan_opening_currency() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM added a JOIN receivables_invoice i ON i.tenant_id = a.tenant_id AND i.id = a.invoice_id
        WHERE a.currency <> i.currency
    ) THEN
        RAISE EXCEPTION 'an entry has the currency of its invoice' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER voldaan_opening_currency AFTER INSERT ON receivables_ledgerentry
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION voldaan_opening_currency();

CREATE FUNCTION voldaan_return_currency() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE paid varchar;
BEGIN
    SELECT p.currency INTO paid FROM receivables_payment p WHERE p.tenant_id = NEW.tenant_id AND p.id = NEW.payment_id;
    NEW.currency := coalesce(paid, NEW.currency);
    RETURN NEW;
END $$;
CREATE TRIGGER voldaan_return_currency BEFORE INSERT ON receivables_paymentreturn
    FOR EACH ROW EXECUTE FUNCTION voldaan_return_currency();

CREATE FUNCTION voldaan_invoice_currency_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM receivables_ledgerentry e WHERE e.tenant_id = NEW.tenant_id AND e.invoice_id = NEW.id) THEN
        RAISE EXCEPTION 'an invoice that stands in the ledger keeps its currency'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER voldaan_invoice_currency_stays BEFORE UPDATE OF currency ON receivables_invoice
    FOR EACH ROW WHEN (OLD.currency IS DISTINCT FROM NEW.currency) EXECUTE FUNCTION voldaan_invoice_currency_stays();
"""
NO_CURRENCY = """
DROP TRIGGER voldaan_invoice_currency_stays ON receivables_invoice;
DROP TRIGGER voldaan_return_currency ON receivables_paymentreturn;
DROP TRIGGER voldaan_opening_currency ON receivables_ledgerentry;
DROP TRIGGER voldaan_entry_currency ON receivables_ledgerentry;
DROP FUNCTION voldaan_invoice_currency_stays();
DROP FUNCTION voldaan_return_currency();
DROP FUNCTION voldaan_opening_currency();
DROP FUNCTION voldaan_entry_currency();
"""

# At commit the tenant's context is over and row level security would hide every row: a deferred check opens it for itself.
MIRRORS = """
CREATE FUNCTION voldaan_reversal_mirrors() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM receivables_ledgerentry o
        WHERE o.tenant_id = NEW.tenant_id AND o.id = NEW.reverses_id AND o.kind NOT IN ('reversal', 'settlement')
          AND o.invoice_id = NEW.invoice_id AND o.component = NEW.component AND o.currency = NEW.currency
          AND o.payment_id IS NOT DISTINCT FROM NEW.payment_id
          AND o.amount * NEW.amount <= 0 AND abs(NEW.amount) <= abs(o.amount)
    ) THEN
        RAISE EXCEPTION 'a reversal mirrors one entry: same invoice, component, payment, other sign, no more than it'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER voldaan_reversal_mirrors AFTER INSERT ON receivables_ledgerentry
    DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW WHEN (NEW.reverses_id IS NOT NULL)
    EXECUTE FUNCTION voldaan_reversal_mirrors();

CREATE INDEX ledger_settlement_batch ON receivables_ledgerentry
    (tenant_id, split_part(source_key, ':', 2), split_part(source_key, ':', 3)) WHERE kind = 'settlement';
CREATE FUNCTION voldaan_settlement_closes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE seen text := coalesce(current_setting('app.tenant_ids', true), '');
BEGIN
    PERFORM set_config('app.tenant_ids', '{' || NEW.tenant_id || '}', true);
    IF EXISTS (
        SELECT FROM receivables_ledgerentry o
        WHERE o.tenant_id = NEW.tenant_id AND o.kind = 'settlement'
          AND split_part(o.source_key, ':', 2) = split_part(NEW.source_key, ':', 2)
          AND split_part(o.source_key, ':', 3) = split_part(NEW.source_key, ':', 3)
        GROUP BY o.currency HAVING sum(o.amount) <> 0
    ) THEN
        RAISE EXCEPTION 'settlement % does not add up to nothing', NEW.source_key
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    PERFORM set_config('app.tenant_ids', seen, true);
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER voldaan_settlement_closes AFTER INSERT ON receivables_ledgerentry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.kind = 'settlement')
    EXECUTE FUNCTION voldaan_settlement_closes();

CREATE FUNCTION voldaan_payout_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched jsonb := CASE WHEN TG_OP = 'DELETE' THEN to_jsonb(OLD) ELSE to_jsonb(NEW) END;
    payout uuid := touched ->> TG_ARGV[0];
    seen text := coalesce(current_setting('app.tenant_ids', true), '');
BEGIN
    PERFORM set_config('app.tenant_ids', '{' || (touched ->> 'tenant_id') || '}', true);
    IF EXISTS (
        SELECT FROM receivables_pspsettlement s
        WHERE s.id = payout AND s.bank_line_id IS NOT NULL
          AND s.amount + s.fees <> (SELECT coalesce(sum(l.amount), 0) FROM receivables_pspsettlementline l
                                    WHERE l.tenant_id = s.tenant_id AND l.settlement_id = s.id)
    ) THEN
        RAISE EXCEPTION 'payout % with its fees is not the sum of its lines: it cannot be cleared', payout
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    PERFORM set_config('app.tenant_ids', seen, true);
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER voldaan_payout_adds_up AFTER INSERT OR UPDATE ON receivables_pspsettlement
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.bank_line_id IS NOT NULL)
    EXECUTE FUNCTION voldaan_payout_adds_up('id');
CREATE CONSTRAINT TRIGGER voldaan_payout_line_adds_up AFTER INSERT OR UPDATE OR DELETE ON receivables_pspsettlementline
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION voldaan_payout_adds_up('settlement_id');
"""
NO_MIRRORS = """
DROP TRIGGER voldaan_payout_line_adds_up ON receivables_pspsettlementline;
DROP TRIGGER voldaan_payout_adds_up ON receivables_pspsettlement;
DROP FUNCTION voldaan_payout_adds_up();
DROP TRIGGER voldaan_settlement_closes ON receivables_ledgerentry;
DROP FUNCTION voldaan_settlement_closes();
DROP INDEX ledger_settlement_batch;
DROP TRIGGER voldaan_reversal_mirrors ON receivables_ledgerentry;
DROP FUNCTION voldaan_reversal_mirrors();
"""

# Whoever may write rows may not take these away; found by what was granted, so that the name of the role stays a setting.
STAYS = """
CREATE TRIGGER voldaan_entry_stays BEFORE TRUNCATE ON receivables_ledgerentry
    FOR EACH STATEMENT EXECUTE FUNCTION voldaan_refuse_change();
CREATE TRIGGER voldaan_return_stays BEFORE TRUNCATE ON receivables_paymentreturn
    FOR EACH STATEMENT EXECUTE FUNCTION voldaan_refuse_change();
CREATE TRIGGER voldaan_check_stays BEFORE TRUNCATE ON receivables_ledgercheck
    FOR EACH STATEMENT EXECUTE FUNCTION voldaan_refuse_change();
CREATE TRIGGER voldaan_payments_stay BEFORE TRUNCATE ON receivables_payment
    FOR EACH STATEMENT EXECUTE FUNCTION voldaan_refuse_change();
CREATE TRIGGER voldaan_payment_stays BEFORE DELETE ON receivables_payment
    FOR EACH ROW EXECUTE FUNCTION voldaan_refuse_change();
CREATE TRIGGER voldaan_payment_stays_as_it_came BEFORE UPDATE OF tenant_id, id, channel, source_key, amount, currency
    ON receivables_payment FOR EACH ROW WHEN (
        (OLD.tenant_id, OLD.id, OLD.channel, OLD.source_key, OLD.amount, OLD.currency)
        IS DISTINCT FROM (NEW.tenant_id, NEW.id, NEW.channel, NEW.source_key, NEW.amount, NEW.currency))
    EXECUTE FUNCTION voldaan_refuse_change();
"""
GOES = """
DROP TRIGGER voldaan_payment_stays_as_it_came ON receivables_payment;
DROP TRIGGER voldaan_payment_stays ON receivables_payment;
DROP TRIGGER voldaan_payments_stay ON receivables_payment;
DROP TRIGGER voldaan_check_stays ON receivables_ledgercheck;
DROP TRIGGER voldaan_return_stays ON receivables_paymentreturn;
DROP TRIGGER voldaan_entry_stays ON receivables_ledgerentry;
"""
RIGHTS = """
DO $$
DECLARE found record;
BEGIN
    FOR found IN
        SELECT DISTINCT c.oid::regclass AS place, a.grantee::regrole AS who, given.rights
        FROM (VALUES ('receivables_ledgerentry', 'UPDATE, DELETE{truncate}'), ('receivables_paymentreturn', 'UPDATE, DELETE{truncate}'),
                     ('receivables_ledgercheck', 'UPDATE, DELETE{truncate}'), ('receivables_payment', 'DELETE{truncate}')
             ) AS given (name, rights)
        JOIN pg_class c ON c.oid = given.name::regclass
        CROSS JOIN LATERAL aclexplode(c.relacl) a
        WHERE a.grantee NOT IN (0, c.relowner) AND a.privilege_type = 'INSERT'
    LOOP
        EXECUTE format('{verb} %s ON %s {to} %s', found.rights, found.place, found.who);
    END LOOP;
END $$;
"""
TAKE_RIGHTS = RIGHTS.format(verb="REVOKE", to="FROM", truncate=", TRUNCATE")
GIVE_RIGHTS = RIGHTS.format(verb="GRANT", to="TO", truncate="")

# Every row below is one leg. What is booked against debtors follows from the kind; a settlement moves inside debtors.
JOURNAL = """
CREATE VIEW receivables_journal WITH (security_invoker = true) AS
SELECT e.tenant_id,
       CASE WHEN e.kind = 'settlement'
            THEN 'settlement:' || split_part(e.source_key, ':', 2) || ':' || split_part(e.source_key, ':', 3)
            ELSE 'entry:' || e.id END AS transaction,
       e.booked_on, leg.account, e.currency, leg.amount
FROM receivables_ledgerentry e
CROSS JOIN LATERAL (
    SELECT CASE WHEN e.kind = 'reversal' THEN (
        SELECT o.kind FROM receivables_ledgerentry o WHERE o.tenant_id = e.tenant_id AND o.id = e.reverses_id
    ) ELSE e.kind END AS kind
) AS real
CROSS JOIN LATERAL (VALUES
    ('debtors', e.amount),
    (CASE real.kind
        WHEN 'invoice' THEN 'revenue'
        WHEN 'credit' THEN 'credit'
        WHEN 'payment' THEN 'unallocated'
        WHEN 'correction' THEN 'correction'
        WHEN 'write_off' THEN 'write_off'
        WHEN 'discount' THEN 'discount'
        WHEN 'interest' THEN 'interest'
        WHEN 'costs' THEN CASE e.component WHEN 'costs_vat' THEN 'costs_vat' ELSE 'costs' END
    END, -e.amount)
) AS leg (account, amount)
WHERE leg.account IS NOT NULL
UNION ALL
SELECT p.tenant_id, 'payment:' || p.id, p.received_on, leg.account, p.currency, leg.amount
FROM receivables_payment p
CROSS JOIN LATERAL (VALUES
    (CASE p.channel WHEN 'psp' THEN 'psp_clearing' WHEN 'bank' THEN 'bank' WHEN 'manual' THEN 'manual' END, p.amount),
    ('unallocated', -p.amount)
) AS leg (account, amount)
WHERE leg.account IS NOT NULL
UNION ALL
SELECT r.tenant_id, 'return:' || r.id, r.returned_on, leg.account, r.currency, leg.amount
FROM receivables_paymentreturn r
JOIN receivables_payment p ON p.tenant_id = r.tenant_id AND p.id = r.payment_id
CROSS JOIN LATERAL (VALUES
    ('unallocated', r.amount),
    (CASE WHEN r.source_key LIKE 'bank:%' OR p.channel = 'bank' THEN 'bank'
          WHEN p.channel = 'psp' THEN 'psp_clearing' WHEN p.channel = 'manual' THEN 'manual' END, -r.amount)
) AS leg (account, amount)
WHERE leg.account IS NOT NULL
UNION ALL
SELECT s.tenant_id, 'payout:' || s.id, s.booked_on, leg.account, s.currency, leg.amount
FROM (
    SELECT s.tenant_id, s.id, s.currency, s.amount, s.fees, b.booked_on,
           (SELECT coalesce(sum(l.amount) FILTER (WHERE l.payment_id IS NOT NULL OR l.payment_return_id IS NOT NULL), 0)
            FROM receivables_pspsettlementline l WHERE l.tenant_id = s.tenant_id AND l.settlement_id = s.id) AS ours,
           (SELECT coalesce(sum(l.amount) FILTER (WHERE l.payment_id IS NULL AND l.payment_return_id IS NULL), 0)
            FROM receivables_pspsettlementline l WHERE l.tenant_id = s.tenant_id AND l.settlement_id = s.id) AS others
    FROM receivables_pspsettlement s
    JOIN receivables_bankline b ON b.tenant_id = s.tenant_id AND b.id = s.bank_line_id
) AS s
CROSS JOIN LATERAL (VALUES
    ('bank', s.amount), ('psp_fees', s.fees), ('psp_clearing', -s.ours), ('psp_others', -s.others)
) AS leg (account, amount)
WHERE leg.amount <> 0;
"""
NO_JOURNAL = "DROP VIEW receivables_journal;"


class Migration(migrations.Migration):
    dependencies = [("receivables", "0009_money_in")]

    operations = [
        migrations.RunSQL(CURRENCY, NO_CURRENCY),
        migrations.RunSQL(MIRRORS, NO_MIRRORS),
        migrations.RunSQL(STAYS, GOES),
        migrations.RunSQL(TAKE_RIGHTS, GIVE_RIGHTS),
        AddConstraintNotValid(
            model_name="ledgerentry",
            constraint=models.CheckConstraint(
                condition=models.Q(kind="reversal", reverses__isnull=False)
                | models.Q(~models.Q(kind="reversal"), reverses__isnull=True),
                name="ledger_reversal_reverses",
            ),
        ),
        AddConstraintNotValid(
            model_name="ledgerentry",
            constraint=models.CheckConstraint(
                condition=models.Q(kind="payment", payment__isnull=False)
                | models.Q(kind="reversal")
                | models.Q(~models.Q(kind__in=["payment", "reversal"]), payment__isnull=True),
                name="ledger_payment_gives_a_payment",
            ),
        ),
        migrations.RunSQL(JOURNAL, NO_JOURNAL),
    ]
