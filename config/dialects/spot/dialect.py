"""Spot's voice: `{"code", "msg", "data", "success"}`, the code a text. Source: the spot contract; docs/dialects/spot.md."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpRequest
from rest_framework.fields import Field

from config.kit.dialect import Dialect, KeyRates, WireError, register
from config.kit.errors import DomainError, InvalidInput, Kind, UnknownPath
from config.kit.operations import Operation
from config.kit.rendering import ExactJSONRenderer
from config.kit.views import DialectView

SUCCESS = "result.success"
PARAMETER, MISSING, SYSTEM = "2", "70003", "500"
TOO_FAST, NOT_ALLOWED = "110041", "100013"
NO_USER, NO_FUNDS, PRECISION = "10016", "20003", "10058"
BELOW_FEE, NOT_TRUSTED = "110007", "110008"
CODES = {
    "api.invalid": PARAMETER,
    "api.malformed": PARAMETER,
    "api.not_signed_in": MISSING,
    "api.level_too_low": NOT_ALLOWED,
    "api.not_fresh": NOT_ALLOWED,
    "api.scope_missing": NOT_ALLOWED,
    "api.key_required": NOT_ALLOWED,
    "api.absent": PARAMETER,
    "api.method_not_allowed": PARAMETER,
    "api.unsupported_media": PARAMETER,
    "api.not_acceptable": PARAMETER,
    "api.too_large": PARAMETER,
    "api.throttled": TOO_FAST,
    "api.unavailable": SYSTEM,
    "api.unexpected": SYSTEM,
    "apikeys.headers_invalid": PARAMETER,
    "apikeys.target_invalid": PARAMETER,
    "apikeys.key_refused": "100004",
    "apikeys.address_not_allowed": "100011",
    "apikeys.clock_outside_window": "100008",
    "apikeys.nonce_used": "100008",
    "apikeys.signature_wrong": "100005",
    "money.amount_invalid": PARAMETER,
    "money.amount_too_fine": PRECISION,
    "flow.illegal_move": PARAMETER,
    "accounts.not_for_sub_accounts": NOT_ALLOWED,
    "accounts.security_hold_active": NOT_ALLOWED,
    "accounts.receiver_not_named": PARAMETER,
    "accounts.receiver_unknown": NO_USER,
    "accounts.receivers_differ": PARAMETER,
    "accounts.receiver_locked": TOO_FAST,
    "kyc.not_entitled": NOT_ALLOWED,
    "wallet.unknown_coin": PARAMETER,
    "wallet.unknown_network": PARAMETER,
    "wallet.insufficient_funds": NO_FUNDS,
    "wallet.amount_below_minimum": BELOW_FEE,
    "wallet.address_not_trusted": NOT_TRUSTED,
    "wallet.address_cooling_down": NOT_TRUSTED,
    "wallet.limit_unset": NOT_ALLOWED,
    "wallet.transfer_limit_unset": NOT_ALLOWED,
    "wallet.funds_transfer_limit_unset": NOT_ALLOWED,
    "wallet.limit_exceeded": PARAMETER,
    "wallet.key_cap_exceeded": PARAMETER,
    "wallet.reference_taken": PARAMETER,
    "wallet.idempotency_conflict": PARAMETER,
    "wallet.deposits_closed": PARAMETER,
    "wallet.derivation_key_unfit": SYSTEM,
    "wallet.funds_transfers_closed": PARAMETER,
    "wallet.futures_not_open": PARAMETER,
    "wallet.house_address": PARAMETER,
    "wallet.invalid_address": PARAMETER,
    "wallet.invalid_memo": PARAMETER,
    "wallet.memo_required": PARAMETER,
    "wallet.network_not_connected": PARAMETER,
    "wallet.own_address": PARAMETER,
    "wallet.receiver_is_family": PARAMETER,
    "wallet.receiver_unavailable": PARAMETER,
    "wallet.too_many_open_transfers": PARAMETER,
    "wallet.too_many_open_withdrawals": PARAMETER,
    "wallet.transfer_held": PARAMETER,
    "wallet.transfer_to_oneself": PARAMETER,
    "wallet.transfers_closed": PARAMETER,
    "wallet.withdrawals_closed": PARAMETER,
}
"""The document's number of each refusal; gaps.md decides those that it leaves open."""
BY_KIND = {
    Kind.INVALID: PARAMETER,
    Kind.UNAUTHENTICATED: "100005",
    Kind.FORBIDDEN: NOT_ALLOWED,
    Kind.ABSENT: PARAMETER,
    Kind.CONFLICT: PARAMETER,
    Kind.TOO_LARGE: PARAMETER,
    Kind.UNPROCESSABLE: PARAMETER,
    Kind.LIMITED: TOO_FAST,
    Kind.UNAVAILABLE: SYSTEM,
}
"""What a refusal without a number of its own says."""
BY_HEADER = {"api-key": "100004", "sign": "100005"}
"""What a header says that can't be ours, whatever its form: no such key, not its signature."""
STATUS = {
    "api.method_not_allowed": 405,
    "api.unsupported_media": 415,
    "api.too_large": 413,
    "api.throttled": 429,
    "api.unavailable": 503,
    "api.unexpected": 500,
}
"""Whatever concerns the carriage of a request has HTTP's word for it; business and authentication are always 200."""


