"""The address book on the native dialect."""

from __future__ import annotations

from rest_framework import serializers

from accounts.api.native.proofs import REFUSALS, ProofInput, proof_of, without_proof
from config.dialects.native.dialect import NativeView
from config.kit.fields import PublicId, Text, TimestampField
from config.kit.operations import Call, Needs, operation
from config.kit.paging import Keyset
from wallet.chains import errors as chain_errors
from wallet.models.trusted_addresses import LABEL_CHARACTERS_MAX, TrustedAddress
from wallet.models.withdrawals import ADDRESS_CHARACTERS_MAX, MEMO_CHARACTERS_MAX
from wallet.services import trusted_addresses
from wallet.services.withdrawals import errors


class TrustedAddressInput(ProofInput):
    """An address to trust, and the proof. Without `code`, one is sent where a code is the proof."""

    label = Text(max_length=LABEL_CHARACTERS_MAX)  # type: ignore[assignment]  # the wire's word; DRF's label is unused
    coin = Text(max_length=16)
    network = Text(max_length=32)
    address = Text(max_length=ADDRESS_CHARACTERS_MAX)
    memo = Text(max_length=MEMO_CHARACTERS_MAX, required=False, allow_blank=True, default="")


class TrustedAddressOutput(serializers.Serializer[TrustedAddress]):
    """One entry of the address book."""

    id = PublicId(source="public_id")
    label = serializers.CharField()  # type: ignore[assignment]  # see above
    coin = serializers.CharField(source="coin_network.coin.code")
    network = serializers.CharField(source="coin_network.network.code")
    address = serializers.CharField()
    memo = serializers.CharField()
    usable_from = TimestampField()
    created_at = TimestampField()


class TrustedAddresses(NativeView):
    """`/api/v1/trusted-addresses`: the addresses that a signed key may send to."""

    @operation(needs=Needs(scope="read"), output=TrustedAddressOutput, page=Keyset("-id"), summary="List trusted addresses")
    def get(self, call: Call) -> object:
        """The address book, newest first."""
        return trusted_addresses.of_customer(call.user)

    @operation(
        needs=Needs(),
        idempotent=True,
        input=TrustedAddressInput,
        output=TrustedAddressOutput,
        status=201,
        refusals=(
            errors.OwnAddress,
            errors.MemoRequired,
            errors.TrustedAddressKnown,
            errors.TrustedAddressesFull,
            chain_errors.InvalidAddress,
            chain_errors.InvalidMemo,
            chain_errors.NetworkNotConnected,
            *REFUSALS,
        ),
        rate="30/m",
        summary="Trust an address",
    )
    def post(self, call: Call) -> TrustedAddress:
        """Into the book; it may be used from `usable_from` on."""
        return trusted_addresses.add(
            customer=call.user, proof=proof_of(call), **without_proof(call), language=call.language, ip=call.ip
        )
