"""The second factor where bhex asks for an order and its code, without saying by which way the code went."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.services import second_factor
from accounts.services.second_factor import Method, Proof
from config.dialects.bhex.fields import OptionalOrder, VerifyCode
from config.kit.errors import InvalidInput
from config.kit.operations import Call
from messaging.models import Channel, Purpose
from messaging.services import orders

METHODS = {Channel.SMS: Method.PHONE, Channel.EMAIL: Method.EMAIL}
NO_ORDER = "0"
"""Names no sending: a code that comes with it is a wrong one, unless it is an authenticator's."""


class SentProofInput(serializers.Serializer[Any]):
    """The code that was sent and its order; an authenticator's code has none."""

    order_id = OptionalOrder()
    verify_code = VerifyCode()


def sent_proof(call: Call, *purposes: Purpose) -> Proof:
    """The second factor for an act of one of these purposes: by the way by which its order went.

    An order that names nothing is shown by the strongest way there is, where it is counted as wrong.
    Raises InvalidInput without an order where nothing is bound whose codes have none.
    """
    order, code = call.input["order_id"], call.input["verify_code"]
    if not order and not second_factor.has_strong(call.user):
        raise InvalidInput(fields={"order_id": ["This field is required."]})
    ways = (orders.channel_of(order, purpose=purpose, user=call.user) for purpose in purposes)
    way = next((way for way in ways if way is not None), None)
    return Proof(METHODS[way] if way is not None else "", code, order=order or NO_ORDER)
