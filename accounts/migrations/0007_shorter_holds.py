"""Proposals to shorten a security hold, and triggers: a hold's end comes nearer by such a proposal alone.

A new table; triggers on it and on the holds, which take a moment's lock. From here on the database refuses to delete a hold,
or to let one end earlier, which no version before did. Way back: drops the triggers and the table.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import config.kit.ids

GUARDS = """
CREATE FUNCTION accounts_securityhold_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a security hold is not deleted'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'accounts_securityhold_stands';
    END IF;
    IF (OLD.id, OLD.public_id, OLD.user_id, OLD.cause, OLD.started_at)
        IS DISTINCT FROM (NEW.id, NEW.public_id, NEW.user_id, NEW.cause, NEW.started_at) THEN
        RAISE EXCEPTION 'of a security hold only the end changes'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'accounts_securityhold_stands';
    END IF;
    IF NEW.until < OLD.until AND pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'a security hold is shortened by two officers only'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'accounts_securityhold_shortened_by_two';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER accounts_securityhold_guard BEFORE UPDATE OR DELETE ON accounts_securityhold
    FOR EACH ROW EXECUTE FUNCTION accounts_securityhold_guard();

CREATE FUNCTION accounts_holdshortening_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'proposed' OR NOT EXISTS (SELECT 1 FROM accounts_securityhold hold
            WHERE hold.id = NEW.hold_id AND hold.user_id = NEW.customer_id AND hold.until = NEW.until_before) THEN
            RAISE EXCEPTION 'a proposal begins as one, about a hold as it is'
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'accounts_holdshortening_begins';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP <> 'UPDATE' OR OLD.state <> 'proposed'
        OR (OLD.id, OLD.public_id, OLD.hold_id, OLD.customer_id, OLD.until_before, OLD.until_after, OLD.payload_hash,
            OLD.proposer_id, OLD.proposed_because, OLD.created_at, OLD.expires_at)
        IS DISTINCT FROM (NEW.id, NEW.public_id, NEW.hold_id, NEW.customer_id, NEW.until_before, NEW.until_after,
            NEW.payload_hash, NEW.proposer_id, NEW.proposed_because, NEW.created_at, NEW.expires_at) THEN
        RAISE EXCEPTION 'what was proposed stands, and how it ended'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'accounts_holdshortening_stands';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER accounts_holdshortening_guard BEFORE INSERT OR UPDATE OR DELETE ON accounts_holdshortening
    FOR EACH ROW EXECUTE FUNCTION accounts_holdshortening_guard();

CREATE FUNCTION accounts_holdshortening_apply() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE accounts_securityhold SET until = NEW.until_after
        WHERE id = NEW.hold_id AND user_id = NEW.customer_id AND until = NEW.until_before;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the hold is not the one that was proposed about'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'accounts_holdshortening_about_the_hold_as_it_is';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER accounts_holdshortening_apply AFTER UPDATE OF state ON accounts_holdshortening
    FOR EACH ROW WHEN (NEW.state = 'done') EXECUTE FUNCTION accounts_holdshortening_apply();
"""
GUARDS_BACK = """
DROP TRIGGER accounts_holdshortening_apply ON accounts_holdshortening;
DROP FUNCTION accounts_holdshortening_apply();
DROP TRIGGER accounts_holdshortening_guard ON accounts_holdshortening;
DROP FUNCTION accounts_holdshortening_guard();
DROP TRIGGER accounts_securityhold_guard ON accounts_securityhold;
DROP FUNCTION accounts_securityhold_guard();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_roles"),
    ]

    operations = [
        migrations.CreateModel(
            name="HoldShortening",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", config.kit.ids.PublicIdField(default=config.kit.ids.random_id, editable=False, unique=True)),
                ("until_before", models.DateTimeField()),
                ("until_after", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "Proposed"),
                            ("done", "Done"),
                            ("rejected", "Rejected"),
                            ("withdrawn", "Taken back"),
                            ("expired", "Expired"),
                        ],
                        default="proposed",
                        max_length=16,
                    ),
                ),
                ("payload_hash", models.BinaryField(max_length=32)),
                ("proposed_because", models.CharField(max_length=500)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("decided_because", models.CharField(blank=True, default="", max_length=500)),
                ("seen_hash", models.BinaryField(default=None, max_length=32, null=True)),
                ("finished_at", models.DateTimeField(default=None, null=True)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "decider",
                    models.ForeignKey(
                        default=None,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "hold",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="shortenings", to="accounts.securityhold"
                    ),
                ),
                (
                    "proposer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "proposal of a shorter hold",
                "verbose_name_plural": "proposals of shorter holds",
                "indexes": [
                    models.Index(fields=["state", "-id"], name="accounts_shortening_state"),
                    models.Index(fields=["customer", "-id"], name="accounts_shortening_customer"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["proposed", "done", "rejected", "withdrawn", "expired"])),
                        name="accounts_holdshortening_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until_after__lt", models.F("until_before"))),
                        name="accounts_holdshortening_shortens",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("created_at"))), name="accounts_holdshortening_lives"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decider__isnull", True),
                                ("finished_at__isnull", True),
                                ("seen_hash__isnull", True),
                                ("state", "proposed"),
                            ),
                            models.Q(
                                ("decider__isnull", True),
                                ("finished_at__isnull", False),
                                ("seen_hash__isnull", True),
                                ("state", "expired"),
                            ),
                            models.Q(
                                ("decider__isnull", False),
                                ("finished_at__isnull", False),
                                ("seen_hash__isnull", False),
                                ("state__in", ("done", "rejected", "withdrawn")),
                            ),
                            _connector="OR",
                        ),
                        name="accounts_holdshortening_finished_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ("done", "rejected")), _negated=True),
                            models.Q(("decider", models.F("proposer")), _negated=True),
                            _connector="OR",
                        ),
                        name="accounts_holdshortening_two_officers",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "withdrawn"), _negated=True), ("decider", models.F("proposer")), _connector="OR"
                        ),
                        name="accounts_holdshortening_taken_back_by_its_proposer",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("proposer", models.F("customer")), _negated=True),
                            models.Q(
                                ("decider__isnull", True),
                                models.Q(("decider", models.F("customer")), _negated=True),
                                _connector="OR",
                            ),
                        ),
                        name="accounts_holdshortening_officers_are_not_the_customer",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "done"), _negated=True),
                            models.Q(("finished_at__lte", models.F("expires_at")), ("seen_hash", models.F("payload_hash"))),
                            _connector="OR",
                        ),
                        name="accounts_holdshortening_done_as_it_was_seen",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("proposed_because", ""), _negated=True),
                            models.Q(
                                models.Q(("state__in", ("done", "rejected", "withdrawn")), _negated=True),
                                models.Q(("decided_because", ""), _negated=True),
                                _connector="OR",
                            ),
                        ),
                        name="accounts_holdshortening_has_reasons",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "proposed")),
                        fields=("hold",),
                        name="accounts_holdshortening_one_at_a_time",
                    ),
                ],
            },
        ),
        migrations.RunSQL(GUARDS, GUARDS_BACK),
    ]
