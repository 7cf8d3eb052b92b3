"""Images and levels 2 and 3 on bitgin. Source: bitgin: Upload Image, Apply USDT Buy / Sell Permission, Apply TWD …."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from accounts.errors import NotForSubAccounts
from config.dialects.bitgin.dialect import BitginView
from config.kit.clock import milliseconds
from config.kit.fields import Text
from config.kit.operations import Answer, Call, Needs, operation
from config.kit.scalars import NullOutput
from kyc import errors
from kyc.models import Document, DocumentKind, Level
from kyc.models.cases import Programme
from kyc.services import applications, bank_application, documents, imaging
from kyc.services.bank_details import BankDetails

TYPES: dict[int, str] = dict(
    enumerate(
        (
            DocumentKind.ID_FRONT,
            DocumentKind.ID_BACK,
            DocumentKind.SELFIE,
            DocumentKind.SECOND_ID,
            DocumentKind.PROOF_OF_ADDRESS,
            DocumentKind.BANK_BOOK,
        ),
        start=1,
    )
)
"""KYC image types. Source: bitgin: Upload Image."""
FILE_NAME_LENGTH_MAX = 1_000
COUNTRY = "TW"
QUESTIONS = ("q1", "q2", "q3", "q4")
DONE = Answer(None, status=200)
"""`data: null`."""
FILE_REFUSALS = (
    NotForSubAccounts,
    errors.DocumentTooLarge,
    errors.DocumentUnreadable,
    errors.DocumentSettled,
    errors.UploadQuotaReached,
    errors.UploadBytesReached,
    errors.ImagingBusy,
    errors.StorageUnavailable,
)
APPLICATION_REFUSALS = (
    NotForSubAccounts,
    errors.LevelOutOfOrder,
    errors.UnderReview,
    errors.AlreadyApproved,
    errors.NumberReleased,
    errors.DocumentsMissing,
    errors.PartsMissing,
    errors.DocumentExpired,
    errors.ExpiryInvalid,
)


class ImageInput(serializers.Serializer[Any]):
    """A JPEG, PNG or PDF of up to 5 MiB, and what it shows."""

    file = serializers.FileField(allow_empty_file=True, use_url=False, max_length=FILE_NAME_LENGTH_MAX)
    type = serializers.ChoiceField(choices=sorted(TYPES), help_text="1 front, 2 back, 3 selfie, 4 second, 5 address, 6 bank")


class ImageOutput(serializers.Serializer[Document]):
    """What was kept: every image is encoded anew, under a name of ours."""

    contentType = serializers.CharField()
    filename = serializers.CharField()
    id = serializers.CharField()
    size = serializers.IntegerField()

    def to_representation(self, instance: Document) -> dict[str, Any]:
        """In the words of the document."""
        moment = milliseconds(instance.uploaded_at)
        told = {"contentType": imaging.STORED_MEDIA_TYPE, "filename": f"{moment}.jpg"}
        return {**told, "id": f"{instance.public_id}_{moment}", "size": instance.size_bytes}


class AnswerInput(serializers.Serializer[Any]):
    """An answer, with words of one's own where it asks for them."""

    value = serializers.CharField()
    otherValue = serializers.CharField(required=False)


class LevelTwoInput(serializers.Serializer[Any]):
    """The questionnaire, nested (`{"q1": {"value": …}}`) or with dotted names (`q1.value`)."""

    example_fields = QUESTIONS
    q1 = AnswerInput(required=False)
    q2 = AnswerInput(required=False)
    q3 = AnswerInput(required=False)
    q4 = AnswerInput(required=False)

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Question → answer in our words; what is no answer is left to the questionnaire's own check."""
        if not isinstance(data, Mapping):
            raise serializers.ValidationError({"q1": "An object is due."})
        found: dict[str, dict[str, Any]] = {}
        for question in QUESTIONS:
            nested = data.get(question)
            given = nested if isinstance(nested, Mapping) else {}
            value = given.get("value", data.get(f"{question}.value"))
            other = given.get("otherValue", data.get(f"{question}.otherValue"))
            found[question] = {"value": value, **({} if other is None else {"other_value": other})}
        return found


class LevelThreeInput(serializers.Serializer[Any]):
    """A bank account and a picture of its book, unless one was uploaded before."""

    code = Text(max_length=16, required=False, allow_blank=True)
    branch = Text(max_length=16, required=False, allow_blank=True)
    account = Text(max_length=40, required=False, allow_blank=True)
    file = serializers.FileField(
        required=False, allow_null=True, allow_empty_file=True, use_url=False, max_length=FILE_NAME_LENGTH_MAX
    )


class Image(BitginView):
    """POST /v1/kyc/image. Source: bitgin: Upload Image."""

    @operation(
        needs=Needs(),
        input=ImageInput,
        output=ImageOutput,
        parsers=("multipart",),
        rate="30/m",
        summary="Upload an image",
        refusals=FILE_REFUSALS,
    )
    def post(self, call: Call) -> Document:
        """Keep it in the case of its level."""
        content = call.input["file"].read(imaging.DOCUMENT_BYTES_MAX + 1)
        return documents.upload(user=call.user, kind=TYPES[call.input["type"]], content=content)


class ApplyLevelTwo(BitginView):
    """POST /v1/kyc/apply_level_2. Source: bitgin: Apply USDT Buy / Sell Permission."""

    @operation(
        needs=Needs(),
        input=LevelTwoInput,
        output=NullOutput,
        rate="20/m",
        summary="Hand in level 2",
        refusals=(*APPLICATION_REFUSALS, errors.QuestionnaireInvalid, errors.QuestionnaireMissing),
    )
    def post(self, call: Call) -> Answer:
        """An officer looks at it."""
        applications.apply(user=call.user, level=Level.DOCUMENTS, programme=Programme.EXTENDED, questionnaire=call.input)
        return DONE


class ApplyLevelThree(BitginView):
    """POST /v1/kyc/apply_level_3. Source: bitgin: Apply TWD Deposit / Withdrawal Permission."""

    @operation(
        needs=Needs(),
        input=LevelThreeInput,
        output=NullOutput,
        parsers=("multipart",),
        rate="20/m",
        summary="Hand in level 3",
        refusals=(
            *APPLICATION_REFUSALS,
            *FILE_REFUSALS,
            errors.BankAccountMissing,
            errors.BankAccountInvalid,
            errors.BankAccountHolderDiffers,
            errors.BankAccountPending,
            errors.BankAccountInUse,
        ),
    )
    def post(self, call: Call) -> Answer:
        """An officer looks at it."""
        said = call.input
        bank, branch, number = (said.get(name) or "" for name in ("code", "branch", "account"))
        account = BankDetails(COUNTRY, bank, number, branch) if bank and branch and number else None
        file = said.get("file")
        book = file.read(imaging.DOCUMENT_BYTES_MAX + 1) if file is not None else None
        bank_application.apply(user=call.user, account=account, book=book)
        return DONE
