"""Bank accounts as a thing of the customer's own: two new tables, filled from the table of one account per case.

Each copied account keeps its case's number as its own, which is what its sealed facts are bound to. Those that wait whose
bank account another case of the customer brought as well are copied as history, for an account is there once.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import config.kit.clock
import config.kit.ids

COPY = """
INSERT INTO kyc_customer_bank_account (public_id, user_id, case_id, country, bank_code, branch_code, sealed, number_index,
    state, reason, officer_id, seen_hash, usable_from, created_at, decided_at)
SELECT named.public_id, named.user_id, former.case_id, former.country, former.bank_code, former.branch_code, former.sealed,
    former.number_index,
    CASE WHEN newer.id IS NOT NULL THEN 'replaced' WHEN named.state = 'approved' AND word.id IS NOT NULL THEN 'verified'
        WHEN named.state = 'rejected' AND word.id IS NOT NULL THEN 'refused' ELSE 'pending' END,
    CASE WHEN newer.id IS NULL AND named.state = 'rejected' AND word.id IS NOT NULL THEN word.reason ELSE '' END,
    CASE WHEN named.state IN ('approved', 'rejected') THEN word.officer_id END,
    CASE WHEN named.state IN ('approved', 'rejected') THEN word.seen_hash END,
    former.created_at, former.created_at,
    CASE WHEN named.state IN ('approved', 'rejected') THEN word.at END
FROM kyc_bank_account AS former
JOIN kyc_case AS named ON named.id = former.case_id
LEFT JOIN LATERAL (SELECT * FROM kyc_case_decision WHERE case_id = named.id ORDER BY id DESC LIMIT 1) AS word ON true
LEFT JOIN LATERAL (
    SELECT later.id FROM kyc_case AS later JOIN kyc_bank_account AS again ON again.case_id = later.id
    WHERE later.user_id = named.user_id AND later.id > named.id AND again.number_index = former.number_index LIMIT 1
) AS newer ON true
"""
GUARD = """
ALTER TABLE kyc_customer_bank_account ADD CONSTRAINT kyc_bank_account_same_customer
    FOREIGN KEY (case_id, user_id) REFERENCES kyc_case (id, user_id);
"""
UNGUARD = "ALTER TABLE kyc_customer_bank_account DROP CONSTRAINT kyc_bank_account_same_customer;"


class Migration(migrations.Migration):
    dependencies = [
        ("kyc", "0007_former_bank_accounts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BankAccount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", config.kit.ids.PublicIdField(default=config.kit.ids.random_id, editable=False, unique=True)),
                ("country", models.CharField(max_length=2)),
                ("bank_code", models.CharField(max_length=16)),
                ("branch_code", models.CharField(blank=True, default="", max_length=16)),
                ("sealed", models.BinaryField()),
                ("number_index", models.BinaryField(max_length=32)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "Waits for verification"),
                            ("verified", "Verified"),
                            ("refused", "Refused"),
                            ("replaced", "Replaced"),
                            ("removed", "Removed"),
                        ],
                        default="pending",
                        max_length=16,
                    ),
                ),
                ("reason", models.CharField(blank=True, default="", max_length=48)),
                ("seen_hash", models.BinaryField(blank=True, max_length=32, null=True)),
                ("usable_from", models.DateTimeField(default=config.kit.clock.now)),
                ("created_at", models.DateTimeField(default=config.kit.clock.now)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "case",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bank_accounts",
                        to="kyc.case",
                    ),
                ),
                (
                    "officer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                "db_table": "kyc_customer_bank_account",
            },
        ),
        migrations.CreateModel(
            name="BankAccountUse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.CharField(max_length=64, unique=True)),
                ("started_at", models.DateTimeField(default=config.kit.clock.now)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "account",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="uses", to="kyc.bankaccount"),
                ),
            ],
            options={
                "db_table": "kyc_bank_account_use",
            },
        ),
        migrations.AddIndex(
            model_name="bankaccount",
            index=models.Index(fields=["number_index"], name="kyc_bank_account_number_index"),
        ),
        migrations.AddIndex(
            model_name="bankaccount",
            index=models.Index(fields=["user", "-id"], name="kyc_bank_account_of_user"),
        ),
        migrations.AddIndex(
            model_name="bankaccount",
            index=models.Index(
                condition=models.Q(("state", "pending")), fields=["created_at", "id"], name="kyc_bank_account_queue"
            ),
        ),
        migrations.AddConstraint(
            model_name="bankaccount",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("pending", "verified"))),
                fields=("user", "number_index"),
                name="kyc_bank_account_once_per_customer",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankaccount",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("pending", "verified"))),
                fields=("case",),
                name="kyc_bank_account_one_per_case",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankaccount",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["pending", "verified", "refused", "replaced", "removed"])),
                name="kyc_bank_account_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankaccount",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("officer__isnull", True), models.Q(("officer", models.F("user")), _negated=True), _connector="OR"
                ),
                name="kyc_bank_account_officer_is_not_customer",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankaccount",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ("verified", "refused")), _negated=True),
                    models.Q(("decided_at__isnull", False), ("officer__isnull", False), ("seen_hash__isnull", False)),
                    _connector="OR",
                ),
                name="kyc_bank_account_decided_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankaccount",
            constraint=models.CheckConstraint(
                condition=models.Q(("state", "refused"), ("reason", ""), _connector="XOR"),
                name="kyc_bank_account_reason_when_refused",
            ),
        ),
        migrations.AddIndex(
            model_name="bankaccountuse",
            index=models.Index(
                condition=models.Q(("ended_at__isnull", True)), fields=["account"], name="kyc_bank_account_use_open"
            ),
        ),
        migrations.RunSQL(COPY, migrations.RunSQL.noop),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
