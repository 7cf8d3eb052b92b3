"""What becomes of held deposits, by two officers; and whom a deposit was credited to where that is another than the address's.
Offers for small balances, whose parts are quotes.

New tables; nullable columns with an index each, and a check, on deposits and quotes. Lock taken: a moment's for the columns and
the check, which is validated afterwards; the indexes are built concurrently. From here on the database refuses what the version
of before did with one officer (`accept_deposit`). Way back: drops the tables and the columns."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models

import config.kit.clock
import config.kit.ids
from wallet.sql import load


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("wallet", "0007_fiat_deposits_and_adjustments"),
    ]

    operations = [
        migrations.CreateModel(
            name="DepositResolution",
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
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("credit", "Credit the customer of the address"),
                            ("another", "Credit another customer, whose it is"),
                            ("refund", "Send it back"),
                        ],
                        max_length=16,
                    ),
                ),
                ("address", models.CharField(blank=True, default="", max_length=128)),
                ("memo", models.CharField(blank=True, default="", max_length=64)),
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="resolutions", to="wallet.deposit"
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
                    models.OneToOneField(
                        default=None,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refund_of",
                        to="wallet.withdrawal",
                    ),
                ),
            ],
            options={
                "verbose_name": "resolution of a deposit",
                "verbose_name_plural": "resolutions of deposits",
                "abstract": False,
                "indexes": [models.Index(fields=["state", "-id"], name="deposit_resolution_by_state")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["proposed", "done", "rejected", "withdrawn"])),
                        name="deposit_resolution_state_known",
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
                        name="deposit_resolution_finished_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ("done", "rejected")), _negated=True),
                            models.Q(("decider", models.F("proposer")), _negated=True),
                            _connector="OR",
                        ),
                        name="deposit_resolution_two_officers",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "withdrawn"), _negated=True), ("decider", models.F("proposer")), _connector="OR"
                        ),
                        name="deposit_resolution_withdrawn_by_its_proposer",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "done"), _negated=True), ("seen_hash", models.F("payload_hash")), _connector="OR"
                        ),
                        name="deposit_resolution_bound_to_its_payload",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("posting__isnull", False), ("state", "done")),
                            models.Q(models.Q(("state", "done"), _negated=True), ("posting__isnull", True)),
                            _connector="OR",
                        ),
                        name="deposit_resolution_done_is_posted",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("proposed_because", ""), _negated=True),
                            models.Q(("state", "proposed"), models.Q(("decided_because", ""), _negated=True), _connector="OR"),
                        ),
                        name="deposit_resolution_has_reasons",
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
                        name="deposit_resolution_officers_are_not_the_customer",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("proposed", "done"))),
                        fields=("deposit",),
                        name="deposit_resolution_one_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("outcome__in", ["credit", "another", "refund"])),
                        name="deposit_resolution_outcome_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", "refund"), models.Q(("address", ""), _negated=True)),
                            models.Q(models.Q(("outcome", "refund"), _negated=True), ("address", ""), ("memo", "")),
                            _connector="OR",
                        ),
                        name="deposit_resolution_refund_has_its_address",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", "refund"), ("state", "done"), ("withdrawal__isnull", False)),
                            models.Q(
                                models.Q(("outcome", "refund"), ("state", "done"), _negated=True), ("withdrawal__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="deposit_resolution_refund_is_a_withdrawal",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DustQuote",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", config.kit.ids.PublicIdField(default=config.kit.ids.random_id, editable=False, unique=True)),
                ("created_at", models.DateTimeField(default=config.kit.clock.now)),
                ("expires_at", models.DateTimeField()),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "target_coin",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="wallet.coin"),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["expires_at"], name="dust_quote_by_end")],
                "constraints": [
                    models.UniqueConstraint(fields=("id", "customer", "target_coin"), name="dust_quote_of_customer_and_coin"),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("created_at"))), name="dust_quote_lives"
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="conversionquote",
            name="dust_quote",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                default=None,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="parts",
                to="wallet.dustquote",
            ),
        ),
        AddIndexConcurrently(
            model_name="conversionquote",
            index=models.Index(
                condition=models.Q(("dust_quote__isnull", False)), fields=["dust_quote"], name="conversion_quote_by_dust"
            ),
        ),
        migrations.AddField(
            model_name="deposit",
            name="credited_to",
            field=models.ForeignKey(
                db_index=False,
                default=None,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
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
                    ("resolution", "Resolution of a deposit"),
                ],
                max_length=16,
            ),
        ),
        AddIndexConcurrently(
            model_name="deposit",
            index=models.Index(
                condition=models.Q(("credited_to__isnull", False)), fields=["credited_to", "-id"], name="deposit_by_credited_to"
            ),
        ),
        AddConstraintNotValid(
            model_name="deposit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("credited_to__isnull", True),
                    models.Q(("state", "credited"), models.Q(("credited_to", models.F("customer")), _negated=True)),
                    _connector="OR",
                ),
                name="deposit_credited_to_another_once_credited",
            ),
        ),
        ValidateConstraint(model_name="deposit", name="deposit_credited_to_another_once_credited"),
        migrations.RunSQL(load("deposit_resolutions_v1"), load("deposit_resolutions_v1_back")),
        migrations.RunSQL(load("dust_quotes_v1"), load("dust_quotes_v1_back")),
    ]
