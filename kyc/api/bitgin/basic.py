"""Level 1 on bitgin. Source: bitgin: Submit Basic Data, Check Mobile Phone Number Is Unique, Verify Basic Data."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.errors import NotForSubAccounts
from accounts.errors import PhoneTaken as AccountPhoneTaken
from accounts.services import names
from config.dialects.bitgin.dialect import BitginView
from config.kit.fields import CodeField, Text
from config.kit.operations import Answer, Call, Needs, operation
from config.kit.scalars import NullOutput
from kyc import errors
from kyc.api.bitgin.fields import MobilePhone
from kyc.api.bitgin.status import level_status
from kyc.models import Gender, IdType, Level
from kyc.services import id_numbers, identity, one_name, overview
from messaging.errors import CodeExpired, InvalidPhone, TooManyAttempts, WrongCode

GENDERS = {0: Gender.FEMALE, 1: Gender.MALE}
COUNTRY = "TW"
"""Whose identity cards and residence certificates the document speaks of."""
NATIONAL = ("1", "2")
"""The second place of a national number; a resident's has another."""
DONE = Answer(None, status=200)
"""`data: null`."""


class BasicInput(serializers.Serializer[Any]):
    """Who the customer is. `nationality` is ours: where a residence certificate is not the holder's own country's."""

    name = Text(max_length=identity.NAME_LENGTH_MAX)
    gender = serializers.ChoiceField(choices=sorted(GENDERS), help_text="0 female, 1 male")
    birthday = serializers.DateField(input_formats=["%Y/%m/%d"], help_text="YYYY/MM/DD")
    identityNumber = Text(max_length=2 * id_numbers.LENGTH_MAX)
    nationality = Text(
        max_length=2, required=False, allow_blank=True, allow_null=True, help_text="ISO 3166-1 alpha-2; TW unless told"
    )


class BasicOutput(serializers.Serializer[Any]):
    """Where the levels above stand."""

    statusLevel3 = serializers.IntegerField()
    statusLevel2 = serializers.IntegerField()


class MobileInput(serializers.Serializer[Any]):
    """A phone."""

    mobilePhone = MobilePhone()


class VerifyBasicInput(MobileInput):
    """A phone and the code that was sent to it."""

    code = CodeField()


def details_of(call: Call) -> identity.PersonalData:
    """The data in our words: which document it is, is told by its number."""
    said = call.input
    first_name, last_name = one_name.split(said["name"])
    number = id_numbers.plain(said["identityNumber"])
    is_national = number[1] in NATIONAL
    return identity.PersonalData(
        first_name=first_name,
        last_name=last_name,
        birthday=said["birthday"],
        nationality=COUNTRY if is_national else said.get("nationality") or COUNTRY,
        residence=COUNTRY,
        gender=GENDERS[said["gender"]],
        id_type=IdType.NATIONAL_ID if is_national else IdType.RESIDENCE_PERMIT,
        id_number=number,
    )


class BasicData(BitginView):
    """POST /v1/kyc/basic_data. Source: bitgin: Submit Basic Data."""

    @operation(
        needs=Needs(),
        input=BasicInput,
        output=BasicOutput,
        rate="20/m",
        summary="Give or correct the basic data",
        refusals=(
            NotForSubAccounts,
            errors.IdentityInvalid,
            errors.BirthdayInvalid,
            errors.TooYoung,
            errors.IdNumberInvalid,
            errors.IdNumberUnfit,
            errors.IdNumberTaken,
            errors.IdentityDiffers,
            errors.AlreadyApproved,
            errors.UnderReview,
        ),
    )
    def post(self, call: Call) -> dict[str, int]:
        """Keep them; level 1 passes where the phone is verified already."""
        identity.submit(user=call.user, details=details_of(call))
        cases = {case.level: case for case in overview.overview(user=call.user, language=call.language).cases}
        return {"statusLevel3": level_status(cases[Level.BANK]), "statusLevel2": level_status(cases[Level.DOCUMENTS])}


class CheckMobile(BitginView):
    """POST /v1/kyc/check_mobile. Source: bitgin: Check Mobile Phone Number Is Unique, "Authentication - Mo Needed"."""

    @operation(
        needs=Needs(login=False),
        input=MobileInput,
        output=NullOutput,
        rate="30/m",
        summary="Check a phone",
        refusals=(InvalidPhone, AccountPhoneTaken),
    )
    def post(self, call: Call) -> Answer:
        """Whether it is one; whose it is only where STRICT_CODES lets that be told."""
        names.check_phone_free(call.input["mobilePhone"], ip=call.ip)
        return DONE


class VerifyBasicData(BitginView):
    """POST /v1/kyc/verify_basic_data. Source: bitgin: Verify Basic Data, "pass KYC LV1 automatically"."""

    @operation(
        needs=Needs(),
        input=VerifyBasicInput,
        output=NullOutput,
        rate="20/m",
        summary="Verify the phone",
        refusals=(
            NotForSubAccounts,
            InvalidPhone,
            WrongCode,
            CodeExpired,
            TooManyAttempts,
            errors.PhoneDiffers,
            errors.PhoneTaken,
            errors.AlreadyApproved,
        ),
    )
    def post(self, call: Call) -> Answer:
        """Bind it; level 1 passes where the data are there."""
        identity.confirm_phone(user=call.user, phone=call.input["mobilePhone"], code=call.input["code"])
        return DONE
