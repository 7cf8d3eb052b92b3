"""Secrets that were planted are looked for wherever something is kept or written."""

from __future__ import annotations

import logging
import traceback
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from apikeys.services import admission, keys, nonces
from apikeys.services.schemes import native
from apikeys.services.schemes.common import Received
from config.kit.logs import JsonLines
from tests.apikeys import people

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.apikeys.urls")]


def rows_with(text: str) -> list[str]:
    """The tables in which the text stands, as text or as bytes."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(
                f'SELECT count(*) FROM "{table}" AS t WHERE t::text LIKE %s OR t::text LIKE %s',
                [f"%{text}%", f"%{text.encode().hex()}%"],
            )
            if cursor.fetchone()[0]:
                found.append(table)
    return found


def test_a_secret_is_in_no_table_log_or_answer_whatever_is_done_with_its_key(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    ada = people.customer()
    issued = people.issue(ada, scopes=("read", "withdraw"), networks=("127.0.0.1",))
    signer = people.signer(issued)
    signed = signer.sign("GET", "/api/v1/reading")
    answers = [people.send(signed), people.send(signed), people.send(signer.sign("POST", "/api/v1/writing", b"{}"))]
    answers += [
        people.send(signed.with_header("X-Signature", "0" * 64)),
        people.send(signer.sign("GET", "/api/v1/api-keys/self")),
    ]
    call_command("rotate_keys", verbosity=0)
    assert rows_with(issued.secret) == []
    said = caplog.text + "".join(answer.content.decode() for answer in answers) + "".join(capsys.readouterr())
    assert issued.secret not in said
    assert all(issued.secret not in str(dict(answer.headers)) for answer in answers)


def test_a_secret_is_in_no_traceback_of_ours_and_no_repr(monkeypatch: pytest.MonkeyPatch) -> None:
    issued = people.issue(people.customer())

    def broken(*_given: Any, **_named: Any) -> bool:
        raise RuntimeError("a defect while a secret is at hand")

    monkeypatch.setattr(nonces, "burn", broken)
    signed = people.signer(issued).sign("GET", "/api/v1/reading")
    received = Received("GET", "/api/v1/reading", "", b"", signed.headers)
    with pytest.raises(RuntimeError) as raised:
        admission.admit(native.read(received), ip="127.0.0.1")
    defect = raised.value
    record = logging.LogRecord("t", logging.ERROR, "", 0, "x", (), (type(defect), defect, defect.__traceback__))
    assert issued.secret not in "".join(traceback.format_exception(defect))
    assert "a defect" in JsonLines().format(record)
    assert issued.secret not in JsonLines().format(record)
    shown = (issued, issued.api_key, keys.find(customer=issued.api_key.user, public_id=str(issued.api_key.public_id)))
    assert all(issued.secret not in repr(one) + str(one) for one in shown)
