"""The wallet's pages on the staff desk, one module per subject."""

from __future__ import annotations

from wallet.admin import conversions as conversions
from wallet.admin import deposits as deposits
from wallet.admin import funds_transfers as funds_transfers
from wallet.admin import ledger as ledger
from wallet.admin import payments as payments
from wallet.admin import rates as rates
from wallet.admin import transfers as transfers
from wallet.admin import withdrawals as withdrawals
