"""Retention clocks: a new table; and a guard that a key goes only with its customer's erasure. Nothing to fill."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

GUARDS = """
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

GUARDS_BACK = """
DROP TRIGGER kyc_customer_key_and_erasure ON kyc_customer_key;
DROP FUNCTION kyc_customer_key_and_erasure();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0013_privacy"),
        ("kyc", "0004_files"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Retention",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("starts_at", models.DateTimeField()),
                ("retain_until", models.DateTimeField()),
                ("erased_at", models.DateTimeField(blank=True, null=True)),
                (
                    "case",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="retention",
                        to="kyc.case",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "retention clock",
                "db_table": "kyc_retention",
                "indexes": [
                    models.Index(
                        condition=models.Q(("erased_at__isnull", True)), fields=["retain_until"], name="kyc_retention_due"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("case__isnull", True)), fields=("user",), name="kyc_retention_one_of_account"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("retain_until__gte", models.F("starts_at"))), name="kyc_retention_ends_later"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("erased_at__isnull", True), ("erased_at__gte", models.F("starts_at")), _connector="OR"
                        ),
                        name="kyc_retention_erased_later",
                    ),
                ],
            },
        ),
        migrations.RunSQL(GUARDS, GUARDS_BACK),
    ]
