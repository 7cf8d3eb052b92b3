"""Twilio, Aliyun and the email services: real conversations with servers on this machine that speak their wires."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any
from urllib.parse import quote

import pytest

from config.carriers import email_carriers, sms_carriers
from messaging.providers.aliyun import signature
from messaging.providers.base import Provider, ProviderRefused, ProviderSilent, ProviderUnavailable
from messaging.providers.registry import provider
from tests.messaging.gateways import Gateway, gateway
from tests.messaging.test_providers import closed_port, outgoing, silent_port

SMS = {"channel": "sms", "destination": "+886912345678", "subject": "", "html": "", "text": "482913 是您的…"}
CODE = {**SMS, "code": "482913", "minutes": 5}
OUR_ID = "1234567890123456"
SENDER = "Quaestor%20<no-reply@quaestor.example>"


def twilio(port: int, sender: str = "from=%2B15550001", timeout_seconds: float = 5) -> Provider:
    return provider(sms_carriers(f"twilio://AC1:tok%2Fen@127.0.0.1:{port}/?{sender}&tls=0")[0], timeout_seconds=timeout_seconds)


def aliyun(port: int, more: str = "", timeout_seconds: float = 5) -> Provider:
    url = f"aliyun://LTAI:secret@127.0.0.1:{port}/?sign=%E6%9F%A5&template=SMS_1&tls=0{more}"
    return provider(sms_carriers(url)[0], timeout_seconds=timeout_seconds)


@pytest.mark.parametrize(
    ("sender", "field"),
    [("from=%2B15550001", ("From", "+15550001")), ("service=MG7", ("MessagingServiceSid", "MG7"))],
)
def test_twilio_is_told_what_it_documents(sender: str, field: tuple[str, str]) -> None:
    with gateway((201, {"sid": "SM77", "status": "queued", "error_code": None})) as server:
        receipt = twilio(server.port, sender).send(outgoing(**SMS))
    [seen] = server.seen
    assert receipt.reference == "SM77"
    assert seen.path == "/2010-04-01/Accounts/AC1/Messages.json"
    assert seen.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert seen.headers["Authorization"] == "Basic " + base64.b64encode(b"AC1:tok/en").decode()
    assert seen.form == {"To": "+886912345678", "Body": "482913 是您的…", field[0]: field[1]}


@pytest.mark.parametrize(
    ("status", "body", "refusal"),
    [
        (400, {"code": 21211, "message": "The 'To' number +886912345678 is not valid"}, ProviderRefused),
        (400, {"code": 21610, "message": "+886912345678 has unsubscribed"}, ProviderRefused),
        (400, {"code": 21606, "message": "the From number is not ours"}, ProviderUnavailable),
        (400, {"code": 21408, "message": "the region is not enabled"}, ProviderUnavailable),
        (401, {"code": 20003, "message": "Authenticate"}, ProviderUnavailable),
        (429, {"code": 20429}, ProviderUnavailable),
        (503, b"<html>+886912345678</html>", ProviderUnavailable),
        (404, b"", ProviderRefused),
    ],
)
def test_twilios_number_decides_and_its_words_are_not_kept(status: int, body: Any, refusal: type[Exception]) -> None:
    with gateway((status, body)) as server, pytest.raises(refusal) as raised:
        twilio(server.port).send(outgoing(**SMS))
    assert type(raised.value) is refusal
    assert "886" not in str(raised.value)


def test_aliyun_is_told_what_it_documents_under_a_right_signature() -> None:
    with gateway((200, {"Code": "OK", "BizId": "9006^0", "Message": "OK", "RequestId": "R"})) as server:
        receipt = aliyun(server.port, "&template.zh-CN=SMS_2").send(outgoing(**CODE))
        aliyun(server.port, "&template.zh-TW=SMS_3").send(outgoing(**CODE | {"destination": "+8613812345678"}))
    form, second = (seen.form for seen in server.seen)
    assert receipt.reference == "9006^0"
    signed = {name: value for name, value in form.items() if name != "Signature"}
    pairs = "&".join(f"{quote(name, safe='~')}={quote(signed[name], safe='~')}" for name in sorted(signed))
    text = f"POST&%2F&{quote(pairs, safe='~')}"
    digest = hmac.new(b"secret&", text.encode(), hashlib.sha1).digest()
    assert form["Signature"] == base64.b64encode(digest).decode()
    assert {name: form[name] for name in ("Action", "OutId", "PhoneNumbers", "SignName", "TemplateCode", "Version")} == {
        "Action": "SendSms", "OutId": OUR_ID, "PhoneNumbers": "886912345678", "SignName": "查", "TemplateCode": "SMS_1",
        "Version": "2017-05-25",
    }  # fmt: skip
    assert json.loads(form["TemplateParam"]) == {"code": "482913", "minutes": "5"}
    assert (second["PhoneNumbers"], second["TemplateCode"]) == ("13812345678", "SMS_3")
    assert second["SignatureNonce"] != form["SignatureNonce"]


def test_aliyuns_signature_is_the_one_of_its_own_documentation() -> None:
    form = {
        "AccessKeyId": "testId", "Timestamp": "2017-07-12T02:42:19Z", "Format": "XML", "SignatureMethod": "HMAC-SHA1",
        "SignatureVersion": "1.0", "SignatureNonce": "45e25e9b-0a6f-4070-8c85-2956eda1b466", "Action": "SendSms",
        "Version": "2017-05-25", "RegionId": "cn-hangzhou", "PhoneNumbers": "15300000001", "SignName": "阿里云短信测试专用",
        "TemplateParam": '{"customer":"test"}', "TemplateCode": "SMS_71390007", "OutId": "123",
    }  # fmt: skip
    assert signature(form, "testSecret", method="GET") == "zJDF+Lrzhj/ThnlvIToysFRq6t4="


def test_aliyun_carries_notices_by_a_template_of_their_own_or_not_at_all() -> None:
    with gateway((200, {"Code": "OK", "BizId": "1"})) as server:
        aliyun(server.port, "&notice=SMS_9").send(outgoing(**SMS))
        with pytest.raises(ProviderRefused):
            aliyun(server.port).send(outgoing(**SMS))
    [seen] = server.seen
    assert seen.form["TemplateCode"] == "SMS_9"
    assert json.loads(seen.form["TemplateParam"]) == {"text": "482913 是您的…"}


@pytest.mark.parametrize(
    ("status", "word", "refusal"),
    [
        (200, "isv.MOBILE_NUMBER_ILLEGAL", ProviderRefused),
        (200, "isv.SMS_CONTENT_ILLEGAL", ProviderRefused),
        (200, "isv.BUSINESS_LIMIT_CONTROL", ProviderUnavailable),
        (200, "isv.AMOUNT_NOT_ENOUGH", ProviderUnavailable),
        (400, "SignatureDoesNotMatch", ProviderUnavailable),
        (503, "isp.SYSTEM_ERROR", ProviderUnavailable),
        (200, None, ProviderUnavailable),
        (500, None, ProviderUnavailable),
    ],
)
def test_aliyuns_word_decides_and_its_message_is_not_kept(status: int, word: str | None, refusal: type[Exception]) -> None:
    body = {"Message": "+886912345678"} | ({"Code": word} if word else {})
    with gateway((status, body)) as server, pytest.raises(refusal) as raised:
        aliyun(server.port).send(outgoing(**CODE))
    assert type(raised.value) is refusal
    assert "886" not in str(raised.value)


@pytest.mark.parametrize("of", [twilio, aliyun])
def test_a_gateway_that_has_the_message_and_dies_leaves_an_unknown_outcome(of: Any) -> None:
    with gateway(dies=True) as server, pytest.raises(ProviderSilent):
        of(server.port).send(outgoing(**CODE))
    assert len(server.seen) == 1
    with silent_port() as port, pytest.raises(ProviderSilent):
        of(port, timeout_seconds=0.3).send(outgoing(**CODE))
    with pytest.raises(ProviderUnavailable) as raised:
        of(closed_port()).send(outgoing(**CODE))
    assert not isinstance(raised.value, ProviderSilent)


ADA = "ada@example.com"
SERVICES: dict[str, tuple[str, str, Any, dict[str, str], str]] = {
    "postmark": ("key@", "", {"ErrorCode": 0, "Message": "OK", "MessageID": "m-1", "To": ADA}, {}, "m-1"),
    "sendgrid": ("key@", "", b"", {}, ""),
    "mailgun": ("key@", "/v3", {"id": "<m-1>", "message": "Queued. Thank you."}, {}, "<m-1>"),
    "brevo": ("key@", "/v3", {"messageId": "<m-1>"}, {}, "<m-1>"),
    "mailjet": (
        "key:secret@", "/v3.1",
        {"Messages": [{"Status": "success", "To": [{"Email": ADA, "MessageID": 7}], "Cc": [], "Bcc": []}]}, {}, "7",
    ),
    "resend": ("key@", "", {"id": "m-1"}, {}, "m-1"),
    "mailersend": ("key@", "/v1", b"", {"X-Message-Id": "m-1", "Content-Type": "text/html"}, "m-1"),
    "mandrill": ("key@", "/api/1.0", [{"email": ADA, "status": "sent", "_id": "m-1"}], {}, "m-1"),
    "sparkpost": (
        "key@", "/api/v1",
        {"results": {"id": "m-1", "total_accepted_recipients": 1, "total_rejected_recipients": 0}}, {}, "m-1",
    ),
    "postal": (
        "key@", "", {"status": "success", "data": {"message_id": "x", "messages": {ADA: {"id": 1, "token": "t"}}}}, {}, "1",
    ),
    "unisender_go": ("key@", "/en/api/v1", {"status": "success", "job_id": "j-1", "emails": [ADA]}, {}, ""),
    "scaleway": (
        "key@", "", {"emails": [{"message_id": "m-1", "rcpt_to": ADA, "mail_rcpt": ADA, "status": "new"}]}, {}, "",
    ),
    "mailtrap": ("key@", "/api", {"success": True, "message_ids": ["m-1"]}, {}, "m-1"),
    "amazon_ses": ("AK:secret@", "", {"MessageId": "m-1"}, {}, "m-1"),
}  # fmt: skip
NEEDED = {"scaleway": "&project_id=p", "amazon_ses": "&region=eu-west-1"}


def service(name: str, server: Gateway | int, timeout_seconds: float = 5) -> Provider:
    credentials, path, *_ = SERVICES[name]
    port = server if isinstance(server, int) else server.port
    url = f"anymail+{name.replace('_', '-')}://{credentials}127.0.0.1:{port}{path}?from={SENDER}&tls=0{NEEDED.get(name, '')}"
    return provider(email_carriers(url)[0], timeout_seconds=timeout_seconds)


@pytest.mark.parametrize("name", SERVICES)
def test_a_mail_travels_by_each_service_with_our_id(name: str) -> None:
    _, _, body, headers, reference = SERVICES[name]
    with gateway((202 if body == b"" else 200, body), headers=headers) as server:
        receipt = service(name, server).send(outgoing())
    [seen] = server.seen
    assert receipt.reference == reference or not reference
    assert receipt.reference
    raw = seen.body
    if name == "amazon_ses":
        raw = base64.b64decode(seen.json["Content"]["Raw"]["Data"])
    assert OUR_ID.encode() in raw
    assert "ada" in raw.decode()
    assert "key@" not in seen.path


@pytest.mark.parametrize(
    ("status", "refusal"),
    [(status, ProviderUnavailable) for status in (401, 403, 429, 500, 503)] + [(400, ProviderRefused), (413, ProviderRefused)],
)
@pytest.mark.parametrize("name", ["resend", "brevo", "sendgrid", "mailgun"])
def test_a_services_status_decides_and_its_words_are_not_kept(name: str, status: int, refusal: type[Exception]) -> None:
    with gateway((status, {"message": f"{ADA} is no good"})) as server, pytest.raises(refusal) as raised:
        service(name, server).send(outgoing())
    assert type(raised.value) is refusal
    assert "ada" not in str(raised.value)
    assert raised.value.__cause__ is None


def test_a_recipient_whom_a_service_suppresses_is_refused() -> None:
    refused = {"ErrorCode": 406, "Message": f"Found inactive addresses: {ADA}.\n Inactive recipients are ones that bounced."}
    with gateway((422, refused)) as server, pytest.raises(ProviderRefused) as raised:
        service("postmark", server).send(outgoing())
    assert "ada" not in str(raised.value)


def test_an_answer_that_says_nothing_is_no_acceptance() -> None:
    with gateway((422, {"ErrorCode": 406, "Message": "?"})) as server, pytest.raises(ProviderSilent):
        service("postmark", server).send(outgoing())


@pytest.mark.parametrize("name", ["postmark", "amazon_ses"])
def test_a_service_that_dies_in_the_middle_or_never_answers_leaves_an_unknown_outcome(name: str) -> None:
    with gateway(dies=True) as server, pytest.raises(ProviderSilent):
        service(name, server).send(outgoing())
    with silent_port() as port, pytest.raises(ProviderSilent):
        service(name, port, timeout_seconds=0.3).send(outgoing())
    with pytest.raises(ProviderUnavailable) as raised:
        service(name, closed_port()).send(outgoing())
    assert not isinstance(raised.value, ProviderSilent)


@pytest.mark.parametrize(
    ("word", "refusal"), [("MessageRejected", ProviderRefused), ("TooManyRequestsException", ProviderUnavailable)]
)
def test_amazons_word_decides(word: str, refusal: type[Exception]) -> None:
    with gateway((400, {"message": ADA}), headers={"X-Amzn-Errortype": word}) as server, pytest.raises(refusal) as raised:
        service("amazon_ses", server).send(outgoing())
    assert type(raised.value) is refusal
    assert "ada" not in str(raised.value)
    assert len(server.seen) == 1  # the breaker and the outbox try again, not the client
