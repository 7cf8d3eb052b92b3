"""Payments. New tables with their triggers, and two words of postings that stand in Python only. The way back drops them."""

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
        ("wallet", "0010_transfers"),
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
            name="Payment",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", config.kit.ids.PublicIdField(default=config.kit.ids.random_id, editable=False, unique=True)),
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
                ("coin", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="wallet.coin")),
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
            ],
        ),
        migrations.CreateModel(
            name="PaymentEvent",
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
                (
                    "actor",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="events", to="wallet.payment"),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PaymentLimit",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("level", models.PositiveSmallIntegerField()),
                ("window_hours", models.PositiveIntegerField()),
                ("maximum", models.DecimalField(decimal_places=18, max_digits=38)),
                ("coin", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="wallet.coin")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(fields=["customer", "-id"], name="payment_by_customer"),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(fields=["customer", "coin", "created_at"], name="payment_by_window"),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(condition=models.Q(("state", "held")), fields=["expires_at"], name="payment_held_by_end"),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(fields=["state", "-id"], name="payment_by_state"),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.UniqueConstraint(fields=("customer", "client_reference"), name="payment_client_reference_once"),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(condition=models.Q(("amount__gt", Decimal(0))), name="payment_amount_positive"),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["requested", "held", "captured", "voided", "expired", "refunded"])),
                name="payment_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("captured_amount__gt", Decimal(0)),
                        ("captured_amount__lte", models.F("amount")),
                        ("state__in", ("captured", "refunded")),
                    ),
                    models.Q(
                        models.Q(("state__in", ("captured", "refunded")), _negated=True), ("captured_amount__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="payment_captured_within",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("finished_at__isnull", False), ("state__in", ("voided", "expired", "refunded"))),
                    models.Q(
                        models.Q(("state__in", ("voided", "expired", "refunded")), _negated=True), ("finished_at__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="payment_finished_at_its_end",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("state", "held"), _negated=True), ("expires_at__isnull", False), _connector="OR"),
                name="payment_held_until",
            ),
        ),
        migrations.AddIndex(
            model_name="paymentevent",
            index=models.Index(fields=["payment", "id"], name="payment_event_by_payment"),
        ),
        migrations.AddConstraint(
            model_name="paymentlimit",
            constraint=models.UniqueConstraint(fields=("level", "coin", "window_hours"), name="payment_limit_once"),
        ),
        migrations.AddConstraint(
            model_name="paymentlimit",
            constraint=models.CheckConstraint(
                condition=models.Q(("maximum__gte", Decimal(0))), name="payment_limit_not_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentlimit",
            constraint=models.CheckConstraint(
                condition=models.Q(("window_hours__gt", 0)), name="payment_limit_window_positive"
            ),
        ),
        migrations.RunSQL(load("payments_v1"), load("payments_v1_back")),
    ]
