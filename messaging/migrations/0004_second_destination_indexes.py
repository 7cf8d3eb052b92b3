"""A second column of indexes beside that of destinations, for the key that takes the other one's place, and the sealed tag.

Nothing is filled here: `manage.py rotate_indexes` does that, and seals the tags of what was sent before. The new columns
rewrite nothing. Why not additive alone: a column whose key is gone is empty. Lock: none that lasts; the index is built and
the rows are checked while everybody writes. Way back: the reverse operations, as long as key 1 is HASH_KEY.
"""

from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models
from django.db.models import Q

INDEXED = Q(destination_hash__isnull=False) | Q(second_destination_hash__isnull=False)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("messaging", "0003_fiat_withdrawal_purpose"),
    ]

    operations = [
        migrations.AddField("message", "sealed_destination_tag", models.BinaryField(blank=True, null=True)),
        migrations.AddField("message", "second_destination_hash", models.BinaryField(blank=True, max_length=32, null=True)),
        migrations.AlterField("message", "destination_hash", models.BinaryField(blank=True, max_length=32, null=True)),
        AddIndexConcurrently(
            "message",
            models.Index(
                condition=Q(second_destination_hash__isnull=False),
                fields=["second_destination_hash", "-id"],
                name="message_to_destination_2",
            ),
        ),
        AddConstraintNotValid("message", models.CheckConstraint(condition=INDEXED, name="message_destination_indexed")),
        ValidateConstraint("message", "message_destination_indexed"),
    ]
