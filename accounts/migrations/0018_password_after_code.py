"""Let a session wait for the password after a code.

Why: a dialect asks for the code first. Lock: accounts_session for moments; both constraints are checked afterwards, beside
its readers and writers. Yesterday's code writes nothing that they refuse. Way back: end the sessions that wait for a
password, then take both steps back.
"""

from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models
from django.db.models import Q

DUE = ["", "second_factor", "other_place", "both", "password"]


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("accounts", "0017_transfers"),
    ]

    operations = [
        migrations.AddField(
            model_name="session",
            name="shown",
            field=models.CharField(
                blank=True, choices=[("email", "email"), ("phone", "phone")], db_default="", default="", max_length=8
            ),
        ),
        migrations.AlterField(
            model_name="session",
            name="due",
            field=models.CharField(
                blank=True,
                choices=[
                    ("second_factor", "second factor"),
                    ("other_place", "code, because the place is new"),
                    ("both", "both"),
                    ("password", "password, after a code"),
                ],
                db_default="",
                default="",
                max_length=16,
            ),
        ),
        migrations.RemoveConstraint(model_name="session", name="accounts_session_due_known"),
        AddConstraintNotValid(
            model_name="session",
            constraint=models.CheckConstraint(condition=Q(("due__in", DUE)), name="accounts_session_due_known"),
        ),
        AddConstraintNotValid(
            model_name="session",
            constraint=models.CheckConstraint(
                condition=Q(
                    Q(("due", "password"), ("shown__in", ["email", "phone"])),
                    Q(Q(("due", "password"), _negated=True), ("shown", "")),
                    _connector="OR",
                ),
                name="accounts_session_password_after_code",
            ),
        ),
        ValidateConstraint(model_name="session", name="accounts_session_due_known"),
        ValidateConstraint(model_name="session", name="accounts_session_password_after_code"),
    ]
