"""Our accounts at banks."""

from __future__ import annotations

import re

from django.db import transaction

from accounts.services.officers import Act
from wallet.models.banks import CODE_CHARACTERS_MAX, NostroAccount
from wallet.models.coins import Coin, CoinKind
from wallet.services import coins
from wallet.services.banks.errors import NostroInvalid, UnknownNostro

ROLES = ("treasury",)
_CODE = re.compile(r"[A-Z0-9_]{2,32}", re.ASCII)
_LENGTHS = {"bank": 128, "holder": 128, "account_number": 40, "swift_code": 11}


def find(code: str, *, coin: Coin) -> NostroAccount:
    """The open account of this code in this coin. Raises UnknownNostro."""
    found = NostroAccount.objects.select_related("coin").filter(code=code, coin=coin, is_open=True).first()
    if found is None:
        raise UnknownNostro(code=code[:CODE_CHARACTERS_MAX], coin=coin.code)
    return found


def opened(coin: Coin | None = None) -> list[NostroAccount]:
    """The open accounts, of a coin where it is named, in the order of coins and codes."""
    rows = NostroAccount.objects.select_related("coin").filter(is_open=True, coin__is_enabled=True)
    if coin is not None:
        rows = rows.filter(coin=coin)
    return list(rows.order_by("coin__position", "code"))


@transaction.atomic
def set_account(
    *, code: str, coin: str, bank: str, holder: str, account_number: str, swift_code: str = "", is_open: bool, act: Act
) -> NostroAccount:
    """Open, close or correct an account of ours; its coin stays. Raises ReasonDue, NotAnOfficer, UnknownCoin, NostroInvalid."""
    act.require(*ROLES)
    held = coins.get(coin)
    said = {
        "bank": bank.strip(),
        "holder": holder.strip(),
        "account_number": account_number.strip(),
        "swift_code": swift_code.strip(),
    }
    _require_valid(code, held, said)
    made, is_new = NostroAccount.objects.select_for_update().get_or_create(
        code=code, defaults={"coin": held, "is_open": is_open, **said}
    )
    if made.coin_id != held.pk:
        raise NostroInvalid(reason="an account keeps its coin")
    if not is_new:
        NostroAccount.objects.filter(pk=made.pk).update(is_open=is_open, **said)
        made.refresh_from_db()
    facts = {**said, "coin": held.code, "open": str(is_open).lower()}
    act.record(act="wallet.nostro_account_set", subject=f"wallet.nostro_account:{code}", facts=facts)
    return made


def _require_valid(code: str, coin: Coin, said: dict[str, str]) -> None:
    if not _CODE.fullmatch(code):
        raise NostroInvalid(reason="a code has 2 to 32 of A-Z, 0-9 and _")
    if coin.kind != CoinKind.FIAT:
        raise NostroInvalid(reason=f"{coin.code} is no fiat coin")
    for name, longest in _LENGTHS.items():
        text = said[name]
        if len(text) > longest or "\0" in text or (not text and name != "swift_code"):
            raise NostroInvalid(reason=f"{name} has 1 to {longest} characters")
