"""Rows that change often leave room on their page for it, so that their indexes are not written again."""

from django.db import migrations

ROOM = """
ALTER TABLE messaging_code SET (fillfactor = 70);
ALTER TABLE messaging_allowance SET (fillfactor = 70);
ALTER TABLE messaging_budget SET (fillfactor = 50);
"""
ROOM_BACK = """
ALTER TABLE messaging_code RESET (fillfactor);
ALTER TABLE messaging_allowance RESET (fillfactor);
ALTER TABLE messaging_budget RESET (fillfactor);
"""


class Migration(migrations.Migration):
    replaces = [
        ("messaging", "0002_purposes"),
    ]
    dependencies = [
        ("messaging", "0001_initial"),
    ]
    operations = [
        migrations.RunSQL(ROOM, ROOM_BACK),
    ]
