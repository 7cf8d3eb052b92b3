"""Recovery cases: what the selfie must show, what the customer says, and two officers held by the database itself.

Not additive in one point: the constraint "one decision for each officer and picture" becomes "one approval", so that an
officer may take an approval back. Lock: short, exclusive, on a table that no released code writes. Way back: the reverse.
"""

from django.db import migrations, models

GUARDS = """
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

GUARDS_BACK = """
DROP TRIGGER accounts_recoverycase_two_officers ON accounts_recoverycase;
DROP FUNCTION accounts_recoverycase_two_officers();
ALTER TABLE accounts_recoverydecision DROP CONSTRAINT accounts_recoverydecision_same_customer;
ALTER TABLE accounts_recoverycase DROP CONSTRAINT accounts_recoverycase_id_and_user_unique;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_second_factors"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="recoverydecision",
            name="accounts_recoverydecision_one_per_officer",
        ),
        migrations.AddField(
            model_name="recoverycase",
            name="challenge",
            field=models.CharField(blank=True, default="", max_length=8),
        ),
        migrations.AddField(
            model_name="recoverycase",
            name="selfie_due_by",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="recoverycase",
            name="statement",
            field=models.CharField(blank=True, default="", max_length=500),
        ),
        migrations.AddField(
            model_name="recoverydecision",
            name="reason_slug",
            field=models.CharField(blank=True, default="", max_length=48),
        ),
        migrations.AddConstraint(
            model_name="recoverydecision",
            constraint=models.UniqueConstraint(
                condition=models.Q(("verdict", "approve")),
                fields=("case", "officer", "selfie_sha256"),
                name="accounts_recoverydecision_one_approval_each",
            ),
        ),
        migrations.AddConstraint(
            model_name="recoverydecision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("reason_slug", ""), ("verdict", "approve")),
                    models.Q(models.Q(("verdict", "approve"), _negated=True), models.Q(("reason_slug", ""), _negated=True)),
                    _connector="OR",
                ),
                name="accounts_recoverydecision_no_has_a_reason",
            ),
        ),
        migrations.RunSQL(GUARDS, GUARDS_BACK),
    ]
