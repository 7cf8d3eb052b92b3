"""What the database itself holds about the audit log: it only grows, and each record gets one link at commit."""

from django.db import migrations

APPEND_ONLY = """
CREATE FUNCTION accounts_audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only: % on % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER accounts_auditrecord_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON accounts_auditrecord
    FOR EACH STATEMENT EXECUTE FUNCTION accounts_audit_refuse_change();
CREATE TRIGGER accounts_auditlink_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON accounts_auditlink
    FOR EACH STATEMENT EXECUTE FUNCTION accounts_audit_refuse_change();
"""

APPEND_ONLY_BACK = """
DROP TRIGGER accounts_auditlink_append_only ON accounts_auditlink;
DROP TRIGGER accounts_auditrecord_append_only ON accounts_auditrecord;
DROP FUNCTION accounts_audit_refuse_change();
"""

# 7114201 is the chain's advisory lock: taken when a transaction that wrote a record commits, given back by the commit.
# The link is read and written by the trigger with the newest snapshot, which READ COMMITTED takes after the lock.
CHAIN = """
CREATE FUNCTION accounts_audit_append_link() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    head accounts_auditlink%ROWTYPE;
BEGIN
    PERFORM pg_advisory_xact_lock(7114201);
    SELECT * INTO head FROM accounts_auditlink ORDER BY position DESC LIMIT 1;
    IF NOT FOUND THEN
        head.position := 0;
        head.link_hash := decode(repeat('00', 32), 'hex');
    END IF;
    INSERT INTO accounts_auditlink (position, record_id, previous_hash, link_hash)
    VALUES (head.position + 1, NEW.id, head.link_hash, sha256(head.link_hash || NEW.record_hash));
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER accounts_auditrecord_link AFTER INSERT ON accounts_auditrecord
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION accounts_audit_append_link();
"""

CHAIN_BACK = """
DROP TRIGGER accounts_auditrecord_link ON accounts_auditrecord;
DROP FUNCTION accounts_audit_append_link();
"""


class Migration(migrations.Migration):
    """Triggers on two new, empty tables: nothing to lock, nothing to fill."""

    dependencies = (("accounts", "0001_ground"),)
    operations = (
        migrations.RunSQL(APPEND_ONLY, APPEND_ONLY_BACK),
        migrations.RunSQL(CHAIN, CHAIN_BACK),
    )
