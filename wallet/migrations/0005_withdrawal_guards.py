"""What the database refuses of withdrawals. Locks wallet_withdrawal against writes for an instant and reads no row."""

from django.db import migrations

from wallet.sql import load


class Migration(migrations.Migration):
    dependencies = [("wallet", "0004_function_rights")]

    operations = [migrations.RunSQL(load("withdrawals_v2"), load("withdrawals_v2_back"))]
