"""Coins and how networks carry them, as operators add, open and close them. What is new is closed until it is opened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.services.officers import Act
from config.kit import money
from config.kit.money import to_text
from wallet.errors import CoinTermsInvalid, UnknownNetwork
from wallet.models.coins import Coin, CoinKind, CoinNetwork, Network

AMOUNTS = ("deposit_minimum", "withdrawal_minimum", "withdrawal_fee")
"""Terms that are amounts of the coin; the others are whole numbers, texts and switches."""
TERMS = (
    *AMOUNTS,
    "scale",
    "contract_address",
    "confirmations",
    "memo_required",
    "is_enabled",
    "is_deposit_open",
    "is_withdrawal_open",
)
SWITCHES = ("is_enabled", "is_deposit_open", "is_withdrawal_open")


def set_coin(
    *, code: str, act: Act, name: str = "", kind: str = "", scale: int | None = None, is_enabled: bool | None = None
) -> Coin:
    """Add a coin (name, kind and scale are due then), or enable, disable or rename one; code and scale never change.

    Raises ReasonDue, CoinTermsInvalid.
    """
    act.require()
    with transaction.atomic():
        coin = Coin.objects.select_for_update().filter(code=code).first()
        is_new = coin is None
        if coin is None:
            if not name or kind not in CoinKind.values or scale is None:
                raise CoinTermsInvalid(reason="a new coin has a name, a kind and a scale")
            coin = Coin(code=code, kind=kind, scale=scale, position=Coin.objects.count())
        elif (kind and kind != coin.kind) or (scale is not None and scale != coin.scale):
            raise CoinTermsInvalid(reason="kind and scale of a coin never change")
        coin.name = name or coin.name
        coin.is_enabled = coin.is_enabled if is_enabled is None else is_enabled
        _save(coin, is_new=is_new)
        facts = {"name": coin.name, "kind": coin.kind, "scale": str(coin.scale), "is_enabled": str(coin.is_enabled)}
        act.record(act="wallet.coin_added" if is_new else "wallet.coin_set", subject=f"wallet.coin:{code}", facts=facts)
    return coin


def set_carriage(*, coin: str, network: str, act: Act, terms: Mapping[str, Any]) -> CoinNetwork:
    """Say how a network carries a coin, or change some of its terms; amounts as text in the coin's unit.

    What is on its way goes on under a closed switch; nothing new is let in. Raises ReasonDue, CoinTermsInvalid, AmountInvalid,
    AmountTooFine, UnknownNetwork.
    """
    act.require()
    with transaction.atomic():
        carried = Coin.objects.select_for_update().filter(code=coin).first()
        by = Network.objects.filter(code=network).first()
        if carried is None or by is None:
            raise UnknownNetwork(coin=coin[:32], network=network[:32])
        row = CoinNetwork.objects.select_for_update().filter(coin=carried, network=by).first()
        is_new = row is None
        row = row or CoinNetwork(coin=carried, network=by, scale=carried.scale)
        missing = [name for name in ("confirmations", "withdrawal_minimum", "withdrawal_fee") if terms.get(name) is None]
        if is_new and missing:
            raise CoinTermsInvalid(reason=f"a new network has {', '.join(missing)}")
        facts = {}
        for name in TERMS:
            if (told := terms.get(name)) is not None:
                setattr(row, name, money.parse(told, scale=carried.scale) if name in AMOUNTS else told)
                facts[name] = to_text(getattr(row, name)) if name in AMOUNTS else str(told)
        _save(row, is_new=is_new)
        act.record(
            act="wallet.coin_network_added" if is_new else "wallet.coin_network_set",
            subject=f"wallet.coin_network:{coin}/{network}",
            facts=facts,
        )
    return row


def _save(row: Coin | CoinNetwork, *, is_new: bool) -> None:
    """The table's constraints decide. Raises CoinTermsInvalid."""
    try:
        row.full_clean(validate_unique=is_new)
        with transaction.atomic():
            row.save(force_insert=is_new)
    except ValidationError as trouble:
        reason = "; ".join(f"{name}: {' '.join(texts)}" for name, texts in trouble.message_dict.items())
        raise CoinTermsInvalid(reason=reason) from trouble
    except IntegrityError as trouble:
        raise CoinTermsInvalid(reason="the books do not allow it") from trouble
