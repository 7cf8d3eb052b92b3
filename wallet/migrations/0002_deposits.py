"""Deposits over chains.

New tables, and two unique indexes on tables that were made just before: no lock on what is in use. The way back drops them.
"""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import config.kit.ids
from wallet.sql import load


class Migration(migrations.Migration):
    dependencies = [
        ("wallet", "0001_coins_and_ledger"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
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
            name="DepositAddress",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", config.kit.ids.PublicIdField(default=config.kit.ids.random_id, editable=False, unique=True)),
                ("address", models.CharField(max_length=128)),
                ("memo", models.CharField(blank=True, default="", max_length=64)),
                ("derivation_index", models.BigIntegerField()),
                ("key_fingerprint", models.CharField(max_length=16)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
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
            ],
            options={
                "verbose_name_plural": "deposit addresses",
            },
        ),
        migrations.CreateModel(
            name="Deposit",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", config.kit.ids.PublicIdField(default=config.kit.ids.random_id, editable=False, unique=True)),
                ("tx_hash", models.CharField(max_length=128)),
                ("output_index", models.IntegerField()),
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
                ("seen_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("credited_at", models.DateTimeField(default=None, null=True)),
                ("contradicted_at", models.DateTimeField(default=None, null=True)),
                (
                    "coin_network",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="wallet.coinnetwork"),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="deposits", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "network",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="wallet.network"),
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
                (
                    "deposit_address",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="deposits", to="wallet.depositaddress"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DepositEvent",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
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
                ("reason", models.CharField(max_length=500)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "actor",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "deposit",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="events", to="wallet.deposit"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="WatchedBlock",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("height", models.BigIntegerField()),
                ("block_hash", models.CharField(max_length=128)),
                (
                    "network",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="wallet.network"),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="depositaddress",
            constraint=models.UniqueConstraint(fields=("customer", "network"), name="deposit_address_one_per_customer"),
        ),
        migrations.AddConstraint(
            model_name="depositaddress",
            constraint=models.UniqueConstraint(fields=("network", "address", "memo"), name="deposit_address_of_one_customer"),
        ),
        migrations.AddConstraint(
            model_name="depositaddress",
            constraint=models.UniqueConstraint(
                fields=("network", "key_fingerprint", "derivation_index"), name="deposit_address_index_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="depositaddress",
            constraint=models.CheckConstraint(
                condition=models.Q(("derivation_index__gte", 0), ("derivation_index__lt", 2147483648)),
                name="deposit_address_index_derivable",
            ),
        ),
        migrations.AddIndex(
            model_name="deposit",
            index=models.Index(fields=["customer", "-id"], name="deposit_by_customer"),
        ),
        migrations.AddIndex(
            model_name="deposit",
            index=models.Index(
                condition=models.Q(("state", "pending")), fields=["network", "block_height"], name="deposit_pending_by_height"
            ),
        ),
        migrations.AddIndex(
            model_name="deposit",
            index=models.Index(fields=["network", "block_height"], name="deposit_by_height"),
        ),
        migrations.AddIndex(
            model_name="deposit",
            index=models.Index(models.F("id"), condition=models.Q(("state", "held")), name="deposit_held"),
        ),
        migrations.AddConstraint(
            model_name="deposit",
            constraint=models.UniqueConstraint(fields=("network", "tx_hash", "output_index"), name="deposit_output_once"),
        ),
        migrations.AddConstraint(
            model_name="deposit",
            constraint=models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="deposit_amount_positive"),
        ),
        migrations.AddConstraint(
            model_name="deposit",
            constraint=models.CheckConstraint(condition=models.Q(("output_index__gte", -1)), name="deposit_output_index_known"),
        ),
        migrations.AddConstraint(
            model_name="deposit",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["pending", "credited", "orphaned", "held"])), name="deposit_state_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="deposit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("credited_at__isnull", False), ("posting__isnull", False), ("state", "credited")),
                    models.Q(
                        models.Q(("state", "credited"), _negated=True), ("credited_at__isnull", True), ("posting__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="deposit_credited_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="deposit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "held"), _negated=True), models.Q(("held_because", ""), _negated=True), _connector="OR"
                ),
                name="deposit_held_with_cause",
            ),
        ),
        migrations.AddIndex(
            model_name="depositevent",
            index=models.Index(fields=["deposit", "id"], name="deposit_event_by_deposit"),
        ),
        migrations.AddConstraint(
            model_name="watchedblock",
            constraint=models.UniqueConstraint(fields=("network", "height"), name="watched_block_once"),
        ),
        migrations.RunSQL(
            load("deposits_v1"),
            load("deposits_v1_back"),
        ),
    ]
