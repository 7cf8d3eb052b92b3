"""Who may call the functions of the books: their owner, and whom `manage.py grant_rights` lets. Locks nothing."""

from django.db import migrations

from wallet.sql import load


class Migration(migrations.Migration):
    dependencies = [("wallet", "0003_withdrawals")]

    operations = [migrations.RunSQL(load("rights_v1"), load("rights_v1_back"))]
