"""The native dialect's endpoints of bank accounts."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.api.native.proofs import REFUSALS, ProofInput, proof_of, without_proof
from accounts.errors import NotForSubAccounts
from config.dialects.native.dialect import NativeView
from config.kit.errors import Absent
from config.kit.fields import PublicId, Text, TimestampField
from config.kit.operations import Call, Needs, operation
from kyc import errors
from kyc.api.native.cases import BANK_ACCOUNT
from kyc.models import BankAccountState
from kyc.services import bank_accounts, bank_details


class FurtherBankAccountInput(ProofInput):
    """A bank account of the customer's own, and the proof. Of an IBAN country `account_number` is the IBAN."""

    example_values: dict[str, Any] = BANK_ACCOUNT | {"holder": "Mei-Hua Lin"}
    country = Text(max_length=2, help_text="ISO 3166-1 alpha-2")
    bank_code = Text(max_length=16, default="", allow_blank=True, help_text="Taiwan: 3 digits; an IBAN names its bank itself")
    branch_code = Text(max_length=16, default="", allow_blank=True, help_text="Taiwan: 4 digits")
    account_number = Text(max_length=40)
    holder = Text(max_length=bank_details.HOLDER_LENGTH_MAX, help_text="Must be the verified name")


class BankAccountOutput(serializers.Serializer[Any]):
    """One bank account; number and holder are masked. Money can go there from `usable_from` on, once it is verified."""

    example_values: dict[str, Any] = {
        "name": "台新國際商業銀行",
        "bank_code": BANK_ACCOUNT["bank_code"],
        "branch_code": BANK_ACCOUNT["branch_code"],
        "account_number": bank_details.mask(BANK_ACCOUNT["account_number"]),
        "holder": "M*n",
        "state": BankAccountState.VERIFIED.value,
        "reason": "",
    }
    id = PublicId()
    name = serializers.CharField()
    country = serializers.CharField()
    bank_code = serializers.CharField()
    branch_code = serializers.CharField()
    account_number = serializers.CharField()
    holder = serializers.CharField()
    state = serializers.ChoiceField(BankAccountState.choices)
    reason = serializers.CharField(allow_blank=True, help_text="Slug of the catalogue where it was refused")
    usable_from = TimestampField()
    created_at = TimestampField()


class BankAccountsOutput(serializers.Serializer[Any]):
    """The accounts, newest first, and whether one may be added or exchanged now."""

    example_values: dict[str, Any] = {"verification": BankAccountState.VERIFIED.value}
    allow_change = serializers.BooleanField()
    verification = serializers.CharField(help_text="not_started, pending, sent_back, refused or verified")
    accounts = BankAccountOutput(many=True)


class BankAccounts(NativeView):
    """`/api/v1/bank-accounts`: the customer's own accounts for money that is not crypto."""

    @operation(needs=Needs(), output=BankAccountsOutput, summary="List bank accounts")
    def get(self, call: Call) -> dict[str, Any]:
        """All that wait, are verified or were refused."""
        standing = bank_accounts.standing(call.user) if call.user.parent_id is None else None
        return {
            "allow_change": standing is not None and standing.allow_change,
            "verification": standing.verification if standing else bank_accounts.NOT_STARTED,
            "accounts": bank_accounts.list_of(call.user),
        }

    @operation(
        needs=Needs(),
        input=FurtherBankAccountInput,
        output=BankAccountOutput,
        status=201,
        rate="20/m",
        refusals=(
            NotForSubAccounts,
            errors.BankAccountInvalid,
            errors.BankAccountHolderDiffers,
            errors.NotEntitled,
            errors.UnderReview,
            errors.BankAccountPending,
            errors.BankAccountInUse,
            errors.BankAccountKnown,
            errors.BankAccountsFull,
            *REFUSALS,
        ),
        summary="Add a bank account",
    )
    def post(self, call: Call) -> object:
        """Name it; an officer verifies it."""
        details = bank_details.BankDetails(**without_proof(call))
        made = bank_accounts.add(user=call.user, details=details, proof=proof_of(call), language=call.language, ip=call.ip)
        return bank_accounts.show(made)


class BankAccountById(NativeView):
    """`DELETE /api/v1/bank-accounts/{id}`."""

    @operation(
        needs=Needs(),
        input=ProofInput,
        rate="20/m",
        refusals=(Absent, errors.BankAccountWithCase, errors.BankAccountInUse, *REFUSALS),
        summary="Remove a bank account",
    )
    def delete(self, call: Call) -> None:
        """Take it off the list."""
        bank_accounts.remove(
            user=call.user, public_id=call.path["id"], proof=proof_of(call), language=call.language, ip=call.ip
        )
