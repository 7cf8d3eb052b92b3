"""Withdrawals, their evidence and limits, outgoing transactions and the address book; and what the database refuses."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import config.kit.ids

SQL = Path(__file__).resolve().parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("wallet", "0002_deposits"),
    ]

    operations = [
        migrations.CreateModel(
            name="TrustedAddress",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", config.kit.ids.PublicIdField(default=config.kit.ids.random_id, editable=False, unique=True)),
                ("label", models.CharField(max_length=64)),
                ("address", models.CharField(max_length=128)),
                ("memo", models.CharField(blank=True, default="", max_length=64)),
                ("usable_from", models.DateTimeField()),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "coin_network",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="wallet.coinnetwork"),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="trusted_addresses",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Withdrawal",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", config.kit.ids.PublicIdField(default=config.kit.ids.random_id, editable=False, unique=True)),
                ("address", models.CharField(max_length=128)),
                ("memo", models.CharField(blank=True, default="", max_length=64)),
                ("amount", models.DecimalField(decimal_places=18, max_digits=38)),
                ("fee", models.DecimalField(decimal_places=18, max_digits=38)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("verification", "Verification"),
                            ("review", "Review"),
                            ("second_review", "Second Review"),
                            ("approved", "Approved"),
                            ("signing", "Signing"),
                            ("broadcast", "Broadcast"),
                            ("unknown", "Unknown"),
                            ("confirming", "Confirming"),
                            ("success", "Success"),
                            ("cancelled", "Cancelled"),
                            ("expired", "Expired"),
                            ("rejected", "Rejected"),
                            ("failed", "Failed"),
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
                ("verified_by", models.CharField(blank=True, default="", max_length=16)),
                ("is_flagged", models.BooleanField(default=False)),
                ("officers_required", models.PositiveSmallIntegerField(default=2)),
                ("lease_token", models.BigIntegerField(default=0)),
                ("lease_holder", models.CharField(blank=True, default="", max_length=64)),
                ("lease_until", models.DateTimeField(default=None, null=True)),
                ("blocked_because", models.CharField(blank=True, default="", max_length=500)),
                ("expires_at", models.DateTimeField()),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("state_since", models.DateTimeField(default=django.utils.timezone.now)),
                ("finished_at", models.DateTimeField(default=None, null=True)),
                (
                    "coin_network",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="wallet.coinnetwork"),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="withdrawals", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "trusted_address",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="wallet.trustedaddress"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RiskResult",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("rules_version", models.CharField(max_length=32)),
                ("inputs", models.JSONField()),
                ("results", models.JSONField()),
                ("is_flagged", models.BooleanField()),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "withdrawal",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="risk", to="wallet.withdrawal"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="OutgoingTransaction",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("sender", models.CharField(max_length=128)),
                ("nonce", models.BigIntegerField()),
                ("unsigned_payload", models.BinaryField()),
                ("unsigned_hash", models.BinaryField(max_length=32)),
                ("approved_hash", models.BinaryField(max_length=32)),
                ("fee_ceiling", models.DecimalField(decimal_places=18, max_digits=38)),
                ("lease_token", models.BigIntegerField()),
                ("signed_bytes", models.BinaryField(default=None, null=True)),
                ("tx_hash", models.CharField(default=None, max_length=128, null=True)),
                ("signed_at", models.DateTimeField(default=None, null=True)),
                ("signer_refusal", models.CharField(blank=True, default="", max_length=300)),
                ("abandoned_at", models.DateTimeField(default=None, null=True)),
                ("sendings", models.PositiveIntegerField(default=0)),
                ("last_sent_at", models.DateTimeField(default=None, null=True)),
                ("last_answer", models.CharField(blank=True, default="", max_length=300)),
                ("block_number", models.BigIntegerField(default=None, null=True)),
                ("block_hash", models.CharField(blank=True, default="", max_length=128)),
                ("confirmations", models.PositiveIntegerField(default=0)),
                ("network_fee", models.DecimalField(decimal_places=18, default=None, max_digits=38, null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "network",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="wallet.network"),
                ),
                (
                    "withdrawal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="outgoing_transactions",
                        to="wallet.withdrawal",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="WithdrawalAllowance",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("coin", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="wallet.coin")),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="WithdrawalDecision",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "matter",
                    models.CharField(
                        choices=[
                            ("approval", "Approval"),
                            ("recall", "Recall of an approval"),
                            ("absence", "It can never reach the chain"),
                        ],
                        default="approval",
                        max_length=16,
                    ),
                ),
                ("verdict", models.CharField(choices=[("approve", "Approved"), ("reject", "Rejected")], max_length=16)),
                ("payload_hash", models.BinaryField(max_length=32)),
                ("reason", models.CharField(max_length=500)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
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
                (
                    "withdrawal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="wallet.withdrawal"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="WithdrawalEvent",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("state_before", models.CharField(blank=True, max_length=16)),
                (
                    "state_after",
                    models.CharField(
                        choices=[
                            ("verification", "Verification"),
                            ("review", "Review"),
                            ("second_review", "Second Review"),
                            ("approved", "Approved"),
                            ("signing", "Signing"),
                            ("broadcast", "Broadcast"),
                            ("unknown", "Unknown"),
                            ("confirming", "Confirming"),
                            ("success", "Success"),
                            ("cancelled", "Cancelled"),
                            ("expired", "Expired"),
                            ("rejected", "Rejected"),
                            ("failed", "Failed"),
                        ],
                        max_length=16,
                    ),
                ),
                ("actor_kind", models.CharField(max_length=16)),
                ("reason", models.CharField(max_length=500)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "actor",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "withdrawal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="events", to="wallet.withdrawal"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="WithdrawalLimit",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("level", models.PositiveSmallIntegerField()),
                ("window_hours", models.PositiveIntegerField()),
                ("maximum", models.DecimalField(decimal_places=18, max_digits=38)),
                ("coin", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="wallet.coin")),
            ],
        ),
        migrations.CreateModel(
            name="WithdrawalPolicy",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("second_officer_from", models.DecimalField(decimal_places=18, max_digits=38)),
                ("automatic_up_to", models.DecimalField(decimal_places=18, max_digits=38)),
                (
                    "coin",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="withdrawal_policy", to="wallet.coin"
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="trustedaddress",
            index=models.Index(fields=["customer", "-id"], name="trusted_address_by_customer"),
        ),
        migrations.AddConstraint(
            model_name="trustedaddress",
            constraint=models.UniqueConstraint(
                fields=("customer", "coin_network", "address", "memo"), name="trusted_address_once_per_customer"
            ),
        ),
        migrations.AddConstraint(
            model_name="trustedaddress",
            constraint=models.CheckConstraint(
                condition=models.Q(("label", ""), _negated=True), name="trusted_address_has_label"
            ),
        ),
        migrations.AddIndex(
            model_name="withdrawal",
            index=models.Index(fields=["customer", "-id"], name="withdrawal_by_customer"),
        ),
        migrations.AddIndex(
            model_name="withdrawal",
            index=models.Index(fields=["customer", "coin_network", "created_at"], name="withdrawal_by_window"),
        ),
        migrations.AddIndex(
            model_name="withdrawal",
            index=models.Index(
                condition=models.Q(("state__in", ("success", "cancelled", "expired", "rejected", "failed")), _negated=True),
                fields=["state", "id"],
                name="withdrawal_open",
            ),
        ),
        migrations.AddIndex(
            model_name="withdrawal",
            index=models.Index(fields=["state", "-id"], name="withdrawal_by_state"),
        ),
        migrations.AddIndex(
            model_name="withdrawal",
            index=models.Index(fields=["address"], name="withdrawal_by_address"),
        ),
        migrations.AddConstraint(
            model_name="withdrawal",
            constraint=models.UniqueConstraint(
                fields=("customer", "client_reference"), name="withdrawal_client_reference_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="withdrawal",
            constraint=models.UniqueConstraint(fields=("id", "customer"), name="withdrawal_of_customer"),
        ),
        migrations.AddConstraint(
            model_name="withdrawal",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", Decimal(0))), name="withdrawal_amount_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="withdrawal",
            constraint=models.CheckConstraint(condition=models.Q(("fee__gte", Decimal(0))), name="withdrawal_fee_not_negative"),
        ),
        migrations.AddConstraint(
            model_name="withdrawal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "verification",
                            "review",
                            "second_review",
                            "approved",
                            "signing",
                            "broadcast",
                            "unknown",
                            "confirming",
                            "success",
                            "cancelled",
                            "expired",
                            "rejected",
                            "failed",
                        ],
                    )
                ),
                name="withdrawal_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="withdrawal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("finished_at__isnull", False), ("state__in", ("success", "cancelled", "expired", "rejected", "failed"))
                    ),
                    models.Q(
                        models.Q(("state__in", ("success", "cancelled", "expired", "rejected", "failed")), _negated=True),
                        ("finished_at__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="withdrawal_finished_at_its_end",
            ),
        ),
        migrations.AddConstraint(
            model_name="withdrawal",
            constraint=models.CheckConstraint(
                condition=models.Q(("officers_required__lte", 2)), name="withdrawal_officers_required_0_to_2"
            ),
        ),
        migrations.AddConstraint(
            model_name="riskresult",
            constraint=models.UniqueConstraint(fields=("withdrawal", "rules_version"), name="risk_result_once_per_version"),
        ),
        migrations.AddIndex(
            model_name="outgoingtransaction",
            index=models.Index(
                models.F("id"),
                condition=models.Q(("abandoned_at__isnull", True), ("signed_bytes__isnull", True)),
                name="outgoing_unsigned",
            ),
        ),
        migrations.AddConstraint(
            model_name="outgoingtransaction",
            constraint=models.UniqueConstraint(
                condition=models.Q(("abandoned_at__isnull", True)), fields=("withdrawal",), name="outgoing_one_per_withdrawal"
            ),
        ),
        migrations.AddConstraint(
            model_name="outgoingtransaction",
            constraint=models.UniqueConstraint(
                condition=models.Q(("abandoned_at__isnull", True)),
                fields=("network", "sender", "nonce"),
                name="outgoing_nonce_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="outgoingtransaction",
            constraint=models.UniqueConstraint(fields=("network", "tx_hash"), name="outgoing_tx_hash_once"),
        ),
        migrations.AddConstraint(
            model_name="outgoingtransaction",
            constraint=models.CheckConstraint(condition=models.Q(("nonce__gte", 0)), name="outgoing_nonce_not_negative"),
        ),
        migrations.AddConstraint(
            model_name="outgoingtransaction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("signed_at__isnull", True), ("signed_bytes__isnull", True), ("tx_hash__isnull", True)),
                    models.Q(("signed_at__isnull", False), ("signed_bytes__isnull", False), ("tx_hash__isnull", False)),
                    _connector="OR",
                ),
                name="outgoing_signed_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="outgoingtransaction",
            constraint=models.CheckConstraint(
                condition=models.Q(("signed_bytes__isnull", False), ("sendings", 0), _connector="OR"),
                name="outgoing_stored_before_sent",
            ),
        ),
        migrations.AddConstraint(
            model_name="outgoingtransaction",
            constraint=models.CheckConstraint(
                condition=models.Q(("signed_bytes__isnull", True), ("abandoned_at__isnull", True), _connector="OR"),
                name="outgoing_abandoned_only_unsigned",
            ),
        ),
        migrations.AddConstraint(
            model_name="withdrawalallowance",
            constraint=models.UniqueConstraint(fields=("customer", "coin"), name="withdrawal_allowance_once"),
        ),
        migrations.AddConstraint(
            model_name="withdrawaldecision",
            constraint=models.UniqueConstraint(fields=("withdrawal", "matter", "officer"), name="decision_officer_once"),
        ),
        migrations.AddConstraint(
            model_name="withdrawaldecision",
            constraint=models.CheckConstraint(
                condition=models.Q(("officer", models.F("customer")), _negated=True), name="decision_officer_is_not_customer"
            ),
        ),
        migrations.AddConstraint(
            model_name="withdrawaldecision",
            constraint=models.CheckConstraint(
                condition=models.Q(("verdict__in", ["approve", "reject"])), name="decision_verdict_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="withdrawaldecision",
            constraint=models.CheckConstraint(
                condition=models.Q(("matter__in", ["approval", "recall", "absence"])), name="decision_matter_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="withdrawaldecision",
            constraint=models.CheckConstraint(condition=models.Q(("reason", ""), _negated=True), name="decision_has_reason"),
        ),
        migrations.AddIndex(
            model_name="withdrawalevent",
            index=models.Index(fields=["withdrawal", "id"], name="withdrawal_event_by_case"),
        ),
        migrations.AddConstraint(
            model_name="withdrawallimit",
            constraint=models.UniqueConstraint(fields=("level", "coin", "window_hours"), name="withdrawal_limit_once"),
        ),
        migrations.AddConstraint(
            model_name="withdrawallimit",
            constraint=models.CheckConstraint(
                condition=models.Q(("maximum__gte", Decimal(0))), name="withdrawal_limit_not_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="withdrawallimit",
            constraint=models.CheckConstraint(
                condition=models.Q(("window_hours__gt", 0)), name="withdrawal_limit_window_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="withdrawalpolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("automatic_up_to__gte", Decimal(0)), ("automatic_up_to__lt", models.F("second_officer_from"))
                ),
                name="withdrawal_policy_thresholds_in_order",
            ),
        ),
        migrations.RunSQL(
            (SQL / "withdrawals_v1.sql").read_text(),
            (SQL / "withdrawals_v1_back.sql").read_text(),
        ),
    ]
