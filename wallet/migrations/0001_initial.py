"""Coins, the ledger, and every movement of money. Constraints stand in the tables' own definition."""

from decimal import Decimal

import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
import django.db.models.functions.datetime
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import config.kit.clock
import config.kit.ids


class Migration(migrations.Migration):
    # A database at the last of these is at this one.
    replaces = [
        ("wallet", "0001_coins_and_ledger"),
        ("wallet", "0002_deposits"),
        ("wallet", "0003_withdrawals"),
        ("wallet", "0006_sub_account_transfers"),
        ("wallet", "0007_futures"),
        ("wallet", "0008_rates"),
        ("wallet", "0009_conversions"),
        ("wallet", "0010_transfers"),
        ("wallet", "0011_payments"),
        ("wallet", "0012_liabilities"),
        ("wallet", "0013_funds_transfers"),
        ("wallet", "0014_records_by_time"),
    ]
    initial = True

    dependencies = [
        # After the OAuth toolkit's many small steps: each of them costs more with every table that knows customers.
        ("accounts", "0002_database_guards"),
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
            name="FuturesOpening",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("agreement", models.CharField(max_length=32)),
                ("opened_at", models.DateTimeField(default=config.kit.clock.now)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("agreement", ""), _negated=True), name="wallet_futuresopening_agreement_given"
                    )
                ],
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
            name="PaidService",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("code", models.CharField(max_length=32, unique=True)),
                ("name", models.CharField(max_length=64)),
                ("is_open", models.BooleanField(default=False)),
                ("hold_hours", models.PositiveIntegerField(default=168)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("code__regex", "^[A-Z0-9_]{2,32}$")), name="paid_service_code_plain"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("hold_hours__gte", 1), ("hold_hours__lte", 744)), name="paid_service_hold_sane"
                    ),
                ],
            },
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
                            ("transfer_hold", "transfer, reserved"),
                            ("transfer_release", "transfer, released"),
                            ("transfer", "transfer"),
                            ("sub_account_transfer", "transfer between an account and its sub-accounts"),
                            ("funds_transfer", "transfer between wallets"),
                            ("conversion", "conversion"),
                            ("payment_hold", "payment, reserved"),
                            ("payment_release", "payment, released"),
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
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("scope", "key"), name="posting_idempotency"),
                    models.UniqueConstraint(
                        condition=models.Q(("reverses__isnull", False)), fields=("reverses",), name="posting_reversed_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__regex", "^[a-z][a-z_]{1,31}$")), name="posting_kind_plain"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(models.Q(("scope", ""), _negated=True), models.Q(("key", ""), _negated=True)),
                        name="posting_key_given",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reverses__isnull", True), ("reverses__lt", models.F("id")), _connector="OR"),
                        name="posting_reverses_earlier",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CoinNetwork",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "coin",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="networks", to="wallet.coin"),
                ),
                (
                    "network",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="coins", to="wallet.network"),
                ),
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
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("coin", "network"), name="coin_network_once"),
                    models.CheckConstraint(condition=models.Q(("scale__lte", 18)), name="coin_network_scale_fits"),
                    models.CheckConstraint(
                        condition=models.Q(("confirmations__gte", 1)), name="coin_network_confirmations_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("deposit_minimum__gte", 0), ("withdrawal_fee__gte", 0), ("withdrawal_minimum__gt", 0)
                        ),
                        name="coin_network_amounts_sane",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ConversionLimit",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("level", models.PositiveSmallIntegerField()),
                ("coin", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="wallet.coin")),
                ("window_hours", models.PositiveIntegerField()),
                ("maximum", models.DecimalField(decimal_places=18, max_digits=38)),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("level", "coin", "window_hours"), name="conversion_limit_once"),
                    models.CheckConstraint(
                        condition=models.Q(("maximum__gte", Decimal(0))), name="conversion_limit_not_negative"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("window_hours__gt", 0)), name="conversion_limit_window_positive"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ConversionQuote",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", config.kit.ids.PublicIdField(default=config.kit.ids.random_id, editable=False, unique=True)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "source_coin",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="wallet.coin"),
                ),
                (
                    "target_coin",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="wallet.coin"),
                ),
                ("source_amount", models.DecimalField(decimal_places=18, max_digits=38)),
                ("target_amount", models.DecimalField(decimal_places=18, max_digits=38)),
                ("price", models.DecimalField(decimal_places=36, max_digits=72)),
                ("spread_percent", models.DecimalField(decimal_places=4, max_digits=8)),
                ("fee", models.DecimalField(decimal_places=18, max_digits=38)),
                ("dust", models.DecimalField(decimal_places=18, max_digits=38)),
                ("remainder", models.DecimalField(decimal_places=54, max_digits=56)),
                ("rate_taken_at", models.DateTimeField()),
                ("rate_origin", models.CharField(max_length=128)),
                ("created_at", models.DateTimeField(default=config.kit.clock.now)),
                ("expires_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["expires_at"], name="conversion_quote_by_end")],
                "constraints": [
                    models.UniqueConstraint(fields=("id", "customer"), name="conversion_quote_of_customer"),
                    models.CheckConstraint(
                        condition=models.Q(("source_coin", models.F("target_coin")), _negated=True),
                        name="conversion_quote_of_two_coins",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("price__gt", Decimal(0)), ("source_amount__gt", Decimal(0)), ("target_amount__gt", Decimal(0))
                        ),
                        name="conversion_quote_amounts_positive",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("dust__gte", Decimal(0)), ("fee__gte", Decimal(0)), ("remainder__gte", Decimal(0))),
                        name="conversion_quote_parts_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "target_amount",
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                models.F("source_amount"), "*", models.F("price")
                                            ),
                                            "-",
                                            models.F("fee"),
                                        ),
                                        "-",
                                        models.F("dust"),
                                    ),
                                    "-",
                                    models.F("remainder"),
                                ),
                            )
                        ),
                        name="conversion_quote_loses_nothing",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("spread_percent__gte", Decimal(0)), ("spread_percent__lt", Decimal(100))),
                        name="conversion_quote_spread_in_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("created_at"))), name="conversion_quote_lives"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DepositAddress",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", config.kit.ids.PublicIdField(default=config.kit.ids.random_id, editable=False, unique=True)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deposit_addresses",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "network",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="wallet.network"),
                ),
                ("address", models.CharField(max_length=128)),
                ("memo", models.CharField(blank=True, default="", max_length=64)),
                ("derivation_index", models.BigIntegerField()),
                ("key_fingerprint", models.CharField(max_length=16)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "verbose_name_plural": "deposit addresses",
                "constraints": [
                    models.UniqueConstraint(fields=("customer", "network"), name="deposit_address_one_per_customer"),
                    models.UniqueConstraint(fields=("network", "address", "memo"), name="deposit_address_of_one_customer"),
                    models.UniqueConstraint(
                        fields=("network", "key_fingerprint", "derivation_index"), name="deposit_address_index_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("derivation_index__gte", 0), ("derivation_index__lt", 2147483648)),
                        name="deposit_address_index_derivable",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FundsTransfer",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", config.kit.ids.PublicIdField(default=config.kit.ids.random_id, editable=False, unique=True)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="funds_transfers", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("coin", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="wallet.coin")),
                (
                    "direction",
                    models.CharField(
                        choices=[("spot_to_futures", "spot to futures"), ("futures_to_spot", "futures to spot")], max_length=16
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=18, max_digits=38)),
                (
                    "posting",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="funds_transfer", to="wallet.posting"
                    ),
                ),
                ("client_reference", models.CharField(default=None, max_length=128, null=True)),
                ("api_key_id", models.CharField(blank=True, default="", max_length=64)),
                ("created_at", models.DateTimeField(default=config.kit.clock.now)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["customer", "-id"], name="funds_transfer_by_customer"),
                    models.Index(fields=["customer", "coin", "created_at"], name="funds_transfer_by_window"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("customer", "client_reference"), name="funds_transfer_client_reference_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", Decimal(0))), name="funds_transfer_amount_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("direction__in", ["spot_to_futures", "futures_to_spot"])),
                        name="funds_transfer_direction_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FundsTransferLimit",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("level", models.PositiveSmallIntegerField()),
                ("coin", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="wallet.coin")),
                ("window_hours", models.PositiveIntegerField()),
                ("maximum", models.DecimalField(decimal_places=18, max_digits=38)),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("level", "coin", "window_hours"), name="funds_transfer_limit_once"),
                    models.CheckConstraint(
                        condition=models.Q(("maximum__gte", Decimal(0))), name="funds_transfer_limit_not_negative"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("window_hours__gt", 0)), name="funds_transfer_limit_window_positive"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LedgerAccount",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
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
                (
                    "coin",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="accounts", to="wallet.coin"),
                ),
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
            ],
            options={
                "verbose_name": "account",
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.comparison.Coalesce(models.F("owner"), 0),
                        models.F("coin"),
                        models.F("kind"),
                        name="ledger_account_once",
                    ),
                    models.UniqueConstraint(fields=("id", "coin"), name="ledger_account_coin"),
                    models.CheckConstraint(
                        condition=models.Q(("allow_negative", True), ("balance__gte", 0), _connector="OR"),
                        name="ledger_account_not_negative",
                    ),
                    models.CheckConstraint(
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
                    models.CheckConstraint(
                        condition=models.Q(
                            ("allow_negative", False),
                            ("kind__in", ("external_in", "network_cost", "conversion", "adjustment")),
                            _connector="OR",
                        ),
                        name="ledger_account_negative_kinds",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LiabilityProof",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", config.kit.ids.PublicIdField(default=config.kit.ids.random_id, editable=False, unique=True)),
                (
                    "coin",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="liability_proofs", to="wallet.coin"
                    ),
                ),
                ("root", models.BinaryField(max_length=32)),
                ("total", models.DecimalField(decimal_places=18, max_digits=38)),
                ("leaf_count", models.PositiveIntegerField()),
                ("taken_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["coin", "-id"], name="liability_proof_by_coin")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("total__gte", 0)), name="liability_proof_total_not_negative"),
                    models.CheckConstraint(condition=models.Q(("leaf_count__gte", 1)), name="liability_proof_has_leaves"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Payment",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", config.kit.ids.PublicIdField(default=config.kit.ids.random_id, editable=False, unique=True)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="payments", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="payments", to="wallet.paidservice"
                    ),
                ),
                ("coin", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="wallet.coin")),
                ("amount", models.DecimalField(decimal_places=18, max_digits=38)),
                ("captured_amount", models.DecimalField(decimal_places=18, default=None, max_digits=38, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("requested", "Requested"),
                            ("held", "Held"),
                            ("captured", "Captured"),
                            ("voided", "Voided"),
                            ("expired", "Expired"),
                            ("refunded", "Refunded"),
                        ],
                        default="requested",
                        max_length=16,
                    ),
                ),
                ("client_reference", models.CharField(default=None, max_length=128, null=True)),
                ("fingerprint", models.BinaryField(max_length=32)),
                ("api_key_id", models.CharField(blank=True, default="", max_length=64)),
                ("expires_at", models.DateTimeField(default=None, null=True)),
                ("created_at", models.DateTimeField(default=config.kit.clock.now)),
                ("state_since", models.DateTimeField(default=django.utils.timezone.now)),
                ("finished_at", models.DateTimeField(default=None, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["customer", "-id"], name="payment_by_customer"),
                    models.Index(fields=["customer", "coin", "created_at"], name="payment_by_window"),
                    models.Index(condition=models.Q(("state", "held")), fields=["expires_at"], name="payment_held_by_end"),
                    models.Index(fields=["state", "-id"], name="payment_by_state"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("customer", "client_reference"), name="payment_client_reference_once"),
                    models.CheckConstraint(condition=models.Q(("amount__gt", Decimal(0))), name="payment_amount_positive"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["requested", "held", "captured", "voided", "expired", "refunded"])),
                        name="payment_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("captured_amount__gt", Decimal(0)),
                                ("captured_amount__lte", models.F("amount")),
                                ("state__in", ("captured", "refunded")),
                            ),
                            models.Q(
                                models.Q(("state__in", ("captured", "refunded")), _negated=True),
                                ("captured_amount__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="payment_captured_within",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("finished_at__isnull", False), ("state__in", ("voided", "expired", "refunded"))),
                            models.Q(
                                models.Q(("state__in", ("voided", "expired", "refunded")), _negated=True),
                                ("finished_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="payment_finished_at_its_end",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "held"), _negated=True), ("expires_at__isnull", False), _connector="OR"
                        ),
                        name="payment_held_until",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PaymentLimit",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("level", models.PositiveSmallIntegerField()),
                ("coin", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="wallet.coin")),
                ("window_hours", models.PositiveIntegerField()),
                ("maximum", models.DecimalField(decimal_places=18, max_digits=38)),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("level", "coin", "window_hours"), name="payment_limit_once"),
                    models.CheckConstraint(condition=models.Q(("maximum__gte", Decimal(0))), name="payment_limit_not_negative"),
                    models.CheckConstraint(condition=models.Q(("window_hours__gt", 0)), name="payment_limit_window_positive"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Rate",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("base", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="wallet.coin")),
                ("quote", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="wallet.coin")),
                ("price", models.DecimalField(decimal_places=18, max_digits=38)),
                ("change_percent", models.DecimalField(decimal_places=8, default=None, max_digits=18, null=True)),
                ("source", models.CharField(max_length=32)),
                ("taken_at", models.DateTimeField()),
                ("stored_at", models.DateTimeField(default=config.kit.clock.now)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.comparison.Least(models.F("base"), models.F("quote")),
                        django.db.models.functions.comparison.Greatest(models.F("base"), models.F("quote")),
                        name="rate_pair_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("base", models.F("quote")), _negated=True), name="rate_of_two_coins"
                    ),
                    models.CheckConstraint(condition=models.Q(("price__gt", Decimal(0))), name="rate_price_positive"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("change_percent__isnull", True), ("change_percent__gte", Decimal(-100)), _connector="OR"
                        ),
                        name="rate_change_possible",
                    ),
                    models.CheckConstraint(condition=models.Q(("source", ""), _negated=True), name="rate_source_given"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Transfer",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", config.kit.ids.PublicIdField(default=config.kit.ids.random_id, editable=False, unique=True)),
                (
                    "sender",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="transfers_out", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "receiver",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="transfers_in", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("coin", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="wallet.coin")),
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
            ],
            options={
                "indexes": [
                    models.Index(fields=["sender", "-id"], name="transfer_by_sender"),
                    models.Index(fields=["receiver", "-id"], name="transfer_by_receiver"),
                    models.Index(fields=["sender", "-created_at", "-id"], name="transfer_by_time"),
                    models.Index(fields=["receiver", "-finished_at", "-id"], name="transfer_by_arrival"),
                    models.Index(fields=["sender", "coin", "created_at"], name="transfer_by_window"),
                    models.Index(
                        condition=models.Q(("state__in", ("completed", "cancelled", "expired", "rejected")), _negated=True),
                        fields=["state", "id"],
                        name="transfer_open",
                    ),
                    models.Index(fields=["state", "-id"], name="transfer_by_state"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("sender", "client_reference"), name="transfer_client_reference_once"),
                    models.UniqueConstraint(fields=("link_hash",), name="transfer_link_once"),
                    models.UniqueConstraint(fields=("id", "sender", "receiver"), name="transfer_of_parties"),
                    models.CheckConstraint(
                        condition=models.Q(("sender", models.F("receiver")), _negated=True), name="transfer_not_to_oneself"
                    ),
                    models.CheckConstraint(condition=models.Q(("amount__gt", Decimal(0))), name="transfer_amount_positive"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "verification",
                                    "opened",
                                    "review",
                                    "second_review",
                                    "completed",
                                    "cancelled",
                                    "expired",
                                    "rejected",
                                ],
                            )
                        ),
                        name="transfer_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("finished_at__isnull", False), ("state__in", ("completed", "cancelled", "expired", "rejected"))
                            ),
                            models.Q(
                                models.Q(("state__in", ("completed", "cancelled", "expired", "rejected")), _negated=True),
                                ("finished_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="transfer_finished_at_its_end",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("officers_required__lte", 2)), name="transfer_officers_required_0_to_2"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TransferLimit",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("level", models.PositiveSmallIntegerField()),
                ("coin", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="wallet.coin")),
                ("window_hours", models.PositiveIntegerField()),
                ("maximum", models.DecimalField(decimal_places=18, max_digits=38)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("level", "coin", "window_hours"), name="transfer_limit_once"),
                    models.CheckConstraint(
                        condition=models.Q(("maximum__gte", Decimal(0))), name="transfer_limit_not_negative"
                    ),
                    models.CheckConstraint(condition=models.Q(("window_hours__gt", 0)), name="transfer_limit_window_positive"),
                ],
            },
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
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("automatic_up_to__gte", Decimal(0)), ("automatic_up_to__lt", models.F("second_officer_from"))
                        ),
                        name="transfer_policy_thresholds_in_order",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="WatchedBlock",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "network",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="wallet.network"),
                ),
                ("height", models.BigIntegerField()),
                ("block_hash", models.CharField(max_length=128)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("network", "height"), name="watched_block_once")],
            },
        ),
        migrations.CreateModel(
            name="WithdrawalAllowance",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("coin", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="wallet.coin")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("customer", "coin"), name="withdrawal_allowance_once")],
            },
        ),
        migrations.CreateModel(
            name="WithdrawalLimit",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("level", models.PositiveSmallIntegerField()),
                ("coin", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="wallet.coin")),
                ("window_hours", models.PositiveIntegerField()),
                ("maximum", models.DecimalField(decimal_places=18, max_digits=38)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("level", "coin", "window_hours"), name="withdrawal_limit_once"),
                    models.CheckConstraint(
                        condition=models.Q(("maximum__gte", Decimal(0))), name="withdrawal_limit_not_negative"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("window_hours__gt", 0)), name="withdrawal_limit_window_positive"
                    ),
                ],
            },
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
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("automatic_up_to__gte", Decimal(0)), ("automatic_up_to__lt", models.F("second_officer_from"))
                        ),
                        name="withdrawal_policy_thresholds_in_order",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ConversionTerms",
            fields=[
                (
                    "coin",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="conversion_terms",
                        serialize=False,
                        to="wallet.coin",
                    ),
                ),
                ("minimum", models.DecimalField(decimal_places=18, max_digits=38)),
                ("maximum", models.DecimalField(decimal_places=18, max_digits=38)),
                ("is_open", models.BooleanField(default=False)),
            ],
            options={
                "verbose_name_plural": "conversion terms",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("maximum__gte", models.F("minimum")), ("minimum__gt", Decimal(0))),
                        name="conversion_terms_in_order",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="WatcherCursor",
            fields=[
                (
                    "network",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="wallet.network",
                    ),
                ),
                ("height", models.BigIntegerField()),
                ("block_hash", models.CharField(max_length=128)),
                ("halted_because", models.CharField(blank=True, default="", max_length=500)),
                ("read_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="Conversion",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", config.kit.ids.PublicIdField(default=config.kit.ids.random_id, editable=False, unique=True)),
                (
                    "quote",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="conversion", to="wallet.conversionquote"
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="conversions", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "posting",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="conversion", to="wallet.posting"
                    ),
                ),
                ("client_reference", models.CharField(default=None, max_length=128, null=True)),
                ("api_key_id", models.CharField(blank=True, default="", max_length=64)),
                ("created_at", models.DateTimeField(default=config.kit.clock.now)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["customer", "-id"], name="conversion_by_customer"),
                    models.Index(fields=["customer", "created_at"], name="conversion_by_window"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("customer", "client_reference"), name="conversion_client_reference_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Deposit",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", config.kit.ids.PublicIdField(default=config.kit.ids.random_id, editable=False, unique=True)),
                (
                    "network",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="wallet.network"),
                ),
                (
                    "coin_network",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="wallet.coinnetwork"),
                ),
                ("tx_hash", models.CharField(max_length=128)),
                ("output_index", models.IntegerField()),
                (
                    "deposit_address",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="deposits", to="wallet.depositaddress"
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="deposits", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("sender", models.CharField(blank=True, max_length=128)),
                ("amount", models.DecimalField(decimal_places=18, max_digits=38)),
                ("block_height", models.BigIntegerField()),
                ("block_hash", models.CharField(max_length=128)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("credited", "Credited"),
                            ("orphaned", "Orphaned"),
                            ("held", "Held for staff"),
                        ],
                        default="pending",
                        max_length=16,
                    ),
                ),
                (
                    "held_because",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("below_minimum", "Below the smallest deposit"),
                            ("not_entitled", "The customer's level does not open deposits"),
                            ("closed", "Deposits of this coin and network are closed"),
                        ],
                        default="",
                        max_length=16,
                    ),
                ),
                (
                    "posting",
                    models.OneToOneField(
                        default=None,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deposit",
                        to="wallet.posting",
                    ),
                ),
                ("seen_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("credited_at", models.DateTimeField(default=None, null=True)),
                ("contradicted_at", models.DateTimeField(default=None, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["customer", "-id"], name="deposit_by_customer"),
                    models.Index(fields=["customer", "-seen_at", "-id"], name="deposit_by_time"),
                    models.Index(
                        condition=models.Q(("state", "pending")),
                        fields=["network", "block_height"],
                        name="deposit_pending_by_height",
                    ),
                    models.Index(fields=["network", "block_height"], name="deposit_by_height"),
                    models.Index(models.F("id"), condition=models.Q(("state", "held")), name="deposit_held"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("network", "tx_hash", "output_index"), name="deposit_output_once"),
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="deposit_amount_positive"),
                    models.CheckConstraint(condition=models.Q(("output_index__gte", -1)), name="deposit_output_index_known"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["pending", "credited", "orphaned", "held"])),
                        name="deposit_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("credited_at__isnull", False), ("posting__isnull", False), ("state", "credited")),
                            models.Q(
                                models.Q(("state", "credited"), _negated=True),
                                ("credited_at__isnull", True),
                                ("posting__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="deposit_credited_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "held"), _negated=True),
                            models.Q(("held_because", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="deposit_held_with_cause",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "posting",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="wallet.posting"
                    ),
                ),
                ("seq", models.PositiveSmallIntegerField()),
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
                    "coin",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="wallet.coin",
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=18, max_digits=38)),
            ],
            options={
                "verbose_name_plural": "entries",
                "indexes": [models.Index(fields=["account", "id"], name="entry_by_account")],
                "constraints": [
                    models.UniqueConstraint(fields=("posting", "seq"), name="entry_once"),
                    models.CheckConstraint(condition=models.Q(("amount", 0), _negated=True), name="entry_moves_something"),
                    models.CheckConstraint(condition=models.Q(("seq__gte", 1), ("seq__lte", 64)), name="entry_seq_in_range"),
                ],
            },
        ),
        migrations.CreateModel(
            name="LiabilityNode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "proof",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="nodes", to="wallet.liabilityproof"
                    ),
                ),
                ("level", models.PositiveSmallIntegerField()),
                ("position", models.PositiveIntegerField()),
                ("digest", models.BinaryField(max_length=32)),
                ("total", models.DecimalField(decimal_places=18, max_digits=38)),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("nonce", models.BinaryField(max_length=32, null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("proof", "level", "position"), name="liability_node_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("customer__isnull", False)),
                        fields=("proof", "customer"),
                        name="liability_leaf_once",
                    ),
                    models.CheckConstraint(condition=models.Q(("total__gte", 0)), name="liability_node_not_negative"),
                    models.CheckConstraint(condition=models.Q(("level__lte", 40)), name="liability_node_level_in_range"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("customer__isnull", False), ("level", 0), ("nonce__isnull", False)),
                            models.Q(("customer__isnull", True), ("level__gt", 0), ("nonce__isnull", True)),
                            _connector="OR",
                        ),
                        name="liability_node_leaf_has_customer",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PaymentEvent",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("state_before", models.CharField(blank=True, max_length=16)),
                (
                    "actor",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("actor_kind", models.CharField(max_length=16)),
                ("reason", models.CharField(max_length=500)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "payment",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="events", to="wallet.payment"),
                ),
                (
                    "state_after",
                    models.CharField(
                        choices=[
                            ("requested", "Requested"),
                            ("held", "Held"),
                            ("captured", "Captured"),
                            ("voided", "Voided"),
                            ("expired", "Expired"),
                            ("refunded", "Refunded"),
                        ],
                        max_length=16,
                    ),
                ),
            ],
            options={
                "abstract": False,
                "indexes": [models.Index(fields=["payment", "id"], name="payment_event_by_payment")],
            },
        ),
        migrations.CreateModel(
            name="TransferDecision",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("verdict", models.CharField(choices=[("approve", "Approved"), ("reject", "Rejected")], max_length=16)),
                ("payload_hash", models.BinaryField(max_length=32)),
                ("reason", models.CharField(max_length=500)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "transfer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="wallet.transfer"
                    ),
                ),
                (
                    "sender",
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
                    "matter",
                    models.CharField(
                        choices=[("approval", "Approval"), ("recall", "Recall of an approval")],
                        default="approval",
                        max_length=16,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("transfer", "matter", "officer"), name="transfer_decision_officer_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("officer", models.F("sender")), _negated=True),
                            models.Q(("officer", models.F("receiver")), _negated=True),
                        ),
                        name="transfer_decision_officer_is_no_party",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("verdict__in", ["approve", "reject"])), name="transfer_decision_verdict_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("matter__in", ["approval", "recall"])), name="transfer_decision_matter_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="transfer_decision_has_reason"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TransferEvent",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("state_before", models.CharField(blank=True, max_length=16)),
                (
                    "actor",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("actor_kind", models.CharField(max_length=16)),
                ("reason", models.CharField(max_length=500)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "transfer",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="events", to="wallet.transfer"),
                ),
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
            ],
            options={
                "indexes": [models.Index(fields=["transfer", "id"], name="transfer_event_by_case")],
            },
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
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("transfer", "rules_version"), name="transfer_risk_once_per_version")
                ],
            },
        ),
        migrations.CreateModel(
            name="TrustedAddress",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", config.kit.ids.PublicIdField(default=config.kit.ids.random_id, editable=False, unique=True)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="trusted_addresses",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("label", models.CharField(max_length=64)),
                (
                    "coin_network",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="wallet.coinnetwork"),
                ),
                ("address", models.CharField(max_length=128)),
                ("memo", models.CharField(blank=True, default="", max_length=64)),
                ("usable_from", models.DateTimeField()),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "indexes": [models.Index(fields=["customer", "-id"], name="trusted_address_by_customer")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("customer", "coin_network", "address", "memo"), name="trusted_address_once_per_customer"
                    ),
                    models.CheckConstraint(condition=models.Q(("label", ""), _negated=True), name="trusted_address_has_label"),
                ],
            },
        ),
        migrations.CreateModel(
            name="DepositEvent",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "deposit",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="events", to="wallet.deposit"),
                ),
                ("state_before", models.CharField(blank=True, max_length=16)),
                (
                    "state_after",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("credited", "Credited"),
                            ("orphaned", "Orphaned"),
                            ("held", "Held for staff"),
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
                ("reason", models.CharField(max_length=500)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "indexes": [models.Index(fields=["deposit", "id"], name="deposit_event_by_deposit")],
            },
        ),
        migrations.CreateModel(
            name="Withdrawal",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", config.kit.ids.PublicIdField(default=config.kit.ids.random_id, editable=False, unique=True)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="withdrawals", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "coin_network",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="wallet.coinnetwork"),
                ),
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
                (
                    "trusted_address",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="wallet.trustedaddress"
                    ),
                ),
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
            ],
            options={
                "indexes": [
                    models.Index(fields=["customer", "-id"], name="withdrawal_by_customer"),
                    models.Index(fields=["customer", "-created_at", "-id"], name="withdrawal_by_time"),
                    models.Index(fields=["customer", "coin_network", "created_at"], name="withdrawal_by_window"),
                    models.Index(
                        condition=models.Q(
                            ("state__in", ("success", "cancelled", "expired", "rejected", "failed")), _negated=True
                        ),
                        fields=["state", "id"],
                        name="withdrawal_open",
                    ),
                    models.Index(fields=["state", "-id"], name="withdrawal_by_state"),
                    models.Index(fields=["address"], name="withdrawal_by_address"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("customer", "client_reference"), name="withdrawal_client_reference_once"),
                    models.UniqueConstraint(fields=("id", "customer"), name="withdrawal_of_customer"),
                    models.CheckConstraint(condition=models.Q(("amount__gt", Decimal(0))), name="withdrawal_amount_positive"),
                    models.CheckConstraint(condition=models.Q(("fee__gte", Decimal(0))), name="withdrawal_fee_not_negative"),
                    models.CheckConstraint(
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
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("finished_at__isnull", False),
                                ("state__in", ("success", "cancelled", "expired", "rejected", "failed")),
                            ),
                            models.Q(
                                models.Q(
                                    ("state__in", ("success", "cancelled", "expired", "rejected", "failed")), _negated=True
                                ),
                                ("finished_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="withdrawal_finished_at_its_end",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("officers_required__lte", 2)), name="withdrawal_officers_required_0_to_2"
                    ),
                ],
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
                ("amount", models.DecimalField(decimal_places=18, max_digits=38)),
            ],
            options={
                "verbose_name_plural": "pending entries",
                "indexes": [models.Index(fields=["account", "entry"], name="pending_entry_by_account")],
            },
        ),
        migrations.CreateModel(
            name="OutgoingTransaction",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "withdrawal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="outgoing_transactions",
                        to="wallet.withdrawal",
                    ),
                ),
                (
                    "network",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="wallet.network"),
                ),
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
            ],
            options={
                "indexes": [
                    models.Index(
                        models.F("id"),
                        condition=models.Q(("abandoned_at__isnull", True), ("signed_bytes__isnull", True)),
                        name="outgoing_unsigned",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("abandoned_at__isnull", True)),
                        fields=("withdrawal",),
                        name="outgoing_one_per_withdrawal",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("abandoned_at__isnull", True)),
                        fields=("network", "sender", "nonce"),
                        name="outgoing_nonce_once",
                    ),
                    models.UniqueConstraint(fields=("network", "tx_hash"), name="outgoing_tx_hash_once"),
                    models.CheckConstraint(condition=models.Q(("nonce__gte", 0)), name="outgoing_nonce_not_negative"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("signed_at__isnull", True), ("signed_bytes__isnull", True), ("tx_hash__isnull", True)),
                            models.Q(("signed_at__isnull", False), ("signed_bytes__isnull", False), ("tx_hash__isnull", False)),
                            _connector="OR",
                        ),
                        name="outgoing_signed_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("signed_bytes__isnull", False), ("sendings", 0), _connector="OR"),
                        name="outgoing_stored_before_sent",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("signed_bytes__isnull", True), ("abandoned_at__isnull", True), _connector="OR"),
                        name="outgoing_abandoned_only_unsigned",
                    ),
                ],
            },
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
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("withdrawal", "rules_version"), name="risk_result_once_per_version")
                ],
            },
        ),
        migrations.CreateModel(
            name="WithdrawalDecision",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("verdict", models.CharField(choices=[("approve", "Approved"), ("reject", "Rejected")], max_length=16)),
                ("payload_hash", models.BinaryField(max_length=32)),
                ("reason", models.CharField(max_length=500)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "withdrawal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="wallet.withdrawal"
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
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
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("withdrawal", "matter", "officer"), name="decision_officer_once"),
                    models.CheckConstraint(
                        condition=models.Q(("officer", models.F("customer")), _negated=True),
                        name="decision_officer_is_not_customer",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("verdict__in", ["approve", "reject"])), name="decision_verdict_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("matter__in", ["approval", "recall", "absence"])), name="decision_matter_known"
                    ),
                    models.CheckConstraint(condition=models.Q(("reason", ""), _negated=True), name="decision_has_reason"),
                ],
            },
        ),
        migrations.CreateModel(
            name="WithdrawalEvent",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("state_before", models.CharField(blank=True, max_length=16)),
                (
                    "actor",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("actor_kind", models.CharField(max_length=16)),
                ("reason", models.CharField(max_length=500)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "withdrawal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="events", to="wallet.withdrawal"
                    ),
                ),
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
            ],
            options={
                "indexes": [models.Index(fields=["withdrawal", "id"], name="withdrawal_event_by_case")],
            },
        ),
    ]
