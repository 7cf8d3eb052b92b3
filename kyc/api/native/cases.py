"""The native dialect's endpoints of the identity checks."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.errors import NotForSubAccounts
from config.dialects.native.dialect import NativeView
from config.kit.fields import CodeField, Text
from config.kit.operations import Call, Needs, operation
from kyc import errors
from kyc.api.native.shown import EXPIRES_ON, OverviewOutput, UploadedOutput
from kyc.models import DocumentKind, Gender, IdType
from kyc.models.cases import Programme
from kyc.services import applications, documents, identity, imaging, overview
from messaging.errors import CodeExpired, InvalidPhone, TooManyAttempts, WrongCode

PERSON: dict[str, Any] = {
    "first_name": "Mei-Hua",
    "last_name": "Lin",
    "birthday": "1990-02-28",
    "nationality": "TW",
    "residence": "TW",
    "gender": Gender.FEMALE.value,
    "id_type": IdType.NATIONAL_ID.value,
    "id_number": "A123456789",
}
BANK_ACCOUNT: dict[str, Any] = {
    "country": "TW",
    "bank_code": "812",
    "branch_code": "0023",
    "account_number": "01234567890123",
}
ANSWERS: dict[str, Any] = {
    "q1": {"value": "other", "other_value": "Paying suppliers abroad"},
    "q2": {"value": "no"},
    "q3": {"value": "1_to_3"},
    "q4": {"value": "between_50_to_100"},
}
"""For examples."""


class BasicInput(serializers.Serializer[Any]):
    """Who the customer is. Level 1 asks an age of 18 years at least."""

    example_values: dict[str, Any] = PERSON | {"address": "7 Zhongshan North Road, Taipei"}

    first_name = Text(max_length=identity.NAME_LENGTH_MAX)
    last_name = Text(max_length=identity.NAME_LENGTH_MAX)
    birthday = serializers.DateField(input_formats=["%Y-%m-%d"], help_text="YYYY-MM-DD")
    nationality = Text(max_length=2, help_text="ISO 3166-1 alpha-2")
    residence = Text(max_length=2, help_text="Country of residence, ISO 3166-1 alpha-2")
    gender = serializers.ChoiceField(Gender.choices, default=Gender.UNSPECIFIED)
    address = Text(max_length=identity.ADDRESS_LENGTH_MAX, default="", allow_blank=True)
    id_type = serializers.ChoiceField(IdType.choices)
    id_number = Text(max_length=64, help_text="As printed; spaces, hyphens and case don't matter.")


class PhoneInput(serializers.Serializer[Any]):
    """A phone and the code that was sent to it for the purpose `kyc_phone`."""

    phone = Text(max_length=32)
    code = CodeField()


class DocumentInput(serializers.Serializer[Any]):
    """One document: JPEG, PNG or PDF (up to 20 pages), up to 5 MiB and 25 million pixels."""

    example_values: dict[str, Any] = {"kind": DocumentKind.ID_FRONT.value}

    kind = serializers.ChoiceField(DocumentKind.choices)
    file = serializers.FileField(allow_empty_file=True, use_url=False, max_length=1_000)


class BankAccountInput(serializers.Serializer[Any]):
    """The customer's own bank account."""

    example_values: dict[str, Any] = BANK_ACCOUNT
    country = Text(max_length=2, help_text="ISO 3166-1 alpha-2")
    bank_code = Text(max_length=16)
    branch_code = Text(max_length=16, default="", allow_blank=True)
    account_number = Text(max_length=40)


