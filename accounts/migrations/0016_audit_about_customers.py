"""Find the audit records about a customer without reading the whole log.

Why: the export of one customer read a million rows. Lock: none that stops writing (CONCURRENTLY). Way back: drop the index.
"""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("accounts", "0015_holds_of_families"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="auditrecord",
            index=models.Index(models.F("facts__customer"), name="accounts_auditrecord_customer"),
        ),
    ]
