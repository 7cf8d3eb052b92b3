"""A new password as bhex's clients write it: its digest, twice."""

from __future__ import annotations

import re
from typing import Any

from rest_framework import serializers

from accounts.errors import PasswordsDiffer
from accounts.models.passwords import Form
from accounts.services.passwords import Given, plain
from config.dialects.bhex.fields import Digest
from config.kit.operations import Call

DIGEST = re.compile(r"[0-9a-fA-F]{32}", re.ASCII)


class NewPasswordFields(serializers.Serializer[Any]):
    """The password, twice."""

    password1 = Digest()
    password2 = Digest()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Both are the same. Raises PasswordsDiffer."""
        if attrs["password1"] != attrs["password2"]:
            raise PasswordsDiffer
        return attrs


def digest_or_plain(text: str) -> Given:
    """A password where the document doesn't say that it comes as a digest, as its web client sends it: either is taken."""
    return Given(Form.MD5, text) if DIGEST.fullmatch(text) else plain(text)


def new_password(call: Call) -> Given:
    """The password that is to be."""
    return Given(Form.MD5, call.input["password1"])
