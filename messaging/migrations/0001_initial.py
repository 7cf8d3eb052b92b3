"""Codes, messages, their deliveries, budgets, templates and outgoing webhooks. Constraints stand in the tables' own definition."""

import datetime as dt

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

import config.kit.ids


class Migration(migrations.Migration):
    # A database at the last of these is at this one.
    replaces = [
        ("messaging", "0001_codes_and_messages"),
        ("messaging", "0003_captchas"),
        ("messaging", "0004_delivery"),
        ("messaging", "0005_webhooks"),
    ]
    initial = True

    dependencies = [
        # After the OAuth toolkit's many small steps: each of them costs more with every table that knows customers.
        ("accounts", "0002_database_guards"),
    ]

    operations = [
        migrations.CreateModel(
            name="Allowance",
            fields=[
                ("key", models.BinaryField(max_length=32, primary_key=True, serialize=False)),
                ("moments", django.contrib.postgres.fields.ArrayField(base_field=models.DateTimeField(), size=None)),
            ],
        ),
        migrations.CreateModel(
            name="Budget",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=40)),
                ("hour", models.DateTimeField()),
                ("spent", models.IntegerField()),
                ("spent_max", models.IntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("name", "hour"), name="budget_one_per_name_and_hour"),
                    models.CheckConstraint(
                        condition=models.Q(("spent__gte", 0), ("spent__lte", models.F("spent_max"))),
                        name="budget_not_overspent",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BudgetAlarm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=40)),
                ("hour", models.DateTimeField()),
                ("percent", models.SmallIntegerField()),
                ("spent", models.IntegerField()),
                ("spent_max", models.IntegerField()),
                ("raised_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "budget alarm",
                "indexes": [models.Index(fields=["raised_at"], name="budget_alarm_raised")],
                "constraints": [
                    models.UniqueConstraint(fields=("name", "hour", "percent"), name="budget_alarm_once_per_hour_and_mark"),
                    models.CheckConstraint(condition=models.Q(("percent__in", (80, 100))), name="budget_alarm_mark_known"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Captcha",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.BinaryField(max_length=32)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("picture", "Picture"),
                            ("proof_of_work", "Proof of work"),
                            ("geetest", "Geetest, version 4"),
                            ("geetest_v3", "Geetest, version 3"),
                            ("aliyun", "Aliyun"),
                        ],
                        max_length=16,
                    ),
                ),
                ("answer_hash", models.BinaryField(max_length=32, null=True)),
                ("sealed_answer", models.BinaryField(null=True)),
                ("drawn_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("spent_at", models.DateTimeField(null=True)),
                ("spent_for", models.CharField(blank=True, help_text="What it was spent on.", max_length=32)),
            ],
            options={
                "indexes": [models.Index(fields=["expires_at"], name="captcha_expiry")],
                "constraints": [
                    models.UniqueConstraint(fields=("key",), name="captcha_once"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["picture", "proof_of_work", "geetest", "geetest_v3", "aliyun"])),
                        name="captcha_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("expires_at__gt", models.F("drawn_at")),
                            (
                                "expires_at__lte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("drawn_at"), "+", models.Value(dt.timedelta(seconds=600))
                                ),
                            ),
                        ),
                        name="captcha_lifetime_in_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answer_hash__isnull", False), ("kind", "picture")),
                            models.Q(
                                models.Q(("kind", "picture"), _negated=True),
                                ("answer_hash__isnull", True),
                                ("spent_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="captcha_waits_only_as_picture",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CaughtMessage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("channel", models.CharField(choices=[("email", "Email"), ("sms", "SMS")], max_length=8)),
                ("destination", models.CharField(max_length=254)),
                ("sender", models.CharField(blank=True, max_length=254)),
                ("subject", models.TextField(blank=True)),
                ("text", models.TextField(blank=True)),
                ("html", models.TextField(blank=True)),
                ("code", models.CharField(blank=True, max_length=8)),
                ("message_reference", models.CharField(blank=True, max_length=255)),
                ("caught_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["destination", "-id"], name="caught_to_destination")],
            },
        ),
        migrations.CreateModel(
            name="Code",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("holder", models.BinaryField(max_length=32)),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("registration", "Registration"),
                            ("quick_registration", "Registration without a password"),
                            ("activation", "Activation of an account"),
                            ("login", "Log-in without a password"),
                            ("second_factor", "Second step of a log-in"),
                            ("other_place", "Log-in from a new place"),
                            ("recovery", "Recovery of a password"),
                            ("recovery_second", "Second proof of a recovery"),
                            ("account_recovery", "Recovery of an account"),
                            ("password_set", "First password"),
                            ("password_change", "Change of the password"),
                            ("email_bind", "Binding of an email address"),
                            ("email_change", "Change of the email address"),
                            ("email_unbind", "Removal of the email address"),
                            ("phone_bind", "Binding of a phone"),
                            ("phone_change", "Change of the phone"),
                            ("phone_unbind", "Removal of the phone"),
                            ("totp_bind", "Binding of an authenticator"),
                            ("totp_change", "Change of the authenticator"),
                            ("totp_unbind", "Removal of an authenticator"),
                            ("passkey_add", "New passkey"),
                            ("passkey_remove", "Removal of a passkey"),
                            ("recovery_codes", "New recovery codes"),
                            ("anti_phishing", "Anti-phishing phrase"),
                            ("security_settings", "Security settings"),
                            ("trade_password_set", "First trade password"),
                            ("trade_password_change", "Change of the trade password"),
                            ("trade_password_reset", "Reset of the trade password"),
                            ("sub_account_add", "New sub-account"),
                            ("sub_account_delete", "Removal of a sub-account"),
                            ("sub_account_password", "Password of a sub-account"),
                            ("app_token", "Fingerprint log-in"),
                            ("kyc", "Identity check"),
                            ("kyc_phone", "Phone of an identity check"),
                            ("bank_account", "Bank account"),
                            ("api_key", "New API key"),
                            ("api_key_change", "Change of an API key"),
                            ("api_key_delete", "Removal of an API key"),
                            ("trusted_address", "Trusted address"),
                            ("trusted_address_remove", "Removal of a trusted address"),
                            ("withdrawal", "Withdrawal"),
                            ("transfer", "Transfer"),
                            ("payment", "Payment"),
                        ],
                        max_length=24,
                    ),
                ),
                ("code_hash", models.BinaryField(max_length=32)),
                ("attempts_left", models.SmallIntegerField()),
                (
                    "generation",
                    models.IntegerField(default=1, help_text="How often a code was sent to this holder for this purpose."),
                ),
                ("sent_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("consumed_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("holder", "purpose"), name="code_one_per_holder_and_purpose"),
                    models.CheckConstraint(
                        condition=models.Q(("attempts_left__gte", 0), ("attempts_left__lte", 10)), name="code_attempts_in_range"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("expires_at__gt", models.F("sent_at")),
                            (
                                "expires_at__lte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("sent_at"), "+", models.Value(dt.timedelta(seconds=600))
                                ),
                            ),
                        ),
                        name="code_lifetime_in_range",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", config.kit.ids.PublicIdField(default=config.kit.ids.random_id, editable=False, unique=True)),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("template", models.CharField(max_length=40)),
                ("sealed", models.BinaryField()),
                ("created_at", models.DateTimeField()),
                ("read_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "notice",
                "indexes": [
                    models.Index(fields=["user", "-id"], name="notice_of_user"),
                    models.Index(condition=models.Q(("read_at__isnull", True)), fields=["user", "-id"], name="notice_unread"),
                    models.Index(fields=["created_at"], name="notice_created"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("read_at__isnull", True), ("read_at__gte", models.F("created_at")), _connector="OR"
                        ),
                        name="notice_read_after_it_was_written",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ProviderState",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("channel", models.CharField(choices=[("email", "Email"), ("sms", "SMS")], max_length=8)),
                ("name", models.CharField(max_length=40)),
                ("failures", models.IntegerField(default=0)),
                ("passed_over_until", models.DateTimeField(null=True)),
                ("last_failure_at", models.DateTimeField(null=True)),
                ("last_answer_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "provider",
                "constraints": [
                    models.UniqueConstraint(fields=("channel", "name"), name="provider_state_one_per_provider"),
                    models.CheckConstraint(
                        condition=models.Q(("failures__gte", 0)), name="provider_state_failures_not_negative"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("passed_over_until__isnull", True), ("failures__gt", 0), _connector="OR"),
                        name="provider_state_open_because_it_failed",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Webhook",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", config.kit.ids.PublicIdField(default=config.kit.ids.random_id, editable=False, unique=True)),
                ("event_id", models.BigIntegerField(default=config.kit.ids.random_id)),
                ("event", models.CharField(max_length=60)),
                ("endpoint", models.CharField(max_length=40)),
                ("body", models.TextField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Queued"),
                            ("sending", "Being sent"),
                            ("accepted", "Accepted"),
                            ("failed", "Given up"),
                        ],
                        default="queued",
                        max_length=12,
                    ),
                ),
                ("tries", models.SmallIntegerField(default=0)),
                ("leases", models.IntegerField(default=0)),
                ("due_at", models.DateTimeField()),
                ("created_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("last_status", models.SmallIntegerField(null=True)),
                ("last_error", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "verbose_name": "webhook",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ("queued", "sending"))), fields=["due_at"], name="webhook_due"
                    ),
                    models.Index(fields=["created_at"], name="webhook_created"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("event_id", "endpoint"), name="webhook_once_per_event_and_endpoint"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["queued", "sending", "accepted", "failed"])),
                        name="webhook_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("queued", "sending")), ("ended_at__isnull", False), _connector="XOR"),
                        name="webhook_ended_with_an_outcome",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", config.kit.ids.PublicIdField(default=config.kit.ids.random_id, editable=False, unique=True)),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "code",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="messaging.code",
                    ),
                ),
                ("channel", models.CharField(choices=[("email", "Email"), ("sms", "SMS")], max_length=8)),
                ("template", models.CharField(max_length=40)),
                ("template_version", models.CharField(blank=True, max_length=12)),
                ("language", models.CharField(max_length=8)),
                ("phrase_present", models.BooleanField(default=False)),
                ("destination_masked", models.CharField(max_length=80)),
                ("destination_hash", models.BinaryField(max_length=32)),
                ("sealed", models.BinaryField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Queued"),
                            ("handed_over", "Handed over"),
                            ("accepted", "Accepted by the provider"),
                            ("failed", "Failed"),
                            ("expired", "Expired unsent"),
                        ],
                        default="queued",
                        max_length=12,
                    ),
                ),
                ("tries", models.SmallIntegerField(default=0)),
                (
                    "passes",
                    models.SmallIntegerField(
                        db_default=0,
                        default=0,
                        help_text="Leases that ended with all providers away; they don't count as tries.",
                    ),
                ),
                (
                    "is_test",
                    models.BooleanField(
                        db_default=False, default=False, help_text="An officer sent it to themselves to look at it."
                    ),
                ),
                ("due_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(null=True)),
                ("provider", models.CharField(blank=True, max_length=40)),
                ("provider_reference", models.CharField(blank=True, max_length=120)),
                ("last_error", models.CharField(blank=True, max_length=200)),
                ("created_at", models.DateTimeField()),
                ("handed_over_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "message",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ("queued", "handed_over"))), fields=["due_at"], name="message_due"
                    ),
                    models.Index(condition=models.Q(("state", "queued")), fields=["code"], name="message_open_code"),
                    models.Index(condition=models.Q(("user__isnull", False)), fields=["user", "-id"], name="message_of_user"),
                    models.Index(fields=["destination_hash", "-id"], name="message_to_destination"),
                    models.Index(fields=["created_at"], name="message_created"),
                    models.Index(
                        condition=models.Q(("provider_reference", ""), _negated=True),
                        fields=["provider_reference"],
                        name="message_reference",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("ended_at__isnull", True), ("sealed__isnull", False), ("state__in", ("queued", "handed_over"))
                            ),
                            models.Q(
                                models.Q(("state__in", ("queued", "handed_over")), _negated=True),
                                ("ended_at__isnull", False),
                                ("sealed__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="message_wiped_when_ended",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["queued", "handed_over", "accepted", "failed", "expired"])),
                        name="message_state_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MessageTry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="trials", to="messaging.message"
                    ),
                ),
                ("number", models.SmallIntegerField(help_text="The lease in which the provider was asked.")),
                ("provider", models.CharField(max_length=40)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("started", "Started"),
                            ("accepted", "Accepted"),
                            ("refused", "Refused"),
                            ("unavailable", "Not taken"),
                            ("unknown", "No answer"),
                            ("abandoned", "Worker died"),
                        ],
                        default="started",
                        max_length=12,
                    ),
                ),
                ("reference", models.CharField(blank=True, max_length=120)),
                ("error", models.CharField(blank=True, max_length=200)),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "try",
                "verbose_name_plural": "tries",
                "indexes": [
                    models.Index(
                        condition=models.Q(("reference", ""), _negated=True), fields=["reference"], name="message_try_reference"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("message", "number", "provider"), name="message_try_asks_a_provider_once_per_lease"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("outcome__in", ["started", "accepted", "refused", "unavailable", "unknown", "abandoned"])
                        ),
                        name="message_try_outcome_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("outcome", "started")),
                            models.Q(models.Q(("outcome", "started"), _negated=True), ("ended_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="message_try_ended_with_an_outcome",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MessageTemplate",
            fields=[],
            options={
                "verbose_name": "message template",
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("messaging.message",),
        ),
    ]
