"""A halted network is read again when an officer says so, and nothing is credited twice or lost."""

from __future__ import annotations

from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import AuditRecord
from tests.factories_kyc import level_one
from tests.wallet.balances import available, postings_of
from tests.wallet.deposits.test_watching import address_of, confirmations, look_until_idle
from tests.wallet.withdrawals.arrange import officer as treasury_officer
from wallet.chains.development.client import DevelopmentChainClient
from wallet.models.coins import Network
from wallet.models.deposits import Deposit, WatchedBlock, WatcherCursor
from wallet.services.deposits import halts
from wallet.services.deposits.errors import HeightUnfit, NotADepositOfficer, NotHalted
from wallet.services.withdrawals.errors import ReasonMissing

pytestmark = pytest.mark.usefixtures("real_db")


@pytest.fixture
def customer(chain: DevelopmentChainClient, settings: Any) -> Any:
    """One with 20 USDT credited, 30 more unread on the chain, and the network halted in between."""
    settings.EVM_SCAN_FROM_HEIGHT = chain.mine(3)
    made = level_one()
    chain.send(coin="USDT", to=address_of(made), amount=Decimal(20))
    chain.mine(confirmations("USDT"))
    look_until_idle()
    WatchedBlock.objects.update(block_hash="0x" + "00" * 32)
    WatcherCursor.objects.update(block_hash="0x" + "00" * 32)
    chain.send(coin="USDT", to=address_of(made), amount=Decimal(30))
    chain.mine(confirmations("USDT"))
    look_until_idle()
    assert WatcherCursor.objects.get().halted_because
    assert available(made, "USDT") == 20
    return made


@pytest.fixture
def network() -> Network:
    """The network of the development chain."""
    return Network.objects.get(code="ETHEREUM")


def test_reading_goes_on_and_credits_what_is_new_and_nothing_twice(customer: Any, network: Network) -> None:
    officer = treasury_officer()
    oldest = WatchedBlock.objects.order_by("height").values_list("height", flat=True)[0]
    assert halts.resume_watching(network=network, officer=officer, reason="node restored") == oldest
    look_until_idle()
    assert (available(customer, "USDT"), postings_of(customer, "USDT")) == (50, 2)
    assert not Deposit.objects.filter(contradicted_at__isnull=False).exists()
    record = AuditRecord.objects.get(act="wallet.watching_resumed")
    assert (record.actor, record.reason, record.facts["from_height"]) == (officer, "node restored", str(oldest))


def test_only_a_halted_network_is_resumed(customer: Any, network: Network) -> None:
    halts.resume_watching(network=network, officer=treasury_officer(), reason="node restored")
    with pytest.raises(NotHalted):
        halts.resume_watching(network=network, officer=treasury_officer(), reason="again")


def test_only_treasury_resumes_with_a_reason_and_leaves_no_block_unread(customer: Any, network: Network) -> None:
    words: dict[str, Any] = {"network": network, "officer": treasury_officer(), "reason": "x"}
    with pytest.raises(NotADepositOfficer):
        halts.resume_watching(**{**words, "officer": treasury_officer(role="auditor")})
    with pytest.raises(ReasonMissing):
        halts.resume_watching(**{**words, "reason": " "})
    for height in (0, WatcherCursor.objects.get().height + 2):
        with pytest.raises(HeightUnfit):
            halts.resume_watching(**words, from_height=height)
    assert WatcherCursor.objects.get().halted_because


def test_the_command_resumes_from_a_block_and_says_what_is_wrong(customer: Any) -> None:
    told, by = StringIO(), treasury_officer().email
    height = WatcherCursor.objects.get().height + 1
    call_command("resume_watching", "ETHEREUM", by=by, reason="node restored", from_height=height, stdout=told)
    assert told.getvalue() == f"ETHEREUM is read again from block {height}\n"
    look_until_idle()
    assert available(customer, "USDT") == 50
    with pytest.raises(CommandError, match="is not halted"):
        call_command("resume_watching", "ETHEREUM", by=by, reason="again")
    with pytest.raises(CommandError, match="there is no network"):
        call_command("resume_watching", "NOWHERE", by=by, reason="x")
    with pytest.raises(CommandError, match="not a treasury officer"):
        call_command("resume_watching", "ETHEREUM", by="nobody@example.com", reason="x")
