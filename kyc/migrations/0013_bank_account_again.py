"""A case may bring again an account that is verified already: one account stands once in each state that lives.

Not additive. Why: who lost level 3, or renews it, has no other account to show. Lock: exclusive on kyc_customer_bank_account
for the moment in which the index is made; yesterday's code refuses a second row itself, and meets none.
Way back: the reverse, after each account that waits beside its verified self has been decided about.
"""

from typing import ClassVar

from django.db import migrations, models

LIVE = ("pending", "verified")


class Migration(migrations.Migration):
    """The new rule, then the old one away."""

    dependencies: ClassVar = [("kyc", "0012_seen_pages")]
    operations: ClassVar = [
        migrations.AddConstraint(
            model_name="bankaccount",
            constraint=models.UniqueConstraint(
                fields=["user", "number_index", "state"],
                condition=models.Q(("state__in", LIVE)),
                name="kyc_bank_account_once_in_a_state",
            ),
        ),
        migrations.RemoveConstraint(model_name="bankaccount", name="kyc_bank_account_once_per_customer"),
    ]
