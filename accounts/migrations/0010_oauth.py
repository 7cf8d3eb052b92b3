"""Other applications that customers let read. New tables; the toolkit's own point at them, so they come first."""

import uuid

import django.db.models.deletion
import oauth2_provider.generators
import oauth2_provider.models
from django.conf import settings
from django.db import migrations, models

import config.kit.ids


class Migration(migrations.Migration):
    run_before = [("oauth2_provider", "0001_initial")]
    dependencies = [
        ("accounts", "0009_recovery_cases"),
    ]

    operations = [
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
                ("functions", models.CharField(max_length=500)),
                ("requires_pkce", models.BooleanField(default=True)),
                ("is_enabled", models.BooleanField(default=True)),
                ("hash_client_secret", models.BooleanField(default=False, editable=False)),
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
            ],
            options={
                "verbose_name": "OAuth application",
            },
        ),
        migrations.CreateModel(
            name="OAuthConsent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", config.kit.ids.PublicIdField(default=config.kit.ids.random_id, editable=False, unique=True)),
                ("functions", models.CharField(max_length=500)),
                ("first_at", models.DateTimeField()),
                ("last_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="consents",
                        to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="oauth_consents", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "OAuth consent",
            },
        ),
        migrations.CreateModel(
            name="OAuthGrant",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("code", models.CharField(max_length=255, unique=True, verbose_name="code")),
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
                ("token_family", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("consumed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
                        verbose_name="application",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "OAuth code",
            },
        ),
        migrations.CreateModel(
            name="OAuthRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("request_hash", models.BinaryField(max_length=32)),
                ("redirect_uri", models.CharField(max_length=1000)),
                ("state", models.CharField(blank=True, default="", max_length=1000)),
                ("functions", models.CharField(max_length=500)),
                ("code_challenge", models.CharField(blank=True, default="", max_length=43)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="requests",
                        to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "OAuth request",
            },
        ),
        migrations.AddConstraint(
            model_name="oauthapplication",
            constraint=models.UniqueConstraint(fields=("name",), name="accounts_oauthapplication_name_unique"),
        ),
        migrations.AddConstraint(
            model_name="oauthapplication",
            constraint=models.CheckConstraint(
                condition=models.Q(("authorization_grant_type", "authorization-code"), ("skip_authorization", False)),
                name="accounts_oauthapplication_code_only",
            ),
        ),
        migrations.AddConstraint(
            model_name="oauthapplication",
            constraint=models.CheckConstraint(
                condition=models.Q(("requires_pkce", True), ("client_type", "confidential"), _connector="OR"),
                name="accounts_oauthapplication_public_needs_pkce",
            ),
        ),
        migrations.AddConstraint(
            model_name="oauthapplication",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("client_secret", ""), ("client_type", "public")),
                    models.Q(("client_secret__regex", "^[0-9a-f]{64}(:[0-9a-f]{64})?$"), ("client_type", "confidential")),
                    _connector="OR",
                ),
                name="accounts_oauthapplication_secret_hashed",
            ),
        ),
        migrations.AddConstraint(
            model_name="oauthapplication",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("redirect_uris", ""), _negated=True), models.Q(("redirect_uris__contains", "*"), _negated=True)
                ),
                name="accounts_oauthapplication_redirects_exact",
            ),
        ),
        migrations.AddConstraint(
            model_name="oauthconsent",
            constraint=models.UniqueConstraint(
                condition=models.Q(("revoked_at__isnull", True)),
                fields=("user", "application"),
                name="accounts_oauthconsent_one_live",
            ),
        ),
        migrations.AddIndex(
            model_name="oauthgrant",
            index=models.Index(fields=["expires"], name="accounts_oauthgrant_old"),
        ),
        migrations.AddConstraint(
            model_name="oauthgrant",
            constraint=models.CheckConstraint(
                condition=models.Q(("code__regex", "^[0-9a-f]{64}$")), name="accounts_oauthgrant_code_hashed"
            ),
        ),
        migrations.AddConstraint(
            model_name="oauthgrant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("code_challenge", ""), ("code_challenge_method", "")),
                    models.Q(("code_challenge_method", "S256"), models.Q(("code_challenge", ""), _negated=True)),
                    _connector="OR",
                ),
                name="accounts_oauthgrant_s256_only",
            ),
        ),
        migrations.AddIndex(
            model_name="oauthrequest",
            index=models.Index(fields=["expires_at"], name="accounts_oauthrequest_old"),
        ),
        migrations.AddConstraint(
            model_name="oauthrequest",
            constraint=models.UniqueConstraint(fields=("request_hash",), name="accounts_oauthrequest_unique"),
        ),
        migrations.AddConstraint(
            model_name="oauthrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("expires_at__gt", models.F("created_at"))), name="accounts_oauthrequest_expires_later"
            ),
        ),
    ]
