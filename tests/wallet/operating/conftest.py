"""The scripted network and the people of the withdrawals' tests."""

from tests.wallet.withdrawals.conftest import customer, network, officers

__all__ = ["customer", "network", "officers"]
