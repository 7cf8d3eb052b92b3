"""Transfers between wallets. New tables with their triggers. The way back drops them."""

from decimal import Decimal

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import config.kit.clock
import config.kit.ids
from wallet.sql import load


class Migration(migrations.Migration):
    dependencies = [
        ("wallet", "0012_liabilities"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FundsTransfer",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", config.kit.ids.PublicIdField(default=config.kit.ids.random_id, editable=False, unique=True)),
                (
                    "direction",
                    models.CharField(
                        choices=[("spot_to_futures", "spot to futures"), ("futures_to_spot", "futures to spot")], max_length=16
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=18, max_digits=38)),
                ("client_reference", models.CharField(default=None, max_length=128, null=True)),
                ("api_key_id", models.CharField(blank=True, default="", max_length=64)),
                ("created_at", models.DateTimeField(default=config.kit.clock.now)),
                ("coin", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="wallet.coin")),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="funds_transfers", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "posting",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="funds_transfer", to="wallet.posting"
                    ),
                ),
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
                ("window_hours", models.PositiveIntegerField()),
                ("maximum", models.DecimalField(decimal_places=18, max_digits=38)),
                ("coin", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="wallet.coin")),
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
        migrations.RunSQL(load("funds_transfers_v1"), load("funds_transfers_v1_back")),
    ]
