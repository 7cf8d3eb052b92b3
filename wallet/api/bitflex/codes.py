"""Codes to who is signed in, with those of withdrawals. Source: bitflex: 发送邮箱验证码, 发送短信验证码 （登录状态下）."""

from __future__ import annotations

from accounts.api.bitflex import codes
from accounts.api.bitflex.code_inputs import WITHDRAW, OwnEmailInput, OwnSmsInput
from accounts.services.second_factor import Method
from config.dialects.bitflex.dialect import BitflexView
from config.kit.errors import Absent
from config.kit.operations import Call, Needs, operation
from config.kit.scalars import TrueOutput
from wallet.services.withdrawals import verification

REFUSALS = (*codes.SIGNED_IN, Absent)


def withdraws(call: Call, method: Method) -> bool:
    """Send the code of the withdrawal that waits for one, where the type asks for that; False where it asks for another."""
    if call.input["type"] != WITHDRAW:
        return False
    verification.send_again(customer=call.user, way=method, language=call.language, ip=call.ip)
    return True


class OwnEmail(BitflexView):
    """POST /v1/user/message/email. Source: bitflex: 发送邮箱验证码（登录状态下）."""

    @operation(
        needs=Needs(),
        input=OwnEmailInput,
        output=TrueOutput,
        rate="60/m",
        summary="Send a code by email",
        refusals=REFUSALS,
    )
    def post(self, call: Call) -> bool:
        """To the own address."""
        return withdraws(call, Method.EMAIL) or codes.own_by_email(call)


class OwnSms(BitflexView):
    """POST /v1/user/message/sms. Source: bitflex: 发送短信验证码（登录状态下）."""

    @operation(
        needs=Needs(),
        input=OwnSmsInput,
        output=TrueOutput,
        rate="60/m",
        summary="Send a code by SMS",
        refusals=REFUSALS,
    )
    def post(self, call: Call) -> bool:
        """To the own phone."""
        return withdraws(call, Method.PHONE) or codes.own_by_sms(call)