class ApplicationInput(serializers.Serializer[Any]):
    """An application. Level 2: `id_front`, `id_back` (not for a passport), `selfie`; level 3: `bank_book` and the bank account.

    The programme `extended` of level 2 asks `second_id`, `proof_of_address` and the questionnaire too, whose answers are
    `{"q1": {"value": "other", "other_value": "…"}, …}` as GET /kyc lists the questions. A case that was sent back keeps its
    programme.
    """

    example_cases: dict[str, Any] = {
        "level 2": {"level": 2, "document_expires_on": EXPIRES_ON},
        "level 2 with the questionnaire": {"level": 2, "programme": Programme.EXTENDED.value, "questionnaire": ANSWERS},
        "level 3": {"level": 3, "bank_account": BANK_ACCOUNT},
    }
    level = serializers.ChoiceField([2, 3])
    programme = serializers.ChoiceField(Programme.choices, default=Programme.STANDARD, help_text="As GET /kyc lists them.")
    questionnaire = serializers.DictField(required=False)
    bank_account = BankAccountInput(required=False)
    document_expires_on = serializers.DateField(
        input_formats=["%Y-%m-%d"], required=False, help_text="The last day of the identity document, YYYY-MM-DD."
    )


class Overview(NativeView):
    """GET /api/v1/kyc."""

    @operation(needs=Needs(), output=OverviewOutput, summary="Level, cases, documents and what is missing")
    def get(self, call: Call) -> object:
        """The overview."""
        return overview.overview(user=call.user, language=call.language)


class Basic(NativeView):
    """POST /api/v1/kyc/basic: the basic data of level 1."""

    @operation(
        needs=Needs(),
        input=BasicInput,
        output=OverviewOutput,
        rate="20/m",
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
        summary="Give or correct the basic data",
    )
    def post(self, call: Call) -> object:
        """Set the data; answers the overview."""
        identity.submit(user=call.user, details=identity.PersonalData(**call.input))
        return overview.overview(user=call.user, language=call.language)


class Phone(NativeView):
    """POST /api/v1/kyc/phone: verifies the phone of level 1 by a code of the purpose `kyc_phone`."""

    @operation(
        needs=Needs(),
        input=PhoneInput,
        output=OverviewOutput,
        rate="20/m",
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
        summary="Verify the phone",
    )
    def post(self, call: Call) -> object:
        """Take the code; answers the overview."""
        identity.confirm_phone(user=call.user, phone=call.input["phone"], code=call.input["code"])
        return overview.overview(user=call.user, language=call.language)


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
"""What each upload of a file may meet."""


class Documents(NativeView):
    """POST /api/v1/kyc/documents: uploads one document of a case."""

    @operation(
        needs=Needs(),
        input=DocumentInput,
        output=UploadedOutput,
        status=201,
        parsers=("multipart",),
        rate="30/m",
        refusals=(*FILE_REFUSALS, errors.UploadUnfit),
        summary="Upload a document",
    )
    def post(self, call: Call) -> object:
        """Store the document; answers it."""
        content = call.input["file"].read(imaging.DOCUMENT_BYTES_MAX + 1)
        stored = documents.upload(user=call.user, kind=call.input["kind"], content=content)
        return overview.document_shown(stored, call.language)


class Applications(NativeView):
    """POST /api/v1/kyc/applications: hands a level's documents in for review."""

    @operation(
        needs=Needs(),
        input=ApplicationInput,
        output=OverviewOutput,
        status=202,
        rate="20/m",
        refusals=(
            NotForSubAccounts,
            errors.LevelOutOfOrder,
            errors.ProgrammeUnfit,
            errors.UnderReview,
            errors.AlreadyApproved,
            errors.NumberReleased,
            errors.DocumentsMissing,
            errors.PartsMissing,
            errors.DocumentExpired,
            errors.ExpiryInvalid,
            errors.QuestionnaireMissing,
            errors.QuestionnaireInvalid,
            errors.BankAccountMissing,
            errors.BankAccountInvalid,
            errors.BankAccountHolderDiffers,
            errors.BankAccountPending,
            errors.BankAccountInUse,
        ),
        summary="Apply for level 2 or 3",
    )
    def post(self, call: Call) -> object:
        """Hand in; answers the overview."""
        bank = call.input.get("bank_account")
        applications.apply(
            user=call.user,
            level=call.input["level"],
            programme=call.input["programme"],
            questionnaire=call.input.get("questionnaire"),
            bank_account=applications.BankDetails(**bank) if bank is not None else None,
            document_expires_on=call.input.get("document_expires_on"),
        )
        return overview.overview(user=call.user, language=call.language)
