"""A further kind of posting. The words stand in Python only: the table is not touched."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("wallet", "0005_withdrawal_guards"),
    ]

    operations = [
        migrations.AlterField(
            model_name="posting",
            name="kind",
            field=models.CharField(
                choices=[
                    ("deposit", "deposit"),
                    ("withdrawal_hold", "withdrawal, reserved"),
                    ("withdrawal_release", "withdrawal, released"),
                    ("withdrawal", "withdrawal"),
                    ("network_fee", "fee paid to a network"),
                    ("transfer", "transfer"),
                    ("sub_account_transfer", "transfer between an account and its sub-accounts"),
                    ("funds_transfer", "transfer between wallets"),
                    ("conversion", "conversion"),
                    ("payment", "payment"),
                    ("fee", "fee"),
                    ("refund", "refund"),
                    ("adjustment", "adjustment"),
                    ("dust", "remainder"),
                    ("reversal", "reversal"),
                ],
                max_length=32,
            ),
        ),
    ]
