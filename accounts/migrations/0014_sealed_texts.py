"""Phrases and statements become sealed texts: the columns lose their length, which PostgreSQL does without a rewrite.

Why: they stood in clear. Lock: ACCESS EXCLUSIVE for a moment, nothing is read. Way back: reverse after the texts are emptied.
"""

from django.db import migrations

import config.kit.sealed_text


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0013_privacy"),
    ]

    operations = [
        migrations.AlterField(
            model_name="recoverycase",
            name="statement",
            field=config.kit.sealed_text.SealedText(blank=True, default=""),
        ),
        migrations.AlterField(
            model_name="user",
            name="anti_phishing_phrase",
            field=config.kit.sealed_text.SealedText(blank=True, default=""),
        ),
    ]
