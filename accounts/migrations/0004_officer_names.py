"""Officers get names.

The constraint is checked on each row once, under a lock that stops writing to the users meanwhile (a second or two for a
million); the column has a default in the catalogue and rewrites nothing. Way back: the reverse operations.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_keyed_requests"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="officer_name",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_staff", True), ("officer_name", ""), _connector="OR"),
                name="accounts_user_name_of_officers",
            ),
        ),
    ]
