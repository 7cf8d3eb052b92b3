"""Caps are written as the books write their coins. Those of before that rule in other letters held nothing."""

from django.db import migrations, models

NORMALISE = """
DELETE FROM apikeys_dailycap WHERE upper(coin) !~ '^[A-Z0-9]{2,16}$';
DELETE FROM apikeys_dailycap AS more USING apikeys_dailycap AS less
 WHERE more.api_key_id = less.api_key_id AND upper(more.coin) = upper(less.coin) AND more.id <> less.id
   AND (more.amount, more.id) > (less.amount, less.id);
UPDATE apikeys_dailycap SET coin = upper(coin) WHERE coin <> upper(coin);
"""
"""Of two spellings the smaller amount stays: an owner who wrote both meant no more than that."""


class Migration(migrations.Migration):
    dependencies = [("apikeys", "0003_whole_keys")]

    # Not additive: rows change and a check is added. Both take short locks on a table with a few rows per key; the code of
    # before writes capitals only, so it goes on serving. The way back drops the check and leaves the rows.
    operations = [
        migrations.RunSQL(NORMALISE, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="dailycap",
            constraint=models.CheckConstraint(
                condition=models.Q(("coin__regex", "^[A-Z0-9]{2,16}$")), name="apikeys_dailycap_coin_plain"
            ),
        ),
    ]
