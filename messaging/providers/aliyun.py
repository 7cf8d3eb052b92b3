"""SMS by Aliyun (Alibaba Cloud): the RPC action SendSms, version 2017-05-25, signed with HMAC-SHA1.

Aliyun sends no free text: it fills a template that it has approved. `template=` is the one for codes and is given
`code` and `minutes`; `notice=` is the one for all else and is given `text`. `template.zh-TW=` (or `template.en`, and
`template.notice.en`) names another one for a language. Where there is no `notice=`, Aliyun refuses notices, and the
next provider is asked. `OutId` is our row's id and comes back in Aliyun's delivery reports.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from config.kit.clock import now
from messaging.providers import http
from messaging.providers.base import Outgoing, ProviderRefused, ProviderUnavailable, Receipt, verdict

ENDPOINT = "https://dysmsapi.aliyuncs.com/"
OK = "OK"
NEVER: Final = frozenset(
    {
        "isv.MOBILE_NUMBER_ILLEGAL",
        "isv.MOBILE_COUNT_OVER_LIMIT",
        "isv.BLACK_KEY_CONTROL_LIMIT",
        "isv.SMS_CONTENT_ILLEGAL",
        "isv.TEMPLATE_PARAMS_ILLEGAL",
        "isv.TEMPLATE_MISSING_PARAMETERS",
        "isv.PARAM_LENGTH_LIMIT",
        "isv.PARAM_NOT_SUPPORT_URL",
        "isv.INVALID_PARAMETERS",
    }
)
"""Aliyun's words for: not this message, not now and not later. All others speak of our account or of the moment."""
MAINLAND = "+86"


class AliyunProvider:
    """Aliyun's SendSms."""

    def __init__(
        self,
        *,
        endpoint: str,
        key: str,
        secret: str,
        options: Mapping[str, str],
        timeout_seconds: float,
        name: str = "aliyun",
    ) -> None:
        self.name = name
        self.url = endpoint or ENDPOINT
        self.key, self.secret = key, secret
        self.options = options
        self.timeout_seconds = timeout_seconds
        self.longest_seconds = http.STEPS * timeout_seconds

    def send(self, outgoing: Outgoing) -> Receipt:
        """Hand the SMS to Aliyun. Raises ProviderRefused, ProviderUnavailable, ProviderSilent."""
        form = {
            "AccessKeyId": self.key,
            "Action": "SendSms",
            "Format": "JSON",
            "OutId": str(outgoing.public_id),
            "PhoneNumbers": _number(outgoing.destination),
            "RegionId": self.options.get("region", "cn-hangzhou"),
            "SignName": self.options["sign"],
            "SignatureMethod": "HMAC-SHA1",
            "SignatureNonce": secrets.token_hex(16),
            "SignatureVersion": "1.0",
            "Timestamp": f"{now():%Y-%m-%dT%H:%M:%SZ}",
            "Version": "2017-05-25",
            **self._template(outgoing),
        }
        form["Signature"] = signature(form, self.secret)
        request = http.HttpRequest(url=self.url, form=form)
        response = http.post(request, who="Aliyun", timeout_seconds=self.timeout_seconds)
        answer = http.answer_of(response)
        word = http.word(answer, "Code")
        if response.is_success and word == OK:
            return Receipt(reference=http.word(answer, "BizId"))
        if word in NEVER:
            raise ProviderRefused(f"Aliyun answered {word}")
        if word:
            raise ProviderUnavailable(f"Aliyun answered {response.status_code} with an error of ours or of the moment")
        raise verdict(response.status_code, "Aliyun")

    def _template(self, outgoing: Outgoing) -> dict[str, str]:
        if outgoing.code:
            name = self.options.get(f"template.{outgoing.language}") or self.options["template"]
            fill = {"code": outgoing.code, "minutes": str(outgoing.minutes)}
        else:
            name = self.options.get(f"template.notice.{outgoing.language}") or self.options.get("notice", "")
            fill = {"text": outgoing.text}
        if not name:
            raise ProviderRefused("Aliyun has no template for notices")
        return {"TemplateCode": name, "TemplateParam": json.dumps(fill, ensure_ascii=False, separators=(",", ":"))}


def signature(form: Mapping[str, str], secret: str, *, method: str = "POST") -> str:
    """HMAC-SHA1 over the method, the path and the sorted parameters, each percent-encoded (RFC 3986)."""
    sorted_pairs = "&".join(f"{_encode(name)}={_encode(form[name])}" for name in sorted(form) if name != "Signature")
    text = f"{method}&{_encode('/')}&{_encode(sorted_pairs)}"
    return base64.b64encode(hmac.new(f"{secret}&".encode(), text.encode(), hashlib.sha1).digest()).decode()


def _encode(text: str) -> str:
    return quote(text, safe="-_.~")


def _number(phone: str) -> str:
    """As Aliyun writes it: mainland numbers bare, all others with their country's code and without the +."""
    return phone.removeprefix(MAINLAND) if phone.startswith(MAINLAND) else phone.removeprefix("+")
