"""The table of one bank account per case goes: a second copy of sealed numbers and blind indexes, which no erasure reached.

Not additive. Why: an erased customer's blind index may not stay. Lock: exclusive on that table, for a moment; only code
from before 0007 uses it, whose level 3 applications fail until it is replaced. Way back: the reverse makes it anew, filled
with the accounts that came from it: later ones are sealed under their own numbers, which the code of before can't open.
"""

from typing import ClassVar

from django.db import migrations

BACKWARDS = """
CREATE TABLE kyc_bank_account (
    case_id bigint PRIMARY KEY,
    country varchar(2) NOT NULL,
    bank_code varchar(16) NOT NULL,
    branch_code varchar(16) NOT NULL,
    sealed bytea NOT NULL,
    number_index bytea NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX kyc_bank_account_number ON kyc_bank_account (number_index);
INSERT INTO kyc_bank_account
SELECT named.case_id, named.country, named.bank_code, named.branch_code, named.sealed, named.number_index, named.created_at
FROM kyc_customer_bank_account AS named JOIN kyc_case ON kyc_case.id = named.case_id AND kyc_case.public_id = named.public_id;
"""


class Migration(migrations.Migration):
    """Away with it."""

    dependencies: ClassVar = [("kyc", "0010_lower_levels")]
    operations: ClassVar = [migrations.RunSQL("DROP TABLE kyc_bank_account", BACKWARDS)]
