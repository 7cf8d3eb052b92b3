"""Signed API keys, their networks and caps, the numbers they burnt and what was refused. Constraints stand in the tables' own definition."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import config.kit.ids


class Migration(migrations.Migration):
    # A database at the last of these is at this one.
    replaces = [
        ("apikeys", "0001_keys_and_nonces"),
        ("apikeys", "0002_schemes"),
        ("apikeys", "0003_whole_keys"),
        ("apikeys", "0004_coins_of_caps"),
    ]
    initial = True

    dependencies = [
        # After the OAuth toolkit's many small steps: each of them costs more with every table that knows customers.
        ("accounts", "0002_database_guards"),
    ]

    operations = [
        migrations.CreateModel(
            name="ApiKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", config.kit.ids.PublicIdField(default=config.kit.ids.random_id, editable=False, unique=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="api_keys", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("key", models.CharField(max_length=64)),
                (
                    "scheme",
                    models.CharField(
                        choices=[
                            ("native_hmac", "HMAC-SHA256 (native)"),
                            ("native_ed25519", "Ed25519 (native)"),
                            ("btse", "HMAC-SHA384 (BTSE)"),
                            ("spot", "double SHA-256 (spot)"),
                        ],
                        default="native_hmac",
                        max_length=16,
                    ),
                ),
                ("sealed_secret", models.BinaryField(null=True)),
                ("public_key", models.BinaryField(max_length=32, null=True)),
                ("label", models.CharField(max_length=64)),
                (
                    "scopes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("read", "Read"),
                                ("trade", "Trade"),
                                ("transfer", "Transfer inside"),
                                ("withdraw", "Withdraw"),
                            ],
                            max_length=16,
                        ),
                        size=None,
                    ),
                ),
                (
                    "networks",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=43), blank=True, default=list, size=None
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("active", "Active"),
                            ("paused", "Disabled by its owner"),
                            ("disabled", "Disabled by an officer"),
                            ("deleted", "Deleted"),
                        ],
                        default="active",
                        max_length=16,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("aged_from", models.DateTimeField()),
                ("last_used_at", models.DateTimeField(blank=True, null=True)),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "API key",
                "indexes": [models.Index(fields=["user", "-id"], name="apikeys_apikey_user")],
                "constraints": [
                    models.UniqueConstraint(fields=("key",), name="apikeys_apikey_key_unique"),
                    models.CheckConstraint(
                        condition=models.Q(("key__regex", "^[A-Za-z0-9]{32,64}$")), name="apikeys_apikey_key_form"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["active", "paused", "disabled", "deleted"])),
                        name="apikeys_apikey_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("scheme__in", ["native_hmac", "native_ed25519", "btse", "spot"])),
                        name="apikeys_apikey_scheme_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("scopes__len__gte", 1), ("scopes__contained_by", ["read", "trade", "transfer", "withdraw"])
                        ),
                        name="apikeys_apikey_scopes_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("scopes__contains", ["withdraw"]), _negated=True),
                            ("networks__len__gte", 1),
                            _connector="OR",
                        ),
                        name="apikeys_apikey_withdraw_is_bound",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("sealed_secret__isnull", True),
                                models.Q(("state", "deleted"), ("scheme", "native_ed25519"), _connector="OR"),
                            ),
                            models.Q(
                                ("sealed_secret__isnull", False),
                                models.Q(("state", "deleted"), _negated=True),
                                models.Q(("scheme", "native_ed25519"), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="apikeys_apikey_secret_until_deleted",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("public_key__isnull", False), ("scheme", "native_ed25519")),
                            models.Q(models.Q(("scheme", "native_ed25519"), _negated=True), ("public_key__isnull", True)),
                            _connector="OR",
                        ),
                        name="apikeys_apikey_public_key_of_ed25519",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("state", "active")),
                            models.Q(models.Q(("state", "active"), _negated=True), ("ended_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="apikeys_apikey_end_dated",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DailyCap",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "api_key",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="daily_caps", to="apikeys.apikey"
                    ),
                ),
                ("coin", models.CharField(max_length=16)),
                ("amount", models.DecimalField(decimal_places=18, max_digits=38)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("api_key", "coin"), name="apikeys_dailycap_one_per_coin"),
                    models.CheckConstraint(condition=models.Q(("amount__gte", 0)), name="apikeys_dailycap_not_negative"),
                    models.CheckConstraint(
                        condition=models.Q(("coin__regex", "^[A-Z0-9]{2,16}$")), name="apikeys_dailycap_coin_plain"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Nonce",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "api_key_id", "nonce", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "api_key",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="apikeys.apikey"
                    ),
                ),
                ("nonce", models.CharField(max_length=128)),
                ("used_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["used_at"], name="apikeys_nonce_age")],
            },
        ),
        migrations.CreateModel(
            name="RefusedRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "api_key",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="refused_requests", to="apikeys.apikey"
                    ),
                ),
                ("slug", models.CharField(max_length=64)),
                ("signed_text", models.TextField()),
                ("ip", models.GenericIPAddressField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["api_key", "-id"], name="apikeys_refused_key"),
                    models.Index(fields=["at"], name="apikeys_refused_age"),
                ],
            },
        ),
    ]
