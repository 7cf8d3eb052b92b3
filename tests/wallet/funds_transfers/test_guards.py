"""What the database refuses of transfers between wallets, and many at once."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from tests.wallet.funds_transfers.arrange import HOME, INTO, move, trader, wallets
from tests.wallet.withdrawals.crowd import at_once
from wallet.errors import InsufficientFunds
from wallet.models import Coin, FundsTransfer, FundsTransferLimit
from wallet.models.ledger import AccountKind
from wallet.services import audit, ledger
from wallet.services.funds_transfers.moving import Moved
from wallet.services.ledger import AccountRef, Leg
from wallet.services.withdrawals.errors import LimitExceeded


def refused_by(act: Any) -> str:
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        act()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return str(refused.value.__cause__.diag.constraint_name)


def posted(user: Any, public_id: int, amount: str = "5", *, taker: AccountKind = AccountKind.FUTURES_AVAILABLE) -> int:
    """A posting such as a transfer has, made past the service."""
    legs = (
        Leg(AccountRef(user, "USDT", AccountKind.SPOT_AVAILABLE), -Decimal(amount)),
        Leg(AccountRef(user, "USDT", taker), Decimal(amount)),
    )
    kind, scope = "funds_transfer", "funds_transfer"
    return ledger.post(kind=kind, scope=scope, key=str(public_id), legs=legs, actor="test").id


def row(user: Any, posting: int, public_id: int, **more: Any) -> FundsTransfer:
    words = {"customer": user, "coin": Coin.objects.get(code="USDT"), "direction": INTO, "amount": Decimal(5)}
    return FundsTransfer.objects.create(posting_id=posting, public_id=public_id, **{**words, **more})


def test_a_row_stays_as_it_was(real_db: None) -> None:
    move(trader())
    kept = "wallet_fundstransfer_append_only"
    for act in (
        lambda: FundsTransfer.objects.update(amount=1),
        lambda: FundsTransfer.objects.update(api_key_id="x"),
        lambda: FundsTransfer.objects.all().delete(),
        lambda: connection.cursor().execute("TRUNCATE wallet_fundstransfer"),
    ):
        assert refused_by(act) == kept


def test_a_row_says_what_its_posting_says(real_db: None) -> None:
    user, other, number = trader(), trader(), 4203918275640192
    posting = posted(user, number)
    for changes in (
        {"amount": Decimal(6)},
        {"direction": HOME},
        {"customer": other},
        {"coin": Coin.objects.get(code="ETH")},
        {"public_id": number + 1},
        {"amount": Decimal(-5)},
    ):
        refused = refused_by(lambda changes=changes: row(user, posting, **{"public_id": number, **changes}))
        assert refused == "funds_transfer_is_posted", changes
    held = posted(user, number + 2, taker=AccountKind.SPOT_HELD)
    assert refused_by(lambda: row(user, held, number + 2)) == "funds_transfer_is_posted"
    row(user, posting, number)


def test_nothing_is_written_for_who_has_not_opened_futures(real_db: None) -> None:
    user, number = trader(is_open=False), 4203918275640192
    posting = posted(user, number)
    assert refused_by(lambda: row(user, posting, number)) == "funds_transfer_of_opened_futures"


def test_a_reference_has_one_row(real_db: None) -> None:
    user, number = trader(), 4203918275640192
    row(user, posted(user, number), number, client_reference="one")
    second = posted(user, number + 1)
    refused = refused_by(lambda: row(user, second, number + 1, client_reference="one"))
    assert refused == "funds_transfer_client_reference_once"


def test_of_many_at_once_as_many_move_as_there_is_money_for(real_db: None) -> None:
    user = trader("10")
    outcomes = at_once([lambda: move(user, "1") for _ in range(24)])
    assert sum(isinstance(outcome, Moved) for outcome in outcomes) == 10
    assert sum(isinstance(outcome, InsufficientFunds) for outcome in outcomes) == 14
    assert (wallets(user), FundsTransfer.objects.count()) == ((0, 10), 10)
    assert audit.run(full=True, stop=False).ok


def test_a_limit_is_not_passed_by_many_at_once(real_db: None) -> None:
    FundsTransferLimit.objects.filter(coin__code="USDT", window_hours=24).update(maximum=7)
    user = trader()
    outcomes = at_once([lambda: move(user, "1") for _ in range(20)])
    assert sum(isinstance(outcome, Moved) for outcome in outcomes) == 7
    assert sum(isinstance(outcome, LimitExceeded) for outcome in outcomes) == 13


def test_one_reference_and_many_threads_make_one_transfer(real_db: None) -> None:
    user = trader()
    outcomes = at_once([lambda: move(user, "1", client_reference="same") for _ in range(20)])
    assert sum(isinstance(outcome, Moved) and not outcome.replayed for outcome in outcomes) == 1
    assert sum(isinstance(outcome, Moved) and outcome.replayed for outcome in outcomes) == 19
    assert wallets(user) == (999, 1)


def test_both_ways_at_once_lose_nothing(real_db: None) -> None:
    user = trader("20")
    move(user, "10")
    outcomes = at_once([lambda way=way: move(user, "1", direction=way) for _ in range(10) for way in (INTO, HOME)])
    assert all(isinstance(outcome, Moved) for outcome in outcomes)
    assert wallets(user) == (10, 10)
    assert audit.run(full=True, stop=False).ok
