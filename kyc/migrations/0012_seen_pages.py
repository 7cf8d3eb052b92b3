"""What the officer who has a case looked at; and two rules beneath the services.

An approved case above level 1 has an officer's approval (checked at commit), and a document's fingerprint never changes.
Additive. Lock: short exclusive ones on kyc_case, kyc_document and kyc_case_claim. Way back: the reverse operations.
"""

import django.contrib.postgres.fields
from django.db import migrations, models

FORWARDS = """
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
BACKWARDS = """
DROP TRIGGER kyc_document_fingerprint_stays ON kyc_document;
DROP FUNCTION kyc_document_fingerprint_stays();
DROP TRIGGER kyc_case_approved_by_an_officer ON kyc_case;
DROP FUNCTION kyc_case_approved_by_an_officer();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("kyc", "0011_without_former_bank_accounts"),
    ]

    operations = [
        migrations.AddField(
            model_name="caseclaim",
            name="seen",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=72), db_default=[], default=list, size=None
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["state", "country", "-id"], name="kyc_case_by_state_country"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["country", "-id"], name="kyc_case_by_country"),
        ),
        migrations.RunSQL(FORWARDS, BACKWARDS),
    ]
