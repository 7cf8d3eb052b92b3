"""Conversions. New tables with their triggers: nothing in use is locked, and the way back drops them."""

from decimal import Decimal

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

import config.kit.clock
import config.kit.ids
from wallet.sql import load


class Migration(migrations.Migration):
    dependencies = [
        ("wallet", "0008_rates"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ConversionQuote",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", config.kit.ids.PublicIdField(default=config.kit.ids.random_id, editable=False, unique=True)),
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
            ],
        ),
        migrations.CreateModel(
            name="Conversion",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", config.kit.ids.PublicIdField(default=config.kit.ids.random_id, editable=False, unique=True)),
                ("client_reference", models.CharField(default=None, max_length=128, null=True)),
                ("api_key_id", models.CharField(blank=True, default="", max_length=64)),
                ("created_at", models.DateTimeField(default=config.kit.clock.now)),
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
                (
                    "quote",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="conversion", to="wallet.conversionquote"
                    ),
                ),
            ],
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
            name="ConversionLimit",
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
        migrations.AddIndex(
            model_name="conversionquote",
            index=models.Index(fields=["expires_at"], name="conversion_quote_by_end"),
        ),
        migrations.AddConstraint(
            model_name="conversionquote",
            constraint=models.UniqueConstraint(fields=("id", "customer"), name="conversion_quote_of_customer"),
        ),
        migrations.AddConstraint(
            model_name="conversionquote",
            constraint=models.CheckConstraint(
                condition=models.Q(("source_coin", models.F("target_coin")), _negated=True),
                name="conversion_quote_of_two_coins",
            ),
        ),
        migrations.AddConstraint(
            model_name="conversionquote",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("price__gt", Decimal(0)), ("source_amount__gt", Decimal(0)), ("target_amount__gt", Decimal(0))
                ),
                name="conversion_quote_amounts_positive",
            ),
        ),
        migrations.AddConstraint(
            model_name="conversionquote",
            constraint=models.CheckConstraint(
                condition=models.Q(("dust__gte", Decimal(0)), ("fee__gte", Decimal(0)), ("remainder__gte", Decimal(0))),
                name="conversion_quote_parts_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="conversionquote",
            constraint=models.CheckConstraint(
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
        ),
        migrations.AddConstraint(
            model_name="conversionquote",
            constraint=models.CheckConstraint(
                condition=models.Q(("spread_percent__gte", Decimal(0)), ("spread_percent__lt", Decimal(100))),
                name="conversion_quote_spread_in_range",
            ),
        ),
        migrations.AddConstraint(
            model_name="conversionquote",
            constraint=models.CheckConstraint(
                condition=models.Q(("expires_at__gt", models.F("created_at"))), name="conversion_quote_lives"
            ),
        ),
        migrations.AddIndex(
            model_name="conversion",
            index=models.Index(fields=["customer", "-id"], name="conversion_by_customer"),
        ),
        migrations.AddIndex(
            model_name="conversion",
            index=models.Index(fields=["customer", "created_at"], name="conversion_by_window"),
        ),
        migrations.AddConstraint(
            model_name="conversion",
            constraint=models.UniqueConstraint(
                fields=("customer", "client_reference"), name="conversion_client_reference_once"
            ),
        ),
        migrations.RunSQL(load("conversions_v1"), load("conversions_v1_back")),
    ]
