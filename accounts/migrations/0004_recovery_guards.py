"""What the database itself holds about recovery: an officer's word on a case is never changed."""

from django.db import migrations

APPEND_ONLY = """
CREATE FUNCTION accounts_recovery_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'decisions are append-only: % on % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER accounts_recoverydecision_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON accounts_recoverydecision
    FOR EACH STATEMENT EXECUTE FUNCTION accounts_recovery_refuse_change();
"""

APPEND_ONLY_BACK = """
DROP TRIGGER accounts_recoverydecision_append_only ON accounts_recoverydecision;
DROP FUNCTION accounts_recovery_refuse_change();
"""


class Migration(migrations.Migration):
    """A trigger on a new, empty table: nothing to lock, nothing to fill."""

    dependencies = (("accounts", "0003_security_settings"),)
    operations = (migrations.RunSQL(APPEND_ONLY, APPEND_ONLY_BACK),)
