"""The selfie of a recovery case: it lives here because reading pictures does."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts import errors as refused
from accounts.api.native.recovery import HEADERS, RecoveryCaseOutput, token_of
from config.dialects.native.dialect import NativeView
from config.kit.flow import IllegalMove
from config.kit.operations import Call, Needs, operation
from kyc import errors
from kyc.services import imaging, recovery_selfies


class SelfieInput(serializers.Serializer[Any]):
    """One photograph of the customer holding the case's number: JPEG or PNG, up to 5 MiB."""

    file = serializers.FileField(allow_empty_file=True, use_url=False, max_length=1_000)


class RecoverySelfies(NativeView):
    """`PUT /api/v1/recovery-cases/selfie`: hand the selfie of the token's case in."""

    @operation(
        needs=Needs(login=False),
        input=SelfieInput,
        output=RecoveryCaseOutput,
        parsers=("multipart",),
        headers=HEADERS,
        rate="20/m",
        summary="Hand in the selfie of a recovery case",
        refusals=(
            refused.RecoveryTokenInvalid,
            refused.SelfieNotFresh,
            IllegalMove,
            errors.DocumentTooLarge,
            errors.DocumentUnreadable,
            errors.UploadQuotaReached,
            errors.ImagingBusy,
        ),
    )
    def put(self, call: Call) -> object:
        """Keep it; answers the case."""
        content = call.input["file"].read(imaging.DOCUMENT_BYTES_MAX + 1)
        return recovery_selfies.hand_in(token=token_of(call), content=content)
