"""Settings of outgoing webhooks."""

from __future__ import annotations

from config.sections.mode import PRODUCTION, env
from config.webhooks import endpoints

WEBHOOK_ENDPOINTS = endpoints(env.list("WEBHOOK_URL", default=[]), env.list("WEBHOOK_SECRET", default=[]))
"""Who is told of events; nobody unless set."""
WEBHOOK_PRIVATE_ADDRESSES_ALLOWED = not PRODUCTION
"""Whether an endpoint's name may lead to an address of our own network: never in production."""
WEBHOOK_TIMEOUT_SECONDS = env.integer("WEBHOOK_TIMEOUT_SECONDS", default=10)
"""How long an endpoint may keep us waiting at each step; a whole delivery may take five times that."""
