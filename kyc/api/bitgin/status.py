"""Where the checks stand, and the bank accounts, on bitgin. Source: bitgin: Get KYC Verify Status, Get Bank Account list."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rest_framework import serializers

from accounts.errors import NotForSubAccounts
from config.dialects.bitgin.dialect import BitginView
from config.kit.fields import Text
from config.kit.operations import Call, Needs, operation
from kyc.api.bitgin.fields import mask_phone
from kyc.models import BankAccountState, CaseState, DocumentKind, DocumentState, Gender, Level
from kyc.models.cases import WAITING
from kyc.services import bank_accounts, identity, one_name, overview
from kyc.services.bank_accounts import BankAccountShown
from kyc.services.identity import PersonalData
from kyc.services.overview import CaseShown

NONE, IN_REVIEW, PASSED, AGAIN = 1, 2, 3, 4
"""KycStatus and ImageStatus: 尚未驗證, 驗證中, 驗證成功, 待補交. Source: bitgin: Get KYC Verify Status."""
LEVEL_WORDS: dict[str, int] = {
    overview.NOT_STARTED: NONE,
    CaseState.DRAFT: NONE,
    CaseState.SUBMITTED: IN_REVIEW,
    CaseState.RESUBMITTED: IN_REVIEW,
    CaseState.APPROVED: PASSED,
    CaseState.SENT_BACK: AGAIN,
    CaseState.REJECTED: AGAIN,
    CaseState.REVOKED: AGAIN,
}
ACCOUNT_WORDS: dict[str, int] = {
    bank_accounts.NOT_STARTED: NONE,
    bank_accounts.SENT_BACK: AGAIN,
    BankAccountState.PENDING: IN_REVIEW,
    BankAccountState.VERIFIED: PASSED,
    BankAccountState.REFUSED: AGAIN,
}
IMAGES: dict[str, tuple[str, ...]] = {
    "idPhotoVerification": (DocumentKind.ID_FRONT, DocumentKind.ID_BACK),
    "idSelfieVerification": (DocumentKind.SELFIE,),
    "secondIdPhotoVerification": (DocumentKind.SECOND_ID,),
    "addressVerification": (DocumentKind.PROOF_OF_ADDRESS,),
}
GENDER_WORDS: dict[str, int | None] = {Gender.FEMALE: 0, Gender.MALE: 1, Gender.UNSPECIFIED: None}


def level_status(case: CaseShown) -> int:
    """Where a level stands."""
    return LEVEL_WORDS[case.state]


def image_status(case: CaseShown, kinds: tuple[str, ...]) -> int:
    """Where the images of these kinds stand; of several the one that is furthest from being good."""
    there = {document.kind: document.state for document in case.documents}
    if case.state == CaseState.APPROVED:
        return PASSED if all(kind in there for kind in kinds) else NONE
    found = {_image(there.get(kind, ""), case.state) for kind in kinds}
    return next(status for status in (AGAIN, NONE, IN_REVIEW, PASSED) if status in found)


def _image(state: str, case_state: str) -> int:
    if not state:
        return NONE
    if state == DocumentState.REFUSED or case_state in (CaseState.REJECTED, CaseState.REVOKED):
        return AGAIN
    if state == DocumentState.ACCEPTED:
        return PASSED
    return IN_REVIEW if case_state in WAITING else NONE


class StatusOutput(serializers.Serializer[Any]):
    """Everything about the customer's checks, masked. 1 none, 2 in review, 3 passed, 4 to be brought again."""

    name = serializers.CharField(allow_blank=True)
    gender = serializers.IntegerField(allow_null=True, help_text="0 female, 1 male")
    identityNumber = serializers.CharField(allow_blank=True)
    mobilePhone = serializers.CharField(allow_blank=True)
    level = serializers.IntegerField()
    statusLevel1 = serializers.IntegerField()
    idPhotoVerification = serializers.IntegerField()
    idSelfieVerification = serializers.IntegerField()
    secondIdPhotoVerification = serializers.IntegerField()
    addressVerification = serializers.IntegerField()
    statusLevel2 = serializers.IntegerField()
    bankAccountVerification = serializers.IntegerField()
    statusLevel3 = serializers.IntegerField()
    allowChangeBankAccount = serializers.BooleanField()


def status_of(call: Call) -> dict[str, Any]:
    """In the words of the document. Raises NotForSubAccounts."""
    person = identity.read(call.user)
    found = overview.overview(user=call.user, language=call.language)
    cases = {case.level: case for case in found.cases}
    account = bank_accounts.standing(call.user)
    return {
        "name": _masked_name(person),
        "gender": GENDER_WORDS[person.gender] if person else None,
        "identityNumber": overview.mask_number(person.id_number) if person else "",
        "mobilePhone": mask_phone(call.user.phone),
        "level": found.level,
        "statusLevel1": level_status(cases[Level.BASIC]),
        **{name: image_status(cases[Level.DOCUMENTS], kinds) for name, kinds in IMAGES.items()},
        "statusLevel2": level_status(cases[Level.DOCUMENTS]),
        "bankAccountVerification": ACCOUNT_WORDS[account.verification],
        "statusLevel3": level_status(cases[Level.BANK]),
        "allowChangeBankAccount": account.allow_change,
    }


def _masked_name(person: PersonalData | None) -> str:
    """`林*得`; empty where nothing was said."""
    full = one_name.joined(first_name=person.first_name, last_name=person.last_name) if person else ""
    return overview.mask_name(full) if full else ""


class KycStatus(BitginView):
    """GET /v1/kyc/status. Source: bitgin: Get KYC Verify Status, which names it below /bitgin."""

    @operation(
        needs=Needs(scope="read"), output=StatusOutput, summary="Read where the checks stand", refusals=(NotForSubAccounts,)
    )
    def get(self, call: Call) -> dict[str, Any]:
        """All of it."""
        return status_of(call)


class BankAccountsInput(serializers.Serializer[Any]):
    """Which currency, if not all."""

    currency = Text(max_length=16, required=False, allow_blank=True, allow_null=True)


class BankAccountOutput(serializers.Serializer[BankAccountShown]):
    """A verified account; its holder is masked, and to a signed key its number too."""

    id = serializers.IntegerField(source="number")
    name = serializers.CharField()
    code = serializers.CharField(source="bank_code")
    account = serializers.CharField(source="account_number")
    accountHolder = serializers.CharField(source="holder")
    swiftCode = serializers.CharField(source="swift_code", allow_blank=True)


class BankAccounts(BitginView):
    """POST /v1/user/bank_accounts. Source: bitgin: Get Bank Account list."""

    @operation(
        needs=Needs(scope="read"),
        input=BankAccountsInput,
        output=BankAccountOutput,
        many=True,
        summary="List the verified bank accounts",
    )
    def post(self, call: Call) -> list[BankAccountShown]:
        """Newest first; the number is whole, as the sample has it, to whom a session shows to be its owner."""
        by_session = call.credential is not None and call.credential.kind == "session"
        found = bank_accounts.list_of(call.user, currency=call.input.get("currency") or "", is_whole=by_session)
        holder = _masked_name(identity.read(call.user))  # an account is its customer's own; the family name comes first here
        return [replace(account, holder=holder) for account in found if account.state == BankAccountState.VERIFIED]
