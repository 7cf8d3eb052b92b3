"""An approved case may be revoked, its document expires, parts of the typed data are sent back.

Not additive: three constraints of kyc_case come again with one state more. Why: revoked cases are over, like approved ones.
Locks: kyc_case exclusively while they are read over (a second for a million rows); the code of before serves on.
Way back: the reverse of each step, after revoked cases have been made rejected ones.
"""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("kyc", "0009_queue"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="case",
            name="kyc_case_one_open",
        ),
        migrations.RemoveConstraint(
            model_name="case",
            name="kyc_case_state_known",
        ),
        migrations.RemoveConstraint(
            model_name="case",
            name="kyc_case_decided_when_ended",
        ),
        migrations.AddField(
            model_name="case",
            name="document_expires_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="case",
            name="expiry_told_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="case",
            name="refused_parts",
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict),
        ),
        migrations.AddField(
            model_name="identity",
            name="released_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="case",
            name="state",
            field=models.CharField(
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
        migrations.AlterField(
            model_name="caseevent",
            name="to_state",
            field=models.CharField(
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
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("document_expires_on__isnull", False), ("state", "approved")),
                fields=["document_expires_on", "id"],
                name="kyc_case_to_expire",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("approved", "rejected", "revoked")), _negated=True),
                fields=("user", "level"),
                name="kyc_case_one_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["draft", "submitted", "sent_back", "resubmitted", "approved", "rejected", "revoked"])
                ),
                name="kyc_case_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ("approved", "rejected", "revoked")), ("decided_at__isnull", True), _connector="XOR"
                ),
                name="kyc_case_decided_when_ended",
            ),
        ),
    ]
