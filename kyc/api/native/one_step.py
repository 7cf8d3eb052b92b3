"""One-step verification, and giving anew what was sent back."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.api.native.proofs import REFUSALS, ProofInput, proof_of, without_proof
from accounts.errors import NotForSubAccounts
from config.dialects.native.dialect import NativeView
from config.kit.fields import Text
from config.kit.operations import Call, Needs, operation
from kyc import errors
from kyc.api.native.cases import PERSON
from kyc.api.native.shown import EXPIRES_ON, OverviewOutput
from kyc.models import Gender, IdType
from kyc.services import corrections, one_step, overview, personal_data

DAY = ["%Y-%m-%d"]
DATA_REFUSALS = (
    errors.IdentityInvalid,
    errors.IdNumberInvalid,
    errors.IdNumberUnfit,
    errors.IdNumberTaken,
    errors.IdentityDiffers,
    errors.BirthdayInvalid,
    errors.TooYoung,
    errors.DocumentExpired,
    errors.ExpiryInvalid,
)


class OneStepInput(ProofInput):
    """Who the customer is, with the second factor. Upload `id_front` and `selfie` first.

    A birthday that is left out is read by an officer from the document.
    """

    example_values: dict[str, Any] = PERSON | {"document_expires_on": EXPIRES_ON}
    first_name = Text(max_length=personal_data.NAME_LENGTH_MAX)
    last_name = Text(max_length=personal_data.NAME_LENGTH_MAX)
    nationality = Text(max_length=2, help_text="ISO 3166-1 alpha-2")
    residence = Text(max_length=2, default="", allow_blank=True, help_text="Due for a residence permit.")
    gender = serializers.ChoiceField(Gender.choices)
    id_type = serializers.ChoiceField(IdType.choices)
    id_number = Text(max_length=64, help_text="As printed; spaces, hyphens and case don't matter.")
    birthday = serializers.DateField(input_formats=DAY, required=False, allow_null=True, default=None, help_text="YYYY-MM-DD")
    document_expires_on = serializers.DateField(
        input_formats=DAY, required=False, allow_null=True, default=None, help_text="The last day of the document."
    )


class OneStep(NativeView):
    """POST /api/v1/kyc/one-step: levels 1 and 2 in one application."""

    @operation(
        needs=Needs(),
        input=OneStepInput,
        output=OverviewOutput,
        status=202,
        rate="20/m",
        refusals=(
            NotForSubAccounts,
            *DATA_REFUSALS,
            *REFUSALS,
            errors.UnderReview,
            errors.AlreadyApproved,
            errors.PartSettled,
            errors.DocumentsMissing,
            errors.PartsMissing,
        ),
        summary="Apply for levels 1 and 2 in one step",
    )
    def post(self, call: Call) -> object:
        """Hand in; answers the overview."""
        details = one_step.OneStepData(**without_proof(call))
        one_step.submit(user=call.user, details=details, proof=proof_of(call))
        return overview.overview(user=call.user, language=call.language)


class CorrectionsInput(serializers.Serializer[Any]):
    """The refused parts anew; nothing else."""

    example_values: dict[str, Any] = {"address": "12 Zhongshan North Road, Taipei", "document_expires_on": EXPIRES_ON}
    first_name = Text(max_length=personal_data.NAME_LENGTH_MAX, required=False)
    last_name = Text(max_length=personal_data.NAME_LENGTH_MAX, required=False)
    birthday = serializers.DateField(input_formats=DAY, required=False, help_text="YYYY-MM-DD")
    gender = serializers.ChoiceField(Gender.choices, required=False)
    nationality = Text(max_length=2, required=False, help_text="ISO 3166-1 alpha-2")
    residence = Text(max_length=2, required=False, help_text="Goes with the number of a residence permit.")
    id_type = serializers.ChoiceField(IdType.choices, required=False)
    id_number = Text(max_length=64, required=False)
    address = Text(max_length=personal_data.ADDRESS_LENGTH_MAX, required=False)
    document_expires_on = serializers.DateField(input_formats=DAY, required=False, help_text="YYYY-MM-DD")


class Corrections(NativeView):
    """POST /api/v1/kyc/corrections: gives refused parts of the typed data anew; the application is then handed in again."""

    @operation(
        needs=Needs(),
        input=CorrectionsInput,
        output=OverviewOutput,
        rate="20/m",
        refusals=(NotForSubAccounts, errors.NothingToCorrect, errors.PartSettled, errors.NumberReleased, *DATA_REFUSALS),
        summary="Give refused data anew",
    )
    def post(self, call: Call) -> object:
        """Take them; answers the overview."""
        corrections.correct(user=call.user, changes=call.input)
        return overview.overview(user=call.user, language=call.language)
