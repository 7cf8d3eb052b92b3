"""The selfies of recovery cases: a new table."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import config.kit.clock
import config.kit.ids


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_recovery_cases"),
        ("kyc", "0002_guards"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="RecoverySelfie",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", config.kit.ids.PublicIdField(default=config.kit.ids.random_id, editable=False, unique=True)),
                ("sha256", models.BinaryField(max_length=32)),
                ("storage_name", models.CharField(max_length=80)),
                ("size_bytes", models.PositiveIntegerField()),
                ("width", models.PositiveIntegerField()),
                ("height", models.PositiveIntegerField()),
                ("challenge", models.CharField(max_length=8)),
                ("uploaded_at", models.DateTimeField(default=config.kit.clock.now)),
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
    ]
