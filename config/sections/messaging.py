"""Settings of codes, messages and captchas."""

from __future__ import annotations

from config.environment import mail
from config.sections.mode import PRODUCTION, env

MAIL = mail(
    env.text("EMAIL_URL", default="smtp://127.0.0.1:1025?from=Quaestor%20<no-reply@quaestor.local>", production_needs=True)
)
SMS_URL = env.text("SMS_URL", default="http://127.0.0.1:1026/sms", production_needs=True)
DEFAULT_FROM_EMAIL = MAIL["FROM"]
PRODUCT_NAME = env.text("PRODUCT_NAME", default="Quaestor")
"""The name by which messages call us."""
MESSAGING_CODE_LIFETIME_SECONDS = env.integer("MESSAGING_CODE_LIFETIME_SECONDS", default=300)
MESSAGING_CODE_ATTEMPTS = env.integer("MESSAGING_CODE_ATTEMPTS", default=3)
MESSAGING_CODE_DIGITS = 6
MESSAGING_RECOVERY_CODE_DIGITS = 8
MESSAGING_WRONG_CODES_PER_HOUR = env.integer("MESSAGING_WRONG_CODES_PER_HOUR", default=10)
MESSAGING_WRONG_CODES_PER_DAY = env.integer("MESSAGING_WRONG_CODES_PER_DAY", default=20)
"""Wrong codes of one user (or destination, signed out) and channel, over all codes."""
MESSAGING_SEND_INTERVAL_SECONDS = env.integer("MESSAGING_SEND_INTERVAL_SECONDS", default=60)
MESSAGING_SENDS_PER_HOUR = env.integer("MESSAGING_SENDS_PER_HOUR", default=5)
MESSAGING_SENDS_PER_DAY = env.integer("MESSAGING_SENDS_PER_DAY", default=10)
"""Codes to one destination, whatever their purpose."""
MESSAGING_SENDS_PER_NETWORK_PER_HOUR = env.integer("MESSAGING_SENDS_PER_NETWORK_PER_HOUR", default=20)
"""Codes asked for from one /24 (IPv6: /56)."""
MESSAGING_SENDS_PER_PREFIX_PER_HOUR = env.integer(
    "MESSAGING_SENDS_PER_PREFIX_PER_HOUR", default=1_000 if PRODUCTION else 10_000
)
"""Codes by SMS to one country's calling code."""
MESSAGING_SENDS_IN_ALL_PER_HOUR = env.integer("MESSAGING_SENDS_IN_ALL_PER_HOUR", default=5_000 if PRODUCTION else 10_000)
"""Codes by one channel, to everybody together."""
MESSAGING_PROVIDER_TIMEOUT_SECONDS = env.integer("MESSAGING_PROVIDER_TIMEOUT_SECONDS", default=10)
MESSAGING_EVIDENCE_DAYS = env.integer("MESSAGING_EVIDENCE_DAYS", default=400)
"""How long the evidence of a message is kept after it ended."""
