"""Fiat deposits, their reversals and adjustments by two officers; a bank's line entered anew where its credit was a mistake.

New tables, and a column with a default; the unique constraint of bank lines is exchanged for one with that column. Lock taken:
that of the (small) table of bank lines while its index is built. Way back: drops the tables; refused where a line was entered
anew."""

from decimal import Decimal

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import config.kit.ids
from wallet.sql import load


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("wallet", "0006_guard_rails"),
    ]

    operations = [
        migrations.CreateModel(
            name="Adjustment",
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
                ("amount", models.DecimalField(decimal_places=18, max_digits=38)),
                (
                    "cause",
                    models.CharField(
                        choices=[
                            ("correction", "Correction of a mistake"),
                            ("fee", "Fee given back, or due after all"),
                            ("service", "Service given back, or due after all"),
                            ("rounding", "Remainder of rounding"),
                            ("unmatched", "Unmatched money found its owner"),
                        ],
                        max_length=16,
                    ),
                ),
                ("coin", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="wallet.coin")),
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
            ],
            options={
                "abstract": False,
                "indexes": [models.Index(fields=["state", "-id"], name="adjustment_by_state")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["proposed", "done", "rejected", "withdrawn"])),
                        name="adjustment_state_known",
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
                        name="adjustment_finished_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ("done", "rejected")), _negated=True),
                            models.Q(("decider", models.F("proposer")), _negated=True),
                            _connector="OR",
                        ),
                        name="adjustment_two_officers",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "withdrawn"), _negated=True), ("decider", models.F("proposer")), _connector="OR"
                        ),
                        name="adjustment_withdrawn_by_its_proposer",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "done"), _negated=True), ("seen_hash", models.F("payload_hash")), _connector="OR"
                        ),
                        name="adjustment_bound_to_its_payload",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("posting__isnull", False), ("state", "done")),
                            models.Q(models.Q(("state", "done"), _negated=True), ("posting__isnull", True)),
                            _connector="OR",
                        ),
                        name="adjustment_done_is_posted",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("proposed_because", ""), _negated=True),
                            models.Q(("state", "proposed"), models.Q(("decided_because", ""), _negated=True), _connector="OR"),
                        ),
                        name="adjustment_has_reasons",
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
                        name="adjustment_officers_are_not_the_customer",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount", Decimal(0)), _negated=True), name="adjustment_moves_something"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("cause__in", ["correction", "fee", "service", "rounding", "unmatched"])),
                        name="adjustment_cause_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FiatDeposit",
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
                ("amount", models.DecimalField(decimal_places=18, max_digits=38)),
                (
                    "coin",
                    models.ForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="wallet.coin"
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="fiat_deposits", to=settings.AUTH_USER_MODEL
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
                        related_name="credited_as",
                        to="wallet.bankline",
                    ),
                ),
                (
                    "nostro",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="wallet.nostroaccount"),
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
            ],
            options={
                "abstract": False,
                "indexes": [
                    models.Index(fields=["state", "-id"], name="fiat_deposit_by_state"),
                    models.Index(
                        condition=models.Q(("state", "done")), fields=["customer", "-id"], name="fiat_deposit_by_customer"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["proposed", "done", "rejected", "withdrawn"])),
                        name="fiat_deposit_state_known",
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
                        name="fiat_deposit_finished_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ("done", "rejected")), _negated=True),
                            models.Q(("decider", models.F("proposer")), _negated=True),
                            _connector="OR",
                        ),
                        name="fiat_deposit_two_officers",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "withdrawn"), _negated=True), ("decider", models.F("proposer")), _connector="OR"
                        ),
                        name="fiat_deposit_withdrawn_by_its_proposer",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "done"), _negated=True), ("seen_hash", models.F("payload_hash")), _connector="OR"
                        ),
                        name="fiat_deposit_bound_to_its_payload",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("posting__isnull", False), ("state", "done")),
                            models.Q(models.Q(("state", "done"), _negated=True), ("posting__isnull", True)),
                            _connector="OR",
                        ),
                        name="fiat_deposit_done_is_posted",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("proposed_because", ""), _negated=True),
                            models.Q(("state", "proposed"), models.Q(("decided_because", ""), _negated=True), _connector="OR"),
                        ),
                        name="fiat_deposit_has_reasons",
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
                        name="fiat_deposit_officers_are_not_the_customer",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "proposed")),
                        fields=("nostro", "reference"),
                        name="fiat_deposit_proposed_once",
                    ),
                    models.UniqueConstraint(fields=("id", "customer"), name="fiat_deposit_of_customer"),
                    models.CheckConstraint(condition=models.Q(("amount__gt", Decimal(0))), name="fiat_deposit_amount_positive"),
                    models.CheckConstraint(
                        condition=models.Q(("reference__regex", "^[A-Z0-9][A-Z0-9/.:+_-]{2,63}$")),
                        name="fiat_deposit_reference_plain",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("line__isnull", False), ("state", "done")),
                            models.Q(models.Q(("state", "done"), _negated=True), ("line__isnull", True)),
                            _connector="OR",
                        ),
                        name="fiat_deposit_done_has_its_line",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FiatReversal",
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
                ("reference", models.CharField(blank=True, default="", max_length=64)),
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
                    "deposit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reversals", to="wallet.fiatdeposit"
                    ),
                ),
                (
                    "line",
                    models.OneToOneField(
                        default=None,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="took_back",
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
            ],
            options={
                "verbose_name": "reversal of a fiat deposit",
                "verbose_name_plural": "reversals of fiat deposits",
                "abstract": False,
                "indexes": [models.Index(fields=["state", "-id"], name="fiat_reversal_by_state")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["proposed", "done", "rejected", "withdrawn"])),
                        name="fiat_reversal_state_known",
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
                        name="fiat_reversal_finished_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ("done", "rejected")), _negated=True),
                            models.Q(("decider", models.F("proposer")), _negated=True),
                            _connector="OR",
                        ),
                        name="fiat_reversal_two_officers",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "withdrawn"), _negated=True), ("decider", models.F("proposer")), _connector="OR"
                        ),
                        name="fiat_reversal_withdrawn_by_its_proposer",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "done"), _negated=True), ("seen_hash", models.F("payload_hash")), _connector="OR"
                        ),
                        name="fiat_reversal_bound_to_its_payload",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("posting__isnull", False), ("state", "done")),
                            models.Q(models.Q(("state", "done"), _negated=True), ("posting__isnull", True)),
                            _connector="OR",
                        ),
                        name="fiat_reversal_done_is_posted",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("proposed_because", ""), _negated=True),
                            models.Q(("state", "proposed"), models.Q(("decided_because", ""), _negated=True), _connector="OR"),
                        ),
                        name="fiat_reversal_has_reasons",
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
                        name="fiat_reversal_officers_are_not_the_customer",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("proposed", "done"))),
                        fields=("deposit",),
                        name="fiat_reversal_one_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reference", ""), ("reference__regex", "^[A-Z0-9][A-Z0-9/.:+_-]{2,63}$"), _connector="OR"
                        ),
                        name="fiat_reversal_reference_plain",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("line__isnull", True),
                                models.Q(models.Q(("state", "done"), _negated=True), ("reference", ""), _connector="OR"),
                            ),
                            models.Q(("line__isnull", False), ("state", "done"), models.Q(("reference", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="fiat_reversal_done_has_its_line",
                    ),
                ],
            },
        ),
        migrations.RemoveConstraint(
            model_name="bankline",
            name="bank_line_once",
        ),
        migrations.AddField(
            model_name="bankline",
            name="correction",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AlterField(
            model_name="pairevent",
            name="matter",
            field=models.CharField(
                choices=[
                    ("fiat_return", "Return of a fiat withdrawal"),
                    ("fiat_deposit", "Fiat deposit"),
                    ("fiat_reversal", "Reversal of a fiat deposit"),
                    ("adjustment", "Adjustment"),
                ],
                max_length=16,
            ),
        ),
        migrations.AddConstraint(
            model_name="bankline",
            constraint=models.UniqueConstraint(
                fields=("nostro", "direction", "reference", "correction"), name="bank_line_once"
            ),
        ),
        migrations.RunSQL(load("fiat_deposits_v1"), load("fiat_deposits_v1_back")),
        migrations.RunSQL(load("adjustments_v1"), load("adjustments_v1_back")),
    ]
