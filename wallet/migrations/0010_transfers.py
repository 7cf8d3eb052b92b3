"""Transfers between customers: their rows, limits, evidence, and what the database refuses of them.

Additive: new tables, and further words for the kind of a posting, which stand in Python only. The way back drops the tables.
"""

from decimal import Decimal

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import config.kit.ids
from wallet.sql import load


class Migration(migrations.Migration):
    dependencies = [
        ("wallet", "0009_conversions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="posting",
            name="kind",
            field=models.CharField(
                choices=[
                    ("deposit", "deposit"),
                    ("withdrawal_hold", "withdrawal, reserved"),
                    ("withdrawal_release", "withdrawal, released"),
                    ("withdrawal", "withdrawal"),
                    ("network_fee", "fee paid to a network"),
                    ("transfer_hold", "transfer, reserved"),
                    ("transfer_release", "transfer, released"),
                    ("transfer", "transfer"),
                    ("sub_account_transfer", "transfer between an account and its sub-accounts"),
                    ("funds_transfer", "transfer between wallets"),
                    ("conversion", "conversion"),
                    ("payment", "payment"),
                    ("fee", "fee"),
                    ("refund", "refund"),
                    ("adjustment", "adjustment"),
                    ("dust", "remainder"),
                    ("reversal", "reversal"),
                ],
                max_length=32,
            ),
        ),
        migrations.CreateModel(
            name="Transfer",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", config.kit.ids.PublicIdField(default=config.kit.ids.random_id, editable=False, unique=True)),
                ("amount", models.DecimalField(decimal_places=18, max_digits=38)),
                ("remark", models.CharField(blank=True, default="", max_length=256)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("verification", "Verification"),
                            ("opened", "Opened"),
                            ("review", "Review"),
                            ("second_review", "Second Review"),
                            ("completed", "Completed"),
                            ("cancelled", "Cancelled"),
                            ("expired", "Expired"),
                            ("rejected", "Rejected"),
                        ],
                        default="verification",
                        max_length=16,
                    ),
                ),
                ("payload_hash", models.BinaryField(max_length=32)),
                ("client_reference", models.CharField(default=None, max_length=128, null=True)),
                ("fingerprint", models.BinaryField(max_length=32)),
                ("api_key_id", models.CharField(blank=True, default="", max_length=64)),
                ("requested_from", models.GenericIPAddressField(null=True)),
                ("link_hash", models.BinaryField(default=None, max_length=32, null=True)),
                ("link_sent_at", models.DateTimeField(default=None, null=True)),
                ("links_sent", models.PositiveSmallIntegerField(default=0)),
                ("verified_by", models.CharField(blank=True, default="", max_length=16)),
                ("is_flagged", models.BooleanField(default=False)),
                ("officers_required", models.PositiveSmallIntegerField(default=2)),
                ("expires_at", models.DateTimeField()),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("state_since", models.DateTimeField(default=django.utils.timezone.now)),
                ("finished_at", models.DateTimeField(default=None, null=True)),
                ("coin", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="wallet.coin")),
                (
                    "receiver",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="transfers_in", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "sender",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="transfers_out", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TransferDecision",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("verdict", models.CharField(choices=[("approve", "Approved"), ("reject", "Rejected")], max_length=16)),
                ("payload_hash", models.BinaryField(max_length=32)),
                ("reason", models.CharField(max_length=500)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "matter",
                    models.CharField(
                        choices=[("approval", "Approval"), ("recall", "Recall of an approval")],
                        default="approval",
                        max_length=16,
                    ),
                ),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "receiver",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "sender",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "transfer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="wallet.transfer"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TransferEvent",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("state_before", models.CharField(blank=True, max_length=16)),
                ("actor_kind", models.CharField(max_length=16)),
                ("reason", models.CharField(max_length=500)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "state_after",
                    models.CharField(
                        choices=[
                            ("verification", "Verification"),
                            ("opened", "Opened"),
                            ("review", "Review"),
                            ("second_review", "Second Review"),
                            ("completed", "Completed"),
                            ("cancelled", "Cancelled"),
                            ("expired", "Expired"),
                            ("rejected", "Rejected"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "actor",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "transfer",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="events", to="wallet.transfer"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TransferLimit",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("level", models.PositiveSmallIntegerField()),
                ("window_hours", models.PositiveIntegerField()),
                ("maximum", models.DecimalField(decimal_places=18, max_digits=38)),
                ("coin", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="wallet.coin")),
            ],
        ),
        migrations.CreateModel(
            name="TransferPolicy",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("second_officer_from", models.DecimalField(decimal_places=18, max_digits=38)),
                ("automatic_up_to", models.DecimalField(decimal_places=18, max_digits=38)),
                (
                    "coin",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="transfer_policy", to="wallet.coin"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TransferRisk",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("rules_version", models.CharField(max_length=32)),
                ("inputs", models.JSONField()),
                ("results", models.JSONField()),
                ("is_flagged", models.BooleanField()),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "transfer",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="risk", to="wallet.transfer"),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="transfer",
            index=models.Index(fields=["sender", "-id"], name="transfer_by_sender"),
        ),
        migrations.AddIndex(
            model_name="transfer",
            index=models.Index(fields=["receiver", "-id"], name="transfer_by_receiver"),
        ),
        migrations.AddIndex(
            model_name="transfer",
            index=models.Index(fields=["sender", "coin", "created_at"], name="transfer_by_window"),
        ),
        migrations.AddIndex(
            model_name="transfer",
            index=models.Index(
                condition=models.Q(("state__in", ("completed", "cancelled", "expired", "rejected")), _negated=True),
                fields=["state", "id"],
                name="transfer_open",
            ),
        ),
        migrations.AddIndex(
            model_name="transfer",
            index=models.Index(fields=["state", "-id"], name="transfer_by_state"),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.UniqueConstraint(fields=("sender", "client_reference"), name="transfer_client_reference_once"),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.UniqueConstraint(fields=("link_hash",), name="transfer_link_once"),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.UniqueConstraint(fields=("id", "sender", "receiver"), name="transfer_of_parties"),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.CheckConstraint(
                condition=models.Q(("sender", models.F("receiver")), _negated=True), name="transfer_not_to_oneself"
            ),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.CheckConstraint(condition=models.Q(("amount__gt", Decimal(0))), name="transfer_amount_positive"),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        ["verification", "opened", "review", "second_review", "completed", "cancelled", "expired", "rejected"],
                    )
                ),
                name="transfer_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("finished_at__isnull", False), ("state__in", ("completed", "cancelled", "expired", "rejected"))),
                    models.Q(
                        models.Q(("state__in", ("completed", "cancelled", "expired", "rejected")), _negated=True),
                        ("finished_at__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="transfer_finished_at_its_end",
            ),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.CheckConstraint(
                condition=models.Q(("officers_required__lte", 2)), name="transfer_officers_required_0_to_2"
            ),
        ),
        migrations.AddConstraint(
            model_name="transferdecision",
            constraint=models.UniqueConstraint(fields=("transfer", "matter", "officer"), name="transfer_decision_officer_once"),
        ),
        migrations.AddConstraint(
            model_name="transferdecision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("officer", models.F("sender")), _negated=True),
                    models.Q(("officer", models.F("receiver")), _negated=True),
                ),
                name="transfer_decision_officer_is_no_party",
            ),
        ),
        migrations.AddConstraint(
            model_name="transferdecision",
            constraint=models.CheckConstraint(
                condition=models.Q(("verdict__in", ["approve", "reject"])), name="transfer_decision_verdict_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="transferdecision",
            constraint=models.CheckConstraint(
                condition=models.Q(("matter__in", ["approval", "recall"])), name="transfer_decision_matter_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="transferdecision",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="transfer_decision_has_reason"
            ),
        ),
        migrations.AddIndex(
            model_name="transferevent",
            index=models.Index(fields=["transfer", "id"], name="transfer_event_by_case"),
        ),
        migrations.AddConstraint(
            model_name="transferlimit",
            constraint=models.UniqueConstraint(fields=("level", "coin", "window_hours"), name="transfer_limit_once"),
        ),
        migrations.AddConstraint(
            model_name="transferlimit",
            constraint=models.CheckConstraint(
                condition=models.Q(("maximum__gte", Decimal(0))), name="transfer_limit_not_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="transferlimit",
            constraint=models.CheckConstraint(
                condition=models.Q(("window_hours__gt", 0)), name="transfer_limit_window_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="transferpolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("automatic_up_to__gte", Decimal(0)), ("automatic_up_to__lt", models.F("second_officer_from"))
                ),
                name="transfer_policy_thresholds_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="transferrisk",
            constraint=models.UniqueConstraint(fields=("transfer", "rules_version"), name="transfer_risk_once_per_version"),
        ),
        migrations.RunSQL(load("transfers_v1"), load("transfers_v1_back")),
    ]
