"""The own passwords and the anti-phishing code on bhex. Source: bhex: 修改密码, 设置密码, 设置/修改资金密码."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts import errors
from accounts.api.bhex.bindings import PROOF_REFUSALS
from accounts.api.bhex.calls import client_of, session_of, signed_out
from accounts.api.bhex.code_inputs import OrderOutput
from accounts.api.bhex.password_fields import NewPasswordFields, digest_or_plain, new_password
from accounts.api.bhex.proofs import SentProofInput, sent_proof
from accounts.models.passwords import Form
from accounts.services import anti_phishing, code_requests, password_change, trade_password
from accounts.services.passwords import Given
from config.dialects.bhex.dialect import BhexView
from config.dialects.bhex.fields import Digest
from config.dialects.bhex.numbers import NEW_ONE_DUE
from config.dialects.bhex.success import SUCCESS, SuccessOutput
from config.kit.fields import Secret, Text
from config.kit.operations import Answer, Call, Needs, operation
from messaging.errors import TooManyCodes
from messaging.models import Purpose
from messaging.services.codes import SentCode

SET, CHANGE = 1, 2
"""`type` of a trade password."""
DUE = dict.fromkeys(("required", "null", "blank"), NEW_ONE_DUE)


class OldPasswordFields(serializers.Serializer[Any]):
    """The present password."""

    old_password = Digest()


class UpdatePwdInput(OldPasswordFields, NewPasswordFields):
    """The present password and the new one, whose absence has a number of its own here."""

    password1 = Digest(error_messages=DUE)
    password2 = Digest(error_messages=DUE)


class SetPasswordInput(NewPasswordFields, SentProofInput):
    """The first password and the code that was sent for it."""


class TradePwdFields(serializers.Serializer[Any]):
    """The trade password, twice, and whether it is the first one; without `type` the account's state decides."""

    type = serializers.RegexField(f"^[{SET}{CHANGE}]$", required=False, allow_blank=True, help_text="1 set, 2 change")
    trade_pwd = Secret()
    trade_pwd2 = Secret()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Both are the same. Raises PasswordsDiffer."""
        if attrs["trade_pwd"] != attrs["trade_pwd2"]:
            raise errors.PasswordsDiffer
        return attrs


class SetTradePwdInput(TradePwdFields, SentProofInput):
    """And the second factor: type 15 for the first one, 16 for a change."""


class PhraseFields(serializers.Serializer[Any]):
    """The phrase; an empty one removes it."""

    anti_phishing_code = Text(max_length=anti_phishing.LENGTH_MAX, allow_blank=True)


class AntiPhishingInput(PhraseFields, SentProofInput):
    """And the second factor (type 24)."""


class UpdatePwd(BhexView):
    """POST /api/user/update_pwd. Source: bhex: 修改密码; gaps.md, bhex, "Find password"."""

    @operation(
        needs=Needs(),
        input=UpdatePwdInput,
        output=SuccessOutput,
        rate="20/m",
        summary="Change the password",
        refusals=(
            errors.PasswordsDiffer,
            errors.PasswordRefused,
            errors.PasswordMissing,
            errors.OldPasswordWrong,
            errors.SignInLocked,
            errors.PasswordUnchanged,
            errors.PasswordsEqual,
        ),
    )
    def post(self, call: Call) -> Answer:
        """Change it; all sessions end, this one too, and outgoing money waits 24 hours."""
        password_change.change_by_old(
            user=call.user,
            old=Given(Form.MD5, call.input["old_password"]),
            new=new_password(call),
            session=session_of(call),
            client=client_of(call),
        )
        return Answer(SUCCESS, cookies=signed_out())


class SendSetPasswordCode(BhexView):
    """POST /api/user/send_verify_code/set_password. Source: bhex: 发送设置密码的验证码."""

    @operation(
        needs=Needs(),
        output=OrderOutput,
        rate="60/m",
        summary="Send the code for the first password",
        refusals=(errors.AuthenticatorDue, errors.DestinationMissing, TooManyCodes),
    )
    def post(self, call: Call) -> SentCode:
        """To the customer's own phone or email: the way is ours to choose, the table has no rows."""
        return code_requests.ask(
            purpose=Purpose.PASSWORD_SET,
            email=None,
            phone=None,
            session=session_of(call),
            language=call.language,
            ip=call.ip,
        )


class SetPassword(BhexView):
    """POST /api/user/set_password. Source: bhex: 设置密码（快捷注册的用户设置密码）."""

    @operation(
        needs=Needs(),
        input=SetPasswordInput,
        output=SuccessOutput,
        rate="20/m",
        summary="Set the first password",
        refusals=(
            errors.PasswordsDiffer,
            errors.PasswordRefused,
            errors.PasswordAlreadySet,
            errors.PasswordsEqual,
            *PROOF_REFUSALS,
        ),
    )
    def post(self, call: Call) -> dict[str, bool]:
        """Set it; all other sessions end."""
        password_change.set_first(
            user=call.user,
            new=new_password(call),
            proof=sent_proof(call, Purpose.PASSWORD_SET),
            session=session_of(call),
            client=client_of(call),
        )
        return SUCCESS


class SetTradePwd(BhexView):
    """POST /api/user/trade_pwd/set. Source: bhex: 设置/修改资金密码."""

    @operation(
        needs=Needs(),
        input=SetTradePwdInput,
        output=SuccessOutput,
        rate="20/m",
        summary="Set or change the trade password",
        refusals=(
            errors.PasswordsDiffer,
            errors.PasswordsEqual,
            errors.TradePasswordRefused,
            errors.TradePasswordAlreadySet,
            errors.TradePasswordMissing,
            *PROOF_REFUSALS,
        ),
    )
    def post(self, call: Call) -> dict[str, bool]:
        """Write it; a change lets outgoing money wait 24 hours."""
        said = call.input.get("type")
        trade_password.write_unasked(
            user=call.user,
            new=digest_or_plain(call.input["trade_pwd"]),
            is_change=int(said) == CHANGE if said else None,
            proof=sent_proof(call, Purpose.TRADE_PASSWORD_SET, Purpose.TRADE_PASSWORD_CHANGE),
            client=client_of(call),
        )
        return SUCCESS


class EditAntiPhishingCode(BhexView):
    """POST /api/user/edit_anti_phishing_code. Source: gaps.md, bhex, "Also served"."""

    @operation(
        needs=Needs(),
        input=AntiPhishingInput,
        output=SuccessOutput,
        rate="20/m",
        summary="Set, change or remove the anti-phishing code",
        refusals=PROOF_REFUSALS,
    )
    def post(self, call: Call) -> dict[str, bool]:
        """Write it."""
        anti_phishing.set_phrase(
            user=call.user,
            phrase=call.input["anti_phishing_code"],
            proof=sent_proof(call, Purpose.ANTI_PHISHING),
            client=client_of(call),
        )
        return SUCCESS
