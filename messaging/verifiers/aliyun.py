"""Aliyun's captchas of both generations, asked by their RPC interface.

A request is a form whose fields, sorted and percent-encoded, are signed with HMAC-SHA1 under the secret of the access
key. First generation: `AuthenticateSig` with SessionId, Sig, Token, Scene, AppKey, RemoteIp; apps have a SessionId only.
Second generation: `VerifyIntelligentCaptcha` with CaptchaVerifyParam and SceneId.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from config.kit.clock import now
from messaging.verifiers.base import Answered, VerifierRefused, VerifierUnavailable, ask

PASSED, NOT_PASSED = 100, 900
"""`Code` of AuthenticateSig."""
TRULY_PASSED = "T001"
"""`VerifyCode` of a captcha that somebody solved; other T codes pass by a test mode of their console."""


@dataclass(frozen=True, repr=False)
class AccessKey:
    """The access key that signs our questions."""

    id: str
    secret: str


class AliyunVerifier:
    """Both generations: what the client brought says which one it used, and each needs settings of its own."""

    def __init__(
        self,
        *,
        access_key: AccessKey,
        timeout_seconds: float,
        app_key: str,
        scenes: Sequence[str],
        url: str,
        scene_id: str,
        intelligent_url: str,
    ) -> None:
        self.access_key, self.timeout_seconds = access_key, timeout_seconds
        self.app_key, self.scenes, self.url = app_key, tuple(scenes), url
        self.scene_id, self.intelligent_url = scene_id, intelligent_url

    def site(self, *, ip: str) -> dict[str, Any]:
        """What their scripts are started with."""
        first = {"app_key": self.app_key, "scene": self.scenes[0]} if self.app_key and self.scenes else {}
        return first | ({"scene_id": self.scene_id} if self.scene_id else {})

    def check(self, answered: Answered, *, ip: str) -> str:
        """See Verifier."""
        if answered.id and self.app_key:
            return self._authenticate(answered, ip)
        if answered.answer and not answered.id and self.scene_id:
            return self._verify(answered)
        raise VerifierRefused("incomplete, or of a generation that is not configured")

    def _authenticate(self, answered: Answered, ip: str) -> str:
        fields = {"SessionId": answered.id, "AppKey": self.app_key, "RemoteIp": ip}
        if not is_from_an_app(answered):
            web = {
                "Sig": answered.answer,
                "Token": answered.extra.get("token", ""),
                "Scene": answered.extra.get("scene", ""),
            }
            if not all(web.values()) or web["Scene"] not in self.scenes:
                raise VerifierRefused("incomplete, or solved for another scene")
            fields |= web
        said = self._ask(self.url, "AuthenticateSig", "2018-01-12", fields)
        code = said.get("Code") if isinstance(said, dict) else None
        if code == PASSED and code is not True:
            return answered.id
        if code == NOT_PASSED:
            raise VerifierRefused("fail")
        raise VerifierUnavailable("the answer is not Aliyun's")

    def _verify(self, answered: Answered) -> str:
        fields = {"CaptchaVerifyParam": answered.answer, "SceneId": self.scene_id}
        said = self._ask(self.intelligent_url, "VerifyIntelligentCaptcha", "2023-03-05", fields)
        result = said.get("Result") if isinstance(said, dict) else None
        if not isinstance(result, dict) or not isinstance(result.get("VerifyResult"), bool):
            raise VerifierUnavailable("the answer is not Aliyun's")
        if result["VerifyResult"] is not True or result.get("VerifyCode") != TRULY_PASSED:
            raise VerifierRefused("fail")
        return answered.answer

    def _ask(self, url: str, action: str, version: str, fields: Mapping[str, str]) -> Any:
        common = {
            "Action": action,
            "Version": version,
            "Format": "JSON",
            "AccessKeyId": self.access_key.id,
            "SignatureMethod": "HMAC-SHA1",
            "SignatureVersion": "1.0",
            "SignatureNonce": secrets.token_hex(16),
            "Timestamp": now().strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        form = {**common, **fields}
        form["Signature"] = signature(form, secret=self.access_key.secret)
        return ask("POST", url, data=form, timeout_seconds=self.timeout_seconds)


def is_from_an_app(answered: Answered) -> bool:
    """Whether only a session id came: their apps send nothing else."""
    return bool(answered.id) and not answered.answer and not answered.extra


def signature(form: Mapping[str, str], *, secret: str, method: str = "POST") -> str:
    """The signature of a form, in base64."""
    pairs = "&".join(f"{_encoded(name)}={_encoded(form[name])}" for name in sorted(form))
    signed = f"{method}&{_encoded('/')}&{_encoded(pairs)}"
    return base64.b64encode(hmac.digest(f"{secret}&".encode(), signed.encode(), "sha1")).decode()


def _encoded(text: str) -> str:
    """RFC 3986: all but letters, digits and `-_.~`."""
    return quote(text, safe="-_.~")
