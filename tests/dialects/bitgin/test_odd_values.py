"""Values that no client sends, for each parameter of each endpoint: what bitgin says of them, and that they change nothing."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.cache import cache

from accounts.models import AttemptCounter
from config.dialects.bitgin import urls
from config.dialects.bitgin.numbers import BY_KIND, CODES_BY_DOOR, ERRORS, SMS_FAILED
from tests.dialects import odd
from tests.dialects.bitgin import people
from tests.dialects.bitgin.people import ANOTHER, DIGEST, Caller
from tests.dialects.odd import MISSING

pytestmark = pytest.mark.django_db
CAPTCHA = {"captchaId": "x" * 16, "captchaNumber": "12345"}
SOURCE = {"wallet": "SPOT@", "asset": "ETH", "amount": "1"}
OPERATION = "capital/wallet/operation"
PUBLIC: dict[str, dict[str, Any]] = {
    "user/forget_password": {
        "username": "nobody", "codeEmail": "12345678", "newPassword": DIGEST, "totpCode": "123456", "codeMobile": "123456",
        "identityNumber": "A123456789",
    },
    "kyc/check_mobile": {"mobilePhone": "+886900000000"},
    "register": {"username": "newcomer", "email": "newcomer@example.com", "password": DIGEST, "lang": "en", **CAPTCHA},
    "login": {"loginName": "nobody", "password": DIGEST, "lang": "en", **CAPTCHA},
    "verify": {"loginName": "nobody", "code": "123456"},
    "apply_verification_code": {"loginName": "nobody", "mobilePhone": "+886900000000", **CAPTCHA},
}  # fmt: skip
OWN: dict[str, dict[str, Any]] = {
    "user/bank_accounts": {"currency": "TWD"},
    "user/change_password": {"oldPassword": ANOTHER, "newPassword": DIGEST},
    "user/bind_google_device_authenticator": {"totpCode": "123456", "totpKey": "A" * 32},
    "user/unbind_google_device_authenticator": {"totpCode": "123456"},
    "user/reauthenticate_with_credential": {"totpCode": "123456"},
    "user/check/2FA": {"totpCode": "123456"},
    "kyc/basic_data": {
        "name": "林小得", "gender": 1, "birthday": "1990/02/28", "identityNumber": "A123456780", "nationality": "TW",
    },
    "kyc/verify_basic_data": {"mobilePhone": "+886900000000", "code": "123456"},
    "kyc/apply_level_2": people.ANSWERS,
    f"{OPERATION}?TRANSFER": {
        "operation": "TRANSFER", "fromUser": "", "fromWallet": [SOURCE], "receiver": "nobody",
        "receiverEmail": "nobody@example.com", "twoFAcode": "123456",
    },
    f"{OPERATION}?CONVERT": {"operation": "CONVERT", "fromWallet": [SOURCE], "toAsset": "USDT", "toAmount": None},
    f"{OPERATION}?PAY_FOR_SERVICE": {"operation": "PAY_FOR_SERVICE", "fromWallet": [SOURCE], "receiver": "nobody"},
    f"{OPERATION}?PRE_PAY_FOR_SERVICE": {"operation": "PRE_PAY_FOR_SERVICE", "fromWallet": [SOURCE], "receiver": "nobody"},
    f"{OPERATION}?GET_BALANCE_IN_QUOTE": {"operation": "GET_BALANCE_IN_QUOTE", "fromWallet": [SOURCE], "toAsset": "NOPE"},
}  # fmt: skip
"""Each endpoint that takes a body, with one that is well-formed and refused for what it says."""
PARAMETER, NAME_MISSING, QUESTIONNAIRE = -2, 10003, 5608
OPTIONAL = {
    *("totpCode", "codeMobile", "identityNumber", "nationality", "lang", "fromUser", "receiver", "receiverEmail", "twoFAcode"),
    *("captchaId", "captchaNumber", "mobilePhone", "fromWallet", "toAmount", "currency"),
}
"""Parameters that may be left out, empty or null somewhere."""
NEEDED = {
    *((path, "totpCode") for path in OWN),
    *((path, "receiver") for path in OWN if "PAY" in path),
    *((path, "fromWallet") for path in OWN if "QUOTE" not in path),
    *(("register", name) for name in CAPTCHA),
    *((path, "mobilePhone") for path in ("kyc/check_mobile", "kyc/verify_basic_data")),
}
"""Those of them that are due here."""
QUERIES: dict[str, dict[str, str]] = {
    "user/login_log": {"pageSize": "10", "pageNum": "1"},
    "capital/transfer/cancel": {"id": "4203918275640192"},
    "validate/emailtransfer_resend": {"balance_audit_id": "4203918275640192"},
    "validate/transfer_confirm": {"balance_audit_id": "4203918275640192"},
}
FILES: dict[str, dict[str, Any]] = {
    "kyc/image": {"file": "(jpeg)", "type": "7"},
    "kyc/apply_level_3": {"code": "005", "branch": "0050", "account": "60090100005777", "file": "(junk)"},
}
KNOWN = {
    *(number for _, number in [*ERRORS.values(), *BY_KIND.values()]),
    *(number for numbers in CODES_BY_DOOR.values() for number in numbers.values()),
    SMS_FAILED,
    1,
}
"""Every number that bitgin has."""


def number_of(answer: Any, sent: Any) -> int:
    """The number of an answer that has bitgin's shape."""
    told = answer.json()
    assert set(told) == {"code", "msg", "time", "data", "success"}, (sent, told)
    assert (told["code"] in KNOWN, told["success"], answer.status_code < 500) == (True, told["code"] == 1, True), (sent, told)
    return int(told["code"])


