"""The signed-in customer on bhex: who it is, who came in, going out. Source: bhex: 登录退出, 获取登录log, 获取当前用户信息."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from rest_framework import serializers

from accounts.api.bhex.calls import client_of, session_of, signed_out
from accounts.api.bhex.users import BhexUserOutput, Shown, shown
from accounts.models import LoginRecord
from accounts.models.logins import LoginAct
from accounts.services import logins, sessions
from config.dialects.bhex.dialect import BhexView
from config.dialects.bhex.fields import NumberText, OptionalMoment, OptionalOrder, moment_of
from config.dialects.bhex.success import SUCCESS, SuccessOutput
from config.kit.clock import milliseconds
from config.kit.errors import Absent
from config.kit.operations import Answer, Call, Needs, operation

STATUSES = {LoginAct.LOGIN: 1, LoginAct.LOGIN_FAILED: 2, LoginAct.SECOND_FACTOR_FAILED: 3}
"""1 succeeded, 2 failed, 3 not completed: the password was right and the second step was not."""
LOG_ROWS, LOG_ROWS_MAX = 20, 100
LIMIT_DIGITS_MAX = 9


class Limit(NumberText):
    """How many rows; nothing means LOG_ROWS."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": False, "allow_blank": True, "default": "", **kwargs})

    def to_internal_value(self, data: Any) -> str:
        """A number from 1 on, as text; the document names no end, and more than LOG_ROWS_MAX is as many."""
        text = super().to_internal_value(data)
        if len(text) > LIMIT_DIGITS_MAX or int(text) < 1:
            self.fail("invalid")
        return str(min(int(text), LOG_ROWS_MAX))


class LogInput(serializers.Serializer[Any]):
    """Which part of the log: older than a line, from a time to a time, so many rows."""

    log_id = OptionalOrder(help_text="of the last line of the page before")
    start_time = OptionalMoment()
    end_time = OptionalMoment()
    limit = Limit()


class LogOutput(serializers.Serializer[Any]):
    """One line."""

    id = serializers.CharField(source="public_id")
    userId = serializers.CharField(source="user.uid")
    ip = serializers.SerializerMethodField()
    status = serializers.SerializerMethodField()
    created = serializers.SerializerMethodField()

    def get_ip(self, line: LoginRecord) -> str:
        """From where; empty where it is no longer known."""
        return line.ip or ""

    def get_status(self, line: LoginRecord) -> int:
        """1 succeeded, 2 failed, 3 not completed."""
        return STATUSES[LoginAct(line.act)]

    def get_created(self, line: LoginRecord) -> str:
        """Milliseconds since 1970."""
        return str(milliseconds(line.at))


def log_out(call: Call) -> Answer:
    """End the session that asks, and take the cookies back."""
    sessions.revoke(user=call.user, name="current", current=session_of(call), client=client_of(call))
    return Answer(SUCCESS, cookies=signed_out())


def log(call: Call, said: dict[str, Any]) -> list[LoginRecord]:
    """The lines asked for, newest first; both times belong to what is shown."""
    until = moment_of(said["end_time"])
    return logins.page(
        call.user,
        acts=STATUSES,
        since=moment_of(said["start_time"]),
        until=until + timedelta(milliseconds=1) if until else None,
        after=said["log_id"],
        limit=int(said["limit"] or LOG_ROWS),
    )


class AuthorizeCancel(BhexView):
    """GET|POST /api/user/authorize_cancel. Source: bhex: 登录退出."""

    @operation(needs=Needs(level="low"), output=SuccessOutput, rate="60/m", summary="Log out (GET)")
    def get(self, call: Call) -> Answer:
        """The session is ended."""
        return log_out(call)

    @operation(needs=Needs(level="low"), output=SuccessOutput, rate="60/m", summary="Log out")
    def post(self, call: Call) -> Answer:
        """The session is ended."""
        return log_out(call)


class AuthorizeLog(BhexView):
    """GET|POST /api/user/authorize_log. Source: bhex: 获取登录log."""

    @operation(
        needs=Needs(),
        query=LogInput,
        output=LogOutput,
        many=True,
        rate="60/m",
        summary="Read the log of sign-ins (GET)",
        refusals=(Absent,),
    )
    def get(self, call: Call) -> list[LoginRecord]:
        """By the query."""
        return log(call, call.query)

    @operation(
        needs=Needs(),
        input=LogInput,
        output=LogOutput,
        many=True,
        rate="60/m",
        summary="Read the log of sign-ins",
        refusals=(Absent,),
    )
    def post(self, call: Call) -> list[LoginRecord]:
        """By the body."""
        return log(call, call.input)


class GetBaseInfo(BhexView):
    """GET|POST /api/user/get_base_info. Source: bhex: 获取当前用户信息."""

    @operation(needs=Needs(level="low"), output=BhexUserOutput, rate="120/m", summary="Read the own account (GET)")
    def get(self, call: Call) -> Shown:
        """Everything that bhex tells of a customer."""
        return shown(call.user, language=call.language)

    @operation(needs=Needs(level="low"), output=BhexUserOutput, rate="120/m", summary="Read the own account")
    def post(self, call: Call) -> Shown:
        """Everything that bhex tells of a customer."""
        return shown(call.user, language=call.language)
