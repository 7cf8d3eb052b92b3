"""What no code may do: change a decision or an event, or pair a case with another customer.

Additive: unique index on (id, user_id) of the cases, two composite foreign keys, two triggers.
Locks: short exclusive locks on tables that are empty when this runs first. Way back: the reverse SQL.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

FORWARDS = """
ALTER TABLE kyc_case ADD CONSTRAINT kyc_case_id_and_user_unique UNIQUE (id, user_id);
ALTER TABLE kyc_document ADD CONSTRAINT kyc_document_same_customer
    FOREIGN KEY (case_id, user_id) REFERENCES kyc_case (id, user_id);
ALTER TABLE kyc_case_decision ADD CONSTRAINT kyc_decision_same_customer
    FOREIGN KEY (case_id, customer_id) REFERENCES kyc_case (id, user_id);

CREATE FUNCTION kyc_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% takes no % after the fact', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_TABLE_NAME || '_append_only';
END $$;
CREATE TRIGGER kyc_case_decision_append_only BEFORE UPDATE OR DELETE ON kyc_case_decision
    FOR EACH ROW EXECUTE FUNCTION kyc_append_only();
CREATE TRIGGER kyc_case_event_append_only BEFORE UPDATE OR DELETE ON kyc_case_event
    FOR EACH ROW EXECUTE FUNCTION kyc_append_only();
"""

BACKWARDS = """
DROP TRIGGER kyc_case_event_append_only ON kyc_case_event;
DROP TRIGGER kyc_case_decision_append_only ON kyc_case_decision;
DROP FUNCTION kyc_append_only();
ALTER TABLE kyc_case_decision DROP CONSTRAINT kyc_decision_same_customer;
ALTER TABLE kyc_document DROP CONSTRAINT kyc_document_same_customer;
ALTER TABLE kyc_case DROP CONSTRAINT kyc_case_id_and_user_unique;
"""


class Migration(migrations.Migration):
    """Guards in the database."""

    dependencies: ClassVar = [("kyc", "0001_cases")]
    operations: ClassVar = [migrations.RunSQL(FORWARDS, BACKWARDS)]
