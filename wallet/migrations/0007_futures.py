"""Who opened futures: a table of evidence, which nobody changes.

Additive. The trigger takes a lock on an empty table; the way back drops both.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import config.kit.clock

FORWARDS = """
CREATE TRIGGER futures_opening_append_only BEFORE UPDATE OR DELETE ON wallet_futuresopening
    FOR EACH ROW EXECUTE FUNCTION wallet_append_only();
"""
BACKWARDS = "DROP TRIGGER futures_opening_append_only ON wallet_futuresopening;"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0012_defaults_for_former_code"),
        ("wallet", "0006_sub_account_transfers"),
    ]

    operations = [
        migrations.CreateModel(
            name="FuturesOpening",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("agreement", models.CharField(max_length=32)),
                ("opened_at", models.DateTimeField(default=config.kit.clock.now)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("agreement", ""), _negated=True), name="wallet_futuresopening_agreement_given"
                    )
                ],
            },
        ),
        migrations.RunSQL(FORWARDS, BACKWARDS),
    ]
