"""Defaults in the database of columns that are newer than the code of before, which goes on writing rows meanwhile.

Additive: a default is set, no row is read. Lock: short, exclusive, without a scan.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0011_oauth_guards"),
    ]

    operations = [
        migrations.AlterField(
            model_name="authenticator",
            name="permitted_for",
            field=models.CharField(blank=True, db_default="", default="", max_length=24),
        ),
        migrations.AlterField(
            model_name="authenticator",
            name="session",
            field=models.CharField(blank=True, db_default="", default="", max_length=32),
        ),
        migrations.AlterField(
            model_name="knowndevice",
            name="network",
            field=models.CharField(blank=True, db_default="", default="", max_length=43),
        ),
        migrations.AlterField(
            model_name="loginrecord",
            name="city",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
        migrations.AlterField(
            model_name="passwordform",
            name="kind",
            field=models.CharField(
                choices=[("login", "log-in password"), ("trade", "trade password")],
                db_default="login",
                default="login",
                max_length=8,
            ),
        ),
        migrations.AlterField(
            model_name="session",
            name="city",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
        migrations.AlterField(
            model_name="session",
            name="signed_in_by",
            field=models.CharField(
                choices=[
                    ("password", "password"),
                    ("code", "code sent to email or phone"),
                    ("passkey", "passkey"),
                    ("app_token", "token of a signed-in app"),
                    ("registration", "registration"),
                ],
                db_default="password",
                default="password",
                max_length=16,
            ),
        ),
        migrations.AlterField(
            model_name="user",
            name="allows_many_devices",
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.AlterField(
            model_name="user",
            name="checks_other_places",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
