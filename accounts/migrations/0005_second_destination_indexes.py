"""A second column of indexes beside that of a recovery's destination, and the sealed tag, as messages have them.

Nothing is filled here: `manage.py rotate_indexes` does that. Why not additive alone: a column whose key is gone is empty.
Lock: none that lasts; the table holds the recoveries of a month. Way back: the reverse operations, as long as key 1 is HASH_KEY.
"""

from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models
from django.db.models import Q

INDEXED = Q(destination_hash__isnull=False) | Q(second_destination_hash__isnull=False)
NAME = "accounts_passwordrecovery_destination_indexed"


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("accounts", "0004_officer_names"),
    ]

    operations = [
        migrations.AddField("passwordrecovery", "sealed_destination_tag", models.BinaryField(blank=True, null=True)),
        migrations.AddField(
            "passwordrecovery", "second_destination_hash", models.BinaryField(blank=True, max_length=32, null=True)
        ),
        migrations.AlterField("passwordrecovery", "destination_hash", models.BinaryField(blank=True, max_length=32, null=True)),
        AddConstraintNotValid("passwordrecovery", models.CheckConstraint(condition=INDEXED, name=NAME)),
        ValidateConstraint("passwordrecovery", NAME),
    ]
