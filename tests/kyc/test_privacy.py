"""Personal data at rest: what a thief of the database and the disk would read."""

from __future__ import annotations

import logging
import subprocess
from datetime import date
from pathlib import Path

import pytest
from django.db import connection

from kyc.services import applications, blind_indexes, identity
from tests import factories_kyc as make
from tests.client import Api

PLANTED = {
    "first_name": "Xanthippe-Ulrike",
    "last_name": "Quagmire-Oberon",
    "id_number": "Z187612344",
    "address": "4711 Planted Avenue, Hidden City",
    "account_number": "55500011122233",
    "answer": "Because of my planted reason",
    "birthday": "1983-11-05",
}


@pytest.mark.usefixtures("real_db")
def test_names_numbers_and_accounts_are_found_nowhere_at_rest(storage_root: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    user = make.customer()
    identity.submit(
        user=user,
        details=make.personal_data(
            first_name=PLANTED["first_name"],
            last_name=PLANTED["last_name"],
            id_number=PLANTED["id_number"],
            address=PLANTED["address"],
            birthday=date.fromisoformat(PLANTED["birthday"]),
        ),
    )
    make.prove_phone(user)
    answers = {
        "q1": {"value": "other", "other_value": PLANTED["answer"]},
        "q2": {"value": "no"},
        "q3": {"value": "over_3"},
        "q4": {"value": "less_than_50"},
    }
    make.upload_all(user)
    applications.apply(user=user, level=2, questionnaire=answers)
    make.level_two(make.level_one())
    three = make.level_two()
    make.upload_all(three, "bank_book")
    bank = applications.BankDetails(country="TW", bank_code="812", account_number=PLANTED["account_number"])
    applications.apply(user=three, level=3, bank_account=bank)
    dump = dumped()
    disk = b"".join(path.read_bytes() for path in storage_root.rglob("*") if path.is_file())
    logs = "\n".join(record.getMessage() for record in caplog.records if record.name != "django.db.backends").encode()
    assert str(user.uid).encode() in dump
    for name, text in PLANTED.items():
        for place in (dump, disk, logs):
            assert text.encode() not in place, name
            assert text.encode().hex().encode() not in place, name
            assert text.upper().encode() not in place, name


def dumped() -> bytes:
    """Every row of every table, as text."""
    settings = connection.settings_dict
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [row[0] for row in cursor.fetchall()]
        assert "kyc_identity" in tables, settings["NAME"]
        rows = []
        for table in tables:
            cursor.execute(f'SELECT t::text FROM public."{table}" t')
            rows += [row[0].encode() for row in cursor.fetchall()]
    return b"\n".join(rows)


@pytest.mark.django_db
def test_the_customer_reads_masks(api: Api) -> None:
    user = make.level_one(first_name="Mei-Hua", last_name="Lin", id_number="A123456789")
    body = api.get("/api/v1/kyc", token=make.token_of(user)).json()
    assert body["identity"] == {
        "name": "M*n",
        "nationality": "TW",
        "residence": "TW",
        "id_type": "national_id",
        "id_number": "A12****89",
    }


def test_personal_data_show_nothing_of_themselves_in_a_traceback() -> None:
    assert repr(make.personal_data()) == "PersonalData(…)"
    assert "812" not in repr(applications.BankDetails(country="TW", bank_code="812", account_number="0123456789"))


def test_the_blind_index_of_a_number_is_not_its_hash() -> None:
    index = blind_indexes.of_id_number("TW", "A123456789").number_index or b""
    digest = subprocess.run(["sha256sum"], input=b"A123456789", capture_output=True, check=True).stdout[:64].decode()
    assert len(index) == 32
    assert index.hex() != digest
    assert blind_indexes.of_id_number("JP", "A123456789").number_index != index
