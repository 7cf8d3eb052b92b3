"""Payments that no block takes, and replacements of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from config.kit.clock import now
from tests.database import triggers_asleep
from tests.wallet.withdrawals import arrange
from wallet.models import OutgoingTransaction, Withdrawal
from wallet.services.withdrawals import bumping
from wallet.services.withdrawals.payload import payload_hash_of


@pytest.fixture
def stuck(customer: Any) -> Withdrawal:
    """Sent, and in no block."""
    return arrange.sent(customer)


def raise_fee(withdrawal: Withdrawal, officer: Any) -> OutgoingTransaction:
    bumping.raise_fee(
        public_id=withdrawal.public_id, officer=officer, reason="the customer waits", seen_hash=payload_hash_of(withdrawal)
    )
    return arrange.transaction_of(withdrawal)


def raised(withdrawal: Withdrawal, officer: Any) -> Withdrawal:
    """Raised, signed and sent."""
    raise_fee(withdrawal, officer)
    assert arrange.sign_all() == 1
    due(withdrawal)
    return arrange.step(withdrawal)


def due(withdrawal: Withdrawal) -> None:
    OutgoingTransaction.objects.filter(withdrawal=withdrawal).update(last_sent_at=now() - timedelta(minutes=5))


def signed(*, seconds_ago: int) -> None:
    """As if the signer had signed all that is signed so long ago."""
    with triggers_asleep():
        OutgoingTransaction.objects.filter(signed_at__isnull=False).update(signed_at=now() - timedelta(seconds=seconds_ago))


def rows(withdrawal: Withdrawal) -> list[OutgoingTransaction]:
    return list(OutgoingTransaction.objects.filter(withdrawal=withdrawal).order_by("id"))


def insert(former: OutgoingTransaction, **changes: Any) -> OutgoingTransaction:
    """A replacement past the service."""
    facts: dict[str, Any] = {
        name: getattr(former, name)
        for name in ("withdrawal", "network", "sender", "nonce", "unsigned_payload", "unsigned_hash", "approved_hash")
    }
    facts |= {"replaces": former, "fee_ceiling": former.fee_ceiling + 1, "lease_token": 0, **changes}
    with transaction.atomic():
        return OutgoingTransaction.objects.create(**facts)
