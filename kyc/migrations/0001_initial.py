"""Identity cases with their documents, bank accounts, questionnaires, readings and clocks. Constraints stand in the tables' own definition."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import config.kit.clock
import config.kit.ids


class Migration(migrations.Migration):
    # A database at the last of these is at this one.
    replaces = [
        ("kyc", "0001_cases"),
        ("kyc", "0003_recovery_cases"),
        ("kyc", "0004_files"),
        ("kyc", "0005_retention"),
        ("kyc", "0006_claims"),
        ("kyc", "0007_former_bank_accounts"),
        ("kyc", "0008_bank_accounts"),
        ("kyc", "0009_queue"),
        ("kyc", "0010_lower_levels"),
        ("kyc", "0011_without_former_bank_accounts"),
        ("kyc", "0013_bank_account_again"),
    ]
    initial = True

    dependencies = [
        # After the OAuth toolkit's many small steps: each of them costs more with every table that knows customers.
        ("accounts", "0002_database_guards"),
    ]

    operations = [
        migrations.CreateModel(
            name="Case",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", config.kit.ids.PublicIdField(default=config.kit.ids.random_id, editable=False, unique=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "level",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "1 · basic data and phone"), (2, "2 · documents"), (3, "3 · bank account")]
                    ),
                ),
                (
                    "programme",
                    models.CharField(
                        choices=[
                            ("standard", "Standard"),
                            ("extended", "Five images and questionnaire"),
                            ("one_step", "Front and selfie"),
                        ],
                        default="standard",
                        max_length=16,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("submitted", "Submitted"),
                            ("sent_back", "Sent back"),
                            ("resubmitted", "Submitted again"),
                            ("approved", "Approved"),
                            ("rejected", "Rejected"),
                            ("revoked", "Revoked"),
                        ],
                        default="draft",
                        max_length=16,
                    ),
                ),
                ("country", models.CharField(blank=True, default="", max_length=2)),
                ("phone_verified_at", models.DateTimeField(blank=True, null=True)),
                ("questionnaire_version", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("questionnaire_sealed", models.BinaryField(blank=True, null=True)),
                ("document_expires_on", models.DateField(blank=True, null=True)),
                ("expiry_told_at", models.DateTimeField(blank=True, null=True)),
                ("refused_parts", models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict)),
                ("opened_at", models.DateTimeField(default=config.kit.clock.now)),
                ("submitted_at", models.DateTimeField(blank=True, null=True)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "db_table": "kyc_case",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ("submitted", "resubmitted"))),
                        fields=["submitted_at", "id"],
                        name="kyc_case_queue",
                    ),
                    models.Index(
                        condition=models.Q(("state__in", ("submitted", "resubmitted"))),
                        fields=["country", "submitted_at", "id"],
                        name="kyc_case_queue_country",
                    ),
                    models.Index(
                        condition=models.Q(("state__in", ("submitted", "resubmitted"))),
                        fields=["level", "submitted_at", "id"],
                        name="kyc_case_queue_level",
                    ),
                    models.Index(fields=["user", "level", "-id"], name="kyc_case_of_user"),
                    models.Index(fields=["state", "-id"], name="kyc_case_by_state"),
                    models.Index(fields=["state", "country", "-id"], name="kyc_case_by_state_country"),
                    models.Index(fields=["country", "-id"], name="kyc_case_by_country"),
                    models.Index(
                        condition=models.Q(("document_expires_on__isnull", False), ("state", "approved")),
                        fields=["document_expires_on", "id"],
                        name="kyc_case_to_expire",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("approved", "rejected", "revoked")), _negated=True),
                        fields=("user", "level"),
                        name="kyc_case_one_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["draft", "submitted", "sent_back", "resubmitted", "approved", "rejected", "revoked"])
                        ),
                        name="kyc_case_state_known",
                    ),
                    models.CheckConstraint(condition=models.Q(("level__in", [1, 2, 3])), name="kyc_case_level_known"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ("approved", "rejected", "revoked")), ("decided_at__isnull", True), _connector="XOR"
                        ),
                        name="kyc_case_decided_when_ended",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state", "draft"), ("submitted_at__isnull", False), _connector="XOR"),
                        name="kyc_case_submitted_unless_draft",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CustomerKey",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("wrapped", models.BinaryField()),
                ("created_at", models.DateTimeField(default=config.kit.clock.now)),
            ],
            options={
                "db_table": "kyc_customer_key",
            },
        ),
        migrations.CreateModel(
            name="Identity",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("nationality", models.CharField(max_length=2)),
                ("residence", models.CharField(max_length=2)),
                (
                    "id_type",
                    models.CharField(
                        choices=[
                            ("national_id", "National ID card"),
                            ("passport", "Passport"),
                            ("residence_permit", "Residence permit (ARC)"),
                            ("driving_licence", "Driving licence"),
                        ],
                        max_length=24,
                    ),
                ),
                ("sealed", models.BinaryField()),
                ("number_index", models.BinaryField(max_length=32)),
                ("released_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(default=config.kit.clock.now)),
                ("updated_at", models.DateTimeField(default=config.kit.clock.now)),
            ],
            options={
                "verbose_name_plural": "identities",
                "db_table": "kyc_identity",
                "constraints": [
                    models.UniqueConstraint(fields=("number_index",), name="kyc_identity_number_unique"),
                    models.CheckConstraint(
                        condition=models.Q(("id_type__in", ["national_id", "passport", "residence_permit", "driving_licence"])),
                        name="kyc_identity_id_type_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RecoverySelfie",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", config.kit.ids.PublicIdField(default=config.kit.ids.random_id, editable=False, unique=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="selfies", to="accounts.recoverycase"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("sha256", models.BinaryField(max_length=32)),
                ("storage_name", models.CharField(max_length=80)),
                ("size_bytes", models.PositiveIntegerField()),
                ("width", models.PositiveIntegerField()),
                ("height", models.PositiveIntegerField()),
                ("challenge", models.CharField(max_length=8)),
                ("uploaded_at", models.DateTimeField(default=config.kit.clock.now)),
            ],
            options={
                "verbose_name": "selfie of a recovery case",
                "verbose_name_plural": "selfies of recovery cases",
                "db_table": "kyc_recovery_selfie",
                "indexes": [models.Index(fields=["case", "-id"], name="kyc_recovery_selfie_of_case")],
                "constraints": [
                    models.UniqueConstraint(fields=("sha256",), name="kyc_recovery_selfie_fresh"),
                    models.UniqueConstraint(fields=("storage_name",), name="kyc_recovery_selfie_storage_name_unique"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Document",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", config.kit.ids.PublicIdField(default=config.kit.ids.random_id, editable=False, unique=True)),
                (
                    "case",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="documents", to="kyc.case"),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("id_front", "Identity document, front"),
                            ("id_back", "Identity document, back"),
                            ("selfie", "Selfie holding the document"),
                            ("second_id", "Second document"),
                            ("proof_of_address", "Proof of address"),
                            ("bank_book", "Bank book or statement"),
                            ("video", "Video of the customer"),
                        ],
                        max_length=24,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("uploaded", "Uploaded"),
                            ("accepted", "Accepted"),
                            ("refused", "Refused"),
                            ("replaced", "Replaced"),
                        ],
                        default="uploaded",
                        max_length=16,
                    ),
                ),
                ("reason", models.CharField(blank=True, default="", max_length=48)),
                ("sha256", models.BinaryField(max_length=32)),
                ("storage_name", models.CharField(blank=True, max_length=80, null=True)),
                ("video_name", models.CharField(blank=True, max_length=80, null=True)),
                ("video", models.JSONField(blank=True, null=True)),
                ("media_type", models.CharField(max_length=32)),
                ("size_bytes", models.PositiveIntegerField()),
                ("page_count", models.PositiveSmallIntegerField()),
                ("pages", models.JSONField()),
                ("uploaded_at", models.DateTimeField(default=config.kit.clock.now)),
            ],
            options={
                "db_table": "kyc_document",
                "indexes": [models.Index(fields=["user", "uploaded_at"], name="kyc_document_of_user")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "replaced"), _negated=True),
                        fields=("case", "kind"),
                        name="kyc_document_one_live",
                    ),
                    models.UniqueConstraint(fields=("storage_name",), name="kyc_document_storage_name_unique"),
                    models.UniqueConstraint(fields=("video_name",), name="kyc_document_video_name_unique"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["uploaded", "accepted", "refused", "replaced"])),
                        name="kyc_document_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                ["id_front", "id_back", "selfie", "second_id", "proof_of_address", "bank_book", "video"],
                            )
                        ),
                        name="kyc_document_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state", "replaced"), ("storage_name__isnull", False), _connector="OR"),
                        name="kyc_document_live_has_file",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "replaced"),
                            models.Q(("kind", "video"), ("video_name__isnull", False)),
                            models.Q(models.Q(("kind", "video"), _negated=True), ("video_name__isnull", True)),
                            _connector="OR",
                        ),
                        name="kyc_document_video_has_video",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("page_count__gte", 1), ("page_count__lte", 20)),
                        name="kyc_document_page_count_in_range",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BankAccount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", config.kit.ids.PublicIdField(default=config.kit.ids.random_id, editable=False, unique=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bank_accounts",
                        to="kyc.case",
                    ),
                ),
                ("country", models.CharField(max_length=2)),
                ("bank_code", models.CharField(max_length=16)),
                ("branch_code", models.CharField(blank=True, default="", max_length=16)),
                ("sealed", models.BinaryField()),
                ("number_index", models.BinaryField(max_length=32)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "Waits for verification"),
                            ("verified", "Verified"),
                            ("refused", "Refused"),
                            ("replaced", "Replaced"),
                            ("removed", "Removed"),
                        ],
                        default="pending",
                        max_length=16,
                    ),
                ),
                ("reason", models.CharField(blank=True, default="", max_length=48)),
                (
                    "officer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("seen_hash", models.BinaryField(blank=True, max_length=32, null=True)),
                ("usable_from", models.DateTimeField(default=config.kit.clock.now)),
                ("created_at", models.DateTimeField(default=config.kit.clock.now)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "db_table": "kyc_customer_bank_account",
                "indexes": [
                    models.Index(fields=["number_index"], name="kyc_bank_account_number_index"),
                    models.Index(fields=["user", "-id"], name="kyc_bank_account_of_user"),
                    models.Index(
                        condition=models.Q(("state", "pending")), fields=["created_at", "id"], name="kyc_bank_account_queue"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("pending", "verified"))),
                        fields=("user", "number_index", "state"),
                        name="kyc_bank_account_once_in_a_state",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("pending", "verified"))),
                        fields=("case",),
                        name="kyc_bank_account_one_per_case",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["pending", "verified", "refused", "replaced", "removed"])),
                        name="kyc_bank_account_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("officer__isnull", True), models.Q(("officer", models.F("user")), _negated=True), _connector="OR"
                        ),
                        name="kyc_bank_account_officer_is_not_customer",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ("verified", "refused")), _negated=True),
                            models.Q(("decided_at__isnull", False), ("officer__isnull", False), ("seen_hash__isnull", False)),
                            _connector="OR",
                        ),
                        name="kyc_bank_account_decided_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state", "refused"), ("reason", ""), _connector="XOR"),
                        name="kyc_bank_account_reason_when_refused",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CaseDecision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "case",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="kyc.case"),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "verdict",
                    models.CharField(
                        choices=[("approve", "Approve"), ("send_back", "Send back"), ("reject", "Reject")], max_length=16
                    ),
                ),
                ("reason", models.CharField(blank=True, default="", max_length=48)),
                ("seen", models.JSONField()),
                ("seen_hash", models.BinaryField(max_length=32)),
                ("at", models.DateTimeField(default=config.kit.clock.now)),
            ],
            options={
                "db_table": "kyc_case_decision",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("officer", models.F("customer")), _negated=True),
                        name="kyc_decision_officer_is_not_customer",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("verdict__in", ["approve", "send_back", "reject"])),
                        name="kyc_decision_verdict_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("verdict", "approve"), models.Q(("reason", ""), _negated=True), _connector="XOR"),
                        name="kyc_decision_reason_unless_approved",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CaseEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("case", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="events", to="kyc.case")),
                ("from_state", models.CharField(blank=True, max_length=16)),
                (
                    "to_state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("submitted", "Submitted"),
                            ("sent_back", "Sent back"),
                            ("resubmitted", "Submitted again"),
                            ("approved", "Approved"),
                            ("rejected", "Rejected"),
                            ("revoked", "Revoked"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "actor",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=48)),
                ("at", models.DateTimeField(default=config.kit.clock.now)),
            ],
            options={
                "db_table": "kyc_case_event",
            },
        ),
        migrations.CreateModel(
            name="Retention",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "case",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="retention",
                        to="kyc.case",
                    ),
                ),
                ("starts_at", models.DateTimeField()),
                ("retain_until", models.DateTimeField()),
                ("erased_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "retention clock",
                "db_table": "kyc_retention",
                "indexes": [
                    models.Index(
                        condition=models.Q(("erased_at__isnull", True)), fields=["retain_until"], name="kyc_retention_due"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("case__isnull", True)), fields=("user",), name="kyc_retention_one_of_account"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("retain_until__gte", models.F("starts_at"))), name="kyc_retention_ends_later"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("erased_at__isnull", True), ("erased_at__gte", models.F("starts_at")), _connector="OR"
                        ),
                        name="kyc_retention_erased_later",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CaseClaim",
            fields=[
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="claim",
                        serialize=False,
                        to="kyc.case",
                    ),
                ),
                (
                    "officer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("claimed_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                (
                    "seen",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=72), db_default=[], default=list, size=None
                    ),
                ),
            ],
            options={
                "db_table": "kyc_case_claim",
                "indexes": [models.Index(fields=["officer", "expires_at"], name="kyc_case_claim_of_officer")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("claimed_at"))), name="kyc_case_claim_expires_later"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DocumentHints",
            fields=[
                (
                    "document",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="hints",
                        serialize=False,
                        to="kyc.document",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("due", "Due"), ("running", "Running"), ("done", "Done"), ("failed", "Could not be computed")],
                        default="due",
                        max_length=8,
                    ),
                ),
                ("due_at", models.DateTimeField(default=config.kit.clock.now)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("computed_at", models.DateTimeField(blank=True, null=True)),
                ("sharpness", models.FloatField(blank=True, null=True)),
                ("glare_share", models.FloatField(blank=True, null=True)),
                ("width", models.PositiveIntegerField(blank=True, null=True)),
                ("height", models.PositiveIntegerField(blank=True, null=True)),
                ("faces", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "number",
                    models.CharField(
                        choices=[
                            ("equal", "Equal"),
                            ("differs", "Differs"),
                            ("unread", "Not read"),
                            ("absent", "Not looked for"),
                        ],
                        default="absent",
                        max_length=8,
                    ),
                ),
                (
                    "mrz",
                    models.CharField(
                        choices=[
                            ("equal", "Equal"),
                            ("differs", "Differs"),
                            ("unread", "Not read"),
                            ("absent", "Not looked for"),
                        ],
                        default="absent",
                        max_length=8,
                    ),
                ),
                ("mrz_checks", models.BooleanField(blank=True, null=True)),
            ],
            options={
                "verbose_name_plural": "hints of documents",
                "db_table": "kyc_document_hints",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ("due", "running"))), fields=["due_at"], name="kyc_document_hints_due"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["due", "running", "done", "failed"])),
                        name="kyc_document_hints_state_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ImagePrint",
            fields=[
                (
                    "document",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="image_print",
                        serialize=False,
                        to="kyc.document",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("bits", models.BigIntegerField()),
                ("band_0", models.SmallIntegerField()),
                ("band_1", models.SmallIntegerField()),
                ("band_2", models.SmallIntegerField()),
                ("band_3", models.SmallIntegerField()),
            ],
            options={
                "db_table": "kyc_image_print",
                "indexes": [
                    models.Index(fields=["band_0"], name="kyc_image_print_band_0"),
                    models.Index(fields=["band_1"], name="kyc_image_print_band_1"),
                    models.Index(fields=["band_2"], name="kyc_image_print_band_2"),
                    models.Index(fields=["band_3"], name="kyc_image_print_band_3"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Likeness",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "document",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="likenesses",
                        to="kyc.document",
                    ),
                ),
                ("other", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="kyc.document")),
                ("distance", models.PositiveSmallIntegerField()),
            ],
            options={
                "verbose_name_plural": "likenesses",
                "db_table": "kyc_likeness",
                "constraints": [
                    models.UniqueConstraint(fields=("document", "other"), name="kyc_likeness_once"),
                    models.CheckConstraint(
                        condition=models.Q(("document", models.F("other")), _negated=True), name="kyc_likeness_of_two"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Upload",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", config.kit.ids.PublicIdField(default=config.kit.ids.random_id, editable=False, unique=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("form", models.CharField(choices=[("image", "Image"), ("video", "Video")], max_length=8)),
                ("sha256", models.BinaryField(max_length=32)),
                ("storage_name", models.CharField(blank=True, max_length=80, null=True)),
                ("video_name", models.CharField(blank=True, max_length=80, null=True)),
                ("video", models.JSONField(blank=True, null=True)),
                ("media_type", models.CharField(max_length=32)),
                ("size_bytes", models.PositiveIntegerField()),
                ("pages", models.JSONField()),
                (
                    "document",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="upload",
                        to="kyc.document",
                    ),
                ),
                ("created_at", models.DateTimeField(default=config.kit.clock.now)),
                ("expires_at", models.DateTimeField()),
            ],
            options={
                "db_table": "kyc_upload",
                "indexes": [
                    models.Index(fields=["user", "created_at"], name="kyc_upload_of_user"),
                    models.Index(
                        condition=models.Q(("storage_name__isnull", False)), fields=["expires_at"], name="kyc_upload_to_expire"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("storage_name",), name="kyc_upload_storage_name_unique"),
                    models.UniqueConstraint(fields=("video_name",), name="kyc_upload_video_name_unique"),
                    models.CheckConstraint(condition=models.Q(("form__in", ["image", "video"])), name="kyc_upload_form_known"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("document__isnull", True),
                            models.Q(("storage_name__isnull", True), ("video_name__isnull", True)),
                            _connector="OR",
                        ),
                        name="kyc_upload_claimed_holds_no_file",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BankAccountUse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "account",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="uses", to="kyc.bankaccount"),
                ),
                ("reference", models.CharField(max_length=64, unique=True)),
                ("started_at", models.DateTimeField(default=config.kit.clock.now)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "db_table": "kyc_bank_account_use",
                "indexes": [
                    models.Index(
                        condition=models.Q(("ended_at__isnull", True)), fields=["account"], name="kyc_bank_account_use_open"
                    )
                ],
            },
        ),
    ]
