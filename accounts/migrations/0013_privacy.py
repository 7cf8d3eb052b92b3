"""Unmaskings, legal holds and erasures: three new tables with their guards. Nothing to fill, nothing old is locked."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import config.kit.ids

GUARDS = """
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
    found boolean;
BEGIN
    PERFORM 1 FROM accounts_user WHERE id = NEW.customer_id FOR NO KEY UPDATE;
    IF TG_TABLE_NAME = 'accounts_erasure' THEN
        SELECT EXISTS (SELECT 1 FROM accounts_legalhold WHERE customer_id = NEW.customer_id AND lifted_at IS NULL) INTO found;
    ELSE
        SELECT EXISTS (SELECT 1 FROM accounts_erasure WHERE customer_id = NEW.customer_id) INTO found;
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

GUARDS_BACK = """
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


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0012_defaults_for_former_code"),
    ]

    operations = [
        migrations.CreateModel(
            name="Erasure",
            fields=[
                (
                    "customer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("reason", models.CharField(max_length=500)),
                ("at", models.DateTimeField()),
                (
                    "officer",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("officer__isnull", True),
                            models.Q(("officer", models.F("customer")), _negated=True),
                            _connector="OR",
                        ),
                        name="accounts_erasure_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="accounts_erasure_has_a_reason"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LegalHold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", config.kit.ids.PublicIdField(default=config.kit.ids.random_id, editable=False, unique=True)),
                ("reason", models.CharField(max_length=500)),
                ("since", models.DateTimeField()),
                ("lift_asked_at", models.DateTimeField(blank=True, null=True)),
                ("lift_reason", models.CharField(blank=True, default="", max_length=500)),
                ("lifted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "lift_asked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "lifted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "placed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("lifted_at__isnull", True)), fields=["customer"], name="accounts_legalhold_in_force"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("placed_by", models.F("customer")), _negated=True),
                        name="accounts_legalhold_placed_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("lift_asked_by__isnull", True),
                            models.Q(("lift_asked_by", models.F("customer")), _negated=True),
                            _connector="OR",
                        ),
                        name="accounts_legalhold_lift_asked_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("lifted_by__isnull", True),
                            models.Q(
                                models.Q(("lifted_by", models.F("customer")), _negated=True),
                                models.Q(("lifted_by", models.F("lift_asked_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="accounts_legalhold_four_eyes",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="accounts_legalhold_has_a_reason"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lift_asked_at__isnull", True), ("lift_asked_by__isnull", True), ("lift_reason", "")),
                            models.Q(
                                ("lift_asked_at__isnull", False),
                                ("lift_asked_by__isnull", False),
                                models.Q(("lift_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="accounts_legalhold_lift_asked_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lifted_at__isnull", True), ("lifted_by__isnull", True)),
                            models.Q(
                                ("lift_asked_by__isnull", False), ("lifted_at__isnull", False), ("lifted_by__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="accounts_legalhold_lifted_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Unmasking",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject", models.CharField(max_length=128)),
                ("fields", models.JSONField()),
                ("reason", models.CharField(max_length=500)),
                ("at", models.DateTimeField()),
                ("until", models.DateTimeField()),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["officer", "customer", "-until"], name="accounts_unmasking_open")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("officer", models.F("customer")), _negated=True),
                        name="accounts_unmasking_of_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="accounts_unmasking_has_a_reason"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until__gt", models.F("at"))), name="accounts_unmasking_ends_later"
                    ),
                ],
            },
        ),
        migrations.RunSQL(GUARDS, GUARDS_BACK),
    ]
