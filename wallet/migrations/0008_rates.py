"""What coins are worth in each other. A new table: nothing in use is locked, and the way back drops it."""

from decimal import Decimal

import django.db.models.deletion
import django.db.models.functions.comparison
from django.db import migrations, models

import config.kit.clock


class Migration(migrations.Migration):
    dependencies = [
        ("wallet", "0007_futures"),
    ]

    operations = [
        migrations.CreateModel(
            name="Rate",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("price", models.DecimalField(decimal_places=18, max_digits=38)),
                ("change_percent", models.DecimalField(decimal_places=8, default=None, max_digits=18, null=True)),
                ("source", models.CharField(max_length=32)),
                ("taken_at", models.DateTimeField()),
                ("stored_at", models.DateTimeField(default=config.kit.clock.now)),
                ("base", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="wallet.coin")),
                ("quote", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="wallet.coin")),
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
    ]
