"""The wallet's tasks, one module per subject; Celery finds them through this package."""

from __future__ import annotations

from wallet.tasks import fiat_withdrawals as fiat_withdrawals
from wallet.tasks import leaving as leaving
from wallet.tasks import ledger as ledger
from wallet.tasks import payments as payments
from wallet.tasks import rates as rates
from wallet.tasks import transfers as transfers
from wallet.tasks import withdrawals as withdrawals
