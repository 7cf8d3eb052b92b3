"""The table of one account per case leaves the models; the next migration copies its rows.

Not additive in one point: its foreign key goes, so that cases can be cleared without it. Lock: exclusive, for a moment, on a
small table. Way back: the reverse operations. The table itself goes with 0011.
"""

from typing import ClassVar

from django.db import migrations

FORWARDS = """
DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT conname FROM pg_constraint WHERE conrelid = 'kyc_bank_account'::regclass AND contype = 'f' LOOP
        EXECUTE format('ALTER TABLE kyc_bank_account DROP CONSTRAINT %I', name);
    END LOOP;
END $$;
"""
BACKWARDS = """
ALTER TABLE kyc_bank_account ADD CONSTRAINT kyc_bank_account_of_case
    FOREIGN KEY (case_id) REFERENCES kyc_case (id) DEFERRABLE INITIALLY DEFERRED;
"""


class Migration(migrations.Migration):
    """Out of the models."""

    dependencies: ClassVar = [("kyc", "0006_claims")]
    operations: ClassVar = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(FORWARDS, BACKWARDS)],
            state_operations=[migrations.DeleteModel(name="BankAccount")],
        )
    ]
