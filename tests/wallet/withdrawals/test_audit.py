"""The audit of the books holds what withdrawals and deposits say of themselves against their postings."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from config.kit.clock import now
from config.kit.money import to_text
from tests.database import triggers_asleep
from tests.wallet.deposits import arrange as deposits
from tests.wallet.pairs.arrange import accept
from tests.wallet.withdrawals import arrange
from tests.wallet.withdrawals.test_review import reject
from wallet.models import Coin, Withdrawal
from wallet.models.deposits import Deposit
from wallet.models.withdrawals import ENDS
from wallet.services import audit
from wallet.services.withdrawals import expiry

pytestmark = pytest.mark.usefixtures("real_db")


def findings(*, stop=False):
    return [(one.check, one.coin, one.subject, one.expected, one.found) for one in audit.run(stop=stop).findings]


def forge(statement, *values):
    with triggers_asleep(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def ended(customer, network, state):
    """A withdrawal that ended so, through the services."""
    if state in {"success", "failed"}:
        withdrawal = arrange.sent(customer)
        arrange.mine(network, withdrawal, succeeded=state == "success")
        for _ in range(2):
            withdrawal = arrange.step(withdrawal)
    elif state == "rejected":
        withdrawal = reject(arrange.confirmed(customer), arrange.officer())
    elif state == "expired":
        withdrawal = arrange.ask(customer)
        Withdrawal.objects.filter(pk=withdrawal.pk).update(expires_at=now() - timedelta(seconds=1))
        expiry.expire(withdrawal.pk)
    else:
        withdrawal = arrange.take_back(customer, arrange.ask(customer))
    withdrawal = arrange.fresh(withdrawal)
    assert withdrawal.state == state
    return withdrawal


@pytest.mark.parametrize("state", sorted(ENDS))
def test_an_end_without_its_posting_is_found_and_stops_the_coin(customer, network, state):
    withdrawal = ended(customer, network, state)
    assert findings() == []
    forge("UPDATE wallet_posting SET key = 'elsewhere' WHERE key = %s", f"{withdrawal.public_id}:end")
    check = "success is settled" if state == "success" else "what did not leave is released"
    due = to_text(withdrawal.total)
    assert findings(stop=True) == [(check, "ETH", f"withdrawal {withdrawal.public_id}", due, "0")]
    assert Coin.objects.get(code="ETH").withdrawals_stopped_because


def test_a_release_where_a_settlement_is_due_is_found(customer, network):
    withdrawal = ended(customer, network, "cancelled")
    forge("UPDATE wallet_withdrawal SET state = 'success' WHERE id = %s", withdrawal.pk)
    assert [finding[0] for finding in findings()] == ["success is settled"]


def credited(customer):
    """A deposit of 20 USDT."""
    deposit = deposits.deposit(customer)
    deposits.read_to(deposit)
    return accept(deposit)


def test_a_credited_deposit_whose_posting_has_another_amount_is_found(customer):
    deposit = credited(customer)
    assert findings() == []
    forge("UPDATE wallet_deposit SET amount = 21 WHERE id = %s", deposit.pk)
    assert findings() == [("credited is posted", "USDT", f"deposit {deposit.public_id}", "21", "20")]


def test_a_credited_deposit_that_left_its_chain_is_found_and_stops_no_other_customer(customer):
    deposit = credited(customer)
    Deposit.objects.filter(pk=deposit.pk).update(contradicted_at=now())
    assert findings(stop=True) == [("deposit is on its chain", "USDT", f"deposit {deposit.public_id}", "0", "20")]
    assert not Coin.objects.get(code="USDT").withdrawals_stopped_because
