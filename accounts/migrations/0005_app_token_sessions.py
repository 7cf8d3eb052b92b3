"""Each session knows the app token that opened it. A nullable column: nothing is rewritten, the lock is short."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Additive."""

    dependencies = (("accounts", "0004_recovery_guards"),)
    operations = (
        migrations.AddField(
            model_name="session",
            name="app_token_family",
            field=models.UUIDField(blank=True, null=True),
        ),
    )
