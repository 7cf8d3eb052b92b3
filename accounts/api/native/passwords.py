"""The own log-in and trade passwords."""

from __future__ import annotations

from accounts import errors
from accounts.api.native.calls import client_of, who
from accounts.api.native.proofs import REFUSALS as PROOF_REFUSALS
from accounts.api.native.proofs import ProofInput, proof_of
from accounts.services import password_change, trade_password
from accounts.services.passwords import plain
from config.dialects.native.dialect import NativeView
from config.kit.fields import Secret
from config.kit.operations import Call, Needs, operation


class FirstPasswordInput(ProofInput):
    """The first password of an account that was opened with a code."""

    example_fields = ("password", "code")
    password = Secret()


class PasswordInput(ProofInput):
    """The present password and the new one."""

    example_fields = ("old_password", "password", "code")
    old_password = Secret()
    password = Secret()


class TradePasswordInput(ProofInput):
    """The new trade password. With the present one it is changed, without it is set or, where there is one, reset."""

    example_fields = ("trade_password", "code")
    trade_password = Secret()
    old_trade_password = Secret(required=False)


class Password(NativeView):
    """`POST|PUT /api/v1/me/password`: set the first password; change it."""

    @operation(
        needs=Needs(),
        input=FirstPasswordInput,
        rate="20/m",
        summary="Set the first password (proof: password_set)",
        refusals=(errors.PasswordRefused, errors.PasswordAlreadySet, errors.PasswordsEqual, *PROOF_REFUSALS),
    )
    def post(self, call: Call) -> None:
        """Set it; all other sessions end."""
        password_change.set_first(user=call.user, new=plain(call.input["password"]), proof=proof_of(call), **who(call))

    @operation(
        needs=Needs(),
        input=PasswordInput,
        rate="20/m",
        summary="Change the password (proof: password_change)",
        refusals=(
            errors.PasswordRefused,
            errors.PasswordMissing,
            errors.OldPasswordWrong,
            errors.SignInLocked,
            errors.PasswordUnchanged,
            errors.PasswordsEqual,
            *PROOF_REFUSALS,
        ),
    )
    def put(self, call: Call) -> None:
        """Change it; all other sessions end and outgoing money waits 24 hours."""
        password_change.change(
            user=call.user,
            old=plain(call.input["old_password"]),
            new=plain(call.input["password"]),
            proof=proof_of(call),
            **who(call),
        )


class TradePassword(NativeView):
    """`PUT /api/v1/me/trade-password`: set, change or reset it."""

    @operation(
        needs=Needs(),
        input=TradePasswordInput,
        rate="20/m",
        summary="Set, change or reset the trade password (proof: trade_password_set, _change or _reset)",
        refusals=(
            errors.TradePasswordRefused,
            errors.TradePasswordAlreadySet,
            errors.TradePasswordMissing,
            errors.TradePasswordWrong,
            errors.TradePasswordLocked,
            errors.PasswordsEqual,
            *PROOF_REFUSALS,
        ),
    )
    def put(self, call: Call) -> None:
        """Write it; a change or reset lets outgoing money wait 24 hours."""
        old = call.input.get("old_trade_password")
        trade_password.write(
            user=call.user,
            new=plain(call.input["trade_password"]),
            old=plain(old) if old is not None else None,
            proof=proof_of(call),
            client=client_of(call),
        )
