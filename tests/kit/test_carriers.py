"""EMAIL_URL and SMS_URL: several providers in order of preference; a bad one is refused at the start, without its secrets."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.carriers import EMAIL_SERVICES, email_carriers, sms_carriers
from tests.kit.test_environment import FIT, load_settings


def test_a_mail_url_is_read() -> None:
    [read] = email_carriers("smtps://u:p%40w@mail.example:465?from=Desk%20%3Cdesk@example.com%3E")
    assert (read.name, read.kind, read.host, read.port, read.user, read.password, read.encrypted) == (
        "smtp", "smtps", "mail.example", 465, "u", "p@w", True,
    )  # fmt: skip
    assert read.options["from"] == "Desk <desk@example.com>"


def test_several_are_read_in_order_and_each_has_a_name_of_its_own() -> None:
    read = email_carriers(
        "smtp://one.example?tls=1 anymail+postmark://token@?from=a@b.example  smtps://two.example smtp://three.example?name=spare"
    )
    assert [(carrier.name, carrier.encrypted) for carrier in read] == [
        ("smtp", True), ("postmark", True), ("smtp-2", True), ("spare", False),
    ]  # fmt: skip
    read = sms_carriers(
        "https://bearer:t@sms.example/v1?x=1 twilio://AC1:secret@?from=%2B15550001 aliyun://k:s@127.0.0.1:9/?sign=Q&template=SMS_1&tls=0"
    )
    assert [(carrier.name, carrier.endpoint, carrier.encrypted) for carrier in read] == [
        ("sms-http", "https://sms.example/v1?x=1", True),
        ("twilio", "", True),
        ("aliyun", "http://127.0.0.1:9/", False),
    ]
    assert read[1].options["from"] == "+15550001"


@pytest.mark.parametrize(
    "url",
    [
        "", "mail.example", "ftp://u:secret@mail.example", "smtp://", "smtp://u:secret@mail.example:port",
        "smtp://u:secret@mail.example:99999", "anymail+carrier_pigeon://secret@?from=a@b.example",
        "anymail+postmark://secret@", "anymail+postmark://?from=a@b.example", "anymail+mailjet://secret@?from=a@b.example",
        "anymail+postmark://secret@?from=a@b.example&fom=x", "anymail+postal://secret@?from=a@b.example",
        "anymail+amazon-ses://AK:secret@?from=a@b.example", "anymail+scaleway://secret@?from=a@b.example",
        "smtp://a.example?name=x smtp://b.example?name=x", "smtp://a.example?name=Not%20plain",
        " ".join(["smtp://a.example"] * 6),
    ],
)  # fmt: skip
def test_a_bad_email_provider_is_refused_and_its_secret_not_told(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL") as refused:
        email_carriers(url)
    assert "secret" not in str(refused.value).replace("its secret", "").replace("secret_key", "")


@pytest.mark.parametrize(
    "url",
    [
        "", "smtp://mail.example", "https://", "twilio://AC1:secret@", "twilio://AC1@?from=1",
        "twilio://AC1:secret@?from=1&service=MG1", "twilio://AC1:secret@?from=1&form=2", "aliyun://k:secret@?sign=Q",
        "aliyun://k:secret@?template=SMS_1", "aliyun://k:secret@?sign=Q&template=SMS_1&templat.en=SMS_2",
    ],
)  # fmt: skip
def test_a_bad_sms_provider_is_refused_and_its_secret_not_told(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="SMS_URL") as refused:
        sms_carriers(url)
    assert "secret" not in str(refused.value).replace("its secret", "")


def test_carriers_show_nothing_when_printed() -> None:
    assert "secret" not in repr(sms_carriers("twilio://AC1:secret@?from=1"))


def test_every_service_of_anymail_can_be_named() -> None:
    import pkgutil

    import anymail.backends

    shipped = {module.name for module in pkgutil.iter_modules(anymail.backends.__path__)}
    assert shipped - {"base", "base_requests", "console", "test", "sendinblue"} == set(EMAIL_SERVICES)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("EMAIL_URL", "smtps://mail.internal:465 smtp://mail.internal:25"),
        ("EMAIL_URL", "anymail+postmark://token@127.0.0.1:9?from=a@b.example&tls=0"),
        ("SMS_URL", "https://sms.internal/send twilio://AC1:t@127.0.0.1/?from=1&tls=0"),
    ],
)
def test_production_refuses_a_single_provider_without_tls(name: str, value: str) -> None:
    refused = load_settings(**{**FIT, name: value})
    assert refused.returncode != 0
    assert f"{name} sends codes without TLS" in refused.stderr


def test_production_starts_with_several_providers() -> None:
    started = load_settings(
        **FIT
        | {
            "EMAIL_URL": "smtps://u:p@mail.internal anymail+postmark://token@?from=a@b.example",
            "SMS_URL": "twilio://AC1:t@?service=MG1 aliyun://k:s@?sign=Q&template=SMS_1 https://u:p@sms.internal/",
        }
    )
    assert started.returncode == 0, started.stderr
