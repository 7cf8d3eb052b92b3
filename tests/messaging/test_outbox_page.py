"""/outbox/ and the post office behind it exist in development and nowhere else."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import resolve

from config.carriers import email_carriers, sms_carriers
from messaging import tasks
from messaging.models import CaughtMessage
from messaging.outbox.catcher import catch_mail, catch_sms
from tests.factories_messaging import read_code
from tests.messaging.conftest import customer
from tests.messaging.test_codes import send

MAIL = (
    b"From: Eve <eve@example.com>\r\nTo: ada@example.com\r\nSubject: =?utf-8?b?5oKo5aW9?=\r\nMessage-ID: <1@x>\r\n"
    b'Content-Type: multipart/alternative; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n'
    b"482913\r\n\r\nhello\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    b'<script>alert(1)</script><p>"quoted"</p>\r\n--b--\r\n'
)


def test_the_json_shows_who_got_what_newest_first(post_office: None, client: Client) -> None:
    send(destination="ada@example.com")
    send(destination="+886912345678", ip="127.0.0.2")
    code = read_code("ada@example.com")
    tasks.sweep()
    everything = client.get("/outbox/messages.json").json()
    assert [message["channel"] for message in everything] == ["sms", "email"]
    (mail,) = client.get("/outbox/messages.json", {"to": " ADA@Example.com"}).json()
    assert set(mail) == {"id", "channel", "to", "from", "subject", "text", "html", "code", "at"}
    assert (mail["to"], mail["code"], mail["at"][-1]) == ("ada@example.com", code, "Z")
    for written in ("+886912345678", "886912345678", " 886 912 345 678", "+886 912-345-678"):
        assert len(client.get("/outbox/messages.json", {"to": written}).json()) == 1, written
    assert len(client.get("/outbox/messages.json?to=+886912345678").json()) == 1  # a plus that became a space
    assert client.get("/outbox/messages.json", {"to": "ada"}).json() == []


def test_a_message_without_a_code_has_none(db: None, client: Client) -> None:
    catch_sms("1", "+886912345678", "Quaestor: withdrawal requested: 123456 USDT …654321.")
    assert client.get("/outbox/messages.json").json()[0]["code"] is None


def test_the_page_shows_the_html_where_it_can_do_no_harm(db: None, client: Client) -> None:
    catch_mail(["Ada@Example.com"], MAIL)
    answer = client.get("/outbox/")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert '<iframe sandbox="" srcdoc="&lt;script&gt;alert(1)' in page
    assert "<script" not in page
    assert "您好" in page
    assert "482913" in page
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert answer["Cache-Control"] == "no-store"


def test_the_page_is_searched_by_address_phone_subject_and_text(db: None, client: Client) -> None:
    catch_mail(["ada@example.com"], MAIL)
    catch_sms("1", "+886912345678", "Quaestor: 111222 is your code for signing in.")
    for query, found, missing in (
        ("您好", "482913", "111222"),
        ("ADA@example.COM", "482913", "111222"),
        ("+886 912 345 678", "111222", "482913"),
        ("signing in", "111222", "482913"),
    ):
        page = client.get("/outbox/", {"q": query}).content.decode()
        assert found in page
        assert missing not in page
    assert "Nothing was caught" in client.get("/outbox/", {"q": "<b>\0'%"}).content.decode()


def test_the_gateway_stores_an_id_once(db: None) -> None:
    first = catch_sms("77", "+886912345678", "one")
    assert catch_sms("77", "+886912345678", "one").pk == first.pk


def test_production_has_no_page_and_no_post_office(db: None, settings: LazySettings, client: Client) -> None:
    catch_mail(["ada@example.com"], MAIL)
    assert resolve("/outbox/").url_name == "outbox"
    settings.PRODUCTION = True
    assert client.get("/outbox/", secure=True).status_code == 404
    assert client.get("/outbox/messages.json", secure=True).status_code == 404
    with pytest.raises(CommandError, match="does not exist in production"):
        call_command("catch_messages")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"[]", 400),
        (b'{"id": "1"}', 400),
        (b" " * 100_000, 413),
    ],
)
def test_the_sms_gateway_refuses_what_it_does_not_document(
    post_office: None, settings: LazySettings, body: bytes, status: int
) -> None:
    assert httpx.post(settings.SMS_CARRIERS[0].endpoint, content=body, trust_env=False).status_code == status
    assert not CaughtMessage.objects.exists()


def test_the_command_catches_until_it_is_told_to_stop(real_db: None, settings: LazySettings, tmp_path: Path) -> None:
    values: dict[str, Any] = connection.settings_dict
    url = f"postgresql://{values['USER']}:{values['PASSWORD']}@/{values['NAME']}?host={values['HOST']}"
    if values["PORT"]:
        url = f"postgresql://{values['USER']}:{values['PASSWORD']}@{values['HOST']}:{values['PORT']}/{values['NAME']}"
    environment = {**os.environ, "QUAESTOR_MODE": "development", "DATABASE_URL": url}
    log = tmp_path / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(  # our own command
            [sys.executable, "manage.py", "catch_messages", "--smtp-port", "0", "--sms-port", "0"],
            cwd=settings.BASE_DIR,
            env=environment,
            stdout=output,
            stderr=output,
        )
        try:
            ports = _ports(log, process)
            settings.EMAIL_CARRIERS = email_carriers(f"smtp://127.0.0.1:{ports[0]}")
            settings.SMS_CARRIERS = sms_carriers(f"http://127.0.0.1:{ports[1]}/sms")
            customer()
            send()
            send(destination="+886912345678", ip="127.0.0.2")
            tasks.sweep()
            assert sorted(CaughtMessage.objects.values_list("channel", flat=True)) == ["email", "sms"]
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=20) == 0
        finally:
            process.kill()
            process.wait()


def _ports(log: Path, process: subprocess.Popen[bytes]) -> list[int]:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        if said := re.search(r"mail on 127\.0\.0\.1:(\d+) and SMS on 127\.0\.0\.1:(\d+)\.", log.read_text()):
            return [int(port) for port in said.groups()]
        time.sleep(0.05)
    raise AssertionError(log.read_text())
