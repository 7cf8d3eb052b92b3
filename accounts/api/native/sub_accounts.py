"""Sub-accounts, as their parent account sees and handles them. Money and removal stand in the wallet."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from accounts import errors
from accounts.api.native.activity import LoginRecordOutput
from accounts.api.native.calls import client_of
from accounts.api.native.proofs import REFUSALS as PROOF
from accounts.api.native.proofs import ProofInput, proof_of
from accounts.models import LoginRecord, Session, User
from accounts.services import sub_account_freezes, sub_accounts
from config.dialects.native.dialect import NativeView
from config.kit.errors import Absent
from config.kit.fields import PublicId, Secret, Text, TimestampField
from config.kit.operations import Call, Needs, operation
from config.kit.paging import Keyset

FAMILY = (errors.NotForSubAccounts, Absent)


class SubAccountOutput(serializers.Serializer[User]):
    """A sub-account. Its id is its uid."""

    id = serializers.CharField(source="uid")
    username = serializers.CharField()
    label = serializers.CharField(source="sub_account_label")  # type: ignore[assignment]  # the stubs' Field has a title of this name
    status = serializers.CharField()
    registered_at = TimestampField()


class SubAccountInput(ProofInput):
    """The user name by which it signs in, its password, and the second factor (purpose `sub_account_add`)."""

    username = Text(max_length=32)
    password = Secret()
    label = Text(max_length=sub_accounts.LABEL_LENGTH_MAX, required=False, allow_blank=True, default="")  # type: ignore[assignment]  # as above


class SubAccountLabelInput(serializers.Serializer[Any]):
    """What the parent calls it."""

    label = Text(max_length=sub_accounts.LABEL_LENGTH_MAX, allow_blank=True)  # type: ignore[assignment]  # as above


class SubAccountPasswordInput(ProofInput):
    """The new password, and the parent's second factor (purpose `sub_account_password`)."""

    password = Secret()


class SubAccountSessionOutput(serializers.Serializer[Session]):
    """One open session of a sub-account."""

    id = PublicId(source="public_id")
    level = serializers.CharField()
    device = serializers.CharField()
    os = serializers.CharField()
    browser = serializers.CharField()
    place = serializers.CharField()
    city = serializers.CharField()
    ip = serializers.CharField(allow_null=True)
    created_at = TimestampField()
    last_used_at = TimestampField()
    expires_at = TimestampField()


class SubAccounts(NativeView):
    """`GET|POST /api/v1/sub-accounts`: list them; open one."""

    @operation(
        needs=Needs(scope="read"),
        output=SubAccountOutput,
        page=Keyset("id"),
        refusals=(errors.NotForSubAccounts,),
        summary="List the sub-accounts",
    )
    def get(self, call: Call) -> QuerySet[User]:
        """Newest first."""
        return sub_accounts.of(call.user)

    @operation(
        needs=Needs(),
        input=SubAccountInput,
        output=SubAccountOutput,
        status=201,
        rate="20/m",
        refusals=(
            errors.NotForSubAccounts,
            errors.UsernameInvalid,
            errors.PasswordRefused,
            errors.UsernameTaken,
            errors.TooManySubAccounts,
            *PROOF,
        ),
        summary="Open a sub-account",
    )
    def post(self, call: Call) -> User:
        """It signs in by its user name from now on."""
        return sub_accounts.create(
            parent=call.user,
            username=call.input["username"],
            password=call.input["password"],
            label=call.input["label"],
            proof=proof_of(call),
            client=client_of(call),
        )


class SubAccountNamed(NativeView):
    """`GET|PATCH /api/v1/sub-accounts/{id}`: read one; call it something else."""

    @operation(needs=Needs(scope="read"), output=SubAccountOutput, refusals=FAMILY, summary="Read a sub-account")
    def get(self, call: Call) -> User:
        """As it stands."""
        return sub_accounts.get(parent=call.user, uid=call.path["id"])

    @operation(
        needs=Needs(),
        input=SubAccountLabelInput,
        output=SubAccountOutput,
        rate="60/m",
        refusals=FAMILY,
        summary="Name a sub-account",
    )
    def patch(self, call: Call) -> User:
        """Its user name stays."""
        return sub_accounts.rename(parent=call.user, uid=call.path["id"], label=call.input["label"])


class SubAccountPassword(NativeView):
    """`PUT /api/v1/sub-accounts/{id}/password`: another password."""

    @operation(
        needs=Needs(),
        input=SubAccountPasswordInput,
        rate="20/m",
        refusals=(*FAMILY, errors.PasswordRefused, errors.PasswordsEqual, *PROOF),
        summary="Reset the password of a sub-account",
    )
    def put(self, call: Call) -> None:
        """Its sessions end at once."""
        sub_accounts.set_password(
            parent=call.user,
            uid=call.path["id"],
            password=call.input["password"],
            proof=proof_of(call),
            client=client_of(call),
        )


class SubAccountFreezing(NativeView):
    """`POST /api/v1/sub-accounts/{id}/freeze`: stop it at once."""

    @operation(
        needs=Needs(),
        output=SubAccountOutput,
        rate="60/m",
        refusals=(*FAMILY, errors.SubAccountFrozen, errors.SubAccountStopped),
        summary="Freeze a sub-account",
    )
    def post(self, call: Call) -> User:
        """Stopping asks for no proof: it has to be quick."""
        return sub_account_freezes.freeze(parent=call.user, uid=call.path["id"], client=client_of(call))


class SubAccountThawing(NativeView):
    """`POST /api/v1/sub-accounts/{id}/thaw`: let it go on."""

    @operation(
        needs=Needs(fresh=True),
        output=SubAccountOutput,
        rate="60/m",
        refusals=(*FAMILY, errors.SubAccountNotFrozen, errors.SubAccountStopped),
        summary="Thaw a sub-account",
    )
    def post(self, call: Call) -> User:
        """It may sign in again."""
        return sub_account_freezes.thaw(parent=call.user, uid=call.path["id"], client=client_of(call))


class SubAccountSessions(NativeView):
    """`GET /api/v1/sub-accounts/{id}/sessions`: where it is signed in."""

    @operation(
        needs=Needs(),
        output=SubAccountSessionOutput,
        page=Keyset("id"),
        refusals=FAMILY,
        summary="List the open sessions of a sub-account",
    )
    def get(self, call: Call) -> QuerySet[Session]:
        """Newest first."""
        return sub_accounts.sessions_of(parent=call.user, uid=call.path["id"])


class SubAccountActivity(NativeView):
    """`GET /api/v1/sub-accounts/{id}/activity`: what was done on it."""

    @operation(
        needs=Needs(),
        output=LoginRecordOutput,
        page=Keyset("id"),
        refusals=FAMILY,
        summary="Read the log of a sub-account",
    )
    def get(self, call: Call) -> QuerySet[LoginRecord]:
        """Newest first."""
        return sub_accounts.log_of(parent=call.user, uid=call.path["id"])
