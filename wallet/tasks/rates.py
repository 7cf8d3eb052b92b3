"""Prices and quotes in the background. Each task may run twice, and at once."""

from __future__ import annotations

import logging

from celery import shared_task
from django.conf import settings

from wallet.services.conversions import quoting
from wallet.services.rates import loading
from wallet.services.rates.errors import RatesUnavailable

log = logging.getLogger(__name__)


@shared_task(name="wallet.load_rates")
def load_rates() -> None:
    """Take newer prices. Where the source is away the ones we have grow old by themselves, and stop conversions."""
    if settings.RATES_SOURCE is None:
        return
    try:
        loading.load()
    except RatesUnavailable as refusal:
        log.warning("no rates: %s", refusal.reason)


@shared_task(name="wallet.prune_quotes")
def prune_quotes() -> None:
    """Forget old quotes that nobody took."""
    quoting.prune()
