"""A coin that is stopped because its books or wallets differ: the same lock and the same doors as the officers' switch."""

from __future__ import annotations

import pytest
from django.db import OperationalError, connection, transaction

from tests.wallet.withdrawals import arrange
from tests.wallet.withdrawals.conftest import customer, network
from wallet.services import stops
from wallet.services.outflow import letting, stopping

__all__ = ["customer", "network"]
pytestmark = pytest.mark.django_db


def test_signed_bytes_that_were_never_sent_stay_here_until_the_books_hold_again(customer, network):
    withdrawal = arrange.signed(customer)
    stops.stop("ETH", reason="the books differ")
    after = arrange.step(withdrawal)
    assert (after.state, network.sent) == ("unknown", [])
    assert "the coin is stopped: the books differ" in after.blocked_because
    stops.resume("ETH", by="Ada", reason="they hold")
    assert (arrange.step(withdrawal).state, len(network.sent)) == ("broadcast", 1)


def test_the_gate_reads_the_stop_anew_behind_its_lock(customer, network):
    withdrawal = arrange.approved(customer)
    assert withdrawal.coin_network.coin.withdrawals_stopped_because == ""
    stops.stop("ETH", reason="the books differ")
    with transaction.atomic():
        assert letting.closed_at_the_gate_because(withdrawal) == "the coin is stopped: the books differ"


def test_such_a_stop_waits_for_what_is_passing_a_gate(real_db):
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN; SELECT pg_advisory_xact_lock(hashtextextended('wallet.outflow', 0))")
        with pytest.raises(OperationalError, match="lock timeout"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = 100")
            stops.stop("ETH", reason="the books differ")
        with other.cursor() as cursor:
            cursor.execute("ROLLBACK")
    finally:
        other.close()
    assert stops.stop("ETH", reason="the books differ")
    assert stopping.standing() == []
