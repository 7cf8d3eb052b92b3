"""Geetest, versions 4 and 3: the server asks theirs with what the client brought.

Version 4: `POST /validate?captcha_id=…` with lot_number, captcha_output, pass_token, gen_time and
`sign_token = HMAC-SHA256(lot_number)` under our key. Version 3: `GET /register.php` for each captcha drawn, then
`POST /validate.php` with challenge, validate and seccode.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
from typing import Any

from config.kit.crypto import equal
from messaging.verifiers.base import Answered, VerifierRefused, VerifierUnavailable, ask, text_of

logger = logging.getLogger(__name__)
SDK = "quaestor"
"""How we call ourselves towards version 3, which asks for a name."""
CHALLENGE_LENGTH = 32


class GeetestVerifier:
    """Version 4."""

    def __init__(self, *, site_id: str, key: str, url: str, timeout_seconds: float) -> None:
        self.site_id, self.key, self.url, self.timeout_seconds = site_id, key, url.rstrip("/"), timeout_seconds

    def site(self, *, ip: str) -> dict[str, Any]:
        """The id that their script is started with."""
        return {"captcha_id": self.site_id}

    def check(self, answered: Answered, *, ip: str) -> str:
        """See Verifier."""
        fields = {
            "lot_number": answered.id,
            "captcha_output": answered.answer,
            "pass_token": answered.extra.get("pass_token", ""),
            "gen_time": answered.extra.get("gen_time", ""),
        }
        if not all(fields.values()):
            raise VerifierRefused("incomplete")
        fields["sign_token"] = hmac.digest(self.key.encode(), answered.id.encode(), "sha256").hex()
        said = ask(
            "POST",
            f"{self.url}/validate",
            params={"captcha_id": self.site_id},
            data=fields,
            timeout_seconds=self.timeout_seconds,
        )
        verdict = (text_of(said, "status"), text_of(said, "result"))
        if verdict == ("success", "success"):
            return answered.id
        if verdict == ("success", "fail"):
            raise VerifierRefused("fail")
        if verdict[0] == "error":  # parameters that they don't take: the client's, or a site id or key of ours
            logger.warning("Geetest refused the question itself: %.40s", text_of(said, "code"))
            raise VerifierRefused("error")
        raise VerifierUnavailable("the answer is not Geetest's")


class GeetestV3Verifier:
    """Version 3."""

    def __init__(self, *, site_id: str, key: str, url: str, timeout_seconds: float) -> None:
        self.site_id, self.key, self.url, self.timeout_seconds = site_id, key, url.rstrip("/"), timeout_seconds

    def site(self, *, ip: str) -> dict[str, Any]:
        """Register a captcha and say what their script wants. Raises VerifierUnavailable."""
        said = ask(
            "GET",
            f"{self.url}/register.php",
            params={"gt": self.site_id, "json_format": "1", "digestmod": "md5", "ip_address": ip, "sdk": SDK},
            timeout_seconds=self.timeout_seconds,
        )
        challenge = text_of(said, "challenge")
        if len(challenge) != CHALLENGE_LENGTH:
            raise VerifierUnavailable("no captcha was registered: the site id may be wrong")
        return {"gt": self.site_id, "challenge": _md5(challenge + self.key), "success": 1, "new_captcha": True}

    def check(self, answered: Answered, *, ip: str) -> str:
        """See Verifier."""
        seccode = answered.extra.get("seccode", "")
        if not (answered.id and answered.answer and seccode):
            raise VerifierRefused("incomplete")
        if not equal(answered.answer, _md5(f"{self.key}geetest{answered.id}")):
            raise VerifierRefused("the validation was not signed with our key")
        said = ask(
            "POST",
            f"{self.url}/validate.php",
            data={
                "seccode": seccode,
                "challenge": answered.id,
                "captchaid": self.site_id,
                "json_format": "1",
                "sdk": SDK,
            },
            timeout_seconds=self.timeout_seconds,
        )
        verdict = text_of(said, "seccode")
        if verdict == "false":
            raise VerifierRefused("fail")
        if not equal(verdict, _md5(seccode)):
            raise VerifierUnavailable("the answer is not Geetest's")
        return answered.id


def _md5(text: str) -> str:
    """Their protocol's hash; what it guards, they check again."""
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
