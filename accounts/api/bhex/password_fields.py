"""A new password as bhex's clients write it: its digest, twice."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.errors import PasswordsDiffer
from accounts.models.passwords import Form
from accounts.services.passwords import Given
from config.dialects.bhex.fields import Digest
from config.kit.operations import Call


class NewPasswordFields(serializers.Serializer[Any]):
    """The password, twice."""

    password1 = Digest()
    password2 = Digest()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Both are the same. Raises PasswordsDiffer."""
        if attrs["password1"] != attrs["password2"]:
            raise PasswordsDiffer
        return attrs


def new_password(call: Call) -> Given:
    """The password that is to be."""
    return Given(Form.MD5, call.input["password1"])
