"""Payments whose fee is raised, and outputs that payments spend. Two unique constraints are tightened to first transactions.

Why: the same payment may be signed again at a higher fee, and never for anything else. Lock taken: wallet_outgoingtransaction
against writes for an instant; it holds no more rows than withdrawals. Way back: drops the columns and the table; possible
while nothing was replaced.
"""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

from wallet.sql import load


class Migration(migrations.Migration):
    dependencies = [
        ("wallet", "0008_held_deposits_and_dust"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint("outgoingtransaction", "outgoing_one_per_withdrawal"),
        migrations.RemoveConstraint("outgoingtransaction", "outgoing_nonce_once"),
        migrations.AddField("outgoingtransaction", "raised_because", models.CharField(blank=True, default="", max_length=500)),
        migrations.AddField(
            "outgoingtransaction",
            "raised_by",
            models.ForeignKey(
                default=None,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            "outgoingtransaction",
            "replaces",
            models.ForeignKey(
                default=None,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="replacements",
                to="wallet.outgoingtransaction",
            ),
        ),
        migrations.AddField("outgoingtransaction", "settled_at", models.DateTimeField(default=None, null=True)),
        *(
            migrations.AddConstraint("outgoingtransaction", constraint)
            for constraint in (
                models.UniqueConstraint(
                    condition=Q(("abandoned_at__isnull", True), ("replaces__isnull", True)),
                    fields=("withdrawal",),
                    name="outgoing_one_per_withdrawal",
                ),
                models.UniqueConstraint(
                    condition=Q(("abandoned_at__isnull", True), ("replaces__isnull", True)),
                    fields=("network", "sender", "nonce"),
                    name="outgoing_nonce_once",
                ),
                models.UniqueConstraint(
                    condition=Q(("abandoned_at__isnull", True)), fields=("replaces",), name="outgoing_replaced_once"
                ),
                models.UniqueConstraint(fields=("id", "withdrawal", "network", "sender", "nonce"), name="outgoing_payment"),
                models.UniqueConstraint(
                    condition=Q(("settled_at__isnull", False)), fields=("withdrawal",), name="outgoing_settled_once"
                ),
                models.UniqueConstraint(
                    condition=Q(("settled_at__isnull", False)),
                    fields=("network", "sender", "nonce"),
                    name="outgoing_nonce_settled_once",
                ),
                models.CheckConstraint(
                    condition=Q(
                        ("settled_at__isnull", True),
                        Q(("block_number__isnull", False), ("signed_bytes__isnull", False)),
                        _connector="OR",
                    ),
                    name="outgoing_settled_in_a_block",
                ),
            )
        ),
        migrations.CreateModel(
            name="ReservedOutput",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "network",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="wallet.network"),
                ),
                (
                    "outgoing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reserved_outputs",
                        to="wallet.outgoingtransaction",
                    ),
                ),
                ("tx_hash", models.CharField(max_length=128)),
                ("output_index", models.PositiveIntegerField()),
                ("amount", models.DecimalField(decimal_places=18, max_digits=38)),
                ("released_at", models.DateTimeField(default=None, null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(("released_at__isnull", True)),
                        fields=("network", "tx_hash", "output_index"),
                        name="reserved_output_once",
                    ),
                    models.CheckConstraint(condition=Q(("amount__gt", 0)), name="reserved_output_amount_positive"),
                ]
            },
        ),
        migrations.RunSQL(load("outgoing_v1"), load("outgoing_v1_back")),
    ]
