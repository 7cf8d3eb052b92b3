"""A second column of blind indexes beside each, for the key that takes the other one's place.

Nothing is filled here: `manage.py rotate_indexes` does that where a second key is in use. The new columns rewrite nothing.
Why not additive alone: a column whose key is gone is empty. Lock: ACCESS EXCLUSIVE on three tables while empty indexes are
built and one check reads the identities (a second or two for a million). Way back: the reverse operations, as long as
key 1 is in use.
"""

from django.db import migrations, models
from django.db.models import Q

INDEXED = ("bankaccount", "identity", "namednumber")
LIVE = ("pending", "verified")


def _column() -> models.BinaryField:
    return models.BinaryField(blank=True, max_length=32, null=True)


class Migration(migrations.Migration):
    dependencies = [
        ("kyc", "0004_named_numbers"),
    ]

    operations = [
        *[migrations.AddField(name, "second_number_index", _column()) for name in INDEXED],
        *[migrations.AlterField(name, "number_index", _column()) for name in INDEXED],
        migrations.AddIndex("bankaccount", models.Index(fields=["second_number_index"], name="kyc_bank_account_number_2")),
        migrations.AddIndex("namednumber", models.Index(fields=["second_number_index"], name="kyc_named_number_index_2")),
        migrations.AddConstraint(
            "bankaccount",
            models.UniqueConstraint(
                condition=Q(state__in=LIVE),
                fields=("user", "second_number_index", "state"),
                name="kyc_bank_account_once_in_a_state_2",
            ),
        ),
        migrations.AddConstraint(
            "identity", models.UniqueConstraint(fields=("second_number_index",), name="kyc_identity_second_number_unique")
        ),
        migrations.AddConstraint(
            "identity",
            models.CheckConstraint(
                condition=Q(number_index__isnull=False) | Q(second_number_index__isnull=False),
                name="kyc_identity_number_indexed",
            ),
        ),
        migrations.AddConstraint(
            "namednumber",
            models.UniqueConstraint(fields=("user", "second_number_index"), name="kyc_named_number_once_each_2"),
        ),
    ]
