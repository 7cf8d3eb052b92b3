"""The wallet's pages on the staff desk, one module per subject."""

from __future__ import annotations

from wallet.admin import adjustments as adjustments
from wallet.admin import alarms as alarms
from wallet.admin import banks as banks
from wallet.admin import conversions as conversions
from wallet.admin import deposit_resolutions as deposit_resolutions
from wallet.admin import deposits as deposits
from wallet.admin import fiat_deposits as fiat_deposits
from wallet.admin import fiat_returns as fiat_returns
from wallet.admin import fiat_withdrawals as fiat_withdrawals
from wallet.admin import funds_transfers as funds_transfers
from wallet.admin import ledger as ledger
from wallet.admin import outflow as outflow
from wallet.admin import payments as payments
from wallet.admin import rates as rates
from wallet.admin import transfers as transfers
from wallet.admin import withdrawals as withdrawals
