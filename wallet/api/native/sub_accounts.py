"""What of sub-accounts touches money: balances, transfers within the family, and the removal of an empty one."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts import errors as account_errors
from accounts.api.native.calls import client_of
from accounts.api.native.proofs import REFUSALS, ProofInput, proof_of
from accounts.api.native.sub_accounts import FAMILY, SubAccountNamed
from config.dialects.native.dialect import NativeView
from config.kit.fields import AmountField, PublicId, Text, TimestampField
from config.kit.operations import Answer, Call, Needs, operation
from config.kit.paging import Keyset
from wallet import errors
from wallet.api.native.books import BalancesOutput
from wallet.models.coins import CODE_CHARACTERS_MAX
from wallet.services import sub_accounts


class SubAccountProofInput(ProofInput):
    """The parent's second factor (purpose `sub_account_delete`)."""


class MovementInput(serializers.Serializer[Any]):
    """From whom to whom, by uid; one that is left out is the parent account."""

    example_fields = ("target", "coin", "amount")
    source = Text(max_length=9, required=False, allow_null=True, default=None)  # type: ignore[assignment]  # the wire's word; DRF's source is unused
    target = Text(max_length=9, required=False, allow_null=True, default=None)
    coin = Text(max_length=CODE_CHARACTERS_MAX)
    amount = AmountField()


class MovementOutput(serializers.Serializer[sub_accounts.Moved]):
    """One movement; its id is the posting's, as in the statements of both."""

    id = PublicId()
    source = serializers.CharField()  # type: ignore[assignment]  # as above
    target = serializers.CharField()
    coin = serializers.CharField()
    amount = AmountField()
    created_at = TimestampField()


class SubAccountMovements(NativeView):
    """`GET|POST /api/v1/sub-accounts/transfers`: money between an account and its sub-accounts."""

    @operation(
        needs=Needs(scope="read"),
        output=MovementOutput,
        page=Keyset("-id"),
        refusals=(account_errors.NotForSubAccounts,),
        summary="List the transfers with sub-accounts",
    )
    def get(self, call: Call) -> object:
        """Newest first."""
        return sub_accounts.movements(call.user)

    @operation(
        needs=Needs(scope="transfer"),
        idempotent=True,
        input=MovementInput,
        output=MovementOutput,
        status=201,
        rate="120/m",
        refusals=(
            *FAMILY,
            errors.SameAccount,
            errors.UnknownCoin,
            errors.InsufficientFunds,
            errors.IdempotencyConflict,
            account_errors.SubAccountFrozen,
            account_errors.SubAccountStopped,
        ),
        summary="Move money between the own accounts",
    )
    def post(self, call: Call) -> Answer:
        """At once. With `Idempotency-Key`, asking again gives the same movement."""
        made = sub_accounts.transfer(parent=call.user, **call.input, key=call.idempotency_key)
        return Answer(made, headers={"Idempotency-Replayed": "true"} if made.replayed else {})


class SubAccountBalances(NativeView):
    """`GET /api/v1/sub-accounts/{id}/balances`: what a sub-account has."""

    @operation(needs=Needs(scope="read"), output=BalancesOutput, refusals=FAMILY, summary="Read the balances of a sub-account")
    def get(self, call: Call) -> object:
        """In every coin, zeros included."""
        rows = sub_accounts.balances_of(parent=call.user, uid=call.path["id"])
        return {"results": rows, "next": None, "previous": None}


class SubAccountById(SubAccountNamed):
    """`GET|PATCH|DELETE /api/v1/sub-accounts/{id}`: read, name or remove one."""

    @operation(
        needs=Needs(),
        idempotent=True,
        input=SubAccountProofInput,
        status=204,
        rate="20/m",
        refusals=(*FAMILY, account_errors.SubAccountNotEmpty, account_errors.SubAccountStopped, *REFUSALS),
        summary="Remove an empty sub-account",
    )
    def delete(self, call: Call) -> None:
        """For good; its user name is not given to anybody else."""
        sub_accounts.remove(parent=call.user, uid=call.path["id"], proof=proof_of(call), client=client_of(call))