def envelope(data: Any) -> dict[str, Any]:
    """The answer, wrapped. Source: spot: 2. 发起提币, the sample."""
    return {"code": "0", "msg": SUCCESS, "data": data, "success": True}


def envelope_shape(data: dict[str, Any]) -> dict[str, Any]:
    """The schema of a wrapped answer."""
    words = {"code": {"type": "string", "const": "0"}, "msg": {"type": "string"}, "success": {"type": "boolean"}}
    return {"type": "object", "required": ["code", "msg", "data", "success"], "properties": {**words, "data": data}}


def status_of(error: DomainError | type[DomainError]) -> int:
    """The HTTP status with which this refusal leaves."""
    kind = error if isinstance(error, type) else type(error)
    return 404 if issubclass(kind, UnknownPath) else STATUS.get(error.slug, 200)


def code_of(error: DomainError) -> str:
    """The number of a refusal."""
    if isinstance(error, InvalidInput):
        due = str(Field.default_error_messages["required"])
        return MISSING if any(due in reasons for reasons in error.fields.values()) else PARAMETER
    if error.slug == "apikeys.headers_invalid":
        return MISSING if error.facts["reason"] == "is missing" else BY_HEADER.get(error.facts["header"], PARAMETER)
    return CODES.get(error.slug, BY_KIND[error.kind])


def refuse(error: DomainError, request: HttpRequest) -> WireError:
    """The refusal in spot's words, with Retry-After where waiting helps."""
    message = error.detail
    if isinstance(error, InvalidInput):
        reasons = [f"{name or 'body'}: {texts[0]}" for name, texts in error.fields.items() if texts]
        message = " ".join([message, *reasons])[:1000]
    body = {"code": code_of(error), "msg": message, "data": None, "success": False}
    waits = error.facts.get("retry_after")
    return WireError(status=status_of(error), body=body, headers={"Retry-After": str(waits)} if waits else {})


SPOT = register(
    Dialect(
        name="spot",
        prefixes=("/api/spot/",),
        authenticators=("apikeys.api.authentication.SpotKeyAuthentication",),
        refuse=refuse,
        status_of=status_of,
        envelope=envelope,
        envelope_shape=envelope_shape,
        refusal_shape="SpotRefusal",
        refusal_media_type="application/json",
        session_scheme="",
        key_scheme="spotKey",
        key_rates=KeyRates(per_address_and_endpoint="10/s"),
    )
)


class SpotView(DialectView):
    """Spot's endpoints stand on this. Bodies in every form that gaps.md asks for.

    The document shows JSON and names no media type: it is read under the labels that clients give it unasked, too. No page
    of another site can send what is signed.
    """

    dialect = SPOT
    body_forms: ClassVar[tuple[str, ...]] = ("plain_json", "unlabelled_json", "form_or_json", "multipart")
    renderer_classes = [ExactJSONRenderer]

    def _read(self, declared: Operation) -> tuple[dict[str, Any], dict[str, Any]]:
        _ = self.wire_request.body  # kept as received, multipart too: a signature covers these bytes
        return super()._read(declared)
