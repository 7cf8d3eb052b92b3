"""While an installation is brought up to date, the code of before goes on serving: its rows lack the newer columns."""

from __future__ import annotations

import pytest
from django.db import connection

NEWER = {
    "accounts_authenticator": ("permitted_for", "session"),
    "accounts_knowndevice": ("network",),
    "accounts_loginrecord": ("city", "os"),
    "accounts_passwordform": ("kind",),
    "accounts_session": ("app_token_family", "city", "due", "os", "signed_in_by"),
    "accounts_user": (
        "allows_many_devices",
        "checks_other_places",
        "parent_id",
        "referral_code",
        "referrer_id",
        "sub_account_label",
        "vip_tier_id",
    ),
}
"""By table, what accounts 0003 and later added to tables of accounts 0001."""


@pytest.mark.django_db
def test_a_row_without_the_newer_columns_is_written() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = current_schema() AND (is_nullable = 'YES' OR column_default IS NOT NULL)"
        )
        may_be_left_out = set(cursor.fetchall())
    newer = {(table, column) for table, columns in NEWER.items() for column in columns}
    assert newer <= may_be_left_out
