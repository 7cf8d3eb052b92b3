"""The scripted network of the withdrawals, for those that are arranged here."""

from __future__ import annotations

from tests.wallet.withdrawals.conftest import network

__all__ = ["network"]
