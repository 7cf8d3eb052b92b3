"""What no code may do: change the audit log, a decision, an erasure; thaw with one officer; keep a token readable.

Triggers and checks on new, empty tables."""

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
RECOVERY = """
CREATE FUNCTION accounts_recovery_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'decisions are append-only: % on % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER accounts_recoverydecision_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON accounts_recoverydecision
    FOR EACH STATEMENT EXECUTE FUNCTION accounts_recovery_refuse_change();
ALTER TABLE accounts_recoverycase ADD CONSTRAINT accounts_recoverycase_id_and_user_unique UNIQUE (id, user_id);
ALTER TABLE accounts_recoverydecision ADD CONSTRAINT accounts_recoverydecision_same_customer
    FOREIGN KEY (case_id, customer_id) REFERENCES accounts_recoverycase (id, user_id);

CREATE FUNCTION accounts_recoverycase_two_officers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(DISTINCT officer_id) FROM accounts_recoverydecision
        WHERE case_id = NEW.id AND verdict = 'approve' AND selfie_sha256 = NEW.selfie_sha256
          AND officer_id <> NEW.user_id) < 2
    THEN
        RAISE EXCEPTION 'recovery case % needs the approvals of two officers on its picture', NEW.id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'accounts_recoverycase_two_officers';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER accounts_recoverycase_two_officers BEFORE INSERT OR UPDATE OF state, selfie_sha256, user_id
    ON accounts_recoverycase FOR EACH ROW WHEN (NEW.state IN ('waiting', 'completed'))
    EXECUTE FUNCTION accounts_recoverycase_two_officers();
"""
RECOVERY_BACK = """
DROP TRIGGER accounts_recoverycase_two_officers ON accounts_recoverycase;
DROP FUNCTION accounts_recoverycase_two_officers();
ALTER TABLE accounts_recoverydecision DROP CONSTRAINT accounts_recoverydecision_same_customer;
ALTER TABLE accounts_recoverycase DROP CONSTRAINT accounts_recoverycase_id_and_user_unique;
DROP TRIGGER accounts_recoverydecision_append_only ON accounts_recoverydecision;
DROP FUNCTION accounts_recovery_refuse_change();
"""
PRIVACY = """
CREATE FUNCTION accounts_privacy_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_TABLE_NAME || '_stands';
END $$;
CREATE TRIGGER accounts_unmasking_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON accounts_unmasking
    FOR EACH STATEMENT EXECUTE FUNCTION accounts_privacy_refuse_change();
CREATE TRIGGER accounts_erasure_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON accounts_erasure
    FOR EACH STATEMENT EXECUTE FUNCTION accounts_privacy_refuse_change();
CREATE TRIGGER accounts_legalhold_stands BEFORE DELETE OR TRUNCATE ON accounts_legalhold
    FOR EACH STATEMENT EXECUTE FUNCTION accounts_privacy_refuse_change();

CREATE FUNCTION accounts_legalhold_only_lifted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.lifted_at IS NOT NULL OR (OLD.id, OLD.public_id, OLD.customer_id, OLD.placed_by_id, OLD.reason, OLD.since)
        IS DISTINCT FROM (NEW.id, NEW.public_id, NEW.customer_id, NEW.placed_by_id, NEW.reason, NEW.since) THEN
        RAISE EXCEPTION 'a legal hold changes by being lifted, once'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'accounts_legalhold_only_lifted';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER accounts_legalhold_only_lifted BEFORE UPDATE ON accounts_legalhold
    FOR EACH ROW EXECUTE FUNCTION accounts_legalhold_only_lifted();

CREATE FUNCTION accounts_hold_or_erase() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    head bigint;
    found boolean;
BEGIN
    SELECT coalesce(parent_id, id) FROM accounts_user WHERE id = NEW.customer_id INTO head;
    PERFORM 1 FROM accounts_user WHERE id = head OR parent_id = head ORDER BY id FOR NO KEY UPDATE;
    IF TG_TABLE_NAME = 'accounts_erasure' THEN
        SELECT EXISTS (SELECT 1 FROM accounts_legalhold hold JOIN accounts_user member ON member.id = hold.customer_id
            WHERE (member.id = head OR member.parent_id = head) AND hold.lifted_at IS NULL) INTO found;
    ELSE
        SELECT EXISTS (SELECT 1 FROM accounts_erasure WHERE customer_id IN (head, NEW.customer_id)) INTO found;
    END IF;
    IF found THEN
        RAISE EXCEPTION 'a customer is either held or erased'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_TABLE_NAME || '_hold_or_erase';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER accounts_erasure_hold_or_erase BEFORE INSERT ON accounts_erasure
    FOR EACH ROW EXECUTE FUNCTION accounts_hold_or_erase();
CREATE TRIGGER accounts_legalhold_hold_or_erase BEFORE INSERT ON accounts_legalhold
    FOR EACH ROW EXECUTE FUNCTION accounts_hold_or_erase();
"""
PRIVACY_BACK = """
DROP TRIGGER accounts_legalhold_hold_or_erase ON accounts_legalhold;
DROP TRIGGER accounts_erasure_hold_or_erase ON accounts_erasure;
DROP FUNCTION accounts_hold_or_erase();
DROP TRIGGER accounts_legalhold_only_lifted ON accounts_legalhold;
DROP FUNCTION accounts_legalhold_only_lifted();
DROP TRIGGER accounts_legalhold_stands ON accounts_legalhold;
DROP TRIGGER accounts_erasure_append_only ON accounts_erasure;
DROP TRIGGER accounts_unmasking_append_only ON accounts_unmasking;
DROP FUNCTION accounts_privacy_refuse_change();
"""
HASHED = """
ALTER TABLE oauth2_provider_accesstoken
    ADD CONSTRAINT accounts_oauth_access_token_hashed CHECK (token = '' AND token_checksum ~ '^[0-9a-f]{64}$');
ALTER TABLE oauth2_provider_refreshtoken
    ADD CONSTRAINT accounts_oauth_refresh_token_hashed CHECK (token = '' AND token_checksum ~ '^[0-9a-f]{64}$');
"""
HASHED_BACK = """
ALTER TABLE oauth2_provider_accesstoken DROP CONSTRAINT accounts_oauth_access_token_hashed;
ALTER TABLE oauth2_provider_refreshtoken DROP CONSTRAINT accounts_oauth_refresh_token_hashed;
"""


class Migration(migrations.Migration):
    replaces = [
        ("accounts", "0002_audit_guards"),
        ("accounts", "0004_recovery_guards"),
        ("accounts", "0011_oauth_guards"),
        ("accounts", "0015_holds_of_families"),
    ]
    dependencies = [
        ("accounts", "0001_initial"),
        ("oauth2_provider", "0022_refreshtoken_token_family_index"),
    ]
    operations = [
        migrations.RunSQL(APPEND_ONLY, APPEND_ONLY_BACK),
        migrations.RunSQL(CHAIN, CHAIN_BACK),
        migrations.RunSQL(RECOVERY, RECOVERY_BACK),
        migrations.RunSQL(PRIVACY, PRIVACY_BACK),
        migrations.RunSQL(HASHED, HASHED_BACK),
    ]
