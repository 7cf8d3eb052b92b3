"""Fiat withdrawals, lines of our bank accounts, proposals that take two officers, claims of the desk.

New tables only: nothing in use is locked, and the way back drops them."""

from decimal import Decimal

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import config.kit.clock
import config.kit.ids
from wallet.sql import load


class Migration(migrations.Migration):
    dependencies = [
        ("wallet", "0003_confirmed_transfers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="NostroAccount",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("code", models.CharField(max_length=32, unique=True)),
                ("bank", models.CharField(max_length=128)),
                ("holder", models.CharField(max_length=128)),
                ("account_number", models.CharField(max_length=40)),
                ("swift_code", models.CharField(blank=True, default="", max_length=11)),
                ("is_open", models.BooleanField(default=False)),
                (
                    "coin",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="nostro_accounts", to="wallet.coin"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("code__regex", "^[A-Z0-9_]{2,32}$")), name="nostro_account_code_plain"
                    ),
                    models.UniqueConstraint(fields=("id", "coin"), name="nostro_account_coin"),
                ],
            },
        ),
        migrations.CreateModel(
            name="BankLine",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("direction", models.CharField(choices=[("in", "received"), ("out", "paid")], max_length=4)),
                ("reference", models.CharField(max_length=64)),
                ("amount", models.DecimalField(decimal_places=18, max_digits=38)),
                ("created_at", models.DateTimeField(default=config.kit.clock.now)),
                (
                    "coin",
                    models.ForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="wallet.coin"
                    ),
                ),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "nostro",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="wallet.nostroaccount"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("nostro", "direction", "reference"), name="bank_line_once"),
                    models.CheckConstraint(condition=models.Q(("amount__gt", Decimal(0))), name="bank_line_amount_positive"),
                    models.CheckConstraint(
                        condition=models.Q(("direction__in", ["in", "out"])), name="bank_line_direction_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reference__regex", "^[A-Z0-9][A-Z0-9/.:+_-]{2,63}$")),
                        name="bank_line_reference_plain",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FiatWithdrawal",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", config.kit.ids.PublicIdField(default=config.kit.ids.random_id, editable=False, unique=True)),
                ("bank_account", models.BigIntegerField()),
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
                            ("paying", "Paying"),
                            ("paid", "Paid"),
                            ("returned", "Returned"),
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
                ("requested_from", models.GenericIPAddressField(null=True)),
                ("verified_by", models.CharField(blank=True, default="", max_length=16)),
                ("is_flagged", models.BooleanField(default=False)),
                ("officers_required", models.PositiveSmallIntegerField(default=2)),
                ("expires_at", models.DateTimeField()),
                ("created_at", models.DateTimeField(default=config.kit.clock.now)),
                ("state_since", models.DateTimeField(default=config.kit.clock.now)),
                ("finished_at", models.DateTimeField(default=None, null=True)),
                (
                    "coin_network",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="wallet.coinnetwork"),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="fiat_withdrawals",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "paid_line",
                    models.OneToOneField(
                        default=None,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="paid_for",
                        to="wallet.bankline",
                    ),
                ),
                (
                    "payer",
                    models.ForeignKey(
                        default=None,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "posting",
                    models.OneToOneField(
                        default=None,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="fiat_withdrawal",
                        to="wallet.posting",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["customer", "-id"], name="fiat_withdrawal_by_customer"),
                    models.Index(fields=["customer", "coin_network", "created_at"], name="fiat_withdrawal_by_window"),
                    models.Index(
                        condition=models.Q(
                            ("state__in", ("paid", "returned", "cancelled", "expired", "rejected")), _negated=True
                        ),
                        fields=["state", "id"],
                        name="fiat_withdrawal_open",
                    ),
                    models.Index(fields=["state", "-id"], name="fiat_withdrawal_by_state"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("customer", "client_reference"), name="fiat_withdrawal_client_reference_once"
                    ),
                    models.UniqueConstraint(fields=("id", "customer"), name="fiat_withdrawal_of_customer"),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", Decimal(0))), name="fiat_withdrawal_amount_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("fee__gte", Decimal(0))), name="fiat_withdrawal_fee_not_negative"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "verification",
                                    "review",
                                    "second_review",
                                    "approved",
                                    "paying",
                                    "paid",
                                    "returned",
                                    "cancelled",
                                    "expired",
                                    "rejected",
                                ],
                            )
                        ),
                        name="fiat_withdrawal_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("finished_at__isnull", False), ("state__in", ("returned", "cancelled", "expired", "rejected"))
                            ),
                            models.Q(
                                models.Q(("state__in", ("returned", "cancelled", "expired", "rejected")), _negated=True),
                                ("finished_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="fiat_withdrawal_finished_at_its_end",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("payer__isnull", False), ("state__in", ("paying", "paid", "returned"))),
                            models.Q(
                                models.Q(("state__in", ("paying", "paid", "returned")), _negated=True), ("payer__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="fiat_withdrawal_payer_at_the_bank",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("paid_line__isnull", False), ("posting__isnull", False), ("state__in", ("paid", "returned"))
                            ),
                            models.Q(
                                models.Q(("state__in", ("paid", "returned")), _negated=True),
                                ("paid_line__isnull", True),
                                ("posting__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="fiat_withdrawal_paid_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("payer__isnull", True), models.Q(("payer", models.F("customer")), _negated=True), _connector="OR"
                        ),
                        name="fiat_withdrawal_payer_is_not_customer",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("officers_required__gte", 1), ("officers_required__lte", 2)),
                        name="fiat_withdrawal_officers_1_or_2",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FiatWithdrawalDecision",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="wallet.fiatwithdrawal"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("withdrawal", "matter", "officer"), name="fiat_decision_officer_once"),
                    models.CheckConstraint(
                        condition=models.Q(("officer", models.F("customer")), _negated=True),
                        name="fiat_decision_officer_is_not_customer",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("verdict__in", ["approve", "reject"])), name="fiat_decision_verdict_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("matter__in", ["approval", "recall"])), name="fiat_decision_matter_known"
                    ),
                    models.CheckConstraint(condition=models.Q(("reason", ""), _negated=True), name="fiat_decision_has_reason"),
                ],
            },
        ),
        migrations.CreateModel(
            name="FiatWithdrawalEvent",
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
                            ("review", "Review"),
                            ("second_review", "Second Review"),
                            ("approved", "Approved"),
                            ("paying", "Paying"),
                            ("paid", "Paid"),
                            ("returned", "Returned"),
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
                    "withdrawal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="events", to="wallet.fiatwithdrawal"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["withdrawal", "id"], name="fiat_withdrawal_event_by_case")],
            },
        ),
        migrations.CreateModel(
            name="FiatWithdrawalRisk",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("rules_version", models.CharField(max_length=32)),
                ("inputs", models.JSONField()),
                ("results", models.JSONField()),
                ("is_flagged", models.BooleanField()),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "withdrawal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="risk", to="wallet.fiatwithdrawal"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("withdrawal", "rules_version"), name="fiat_withdrawal_risk_once_per_version"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FiatReturn",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", config.kit.ids.PublicIdField(default=config.kit.ids.random_id, editable=False, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "Proposed"),
                            ("done", "Done"),
                            ("rejected", "Rejected"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="proposed",
                        max_length=16,
                    ),
                ),
                ("payload_hash", models.BinaryField(max_length=32)),
                ("proposed_because", models.CharField(max_length=500)),
                ("decided_because", models.CharField(blank=True, default="", max_length=500)),
                ("seen_hash", models.BinaryField(default=None, max_length=32, null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("state_since", models.DateTimeField(default=django.utils.timezone.now)),
                ("finished_at", models.DateTimeField(default=None, null=True)),
                ("reference", models.CharField(max_length=64)),
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
                    "line",
                    models.OneToOneField(
                        default=None,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="returned_for",
                        to="wallet.bankline",
                    ),
                ),
                (
                    "posting",
                    models.OneToOneField(
                        default=None,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="wallet.posting",
                    ),
                ),
                (
                    "proposer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "withdrawal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="returns", to="wallet.fiatwithdrawal"
                    ),
                ),
                (
                    "nostro",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="wallet.nostroaccount"),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["state", "-id"], name="fiat_return_by_state")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["proposed", "done", "rejected", "withdrawn"])),
                        name="fiat_return_state_known",
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
                                ("decider__isnull", False),
                                ("finished_at__isnull", False),
                                ("seen_hash__isnull", False),
                                ("state__in", ("done", "rejected", "withdrawn")),
                            ),
                            _connector="OR",
                        ),
                        name="fiat_return_finished_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ("done", "rejected")), _negated=True),
                            models.Q(("decider", models.F("proposer")), _negated=True),
                            _connector="OR",
                        ),
                        name="fiat_return_two_officers",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "withdrawn"), _negated=True), ("decider", models.F("proposer")), _connector="OR"
                        ),
                        name="fiat_return_withdrawn_by_its_proposer",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "done"), _negated=True), ("seen_hash", models.F("payload_hash")), _connector="OR"
                        ),
                        name="fiat_return_bound_to_its_payload",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("posting__isnull", False), ("state", "done")),
                            models.Q(models.Q(("state", "done"), _negated=True), ("posting__isnull", True)),
                            _connector="OR",
                        ),
                        name="fiat_return_done_is_posted",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("proposed_because", ""), _negated=True),
                            models.Q(("state", "proposed"), models.Q(("decided_because", ""), _negated=True), _connector="OR"),
                        ),
                        name="fiat_return_has_reasons",
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
                        name="fiat_return_officers_are_not_the_customer",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("proposed", "done"))),
                        fields=("withdrawal",),
                        name="fiat_return_one_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reference__regex", "^[A-Z0-9][A-Z0-9/.:+_-]{2,63}$")),
                        name="fiat_return_reference_plain",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("line__isnull", False), ("state", "done")),
                            models.Q(models.Q(("state", "done"), _negated=True), ("line__isnull", True)),
                            _connector="OR",
                        ),
                        name="fiat_return_done_has_its_line",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PairEvent",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("state_before", models.CharField(blank=True, max_length=16)),
                ("actor_kind", models.CharField(max_length=16)),
                ("reason", models.CharField(max_length=500)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("matter", models.CharField(choices=[("fiat_return", "Return of a fiat withdrawal")], max_length=16)),
                ("subject", models.BigIntegerField()),
                (
                    "state_after",
                    models.CharField(
                        choices=[
                            ("proposed", "Proposed"),
                            ("done", "Done"),
                            ("rejected", "Rejected"),
                            ("withdrawn", "Withdrawn"),
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
            ],
            options={
                "indexes": [models.Index(fields=["subject", "id"], name="pair_event_by_subject")],
            },
        ),
        migrations.CreateModel(
            name="DeskClaim",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("subject", models.CharField(max_length=64, unique=True)),
                ("until", models.DateTimeField()),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("subject__regex", "^[a-z_]+:[0-9]{16}$")), name="desk_claim_subject_plain"
                    )
                ],
            },
        ),
        migrations.RunSQL(load("pairs_v1"), load("pairs_v1_back")),
        migrations.RunSQL(load("fiat_withdrawals_v1"), load("fiat_withdrawals_v1_back")),
    ]
