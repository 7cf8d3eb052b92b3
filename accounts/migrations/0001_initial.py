"""People, how they prove who they are, what is held against them, and the audit log. Constraints stand in the tables' own definition."""

import uuid

import django.db.models.constraints
import django.db.models.deletion
import django.db.models.functions.text
import oauth2_provider.generators
import oauth2_provider.models
from django.conf import settings
from django.db import migrations, models

import accounts.models.users
import config.kit.ids
import config.kit.sealed_text


class Migration(migrations.Migration):
    # A database at the last of these is at this one.
    replaces = [
        ("accounts", "0001_ground"),
        ("accounts", "0003_security_settings"),
        ("accounts", "0005_app_token_sessions"),
        ("accounts", "0006_around_customers"),
        ("accounts", "0007_sign_in"),
        ("accounts", "0008_second_factors"),
        ("accounts", "0009_recovery_cases"),
        ("accounts", "0010_oauth"),
        ("accounts", "0012_defaults_for_former_code"),
        ("accounts", "0013_privacy"),
        ("accounts", "0014_sealed_texts"),
        ("accounts", "0016_audit_about_customers"),
        ("accounts", "0017_transfers"),
        ("accounts", "0018_password_after_code"),
        ("accounts", "0019_visits"),
    ]
    initial = True
    run_before = [("oauth2_provider", "0001_initial")]

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="AttemptCounter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "scope",
                    models.CharField(
                        choices=[
                            ("name", "log-in name, existing or not"),
                            ("device", "known device"),
                            ("address", "network address"),
                            ("second_factor", "second factor of a user"),
                            ("trade_password", "trade password of a user"),
                            ("recovery", "name at the door of recovery, existing or not"),
                            ("recovery_address", "network address at the door of recovery"),
                            ("app_token", "network address that shows app tokens"),
                            ("referral", "network address that tries referral codes"),
                            ("receiver", "customer who names receivers of money"),
                            ("staff_name", "staff sign-in name"),
                            ("staff_address", "network address at the staff door"),
                        ],
                        max_length=20,
                    ),
                ),
                ("key_hash", models.BinaryField(max_length=32)),
                ("failures", models.PositiveIntegerField()),
                ("last_at", models.DateTimeField()),
                ("locked_until", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("scope", "key_hash"), name="accounts_attemptcounter_unique"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "scope__in",
                                [
                                    "name",
                                    "device",
                                    "address",
                                    "second_factor",
                                    "trade_password",
                                    "recovery",
                                    "recovery_address",
                                    "app_token",
                                    "referral",
                                    "receiver",
                                    "staff_name",
                                    "staff_address",
                                ],
                            )
                        ),
                        name="accounts_attemptcounter_scope_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Country",
            fields=[
                ("alpha2", models.CharField(max_length=2, primary_key=True, serialize=False)),
                ("alpha3", models.CharField(max_length=3)),
                ("numeric", models.CharField(max_length=3)),
                ("phone_area", models.CharField(blank=True, max_length=4)),
                ("name_en", models.CharField(max_length=96)),
                ("name_zh_cn", models.CharField(max_length=96)),
                ("name_zh_tw", models.CharField(max_length=96)),
                ("can_register", models.BooleanField(default=True)),
                ("sort", models.PositiveSmallIntegerField()),
            ],
            options={
                "verbose_name_plural": "countries",
                "ordering": ("sort", "alpha2"),
                "constraints": [
                    models.UniqueConstraint(fields=("alpha3",), name="accounts_country_alpha3_unique"),
                    models.UniqueConstraint(fields=("numeric",), name="accounts_country_numeric_unique"),
                    models.CheckConstraint(
                        condition=models.Q(("alpha2__regex", "^[A-Z]{2}$")), name="accounts_country_alpha2_form"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Label",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", config.kit.ids.PublicIdField(default=config.kit.ids.random_id, editable=False, unique=True)),
                ("key", models.SlugField(max_length=32)),
                ("color", models.CharField(max_length=7)),
                ("text_en", models.CharField(max_length=64)),
                ("text_zh_cn", models.CharField(max_length=64)),
                ("text_zh_tw", models.CharField(max_length=64)),
                ("is_shown_to_customer", models.BooleanField(default=True)),
            ],
            options={
                "ordering": ("key",),
                "constraints": [
                    models.UniqueConstraint(fields=("key",), name="accounts_label_key_unique"),
                    models.CheckConstraint(
                        condition=models.Q(("color__regex", "^#[0-9A-Fa-f]{6}$")), name="accounts_label_color_form"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="VipTier",
            fields=[
                ("level", models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=32)),
                ("spread_percent", models.DecimalField(decimal_places=4, max_digits=8)),
            ],
            options={
                "verbose_name": "VIP tier",
                "ordering": ("level",),
                "constraints": [
                    models.UniqueConstraint(fields=("name",), name="accounts_viptier_name_unique"),
                    models.CheckConstraint(
                        condition=models.Q(("spread_percent__gte", 0), ("spread_percent__lt", 100)),
                        name="accounts_viptier_spread_in_range",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Visit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token_hash", models.BinaryField(max_length=32)),
                ("public_key", models.BinaryField(max_length=1024, null=True)),
                ("sealed_key", models.BinaryField(null=True)),
                ("picture_id", models.CharField(blank=True, default="", max_length=32)),
                (
                    "code_way",
                    models.CharField(blank=True, choices=[("email", "email"), ("phone", "phone")], default="", max_length=8),
                ),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["expires_at"], name="accounts_visit_expiry")],
                "constraints": [
                    models.UniqueConstraint(fields=("token_hash",), name="accounts_visit_token_unique"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("public_key__isnull", True), ("sealed_key__isnull", True)),
                            models.Q(("public_key__isnull", False), ("sealed_key__isnull", False)),
                            _connector="OR",
                        ),
                        name="accounts_visit_key_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("code_way__in", ["", "email", "phone"])), name="accounts_visit_way_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("created_at"))), name="accounts_visit_expires_later"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                ("uid", models.IntegerField(default=accounts.models.users.random_uid, editable=False, verbose_name="uid")),
                ("email", models.EmailField(blank=True, max_length=254, null=True)),
                ("phone", models.CharField(blank=True, max_length=16, null=True, verbose_name="phone (E.164)")),
                ("username", models.CharField(blank=True, max_length=32, null=True)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("normal", "normal"),
                            ("blocked", "restricted"),
                            ("not_activated", "not activated"),
                            ("deleted", "deleted"),
                            ("suspended", "suspended"),
                            ("locked", "locked"),
                            ("not_tradable", "not tradable"),
                        ],
                        default="normal",
                        max_length=16,
                    ),
                ),
                (
                    "register_type",
                    models.CharField(
                        choices=[
                            ("email", "email"),
                            ("phone", "phone"),
                            ("sub", "sub-account, opened by its parent"),
                            ("staff", "created by an operator"),
                        ],
                        max_length=8,
                    ),
                ),
                ("language", models.CharField(default="en", max_length=16)),
                ("anti_phishing_phrase", config.kit.sealed_text.SealedText(blank=True, default="")),
                (
                    "second_factor_channel",
                    models.CharField(
                        blank=True, choices=[("", "none"), ("email", "email"), ("phone", "phone")], default="", max_length=8
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sub_accounts",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("sub_account_label", models.CharField(blank=True, db_default="", default="", max_length=64)),
                ("referral_code", models.CharField(blank=True, max_length=12, null=True)),
                (
                    "referrer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="referred",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "vip_tier",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="users",
                        to="accounts.viptier",
                    ),
                ),
                ("allows_many_devices", models.BooleanField(db_default=True, default=True)),
                ("checks_other_places", models.BooleanField(db_default=False, default=False)),
                ("is_staff", models.BooleanField(default=False, verbose_name="is an officer")),
                ("credentials_epoch", models.PositiveIntegerField(default=0, editable=False)),
                ("registered_at", models.DateTimeField()),
                ("registered_ip", models.GenericIPAddressField(blank=True, null=True)),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
                ("labels", models.ManyToManyField(blank=True, related_name="users", to="accounts.label")),
            ],
            options={
                "verbose_name": "account",
                "verbose_name_plural": "customers and officers",
                "constraints": [
                    models.UniqueConstraint(fields=("uid",), name="accounts_user_uid_unique"),
                    models.UniqueConstraint(fields=("email",), name="accounts_user_email_unique"),
                    models.UniqueConstraint(fields=("phone",), name="accounts_user_phone_unique"),
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("username"), name="accounts_user_username_unique"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("uid__gte", 100000000), ("uid__lte", 999999999)),
                        name="accounts_user_uid_nine_digits",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("email__isnull", True), ("email__regex", "^[!-@\\[-~]+$"), _connector="OR"),
                        name="accounts_user_email_normalised",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("phone__isnull", True), ("phone__regex", "^\\+[1-9][0-9]{5,14}$"), _connector="OR"),
                        name="accounts_user_phone_e164",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("username__isnull", True), ("username__regex", "^[A-Za-z][A-Za-z0-9_.-]{2,31}$"), _connector="OR"
                        ),
                        name="accounts_user_username_plain",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("email__isnull", False),
                            ("phone__isnull", False),
                            models.Q(("parent__isnull", False), ("username__isnull", False)),
                            ("status", "deleted"),
                            _connector="OR",
                        ),
                        name="accounts_user_reachable",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("parent__isnull", True),
                            models.Q(("is_staff", False), models.Q(("parent", models.F("id")), _negated=True)),
                            _connector="OR",
                        ),
                        name="accounts_user_parent_is_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("parent__isnull", True),
                            models.Q(("email__isnull", True), ("phone__isnull", True)),
                            _connector="OR",
                        ),
                        name="accounts_user_sub_without_contacts",
                    ),
                    models.UniqueConstraint(fields=("referral_code",), name="accounts_user_referral_unique"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                ["normal", "blocked", "not_activated", "deleted", "suspended", "locked", "not_tradable"],
                            )
                        ),
                        name="accounts_user_status_known",
                    ),
                    models.CheckConstraint(condition=models.Q(("is_superuser", False)), name="accounts_user_no_superuser"),
                ],
            },
        ),
        migrations.CreateModel(
            name="AuditRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                (
                    "actor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="audit_records",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "actor_kind",
                    models.CharField(
                        choices=[
                            ("staff", "officer"),
                            ("customer", "customer"),
                            ("operator", "operator at the console"),
                            ("system", "the system"),
                        ],
                        max_length=16,
                    ),
                ),
                ("act", models.CharField(max_length=64)),
                ("subject", models.CharField(max_length=128)),
                ("reason", models.CharField(blank=True, max_length=1000)),
                ("facts", models.JSONField(default=dict)),
                ("record_hash", models.BinaryField(max_length=32)),
            ],
            options={
                "verbose_name": "audit record",
                "verbose_name_plural": "audit log",
                "indexes": [
                    models.Index(fields=["subject", "-id"], name="accounts_auditrecord_subject"),
                    models.Index(fields=["actor", "-id"], name="accounts_auditrecord_actor"),
                    models.Index(models.F("facts__customer"), name="accounts_auditrecord_customer"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("actor_kind__in", ["staff", "customer", "operator", "system"])),
                        name="accounts_auditrecord_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("actor__isnull", False), ("actor_kind__in", ["operator", "system"]), _connector="OR"
                        ),
                        name="accounts_auditrecord_person_named",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Authenticator",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", config.kit.ids.PublicIdField(default=config.kit.ids.random_id, editable=False, unique=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="authenticators", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("kind", models.CharField(choices=[("totp", "authenticator app")], max_length=16)),
                ("sealed_seed", models.BinaryField()),
                ("last_step", models.BigIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                ("session", models.CharField(blank=True, db_default="", default="", max_length=32)),
                ("permitted_for", models.CharField(blank=True, db_default="", default="", max_length=24)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("confirmed_at__isnull", False), ("kind", "totp")),
                        fields=("user",),
                        name="accounts_authenticator_one_totp",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("confirmed_at__isnull", True), ("kind", "totp")),
                        fields=("user",),
                        name="accounts_authenticator_one_begun",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Favourite",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", config.kit.ids.PublicIdField(default=config.kit.ids.random_id, editable=False, unique=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="favourites", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("exchange", models.CharField(blank=True, default="", max_length=32)),
                ("symbol", models.CharField(max_length=32)),
                ("position", models.PositiveIntegerField()),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "ordering": ("position", "id"),
                "constraints": [
                    models.UniqueConstraint(fields=("user", "exchange", "symbol"), name="accounts_favourite_unique"),
                    models.UniqueConstraint(
                        deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                        fields=("user", "position"),
                        name="accounts_favourite_position_unique",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("symbol__regex", "^[A-Z0-9._/-]+$")), name="accounts_favourite_symbol_form"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("exchange__regex", "^[A-Za-z0-9._-]*$")), name="accounts_favourite_exchange_form"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="KnownDevice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="known_devices", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("token_hash", models.BinaryField(max_length=32)),
                ("created_at", models.DateTimeField()),
                ("last_used_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("network", models.CharField(blank=True, db_default="", default="", max_length=43)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("token_hash",), name="accounts_knowndevice_token_unique")],
            },
        ),
        migrations.CreateModel(
            name="LegalHold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", config.kit.ids.PublicIdField(default=config.kit.ids.random_id, editable=False, unique=True)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "placed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("reason", models.CharField(max_length=500)),
                ("since", models.DateTimeField()),
                (
                    "lift_asked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("lift_asked_at", models.DateTimeField(blank=True, null=True)),
                ("lift_reason", models.CharField(blank=True, default="", max_length=500)),
                (
                    "lifted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("lifted_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("lifted_at__isnull", True)), fields=["customer"], name="accounts_legalhold_in_force"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("placed_by", models.F("customer")), _negated=True),
                        name="accounts_legalhold_placed_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("lift_asked_by__isnull", True),
                            models.Q(("lift_asked_by", models.F("customer")), _negated=True),
                            _connector="OR",
                        ),
                        name="accounts_legalhold_lift_asked_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("lifted_by__isnull", True),
                            models.Q(
                                models.Q(("lifted_by", models.F("customer")), _negated=True),
                                models.Q(("lifted_by", models.F("lift_asked_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="accounts_legalhold_four_eyes",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="accounts_legalhold_has_a_reason"
                    ),
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
                        name="accounts_legalhold_lift_asked_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lifted_at__isnull", True), ("lifted_by__isnull", True)),
                            models.Q(
                                ("lift_asked_by__isnull", False), ("lifted_at__isnull", False), ("lifted_by__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="accounts_legalhold_lifted_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LoginRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", config.kit.ids.PublicIdField(default=config.kit.ids.random_id, editable=False, unique=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="login_records", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "act",
                    models.CharField(
                        choices=[
                            ("registered", "registered"),
                            ("login", "logged in"),
                            ("logout", "logged out"),
                            ("login_failed", "wrong password"),
                            ("email_bound", "email bound"),
                            ("email_changed", "email changed"),
                            ("phone_bound", "phone bound"),
                            ("phone_changed", "phone changed"),
                            ("totp_bound", "authenticator bound"),
                            ("totp_changed", "authenticator changed"),
                            ("password_set", "password set"),
                            ("password_changed", "password changed"),
                            ("trade_password_set", "trade password set"),
                            ("trade_password_reset", "trade password changed or reset"),
                            ("identity_verified", "identity verified"),
                            ("vip_bought", "VIP tier bought"),
                            ("top_up_code_used", "top-up code used"),
                            ("question_asked", "question asked"),
                            ("question_answered", "question answered"),
                            ("bank_account_added", "bank account added"),
                            ("deposit_address_added", "deposit address added"),
                            ("trusted_address_added", "trusted address added"),
                            ("sms_sent", "code sent by SMS"),
                            ("email_sent", "code sent by email"),
                            ("points", "points"),
                            ("password_recovered", "password recovered"),
                            ("wechat_linked", "WeChat account linked"),
                            ("qq_linked", "QQ account linked"),
                            ("account_migrated", "account migrated"),
                            ("agent_deposit", "deposit through an agent"),
                            ("order_cancelled", "order cancelled"),
                            ("bank_account_removed", "bank account removed"),
                            ("bought", "bought"),
                            ("sold", "sold"),
                            ("fiat_deposit", "fiat deposit"),
                            ("fiat_withdrawal", "fiat withdrawal"),
                            ("fiat_deposit_by_staff", "fiat deposit recorded by staff"),
                            ("crypto_deposit", "deposit"),
                            ("crypto_withdrawal", "withdrawal"),
                            ("crypto_deposit_by_staff", "deposit recorded by staff"),
                            ("wallet_update_failed", "wallet update failed"),
                            ("fiat_withdrawal_waiting", "fiat withdrawal waits"),
                            ("fiat_withdrawal_cancelled", "fiat withdrawal cancelled"),
                            ("crypto_withdrawal_waiting", "withdrawal waits"),
                            ("crypto_withdrawal_cancelled", "withdrawal cancelled"),
                            ("fiat_paid_out", "fiat paid out"),
                            ("noted", "noted"),
                            ("second_factor_failed", "wrong second factor"),
                            ("logout_all", "logged out everywhere"),
                            ("session_revoked", "session revoked"),
                            ("totp_unbound", "authenticator removed"),
                            ("passkey_added", "passkey added"),
                            ("passkey_removed", "passkey removed"),
                            ("recovery_codes_drawn", "recovery codes drawn"),
                            ("recovery_code_used", "recovery code used"),
                            ("login_code_chosen", "log-in code turned on, off or to another channel"),
                            ("email_unbound", "email removed"),
                            ("phone_unbound", "phone removed"),
                            ("username_set", "user name set"),
                            ("anti_phishing_set", "anti-phishing phrase set"),
                            ("settings_changed", "settings changed"),
                            ("frozen", "account frozen"),
                            ("thawed", "account thawed"),
                            ("recovery_opened", "recovery case opened"),
                            ("recovery_cancelled", "recovery case cancelled"),
                            ("recovery_completed", "account recovered"),
                            ("sub_account_added", "sub-account added"),
                            ("sub_account_frozen", "sub-account frozen"),
                            ("sub_account_thawed", "sub-account thawed"),
                            ("sub_account_removed", "sub-account removed"),
                            ("sub_account_password", "password of a sub-account reset"),
                            ("app_token_issued", "fingerprint log-in turned on"),
                            ("app_token_revoked", "fingerprint log-in turned off"),
                            ("app_authorized", "another application allowed"),
                            ("app_revoked", "another application disallowed"),
                            ("api_key_created", "API key created"),
                            ("api_key_changed", "API key changed"),
                            ("api_key_deleted", "API key deleted"),
                            ("transfer_requested", "transfer to another customer asked for"),
                            ("transfer_completed", "transfer to another customer done"),
                            ("transfer_ended", "transfer to another customer ended without moving anything"),
                            ("transfer_received", "transfer received"),
                            ("trusted_address_removed", "trusted address removed"),
                        ],
                        max_length=32,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("ip", models.GenericIPAddressField(blank=True, null=True)),
                ("place", models.CharField(blank=True, default="", max_length=8)),
                ("city", models.CharField(blank=True, db_default="", default="", max_length=64)),
                ("device", models.CharField(blank=True, default="", max_length=64)),
                ("os", models.CharField(blank=True, db_default="", default="", max_length=64, verbose_name="operating system")),
                ("browser", models.CharField(blank=True, default="", max_length=64)),
            ],
            options={
                "indexes": [models.Index(fields=["user", "-id"], name="accounts_loginrecord_by_user")],
            },
        ),
        migrations.CreateModel(
            name="OAuthApplication",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "client_id",
                    models.CharField(
                        db_index=True,
                        default=oauth2_provider.generators.generate_client_id,
                        max_length=255,
                        unique=True,
                        verbose_name="client ID",
                    ),
                ),
                (
                    "redirect_uris",
                    models.TextField(blank=True, help_text="Allowed URIs list, space separated", verbose_name="redirect URIs"),
                ),
                (
                    "post_logout_redirect_uris",
                    models.TextField(
                        blank=True,
                        default="",
                        help_text="Allowed Post Logout URIs list, space separated",
                        verbose_name="post logout redirect URIs",
                    ),
                ),
                (
                    "client_type",
                    models.CharField(
                        choices=[("confidential", "Confidential"), ("public", "Public")],
                        max_length=32,
                        verbose_name="client type",
                    ),
                ),
                (
                    "authorization_grant_type",
                    models.CharField(
                        choices=[
                            ("authorization-code", "Authorization code"),
                            ("urn:ietf:params:oauth:grant-type:device_code", "Device Code"),
                            ("implicit", "Implicit"),
                            ("password", "Resource owner password-based"),
                            ("client-credentials", "Client credentials"),
                            ("openid-hybrid", "OpenID connect hybrid"),
                        ],
                        max_length=44,
                        verbose_name="authorization grant type",
                    ),
                ),
                (
                    "client_secret",
                    oauth2_provider.models.ClientSecretField(
                        blank=True,
                        db_index=True,
                        default=oauth2_provider.generators.generate_client_secret,
                        help_text="Client secret for authentication",
                        max_length=255,
                        verbose_name="client secret",
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=255, verbose_name="name")),
                ("skip_authorization", models.BooleanField(default=False, verbose_name="skip authorization")),
                ("created", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated", models.DateTimeField(auto_now=True, verbose_name="updated")),
                (
                    "algorithm",
                    models.CharField(
                        blank=True,
                        choices=[("", "No OIDC support"), ("RS256", "RSA with SHA-2 256"), ("HS256", "HMAC with SHA-2 256")],
                        default="",
                        max_length=5,
                        verbose_name="algorithm",
                    ),
                ),
                (
                    "allowed_origins",
                    models.TextField(
                        blank=True,
                        default="",
                        help_text="Allowed origins list to enable CORS, space separated",
                        verbose_name="allowed origins",
                    ),
                ),
                (
                    "registration_source",
                    models.CharField(
                        choices=[
                            ("manual", "Manual"),
                            ("dcr", "Dynamic Client Registration"),
                            ("cimd", "Client ID Metadata Document"),
                        ],
                        default="manual",
                        help_text="How this application was registered (manual, DCR per RFC 7591, or CIMD)",
                        max_length=32,
                        verbose_name="registration source",
                    ),
                ),
                (
                    "cimd_expires_at",
                    models.DateTimeField(
                        blank=True,
                        default=None,
                        help_text="When the cached Client ID Metadata Document should be re-fetched",
                        null=True,
                        verbose_name="CIMD expires at",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("functions", models.CharField(max_length=500)),
                ("requires_pkce", models.BooleanField(default=True)),
                ("is_enabled", models.BooleanField(default=True)),
                ("hash_client_secret", models.BooleanField(default=False, editable=False)),
            ],
            options={
                "verbose_name": "OAuth application",
                "constraints": [
                    models.UniqueConstraint(fields=("name",), name="accounts_oauthapplication_name_unique"),
                    models.CheckConstraint(
                        condition=models.Q(("authorization_grant_type", "authorization-code"), ("skip_authorization", False)),
                        name="accounts_oauthapplication_code_only",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("requires_pkce", True), ("client_type", "confidential"), _connector="OR"),
                        name="accounts_oauthapplication_public_needs_pkce",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("client_secret", ""), ("client_type", "public")),
                            models.Q(
                                ("client_secret__regex", "^[0-9a-f]{64}(:[0-9a-f]{64})?$"), ("client_type", "confidential")
                            ),
                            _connector="OR",
                        ),
                        name="accounts_oauthapplication_secret_hashed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("redirect_uris", ""), _negated=True),
                            models.Q(("redirect_uris__contains", "*"), _negated=True),
                        ),
                        name="accounts_oauthapplication_redirects_exact",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Passkey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", config.kit.ids.PublicIdField(default=config.kit.ids.random_id, editable=False, unique=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="passkeys", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("credential_id", models.BinaryField(max_length=1023)),
                ("public_key", models.BinaryField()),
                ("sign_count", models.BigIntegerField(default=0)),
                ("transports", models.JSONField(default=list)),
                ("aaguid", models.CharField(blank=True, default="", max_length=36)),
                ("is_backed_up", models.BooleanField(default=False)),
                ("name", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField()),
                ("last_used_at", models.DateTimeField(blank=True, null=True)),
                ("suspended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["user"], name="accounts_passkey_by_user")],
                "constraints": [
                    models.UniqueConstraint(fields=("credential_id",), name="accounts_passkey_credential_unique"),
                    models.CheckConstraint(
                        condition=models.Q(("sign_count__gte", 0)), name="accounts_passkey_count_not_negative"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PasskeyChallenge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", config.kit.ids.PublicIdField(default=config.kit.ids.random_id, editable=False, unique=True)),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("purpose", models.CharField(max_length=32)),
                ("context", models.CharField(blank=True, default="", max_length=200)),
                ("session", models.CharField(blank=True, default="", max_length=32)),
                ("challenge", models.BinaryField(max_length=64)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("consumed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["expires_at"], name="accounts_passkeychallenge_old")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("created_at"))),
                        name="accounts_passkeychallenge_expires_later",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PasswordForm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="password_forms", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("login", "log-in password"), ("trade", "trade password")],
                        db_default="login",
                        default="login",
                        max_length=8,
                    ),
                ),
                (
                    "form",
                    models.CharField(
                        choices=[
                            ("plain", "plain text"),
                            ("md5", "MD5 of the text, hex"),
                            ("md5_salted", "MD5 of the text and a public salt, hex"),
                            ("sha256", "SHA-256 of the text, hex"),
                        ],
                        max_length=16,
                    ),
                ),
                ("encoded", models.CharField(max_length=256)),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("user", "kind", "form"), name="accounts_passwordform_one_per_kind"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("form__in", ["plain", "md5", "md5_salted", "sha256"]), ("kind__in", ["login", "trade"])
                        ),
                        name="accounts_passwordform_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PasswordRecovery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", config.kit.ids.PublicIdField(default=config.kit.ids.random_id, editable=False, unique=True)),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="password_recoveries",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("token_hash", models.BinaryField(max_length=32)),
                ("channel", models.CharField(max_length=8)),
                ("destination_hash", models.BinaryField(max_length=32)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("started", "code due"),
                            ("code_proven", "second proof due"),
                            ("proven", "new password due"),
                            ("done", "new password set"),
                            ("ended", "ended without one"),
                        ],
                        default="started",
                        max_length=16,
                    ),
                ),
                ("used_id_card", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("ip", models.GenericIPAddressField(blank=True, null=True)),
            ],
            options={
                "verbose_name_plural": "password recoveries",
                "indexes": [models.Index(fields=["created_at"], name="accounts_passwordrecovery_old")],
                "constraints": [
                    models.UniqueConstraint(fields=("token_hash",), name="accounts_passwordrecovery_token_unique"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["started", "code_proven", "proven", "done", "ended"])),
                        name="accounts_passwordrecovery_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("created_at"))),
                        name="accounts_passwordrecovery_expires_later",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["proven", "done"]), _negated=True), ("user__isnull", False), _connector="OR"
                        ),
                        name="accounts_passwordrecovery_nobody_proves_nothing",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RecoveryCase",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", config.kit.ids.PublicIdField(default=config.kit.ids.random_id, editable=False, unique=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="recovery_cases", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "cause",
                    models.CharField(
                        choices=[("second_factor", "second factor lost"), ("freeze", "account frozen")], max_length=16
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "selfie due"),
                            ("submitted", "waits for the first officer"),
                            ("second_review", "waits for the second officer"),
                            ("sent_back", "new selfie due"),
                            ("waiting", "approved, the waiting time runs"),
                            ("completed", "completed"),
                            ("rejected", "rejected"),
                            ("cancelled", "cancelled"),
                            ("expired", "expired"),
                        ],
                        default="draft",
                        max_length=16,
                    ),
                ),
                ("token_hash", models.BinaryField(max_length=32)),
                ("statement", config.kit.sealed_text.SealedText(blank=True, default="")),
                ("challenge", models.CharField(blank=True, default="", max_length=8)),
                ("selfie_due_by", models.DateTimeField(blank=True, null=True)),
                ("selfie_reference", models.CharField(blank=True, default="", max_length=64)),
                ("selfie_sha256", models.BinaryField(blank=True, max_length=32, null=True)),
                ("created_at", models.DateTimeField()),
                ("submitted_at", models.DateTimeField(blank=True, null=True)),
                ("waits_until", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "claimed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("claimed_at", models.DateTimeField(blank=True, null=True)),
                ("ip", models.GenericIPAddressField(blank=True, null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["state", "submitted_at"], name="accounts_recoverycase_queue")],
                "constraints": [
                    models.UniqueConstraint(fields=("token_hash",), name="accounts_recoverycase_token_unique"),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["completed", "rejected", "cancelled", "expired"]), _negated=True),
                        fields=("user",),
                        name="accounts_recoverycase_one_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "draft",
                                    "submitted",
                                    "second_review",
                                    "sent_back",
                                    "waiting",
                                    "completed",
                                    "rejected",
                                    "cancelled",
                                    "expired",
                                ],
                            )
                        ),
                        name="accounts_recoverycase_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "waiting"), _negated=True), ("waits_until__isnull", False), _connector="OR"
                        ),
                        name="accounts_recoverycase_waits_until_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["draft", "cancelled", "expired"]), ("selfie_sha256__isnull", False), _connector="OR"
                        ),
                        name="accounts_recoverycase_selfie_seen",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RecoveryCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="recovery_codes", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("code_hash", models.BinaryField(max_length=32)),
                ("created_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("user", "code_hash"), name="accounts_recoverycode_unique")],
            },
        ),
        migrations.CreateModel(
            name="SecurityHold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", config.kit.ids.PublicIdField(default=config.kit.ids.random_id, editable=False, unique=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="security_holds", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "cause",
                    models.CharField(
                        choices=[
                            ("password", "password changed"),
                            ("second_factor", "second factor changed or removed"),
                            ("email", "email changed"),
                            ("phone", "phone changed"),
                            ("trusted_address", "trusted address changed"),
                            ("trade_password", "trade password reset"),
                            ("recovery", "account recovered"),
                            ("freeze", "account was frozen by its owner"),
                            ("staff", "set by an officer"),
                        ],
                        max_length=24,
                    ),
                ),
                ("started_at", models.DateTimeField()),
                ("until", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["user", "-until"], name="accounts_securityhold_by_user")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("until__gt", models.F("started_at"))), name="accounts_securityhold_ends_later"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "cause__in",
                                [
                                    "password",
                                    "second_factor",
                                    "email",
                                    "phone",
                                    "trusted_address",
                                    "trade_password",
                                    "recovery",
                                    "freeze",
                                    "staff",
                                ],
                            )
                        ),
                        name="accounts_securityhold_cause_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Session",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", config.kit.ids.PublicIdField(default=config.kit.ids.random_id, editable=False, unique=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="sessions", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("token_hash", models.BinaryField(max_length=32)),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("pre2fa", "password shown, second factor due"),
                            ("low", "signed in, account not activated"),
                            ("full", "signed in"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "due",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("second_factor", "second factor"),
                            ("other_place", "code, because the place is new"),
                            ("both", "both"),
                            ("password", "password, after a code"),
                        ],
                        db_default="",
                        default="",
                        max_length=16,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("last_used_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                (
                    "shown",
                    models.CharField(
                        blank=True, choices=[("email", "email"), ("phone", "phone")], db_default="", default="", max_length=8
                    ),
                ),
                ("fresh_until", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "end_cause",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("logout", "logged out"),
                            ("revoked", "revoked by the customer"),
                            ("logout_all", "logged out everywhere"),
                            ("factor_changed", "second factor changed"),
                            ("password_changed", "password changed"),
                            ("contact_changed", "email or phone changed"),
                            ("recovered", "account recovered"),
                            ("frozen", "account frozen"),
                            ("elsewhere", "signed in on another device"),
                            ("token_reused", "a spent app token was shown"),
                            ("parent", "ended by the parent account"),
                            ("status", "account stopped"),
                            ("superseded", "too many sessions"),
                        ],
                        default="",
                        max_length=24,
                    ),
                ),
                ("ip", models.GenericIPAddressField(blank=True, null=True)),
                ("place", models.CharField(blank=True, default="", max_length=8)),
                ("city", models.CharField(blank=True, db_default="", default="", max_length=64)),
                (
                    "signed_in_by",
                    models.CharField(
                        choices=[
                            ("password", "password"),
                            ("code", "code sent to email or phone"),
                            ("passkey", "passkey"),
                            ("app_token", "token of a signed-in app"),
                            ("registration", "registration"),
                        ],
                        db_default="password",
                        default="password",
                        max_length=16,
                    ),
                ),
                ("app_token_family", models.UUIDField(blank=True, null=True)),
                ("device", models.CharField(blank=True, default="", max_length=64)),
                ("os", models.CharField(blank=True, db_default="", default="", max_length=64, verbose_name="operating system")),
                ("browser", models.CharField(blank=True, default="", max_length=64)),
                ("user_agent", models.CharField(blank=True, default="", max_length=512)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("ended_at__isnull", True)), fields=["user", "-id"], name="accounts_session_open"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("token_hash",), name="accounts_session_token_unique"),
                    models.CheckConstraint(
                        condition=models.Q(("level__in", ["pre2fa", "low", "full"])), name="accounts_session_level_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("due__in", ["", "second_factor", "other_place", "both", "password"])),
                        name="accounts_session_due_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("due", "password"), ("shown__in", ["email", "phone"])),
                            models.Q(models.Q(("due", "password"), _negated=True), ("shown", "")),
                            _connector="OR",
                        ),
                        name="accounts_session_password_after_code",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("created_at"))), name="accounts_session_expires_later"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("end_cause", ""), ("ended_at__isnull", True)),
                            models.Q(("ended_at__isnull", False), models.Q(("end_cause", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="accounts_session_end_has_cause",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Unmasking",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("subject", models.CharField(max_length=128)),
                ("fields", models.JSONField()),
                ("reason", models.CharField(max_length=500)),
                ("at", models.DateTimeField()),
                ("until", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["officer", "customer", "-until"], name="accounts_unmasking_open")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("officer", models.F("customer")), _negated=True),
                        name="accounts_unmasking_of_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="accounts_unmasking_has_a_reason"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until__gt", models.F("at"))), name="accounts_unmasking_ends_later"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Erasure",
            fields=[
                (
                    "customer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "officer",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("reason", models.CharField(max_length=500)),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("officer__isnull", True),
                            models.Q(("officer", models.F("customer")), _negated=True),
                            _connector="OR",
                        ),
                        name="accounts_erasure_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="accounts_erasure_has_a_reason"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AccountFreeze",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="freezes", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("by_owner", models.BooleanField()),
                ("reason", models.CharField(blank=True, default="", max_length=200)),
                ("status_before", models.CharField(max_length=16)),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("user",),
                        name="accounts_accountfreeze_one_at_a_time",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AppToken",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="app_tokens", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("family", models.UUIDField()),
                ("token_hash", models.BinaryField(max_length=32)),
                ("device_hash", models.BinaryField(max_length=32)),
                ("device", models.CharField(blank=True, default="", max_length=64)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("replaced_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("revoked_at__isnull", True)), fields=["user"], name="accounts_apptoken_of_user"
                    ),
                    models.Index(fields=["family"], name="accounts_apptoken_family"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("token_hash",), name="accounts_apptoken_token_unique"),
                    models.UniqueConstraint(
                        condition=models.Q(("replaced_at__isnull", True), ("revoked_at__isnull", True)),
                        fields=("family",),
                        name="accounts_apptoken_one_live_per_family",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("created_at"))), name="accounts_apptoken_expires_later"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AuditLink",
            fields=[
                ("position", models.BigIntegerField(primary_key=True, serialize=False)),
                (
                    "record",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="link", to="accounts.auditrecord"
                    ),
                ),
                ("previous_hash", models.BinaryField(max_length=32)),
                ("link_hash", models.BinaryField(max_length=32)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("link_hash",), name="accounts_auditlink_hash_unique"),
                    models.CheckConstraint(
                        condition=models.Q(("position__gte", 1)), name="accounts_auditlink_position_positive"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OAuthConsent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", config.kit.ids.PublicIdField(default=config.kit.ids.random_id, editable=False, unique=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="oauth_consents", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="consents",
                        to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
                    ),
                ),
                ("functions", models.CharField(max_length=500)),
                ("first_at", models.DateTimeField()),
                ("last_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "OAuth consent",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("revoked_at__isnull", True)),
                        fields=("user", "application"),
                        name="accounts_oauthconsent_one_live",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="OAuthGrant",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("code", models.CharField(max_length=255, unique=True, verbose_name="code")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
                        verbose_name="application",
                    ),
                ),
                ("expires", models.DateTimeField(verbose_name="expires")),
                ("redirect_uri", models.TextField(verbose_name="redirect URI")),
                ("scope", models.TextField(blank=True, verbose_name="scope")),
                ("created", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated", models.DateTimeField(auto_now=True, verbose_name="updated")),
                ("code_challenge", models.CharField(blank=True, default="", max_length=128, verbose_name="code challenge")),
                (
                    "code_challenge_method",
                    models.CharField(
                        blank=True,
                        choices=[("plain", "plain"), ("S256", "S256")],
                        default="",
                        max_length=10,
                        verbose_name="code challenge method",
                    ),
                ),
                ("nonce", models.CharField(blank=True, default="", max_length=255, verbose_name="nonce")),
                ("claims", models.TextField(blank=True, verbose_name="claims")),
                ("resource", oauth2_provider.models.ResourceJSONField(blank=True, default=list, verbose_name="resource")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("token_family", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("consumed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "OAuth code",
                "indexes": [models.Index(fields=["expires"], name="accounts_oauthgrant_old")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("code__regex", "^[0-9a-f]{64}$")), name="accounts_oauthgrant_code_hashed"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("code_challenge", ""), ("code_challenge_method", "")),
                            models.Q(("code_challenge_method", "S256"), models.Q(("code_challenge", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="accounts_oauthgrant_s256_only",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OAuthRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("request_hash", models.BinaryField(max_length=32)),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="requests",
                        to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
                    ),
                ),
                ("redirect_uri", models.CharField(max_length=1000)),
                ("state", models.CharField(blank=True, default="", max_length=1000)),
                ("functions", models.CharField(max_length=500)),
                ("code_challenge", models.CharField(blank=True, default="", max_length=43)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "OAuth request",
                "indexes": [models.Index(fields=["expires_at"], name="accounts_oauthrequest_old")],
                "constraints": [
                    models.UniqueConstraint(fields=("request_hash",), name="accounts_oauthrequest_unique"),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("created_at"))),
                        name="accounts_oauthrequest_expires_later",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RecoveryDecision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="accounts.recoverycase"
                    ),
                ),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "verdict",
                    models.CharField(
                        choices=[("approve", "approved"), ("send_back", "sent back"), ("reject", "rejected")], max_length=16
                    ),
                ),
                ("reason", models.CharField(max_length=1000)),
                ("reason_slug", models.CharField(blank=True, default="", max_length=48)),
                ("selfie_sha256", models.BinaryField(max_length=32)),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("verdict", "approve")),
                        fields=("case", "officer", "selfie_sha256"),
                        name="accounts_recoverydecision_one_approval_each",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reason_slug", ""), ("verdict", "approve")),
                            models.Q(
                                models.Q(("verdict", "approve"), _negated=True), models.Q(("reason_slug", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="accounts_recoverydecision_no_has_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("officer", models.F("customer")), _negated=True),
                        name="accounts_recoverydecision_not_ones_own",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("verdict__in", ["approve", "send_back", "reject"])),
                        name="accounts_recoverydecision_verdict_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SecurityLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="security_links", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "act",
                    models.CharField(
                        choices=[("freeze", "freeze the account"), ("cancel_recovery", "cancel the recovery case")],
                        max_length=16,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="links",
                        to="accounts.recoverycase",
                    ),
                ),
                ("token_hash", models.BinaryField(max_length=32)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["expires_at"], name="accounts_securitylink_old")],
                "constraints": [
                    models.UniqueConstraint(fields=("token_hash",), name="accounts_securitylink_token_unique"),
                    models.CheckConstraint(
                        condition=models.Q(("act__in", ["freeze", "cancel_recovery"])), name="accounts_securitylink_act_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("act", "cancel_recovery"), _negated=True), ("case__isnull", False), _connector="OR"
                        ),
                        name="accounts_securitylink_names_its_case",
                    ),
                ],
            },
        ),
    ]
