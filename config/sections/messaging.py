"""Settings of codes, messages and captchas."""

from __future__ import annotations

from config.carriers import email_carriers, sms_carriers
from config.sections.mode import PRODUCTION, env

EMAIL_CARRIERS = email_carriers(
    env.text("EMAIL_URL", default="smtp://127.0.0.1:1025?from=Quaestor%20<no-reply@quaestor.local>", production_needs=True)
)
"""Who carries email, best first."""
SMS_CARRIERS = sms_carriers(env.text("SMS_URL", default="http://127.0.0.1:1026/sms", production_needs=True))
"""Who carries SMS, best first."""
DEFAULT_FROM_EMAIL = EMAIL_CARRIERS[0].options.get("from", f"no-reply@{EMAIL_CARRIERS[0].host}")
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
MESSAGING_SENDS_PER_COUNTRY_PER_HOUR = env.integer(
    "MESSAGING_SENDS_PER_COUNTRY_PER_HOUR", default=500 if PRODUCTION else 10_000
)
"""Codes by SMS to one of several countries that share a calling code, like +1."""
MESSAGING_SENDS_IN_ALL_PER_HOUR = env.integer("MESSAGING_SENDS_IN_ALL_PER_HOUR", default=5_000 if PRODUCTION else 10_000)
"""Codes by one channel, to everybody together."""
MESSAGING_SMS_NOTICES_PER_PHONE_PER_HOUR = env.integer("MESSAGING_SMS_NOTICES_PER_PHONE_PER_HOUR", default=10)
MESSAGING_SMS_NOTICES_PER_PHONE_PER_DAY = env.integer("MESSAGING_SMS_NOTICES_PER_PHONE_PER_DAY", default=30)
"""Notices by SMS to one phone: whoever provokes them pays nothing, we do."""
MESSAGING_SMS_NOTICES_PER_PREFIX_PER_HOUR = env.integer(
    "MESSAGING_SMS_NOTICES_PER_PREFIX_PER_HOUR", default=1_000 if PRODUCTION else 10_000
)
MESSAGING_SMS_NOTICES_PER_COUNTRY_PER_HOUR = env.integer(
    "MESSAGING_SMS_NOTICES_PER_COUNTRY_PER_HOUR", default=500 if PRODUCTION else 10_000
)
MESSAGING_SMS_NOTICES_IN_ALL_PER_HOUR = env.integer(
    "MESSAGING_SMS_NOTICES_IN_ALL_PER_HOUR", default=3_000 if PRODUCTION else 10_000
)
"""Notices by SMS, apart from the codes, whose budgets they can't use up."""
MESSAGING_PROVIDER_TIMEOUT_SECONDS = env.integer("MESSAGING_PROVIDER_TIMEOUT_SECONDS", default=10)
"""How long a provider may keep us waiting at each step of handing a message over."""
MESSAGING_BREAKER_FAILURES = env.integer("MESSAGING_BREAKER_FAILURES", default=3)
"""Failures in a row after which a provider is passed over."""
MESSAGING_BREAKER_PAUSE_SECONDS = env.integer("MESSAGING_BREAKER_PAUSE_SECONDS", default=30)
"""How long it is passed over at first; the pause doubles up to ten times that while it stays away."""
MESSAGING_EVIDENCE_DAYS = env.integer("MESSAGING_EVIDENCE_DAYS", default=400)
"""How long the evidence of a message is kept after it ended."""
MESSAGING_INBOX_DAYS = env.integer("MESSAGING_INBOX_DAYS", default=400)
"""How long a notice stays in the customer's inbox."""
