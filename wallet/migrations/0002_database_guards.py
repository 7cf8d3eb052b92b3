"""The posting functions, and what no code may do to the books and to movements.

Functions and triggers on new, empty tables."""

from django.db import migrations

from wallet.sql import load


class Migration(migrations.Migration):
    replaces = [
        ("wallet", "0004_function_rights"),
        ("wallet", "0005_withdrawal_guards"),
    ]
    dependencies = [
        ("wallet", "0001_initial"),
        ("accounts", "0002_database_guards"),
    ]
    operations = [
        migrations.RunSQL(load("guards_v1", "post_v1", "post_batch_v1"), load("drop_v1")),
        migrations.RunSQL(load("deposits_v1"), load("deposits_v1_back")),
        migrations.RunSQL(load("withdrawals_v1"), load("withdrawals_v1_back")),
        migrations.RunSQL(load("rights_v1"), load("rights_v1_back")),
        migrations.RunSQL(load("withdrawals_v2"), load("withdrawals_v2_back")),
        migrations.RunSQL(load("evidence_v1"), load("evidence_v1_back")),
        migrations.RunSQL(load("conversions_v1"), load("conversions_v1_back")),
        migrations.RunSQL(load("transfers_v1"), load("transfers_v1_back")),
        migrations.RunSQL(load("payments_v1"), load("payments_v1_back")),
        migrations.RunSQL(load("funds_transfers_v1"), load("funds_transfers_v1_back")),
    ]
