"""Uploads, videos, hints: four new tables, two columns that may be empty, one more kind of document.

Additive; the two checks of the documents are made anew, which reads that table once under a short exclusive lock.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import config.kit.clock
import config.kit.ids


class Migration(migrations.Migration):
    dependencies = [
        ("kyc", "0003_recovery_cases"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
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
                ("bits", models.BigIntegerField()),
                ("band_0", models.SmallIntegerField()),
                ("band_1", models.SmallIntegerField()),
                ("band_2", models.SmallIntegerField()),
                ("band_3", models.SmallIntegerField()),
            ],
            options={
                "db_table": "kyc_image_print",
            },
        ),
        migrations.CreateModel(
            name="Likeness",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("distance", models.PositiveSmallIntegerField()),
            ],
            options={
                "verbose_name_plural": "likenesses",
                "db_table": "kyc_likeness",
            },
        ),
        migrations.CreateModel(
            name="Upload",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", config.kit.ids.PublicIdField(default=config.kit.ids.random_id, editable=False, unique=True)),
                ("form", models.CharField(choices=[("image", "Image"), ("video", "Video")], max_length=8)),
                ("sha256", models.BinaryField(max_length=32)),
                ("storage_name", models.CharField(blank=True, max_length=80, null=True)),
                ("video_name", models.CharField(blank=True, max_length=80, null=True)),
                ("video", models.JSONField(blank=True, null=True)),
                ("media_type", models.CharField(max_length=32)),
                ("size_bytes", models.PositiveIntegerField()),
                ("pages", models.JSONField()),
                ("created_at", models.DateTimeField(default=config.kit.clock.now)),
                ("expires_at", models.DateTimeField()),
            ],
            options={
                "db_table": "kyc_upload",
            },
        ),
        migrations.RemoveConstraint(
            model_name="document",
            name="kyc_document_kind_known",
        ),
        migrations.AddField(
            model_name="document",
            name="video",
            field=models.JSONField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="document",
            name="video_name",
            field=models.CharField(blank=True, max_length=80, null=True),
        ),
        migrations.AlterField(
            model_name="document",
            name="kind",
            field=models.CharField(
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
        migrations.AddConstraint(
            model_name="document",
            constraint=models.UniqueConstraint(fields=("video_name",), name="kyc_document_video_name_unique"),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["id_front", "id_back", "selfie", "second_id", "proof_of_address", "bank_book", "video"])
                ),
                name="kyc_document_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state", "replaced"),
                    models.Q(("kind", "video"), ("video_name__isnull", False)),
                    models.Q(models.Q(("kind", "video"), _negated=True), ("video_name__isnull", True)),
                    _connector="OR",
                ),
                name="kyc_document_video_has_video",
            ),
        ),
        migrations.AddIndex(
            model_name="documenthints",
            index=models.Index(
                condition=models.Q(("state__in", ("due", "running"))), fields=["due_at"], name="kyc_document_hints_due"
            ),
        ),
        migrations.AddConstraint(
            model_name="documenthints",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["due", "running", "done", "failed"])), name="kyc_document_hints_state_known"
            ),
        ),
        migrations.AddField(
            model_name="imageprint",
            name="user",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="likeness",
            name="document",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="likenesses", to="kyc.document"
            ),
        ),
        migrations.AddField(
            model_name="likeness",
            name="other",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="kyc.document"),
        ),
        migrations.AddField(
            model_name="upload",
            name="document",
            field=models.OneToOneField(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="upload", to="kyc.document"
            ),
        ),
        migrations.AddField(
            model_name="upload",
            name="user",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name="imageprint",
            index=models.Index(fields=["band_0"], name="kyc_image_print_band_0"),
        ),
        migrations.AddIndex(
            model_name="imageprint",
            index=models.Index(fields=["band_1"], name="kyc_image_print_band_1"),
        ),
        migrations.AddIndex(
            model_name="imageprint",
            index=models.Index(fields=["band_2"], name="kyc_image_print_band_2"),
        ),
        migrations.AddIndex(
            model_name="imageprint",
            index=models.Index(fields=["band_3"], name="kyc_image_print_band_3"),
        ),
        migrations.AddConstraint(
            model_name="likeness",
            constraint=models.UniqueConstraint(fields=("document", "other"), name="kyc_likeness_once"),
        ),
        migrations.AddConstraint(
            model_name="likeness",
            constraint=models.CheckConstraint(
                condition=models.Q(("document", models.F("other")), _negated=True), name="kyc_likeness_of_two"
            ),
        ),
        migrations.AddIndex(
            model_name="upload",
            index=models.Index(fields=["user", "created_at"], name="kyc_upload_of_user"),
        ),
        migrations.AddIndex(
            model_name="upload",
            index=models.Index(
                condition=models.Q(("storage_name__isnull", False)), fields=["expires_at"], name="kyc_upload_to_expire"
            ),
        ),
        migrations.AddConstraint(
            model_name="upload",
            constraint=models.UniqueConstraint(fields=("storage_name",), name="kyc_upload_storage_name_unique"),
        ),
        migrations.AddConstraint(
            model_name="upload",
            constraint=models.UniqueConstraint(fields=("video_name",), name="kyc_upload_video_name_unique"),
        ),
        migrations.AddConstraint(
            model_name="upload",
            constraint=models.CheckConstraint(
                condition=models.Q(("form__in", ["image", "video"])), name="kyc_upload_form_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="upload",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("document__isnull", True),
                    models.Q(("storage_name__isnull", True), ("video_name__isnull", True)),
                    _connector="OR",
                ),
                name="kyc_upload_claimed_holds_no_file",
            ),
        ),
    ]
