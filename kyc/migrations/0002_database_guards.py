"""What no code may do: change a decision or an event, pair a case with another customer, approve without an officer, drop a key.

Triggers and constraints on new, empty tables."""

from django.db import migrations

SAME_CUSTOMER = """
ALTER TABLE kyc_case ADD CONSTRAINT kyc_case_id_and_user_unique UNIQUE (id, user_id);
ALTER TABLE kyc_document ADD CONSTRAINT kyc_document_same_customer
    FOREIGN KEY (case_id, user_id) REFERENCES kyc_case (id, user_id);
ALTER TABLE kyc_case_decision ADD CONSTRAINT kyc_decision_same_customer
    FOREIGN KEY (case_id, customer_id) REFERENCES kyc_case (id, user_id);
ALTER TABLE kyc_customer_bank_account ADD CONSTRAINT kyc_bank_account_same_customer
    FOREIGN KEY (case_id, user_id) REFERENCES kyc_case (id, user_id);
"""
SAME_CUSTOMER_BACK = """
ALTER TABLE kyc_customer_bank_account DROP CONSTRAINT kyc_bank_account_same_customer;
ALTER TABLE kyc_case_decision DROP CONSTRAINT kyc_decision_same_customer;
ALTER TABLE kyc_document DROP CONSTRAINT kyc_document_same_customer;
ALTER TABLE kyc_case DROP CONSTRAINT kyc_case_id_and_user_unique;
"""
DECISIONS = """
CREATE FUNCTION kyc_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% takes no % after the fact', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_TABLE_NAME || '_append_only';
END $$;
CREATE TRIGGER kyc_case_decision_append_only BEFORE UPDATE OR DELETE ON kyc_case_decision
    FOR EACH ROW EXECUTE FUNCTION kyc_append_only();
CREATE TRIGGER kyc_case_event_append_only BEFORE UPDATE OR DELETE ON kyc_case_event
    FOR EACH ROW EXECUTE FUNCTION kyc_append_only();
CREATE FUNCTION kyc_case_approved_by_an_officer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM kyc_case_decision WHERE case_id = NEW.id AND verdict = 'approve') THEN
        RAISE EXCEPTION 'nobody approved this case'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'kyc_case_approved_by_an_officer';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER kyc_case_approved_by_an_officer AFTER INSERT OR UPDATE OF state ON kyc_case
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state = 'approved' AND NEW.level > 1)
    EXECUTE FUNCTION kyc_case_approved_by_an_officer();
CREATE FUNCTION kyc_document_fingerprint_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the fingerprint of a document stays'
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'kyc_document_fingerprint_stays';
END $$;
CREATE TRIGGER kyc_document_fingerprint_stays BEFORE UPDATE OF sha256 ON kyc_document
    FOR EACH ROW WHEN (OLD.sha256 IS DISTINCT FROM NEW.sha256) EXECUTE FUNCTION kyc_document_fingerprint_stays();
"""
DECISIONS_BACK = """
DROP TRIGGER kyc_document_fingerprint_stays ON kyc_document;
DROP FUNCTION kyc_document_fingerprint_stays();
DROP TRIGGER kyc_case_approved_by_an_officer ON kyc_case;
DROP FUNCTION kyc_case_approved_by_an_officer();
DROP TRIGGER kyc_case_event_append_only ON kyc_case_event;
DROP TRIGGER kyc_case_decision_append_only ON kyc_case_decision;
DROP FUNCTION kyc_append_only();
"""
KEYS = """
CREATE FUNCTION kyc_customer_key_and_erasure() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    erased boolean;
BEGIN
    IF TG_OP = 'DELETE' THEN
        SELECT EXISTS (SELECT 1 FROM accounts_erasure WHERE customer_id = OLD.user_id) INTO erased;
        IF NOT erased THEN
            RAISE EXCEPTION 'the key of a customer goes with the customer only'
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'kyc_customer_key_stands';
        END IF;
        RETURN OLD;
    END IF;
    SELECT EXISTS (SELECT 1 FROM accounts_erasure WHERE customer_id = NEW.user_id) INTO erased;
    IF erased THEN
        RAISE EXCEPTION 'an erased customer gets no key'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'kyc_customer_key_of_nobody';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER kyc_customer_key_and_erasure BEFORE INSERT OR DELETE ON kyc_customer_key
    FOR EACH ROW EXECUTE FUNCTION kyc_customer_key_and_erasure();
"""
KEYS_BACK = """
DROP TRIGGER kyc_customer_key_and_erasure ON kyc_customer_key;
DROP FUNCTION kyc_customer_key_and_erasure();
"""


class Migration(migrations.Migration):
    replaces = [
        ("kyc", "0002_guards"),
        ("kyc", "0012_seen_pages"),
    ]
    dependencies = [
        ("kyc", "0001_initial"),
        ("accounts", "0002_database_guards"),
    ]
    operations = [
        migrations.RunSQL(SAME_CUSTOMER, SAME_CUSTOMER_BACK),
        migrations.RunSQL(DECISIONS, DECISIONS_BACK),
        migrations.RunSQL(KEYS, KEYS_BACK),
    ]
