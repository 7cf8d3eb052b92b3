"""What a parent calls a sub-account, and two rules that the database holds: no contacts of sub-accounts, forms of markets.

Not additive: the constraints. Why: no service that forgets to ask can bind a mailbox to a sub-account, whose parent would
not hear of it. Lock: one scan of accounts_user and of accounts_favourite, which no released code writes such rows into.
Way back: drop the three constraints; the column has a default and may stay.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_app_token_sessions"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="sub_account_label",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
        migrations.AddConstraint(
            model_name="favourite",
            constraint=models.CheckConstraint(
                condition=models.Q(("symbol__regex", "^[A-Z0-9._/-]+$")), name="accounts_favourite_symbol_form"
            ),
        ),
        migrations.AddConstraint(
            model_name="favourite",
            constraint=models.CheckConstraint(
                condition=models.Q(("exchange__regex", "^[A-Za-z0-9._-]*$")), name="accounts_favourite_exchange_form"
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("parent__isnull", True), models.Q(("email__isnull", True), ("phone__isnull", True)), _connector="OR"
                ),
                name="accounts_user_sub_without_contacts",
            ),
        ),
    ]
