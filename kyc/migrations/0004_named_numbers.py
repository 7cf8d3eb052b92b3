"""Which document numbers customers ever named: one new table. Nothing to fill, nothing old is locked."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import config.kit.clock


class Migration(migrations.Migration):
    dependencies = [
        ("kyc", "0003_bank_branches"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="NamedNumber",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("country", models.CharField(max_length=2)),
                ("sealed", models.BinaryField()),
                ("number_index", models.BinaryField(max_length=32)),
                ("named_at", models.DateTimeField(default=config.kit.clock.now)),
                ("refused_at", models.DateTimeField(blank=True, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "kyc_named_number",
                "indexes": [models.Index(fields=["number_index"], name="kyc_named_number_index")],
                "constraints": [models.UniqueConstraint(fields=("user", "number_index"), name="kyc_named_number_once_each")],
            },
        ),
    ]