def nothing_yet() -> None:
    """Forget rates and failures: they are not what is asked here."""
    cache.clear()
    AttemptCounter.objects.all().delete()


def due(path: str, name: str, value: Any, plain: int) -> int | None:
    """The number that this value of this parameter must be told; None where it depends on what the text says."""
    is_nothing = value is MISSING or value in (None, "")
    if path == "kyc/apply_level_2":
        unreadable = value in ("\x00", "\ud800")
        return PARAMETER if unreadable else QUESTIONNAIRE if is_nothing or value in odd.WRONG else None
    last = name.rpartition(".")[2]
    if name == "fromWallet.0":
        return None
    if is_nothing:
        if (path, name) == ("login", "loginName"):
            return NAME_MISSING
        may_be_nothing = (name in OPTIONAL and (path, name) not in NEEDED) or (last == "wallet" and value != "")
        if last == "amount" and ("QUOTE" in path):
            may_be_nothing = True
        return plain if may_be_nothing else PARAMETER
    if value == [] and name == "fromWallet":
        return plain if "QUOTE" in path else PARAMETER
    if value == 1.5 and last in ("amount", "toAmount"):
        return None
    return PARAMETER if value in odd.WRONG else None


@pytest.mark.parametrize("doors", [PUBLIC, OWN], ids=["public", "own"])
def test_each_parameter_of_a_body_that_is_no_good_has_its_number_and_changes_nothing(
    doors: dict[str, dict[str, Any]], settings: Any
) -> None:
    caller = people.signed_in().caller if doors is OWN else Caller()
    settings.CAPTCHA_AT = settings.CAPTCHA_DOORS  # the captcha is wrong: what else is in order stops there

    def told(path: str, fields: dict[str, Any]) -> int:
        nothing_yet()
        return number_of(caller.post(path, fields), (path, fields))

    plain = {path: told(path, dict(fields)) for path, fields in doors.items()}
    before = odd.state()
    odd.walk(doors, told, lambda path, name, value: due(path, name, value, plain[path]))
    for path in doors:
        for raw in (b"[]", b"{", b"\xff", b"[[" * 5_000, b'{"a":1e400}', b"null"):
            assert number_of(caller.call("POST", path, raw), (path, raw)) in {
                PARAMETER,
                NAME_MISSING,
                QUESTIONNAIRE,
                plain[path],
            }
            nothing_yet()
    assert odd.state() == before


def test_each_parameter_of_an_address_that_is_no_good_is_told_and_changes_nothing() -> None:
    caller = people.signed_in().caller
    before = odd.state()
    for path, fields in QUERIES.items():
        for name in fields:
            for value in ("", " ", odd.LONG, "\x00", "%00", "１２３", "-1", "0", "1.5", "9" * 5_000, "x", "0x1", "' OR 1=1 --"):
                nothing_yet()
                answer = caller.get(f"{path}?{urlencode({**fields, name: value})}")
                assert number_of(answer, (path, name, value)) == PARAMETER, (path, name, value)
            nothing_yet()
            left_out = number_of(
                caller.get(f"{path}?{urlencode({key: told for key, told in fields.items() if key != name})}"), path
            )
            assert left_out == (1 if path == "user/login_log" else PARAMETER)
    for value in ("", odd.LONG, "\x00", "x", "１２３", "%00"):
        nothing_yet()
        answer = caller.get(f"validate/emailtransfer?{urlencode({'code': value})}")
        assert answer.status_code == 302
        assert f"alertcode={PARAMETER}&alerttype=error" in answer.headers["Location"]
    assert odd.state() == before


def test_each_field_of_a_form_that_is_no_good_is_told_and_changes_nothing() -> None:
    caller = people.level_two().caller
    before = odd.state()
    for path, fields in FILES.items():
        for name in fields:
            for value in (MISSING, "", " ", "x", odd.LONG, "-1", "7", "１２３", "\x00", "(junk)"):
                nothing_yet()
                sent = people.files_of({key: told for key, told in {**fields, name: value}.items() if told is not MISSING})
                assert number_of(caller.upload(path, sent), (path, name, value)) == PARAMETER, (path, name, value)
    assert odd.state() == before


def test_every_endpoint_stands_here() -> None:
    served = {
        (method, str(pattern.pattern).removeprefix("v1/")): operation
        for pattern in urls.described
        for method, operation in pattern.callback.view_class.operations.items()  # type: ignore[attr-defined]  # each is a view's
    }
    with_body = {path for (_, path), operation in served.items() if operation.input is not None}
    with_query = {path for (_, path), operation in served.items() if operation.query is not None}
    assert with_body == {path.partition("?")[0] for path in (*PUBLIC, *OWN, *FILES)}
    assert with_query == {*QUERIES, "validate/emailtransfer"}
