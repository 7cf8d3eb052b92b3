"""Verifying an identity in one step on bhex. Source: bhex: 实名认证, 获取实名信息; gaps.md, bhex."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.api.bhex.calls import PROOF_REFUSALS, ProofInput, client_of, proof_of
from accounts.errors import CountryUnknown, NotForSubAccounts
from accounts.services import countries
from accounts.services.standing import Identity as Stands
from config.dialects.bhex.dialect import BhexView
from config.dialects.bhex.success import SUCCESS, SuccessOutput
from config.kit.fields import Text
from config.kit.operations import Call, Needs, operation
from config.kit.texts import spoken
from kyc import errors
from kyc.api.bhex.files import viewer_of
from kyc.models import Document, DocumentKind, Gender, IdType
from kyc.services import id_numbers, links, names, one_step, personal_data, verification
from kyc.services.overview import mask_number
from kyc.services.verification import Verification

GENDERS = {1: Gender.MALE, 2: Gender.FEMALE}
GENDER_WORDS = {Gender.MALE.value: 1, Gender.FEMALE.value: 2, Gender.UNSPECIFIED.value: 0}
CARD_TYPES = {1: IdType.NATIONAL_ID, 2: IdType.PASSPORT}
CARD_WORDS: dict[str, tuple[str, str, str]] = {
    IdType.NATIONAL_ID: ("ID card", "身份证", "身分證"),
    IdType.PASSPORT: ("Passport", "护照", "護照"),
    IdType.RESIDENCE_PERMIT: ("Residence permit", "居留证", "居留證"),
    IdType.DRIVING_LICENCE: ("Driving licence", "驾驶证", "駕駛執照"),
}
"""In the languages of the dialect's texts. `cardType` is a number going in and a word coming out."""
VERIFY_STATUSES = {Stands.NONE: 0, Stands.IN_REVIEW: 1, Stands.APPROVED: 2, Stands.REFUSED: 3}
NUMBER_LENGTH_MAX = 2 * id_numbers.LENGTH_MAX
"""As printed: with what stands between the characters."""


class CardFields(serializers.Serializer[Any]):
    """Who the customer is. `first_name` is the family name, `second_name` the given one."""

    nationality = Text(max_length=8, help_text="ISO 3166-1: two letters, three letters, or the number")
    first_name = Text(max_length=personal_data.NAME_LENGTH_MAX)
    second_name = Text(max_length=personal_data.NAME_LENGTH_MAX)
    gender = serializers.ChoiceField(choices=sorted(GENDERS))
    card_type = serializers.ChoiceField(choices=sorted(CARD_TYPES))
    card_no = Text(max_length=NUMBER_LENGTH_MAX)
    card_front_url = Text(max_length=names.PATH_LENGTH_MAX)
    card_hand_url = Text(max_length=names.PATH_LENGTH_MAX)


class VerifyInput(CardFields, ProofInput):
    """The same with the second factor."""


class Verify(BhexView):
    """POST /api/user/verify. Source: bhex: 实名认证.

    The document asks for no birthday: the number tells it, or the officer reads it.
    """

    @operation(
        needs=Needs(),
        input=VerifyInput,
        output=SuccessOutput,
        rate="20/m",
        refusals=(
            NotForSubAccounts,
            CountryUnknown,
            errors.IdentityInvalid,
            errors.IdNumberInvalid,
            errors.IdNumberUnfit,
            errors.IdNumberTaken,
            errors.IdentityDiffers,
            errors.BirthdayInvalid,
            errors.TooYoung,
            errors.DocumentExpired,
            errors.ImageAbsent,
            errors.UploadUnfit,
            errors.UploadUsed,
            errors.UnderReview,
            errors.AlreadyApproved,
            errors.PartSettled,
            errors.PartsMissing,
            errors.DocumentsMissing,
            *PROOF_REFUSALS,
        ),
        summary="Verify the identity",
    )
    def post(self, call: Call) -> object:
        """Hand it in for review."""
        said = call.input
        details = one_step.OneStepData(
            nationality=countries.find(said["nationality"]).alpha2,
            first_name=said["second_name"],
            last_name=said["first_name"],
            gender=GENDERS[said["gender"]],
            id_type=CARD_TYPES[said["card_type"]],
            id_number=said["card_no"],
        )
        one_step.submit(
            user=call.user,
            details=details,
            proof=proof_of(call),
            front=said["card_front_url"],
            selfie=said["card_hand_url"],
            client=client_of(call),
        )
        return SUCCESS


class VerifyInfoOutput(serializers.Serializer[Any]):
    """What was handed in and where it stands; empty before."""

    nationality = serializers.CharField(allow_blank=True)
    firstName = serializers.CharField(allow_blank=True, help_text="the family name")
    secondName = serializers.CharField(allow_blank=True, help_text="the given name")
    gender = serializers.IntegerField(help_text="1 male, 2 female, 0 not said")
    cardType = serializers.CharField(allow_blank=True)
    cardNo = serializers.CharField(allow_blank=True, help_text="masked")
    cardFrontUrl = serializers.CharField(allow_blank=True)
    cardHandUrl = serializers.CharField(allow_blank=True)
    verifyStatus = serializers.IntegerField(help_text="0 none, 1 in review, 2 approved, 3 refused")
    refusedReason = serializers.CharField(allow_blank=True)
    refusedReasonId = serializers.IntegerField()


def shown(call: Call, found: Verification) -> dict[str, Any]:
    """In the words of the document, for the session that asks."""
    person, reason = found.person, found.reason
    return {
        "nationality": countries.name_of(person.nationality, call.language) if person else "",
        "firstName": person.last_name if person else "",
        "secondName": person.first_name if person else "",
        "gender": GENDER_WORDS[person.gender] if person else 0,
        "cardType": spoken(CARD_WORDS[person.id_type], call.language) if person else "",
        "cardNo": mask_number(person.id_number) if person else "",
        "cardFrontUrl": _link(call, found.documents.get(DocumentKind.ID_FRONT)),
        "cardHandUrl": _link(call, found.documents.get(DocumentKind.SELFIE)),
        "verifyStatus": VERIFY_STATUSES[found.stands],
        "refusedReason": reason.text if reason else "",
        "refusedReasonId": reason.number if reason else 0,
    }


def _link(call: Call, document: Document | None) -> str:
    """The whole address, as the sample has it: below /api."""
    if document is None:
        return ""
    return call.request.build_absolute_uri(f"/api{links.url_of(document, viewer_of(call))}")


class VerifyInfo(BhexView):
    """GET|POST /user/verify_info, also /api/user/verify_info. Source: bhex: 获取实名信息."""

    @operation(needs=Needs(), output=VerifyInfoOutput, rate="60/m", summary="Read what was handed in to be verified")
    def get(self, call: Call) -> object:
        """The newest application for the documents' level."""
        return shown(call, verification.read(user=call.user, language=call.language))

    @operation(needs=Needs(), output=VerifyInfoOutput, rate="60/m", summary="Read what was handed in to be verified")
    def post(self, call: Call) -> object:
        """The same: the document names both methods."""
        return shown(call, verification.read(user=call.user, language=call.language))
