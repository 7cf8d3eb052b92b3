"""The address book: added with a second factor, usable after a cool-down."""

from __future__ import annotations

import math
from datetime import UTC, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from accounts.models import User
from accounts.models.logins import LoginAct
from accounts.services import audit, clients, holds, logins
from accounts.services.second_factor import Proof
from config.kit.clock import now
from messaging.services.codes import Purpose
from messaging.services.notices import notify
from wallet.models.coins import CoinNetwork
from wallet.models.trusted_addresses import TrustedAddress
from wallet.services import coins, proofs
from wallet.services.withdrawals import destinations
from wallet.services.withdrawals.errors import AddressCoolingDown, TrustedAddressesFull, TrustedAddressKnown

ADDRESSES_PER_CUSTOMER_MAX = 100
ADDRESS_TAIL_CHARACTERS = 6


def of_customer(customer: User) -> QuerySet[TrustedAddress]:
    """The customer's address book."""
    return TrustedAddress.objects.filter(customer=customer).select_related("coin_network__coin", "coin_network__network")


def find(*, customer: User, coin_network: CoinNetwork, address: str, memo: str) -> TrustedAddress | None:
    """The entry with exactly this (normal) address and memo, usable or not."""
    return of_customer(customer).filter(coin_network=coin_network, address=address, memo=memo).first()


def require_usable(trusted: TrustedAddress) -> None:
    """Promise that the cool-down is over. Raises AddressCoolingDown."""
    if trusted.usable_from > now():
        moment = trusted.usable_from.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        raise AddressCoolingDown(usable_from=moment)


def add(
    *,
    customer: User,
    label: str,
    coin: str,
    network: str,
    address: str,
    memo: str = "",
    proof: Proof | None,
    ip: str,
    language: str = "en",
) -> TrustedAddress:
    """Put an address into the book; money may go there by key once the cool-down is over.

    Without a proof, a code that is bound to this very address is sent, and SecondFactorRequired is raised. Where there is
    a cool-down, adding also holds all outgoing money for as long.

    Raises UnknownCoin, UnknownNetwork, InvalidAddress, InvalidMemo, MemoRequired, OwnAddress, HouseAddress,
    TrustedAddressKnown, TrustedAddressesFull, and what `proofs.require` raises.
    """
    coin_network = coins.network(coin, network)
    normal = destinations.normalise(coin_network, address=address, memo=memo)
    destinations.require_outside(coin_network, customer=customer, address=normal)
    _require_room(customer, coin_network, normal, memo)
    proofs.require(
        customer=customer,
        proof=proof,
        purpose=Purpose.TRUSTED_ADDRESS,
        context=_proof_context(coin_network, normal, memo),
        facts=_facts(coin_network, normal),
        language=language,
        ip=ip,
    )
    return _insert(customer, label, coin_network, normal, memo, clients.describe(ip=ip, user_agent=""))


def _insert(
    customer: User, label: str, coin_network: CoinNetwork, address: str, memo: str, client: clients.Client
) -> TrustedAddress:
    cooldown = timedelta(seconds=settings.TRUSTED_ADDRESS_COOLDOWN_SECONDS)
    try:
        with transaction.atomic():
            User.objects.select_for_update(no_key=True).get(pk=customer.pk)
            _require_room(customer, coin_network, address, memo)
            trusted = TrustedAddress.objects.create(
                customer=customer,
                label=label,
                coin_network=coin_network,
                address=address,
                memo=memo,
                usable_from=now() + cooldown,
            )
            audit.record(
                actor=customer,
                actor_kind="customer",
                act="trusted_address.add",
                subject=f"wallet.trusted_address:{trusted.public_id}",
                facts={"coin": coin_network.coin.code, "network": coin_network.network.code},
            )
            logins.note(user=customer, act=LoginAct.TRUSTED_ADDRESS_ADDED, client=client)
            if cooldown:
                holds.start(user=customer, cause="trusted_address", hours=math.ceil(cooldown.total_seconds() / 3600))
            notify(user=customer, template="trusted_address_added", facts=_facts(coin_network, address))
    except IntegrityError as refusal:
        if "trusted_address_once_per_customer" in str(refusal):
            raise TrustedAddressKnown from refusal
        raise
    return trusted


def _require_room(customer: User, coin_network: CoinNetwork, address: str, memo: str) -> None:
    if find(customer=customer, coin_network=coin_network, address=address, memo=memo) is not None:
        raise TrustedAddressKnown
    if TrustedAddress.objects.filter(customer=customer).count() >= ADDRESSES_PER_CUSTOMER_MAX:
        raise TrustedAddressesFull(maximum=ADDRESSES_PER_CUSTOMER_MAX)


def _proof_context(coin_network: CoinNetwork, address: str, memo: str) -> str:
    return f"trusted-address:{coin_network.coin.code}:{coin_network.network.code}:{address}:{memo}"


def _facts(coin_network: CoinNetwork, address: str) -> dict[str, str]:
    return {"coin": coin_network.coin.code, "address_tail": address[-ADDRESS_TAIL_CHARACTERS:]}
