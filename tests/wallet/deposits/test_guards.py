"""Deposits against whoever would rewrite them: the Flow and the database's own guards."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection

from config.kit.flow import IllegalMove
from tests.factories_kyc import level_one
from wallet.chains.development.client import DevelopmentChainClient
from wallet.models.coins import CoinNetwork
from wallet.models.deposits import DEPOSIT_FLOW
from wallet.services.deposits import addresses, watching


@pytest.mark.parametrize(("before", "after"), DEPOSIT_FLOW.illegal())
def test_every_move_outside_the_flow_is_refused(before: str, after: str) -> None:
    with pytest.raises(IllegalMove):
        DEPOSIT_FLOW.check(before, after)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE wallet_deposit SET amount = amount * 2",
        "UPDATE wallet_deposit SET customer_id = customer_id + 1",
        "UPDATE wallet_deposit SET state = 'pending', posting_id = NULL, credited_at = NULL",
        "UPDATE wallet_deposit SET tx_hash = 'x'",
        "DELETE FROM wallet_depositevent",
        "DELETE FROM wallet_deposit",
        "UPDATE wallet_depositevent SET reason = 'x'",
        "TRUNCATE wallet_depositevent",
        "UPDATE wallet_depositaddress SET address = 'x'",
        "DELETE FROM wallet_depositaddress",
    ],
)
@pytest.mark.usefixtures("real_db")
def test_raw_sql_cannot_rewrite_what_was_credited(chain: DevelopmentChainClient, settings: Any, statement: str) -> None:
    settings.EVM_SCAN_FROM_HEIGHT = chain.mine()
    issued, _ = addresses.issue(customer=level_one(), coin="USDT", network="ETHEREUM")
    chain.send(coin="USDT", to=issued.address, amount=Decimal(20))
    chain.mine(CoinNetwork.objects.get(coin__code="USDT", network__code="ETHEREUM").confirmations)
    while watching.look():
        pass
    with pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute(statement)
