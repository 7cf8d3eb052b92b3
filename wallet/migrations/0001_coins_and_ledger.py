"""Coins, networks and the books, with the posting functions and the guards of the database.

Everything here is new: no lock on what exists, and the way back drops it. The SQL stands in wallet/sql.
"""

from decimal import Decimal

import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from wallet.sql import load


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Coin",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("code", models.CharField(max_length=16, unique=True)),
                ("name", models.CharField(max_length=64)),
                ("kind", models.CharField(choices=[("crypto", "crypto"), ("fiat", "fiat")], max_length=8)),
                ("scale", models.PositiveSmallIntegerField()),
                ("is_enabled", models.BooleanField(default=False)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("withdrawals_stopped_because", models.CharField(blank=True, default="", max_length=500)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("scale__lte", 18)), name="coin_scale_fits"),
                    models.CheckConstraint(condition=models.Q(("code__regex", "^[A-Z0-9]{2,16}$")), name="coin_code_plain"),
                    models.CheckConstraint(condition=models.Q(("kind__in", ["crypto", "fiat"])), name="coin_kind_known"),
                ],
            },
        ),
        migrations.CreateModel(
            name="LedgerAccount",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("spot_available", "spot, available"),
                            ("spot_held", "spot, held"),
                            ("futures_available", "futures, available"),
                            ("futures_held", "futures, held"),
                            ("external_in", "received from outside"),
                            ("external_out", "sent outside"),
                            ("fee", "fees earned"),
                            ("network_cost", "fees paid to networks"),
                            ("conversion", "conversion"),
                            ("service", "services sold"),
                            ("dust", "remainders of rounding"),
                            ("suspense", "unmatched"),
                            ("adjustment", "adjustments"),
                        ],
                        max_length=20,
                    ),
                ),
                ("balance", models.DecimalField(db_default=0, decimal_places=18, default=0, max_digits=38)),
                ("allow_negative", models.BooleanField(db_default=False, default=False)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "coin",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="accounts", to="wallet.coin"),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ledger_accounts",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "account",
            },
        ),
        migrations.CreateModel(
            name="Network",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("code", models.CharField(max_length=32, unique=True)),
                ("name", models.CharField(max_length=64, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("bitcoin", "Bitcoin and its kin"),
                            ("evm", "Ethereum virtual machine"),
                            ("tron", "Tron"),
                            ("bank", "bank"),
                        ],
                        max_length=8,
                    ),
                ),
                ("is_enabled", models.BooleanField(default=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("code__regex", "^[A-Z0-9_]{2,32}$")), name="network_code_plain"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["bitcoin", "evm", "tron", "bank"])), name="network_kind_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CoinNetwork",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("scale", models.PositiveSmallIntegerField()),
                ("contract_address", models.CharField(blank=True, default="", max_length=128)),
                ("confirmations", models.PositiveIntegerField()),
                ("memo_required", models.BooleanField(default=False)),
                ("deposit_minimum", models.DecimalField(decimal_places=18, default=Decimal(0), max_digits=38)),
                ("withdrawal_minimum", models.DecimalField(decimal_places=18, max_digits=38)),
                ("withdrawal_fee", models.DecimalField(decimal_places=18, max_digits=38)),
                ("is_enabled", models.BooleanField(default=False)),
                ("is_deposit_open", models.BooleanField(default=False)),
                ("is_withdrawal_open", models.BooleanField(default=False)),
                (
                    "coin",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="networks", to="wallet.coin"),
                ),
                (
                    "network",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="coins", to="wallet.network"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Posting",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("deposit", "deposit"),
                            ("withdrawal_hold", "withdrawal, reserved"),
                            ("withdrawal_release", "withdrawal, released"),
                            ("withdrawal", "withdrawal"),
                            ("network_fee", "fee paid to a network"),
                            ("transfer", "transfer"),
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
                ("scope", models.CharField(max_length=64)),
                ("key", models.CharField(max_length=128)),
                ("fingerprint", models.BinaryField(max_length=32)),
                ("actor", models.CharField(max_length=64)),
                ("reason", models.CharField(blank=True, db_default="", max_length=500)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "reverses",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversals",
                        to="wallet.posting",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("seq", models.PositiveSmallIntegerField()),
                ("amount", models.DecimalField(decimal_places=18, max_digits=38)),
                (
                    "coin",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="wallet.coin",
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="wallet.ledgeraccount",
                    ),
                ),
                (
                    "posting",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="wallet.posting"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "entries",
            },
        ),
        migrations.CreateModel(
            name="PendingEntry",
            fields=[
                (
                    "entry",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="pending",
                        serialize=False,
                        to="wallet.entry",
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=18, max_digits=38)),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pending",
                        to="wallet.ledgeraccount",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "pending entries",
            },
        ),
        migrations.AddConstraint(
            model_name="ledgeraccount",
            constraint=models.UniqueConstraint(
                django.db.models.functions.comparison.Coalesce(models.F("owner"), 0),
                models.F("coin"),
                models.F("kind"),
                name="ledger_account_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgeraccount",
            constraint=models.UniqueConstraint(fields=("id", "coin"), name="ledger_account_coin"),
        ),
        migrations.AddConstraint(
            model_name="ledgeraccount",
            constraint=models.CheckConstraint(
                condition=models.Q(("allow_negative", True), ("balance__gte", 0), _connector="OR"),
                name="ledger_account_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgeraccount",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("kind__in", ("spot_available", "spot_held", "futures_available", "futures_held")),
                        ("owner__isnull", False),
                    ),
                    models.Q(
                        (
                            "kind__in",
                            (
                                "external_in",
                                "external_out",
                                "fee",
                                "network_cost",
                                "conversion",
                                "service",
                                "dust",
                                "suspense",
                                "adjustment",
                            ),
                        ),
                        ("owner__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="ledger_account_kind_fits_owner",
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgeraccount",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("allow_negative", False),
                    ("kind__in", ("external_in", "network_cost", "conversion", "adjustment")),
                    _connector="OR",
                ),
                name="ledger_account_negative_kinds",
            ),
        ),
        migrations.AddConstraint(
            model_name="coinnetwork",
            constraint=models.UniqueConstraint(fields=("coin", "network"), name="coin_network_once"),
        ),
        migrations.AddConstraint(
            model_name="coinnetwork",
            constraint=models.CheckConstraint(condition=models.Q(("scale__lte", 18)), name="coin_network_scale_fits"),
        ),
        migrations.AddConstraint(
            model_name="coinnetwork",
            constraint=models.CheckConstraint(
                condition=models.Q(("confirmations__gte", 1)), name="coin_network_confirmations_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="coinnetwork",
            constraint=models.CheckConstraint(
                condition=models.Q(("deposit_minimum__gte", 0), ("withdrawal_fee__gte", 0), ("withdrawal_minimum__gt", 0)),
                name="coin_network_amounts_sane",
            ),
        ),
        migrations.AddConstraint(
            model_name="posting",
            constraint=models.UniqueConstraint(fields=("scope", "key"), name="posting_idempotency"),
        ),
        migrations.AddConstraint(
            model_name="posting",
            constraint=models.UniqueConstraint(
                condition=models.Q(("reverses__isnull", False)), fields=("reverses",), name="posting_reversed_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="posting",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__regex", "^[a-z][a-z_]{1,31}$")), name="posting_kind_plain"
            ),
        ),
        migrations.AddConstraint(
            model_name="posting",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("scope", ""), _negated=True), models.Q(("key", ""), _negated=True)),
                name="posting_key_given",
            ),
        ),
        migrations.AddConstraint(
            model_name="posting",
            constraint=models.CheckConstraint(
                condition=models.Q(("reverses__isnull", True), ("reverses__lt", models.F("id")), _connector="OR"),
                name="posting_reverses_earlier",
            ),
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["account", "id"], name="entry_by_account"),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.UniqueConstraint(fields=("posting", "seq"), name="entry_once"),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.CheckConstraint(condition=models.Q(("amount", 0), _negated=True), name="entry_moves_something"),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.CheckConstraint(condition=models.Q(("seq__gte", 1), ("seq__lte", 64)), name="entry_seq_in_range"),
        ),
        migrations.AddIndex(
            model_name="pendingentry",
            index=models.Index(fields=["account", "entry"], name="pending_entry_by_account"),
        ),
        migrations.RunSQL(load("guards_v1", "post_v1", "post_batch_v1"), load("drop_v1")),
    ]
