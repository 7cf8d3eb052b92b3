"""The signed-in customer on exx: the safe password, what is told of the account, signing out. Source: gaps.md, exx."""

from __future__ import annotations

from typing import Any

from accounts import errors
from accounts.api.exx.calls import (
    EmptyOutput,
    ProofInput,
    State,
    client_of,
    proofs_of,
    session_of,
    signed_out,
    told_cookies,
    visit_of,
)
from accounts.api.exx.users import InfoOutput, Shown, name_of
from accounts.services import second_factor, sessions, trade_password, visits
from accounts.services.passwords import plain
from config.dialects.exx.dialect import ExxView
from config.dialects.exx.fields import Encrypted
from config.kit.errors import NotFresh
from config.kit.operations import Answer, Call, Needs, operation
from messaging.errors import CodeExpired, TooManyAttempts, WrongCode


class SafePasswordInput(ProofInput):
    """The new one, and a code where one is due."""

    newSafePwd = Encrypted()

    example_fields: tuple[str, ...] = ()


class SetSafePwd(ExxView):
    """POST /api/web/v2_2/setSafePwd. Source: gaps.md, exx; exx 2.1 and 2.2, 需要设置二级密码."""

    @operation(
        needs=Needs(),
        input=SafePasswordInput,
        output=EmptyOutput,
        rate="60/m",
        summary="Set the safe password",
        refusals=(
            errors.CrossSite,
            errors.TradePasswordRefused,
            errors.TradePasswordAlreadySet,
            errors.PasswordsEqual,
            errors.SecondFactorRequired,
            NotFresh,
            WrongCode,
            CodeExpired,
            TooManyAttempts,
        ),
    )
    def post(self, call: Call) -> Answer:
        """Nothing but the state, which says signed in."""
        visit = visit_of(call)
        proofs = proofs_of(call, visit, allowed=second_factor.methods(call.user))
        trade_password.set_first(
            user=call.user,
            new=plain(visits.read(visit, call.input["newSafePwd"])),
            proof=proofs[0] if proofs else None,
            client=client_of(call),
            is_fresh=call.credential is not None and call.credential.fresh,
        )
        age = int(sessions.ABSOLUTE_LIFETIME.total_seconds())
        return Answer({}, cookies=told_cookies(State.IN, uid=call.user.uid, name=name_of(call.user), age=age))


INFO: dict[str, Any] = {
    "needs": Needs(),
    "output": InfoOutput,
    "summary": "Read the customer",
    "refusals": (errors.CrossSite,),
}


class GetUserInfo(ExxView):
    """GET|POST /api/web/v2_2/getUserInfo. Source: gaps.md, exx: named by the document and not defined."""

    @operation(**INFO)
    def get(self, call: Call) -> Shown:
        """The customer."""
        return Shown(call.user)

    @operation(**INFO)
    def post(self, call: Call) -> Shown:
        """The same."""
        return Shown(call.user)


class LogOut(ExxView):
    """POST /api/web/v2_2/logOut. Source: gaps.md, exx."""

    @operation(
        needs=Needs(login=False, optional=True, level="pre2fa"),
        output=EmptyOutput,
        summary="Sign out",
        refusals=(errors.CrossSite,),
    )
    def post(self, call: Call) -> Answer:
        """Done, also for who was signed out already; the visit and its key are forgotten."""
        visits.end(visit_of(call))
        if call.credential is not None:
            sessions.revoke(user=call.user, name="current", current=session_of(call), client=client_of(call))
        return Answer({}, cookies=signed_out())
