"""Indexes for lists of several movements by time. Additive.

Lock taken: none that writes wait for; the indexes are built concurrently. Way back: dropping them.
"""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("wallet", "0013_funds_transfers"),
    ]

    operations = [
        AddIndexConcurrently("withdrawal", models.Index(fields=["customer", "-created_at", "-id"], name="withdrawal_by_time")),
        AddIndexConcurrently("transfer", models.Index(fields=["sender", "-created_at", "-id"], name="transfer_by_time")),
        AddIndexConcurrently("transfer", models.Index(fields=["receiver", "-finished_at", "-id"], name="transfer_by_arrival")),
        AddIndexConcurrently("deposit", models.Index(fields=["customer", "-seen_at", "-id"], name="deposit_by_time")),
    ]
