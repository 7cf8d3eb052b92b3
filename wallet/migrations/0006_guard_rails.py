"""Caps and stops of what leaves, Travel Rule thresholds and records, and indexes for what left in the last hours.

The two indexes stand on tables in use: each is built under a SHARE lock, which holds up writes to what leaves while it is
built, and no reads. The way back drops tables, triggers and indexes."""

from decimal import Decimal

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import config.kit.clock
import config.kit.ids
from wallet.sql import load


def _officer() -> models.ForeignKey:
    return models.ForeignKey(
        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
    )


def _coin() -> models.ForeignKey:
    return models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="wallet.coin")


class Migration(migrations.Migration):
    dependencies = [
        ("wallet", "0005_alarms_and_audit_marks"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="OutflowCap",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("window_hours", models.PositiveIntegerField()),
                ("maximum", models.DecimalField(decimal_places=18, max_digits=38)),
                ("coin", _coin()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("coin", "window_hours"), name="outflow_cap_once", nulls_distinct=False),
                    models.CheckConstraint(condition=models.Q(("maximum__gte", Decimal(0))), name="outflow_cap_not_negative"),
                    models.CheckConstraint(
                        condition=models.Q(("window_hours__gte", 1), ("window_hours__lte", 720)),
                        name="outflow_cap_window_1_to_720",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OutflowStop",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", config.kit.ids.PublicIdField(default=config.kit.ids.random_id, editable=False, unique=True)),
                ("reason", models.CharField(max_length=500)),
                ("since", models.DateTimeField(default=config.kit.clock.now)),
                ("lift_asked_at", models.DateTimeField(default=None, null=True)),
                ("lift_reason", models.CharField(blank=True, default="", max_length=500)),
                ("lifted_at", models.DateTimeField(default=None, null=True)),
                ("lifted_because", models.CharField(blank=True, default="", max_length=500)),
                ("coin", _coin()),
                ("stopped_by", _officer()),
                ("lift_asked_by", _officer()),
                ("lifted_by", _officer()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("lifted_at__isnull", True)),
                        fields=("coin",),
                        name="outflow_stop_stands_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(condition=models.Q(("reason", ""), _negated=True), name="outflow_stop_has_a_reason"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lift_asked_at__isnull", True), ("lift_asked_by__isnull", True), ("lift_reason", "")),
                            models.Q(
                                ("lift_asked_at__isnull", False),
                                ("lift_asked_by__isnull", False),
                                models.Q(("lift_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="outflow_stop_lift_asked_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lifted_at__isnull", True), ("lifted_because", ""), ("lifted_by__isnull", True)),
                            models.Q(
                                ("lift_asked_by__isnull", False),
                                ("lifted_at__isnull", False),
                                ("lifted_by__isnull", False),
                                models.Q(("lifted_because", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="outflow_stop_lifted_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("lifted_by__isnull", True),
                            models.Q(("lifted_by", models.F("lift_asked_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="outflow_stop_four_eyes",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TravelRuleThreshold",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("required_from", models.DecimalField(decimal_places=18, max_digits=38)),
                (
                    "coin",
                    models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="wallet.coin"),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("required_from__gte", Decimal(0))), name="travel_rule_threshold_not_negative"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="TravelRuleRecord",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("is_own", models.BooleanField()),
                ("is_hosted", models.BooleanField()),
                ("sealed", models.BinaryField()),
                ("reason", models.CharField(blank=True, default="", max_length=500)),
                ("created_at", models.DateTimeField(default=config.kit.clock.now)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("officer", _officer()),
                (
                    "withdrawal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="travel_rule_records",
                        to="wallet.withdrawal",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["withdrawal", "-id"], name="travel_rule_by_withdrawal")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("officer__isnull", True), ("reason", "")),
                            models.Q(("officer__isnull", False), models.Q(("reason", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="travel_rule_officer_has_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("officer__isnull", True),
                            models.Q(("officer", models.F("customer")), _negated=True),
                            _connector="OR",
                        ),
                        name="travel_rule_officer_is_not_customer",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("officer__isnull", True)),
                        fields=("withdrawal",),
                        name="travel_rule_told_once_by_the_customer",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="fiatwithdrawalevent",
            index=models.Index(
                condition=models.Q(("state_after", "paying")), fields=["created_at"], name="fiat_withdrawal_event_paying"
            ),
        ),
        migrations.AddIndex(
            model_name="outgoingtransaction", index=models.Index(fields=["created_at"], name="outgoing_by_time")
        ),
        migrations.RunSQL(load("outflow_v1", "travel_rule_v1"), load("travel_rule_v1_back", "outflow_v1_back")),
    ]
