"""When a transfer was confirmed, and the index of a receiver's list by it instead of by its end. Additive but for the latter.

Lock taken: for the column a moment's; the indexes are built and dropped concurrently, the rows filled without a lock that
reads wait for. Way back: the other way round; yesterday's code lists by the end, without an index meanwhile.
"""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models

FILL = """
    UPDATE wallet_transfer AS transfer SET confirmed_at = event.created_at
    FROM wallet_transferevent AS event
    WHERE event.transfer_id = transfer.id AND event.state_after = 'review' AND transfer.confirmed_at IS NULL
"""


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("wallet", "0002_database_guards"),
    ]

    operations = [
        migrations.AddField("transfer", "confirmed_at", models.DateTimeField(default=None, null=True)),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        AddIndexConcurrently(
            "transfer",
            models.Index(
                fields=["receiver", "-confirmed_at", "-id"],
                condition=models.Q(confirmed_at__isnull=False),
                name="transfer_by_confirmation",
            ),
        ),
        RemoveIndexConcurrently("transfer", "transfer_by_arrival"),
    ]
