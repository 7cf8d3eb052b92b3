"""Settings of customers and their second factors."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

from config.sections.mode import PRODUCTION, TESTING, env

PASSWORD_HASHING_SLOTS = env.integer("PASSWORD_HASHING_SLOTS", default=2)
"""How many passwords one process hashes at a time: a flood of log-ins must not slow the other requests."""

SESSION_TOKEN_COOKIE = "__Host-quaestor" if PRODUCTION else "quaestor"
"""The cookie of customers' browsers. Its prefix keeps other hosts of the domain from setting it (RFC 6265bis, 4.1.3.2)."""
PASSWORD_MD5_SALT = env.text("PASSWORD_MD5_SALT", default="DZO%0JW$JTJk")
"""The public salt of bitflex, whose clients send md5(password + salt). Another one ends what was set by that digest alone."""
BHEX_C_TOKEN_REQUIRED = env.boolean("BHEX_C_TOKEN_REQUIRED", default=False)
"""Whether bhex's browsers have to repeat the `c_token` of their cookie in the query or in X-C-TOKEN."""
BHEX_ORGANISATION = env.text("BHEX_ORGANISATION", default="6001")
"""The broker's number, as bhex's labels carry it."""
EXX_COOKIE_PREFIX = env.text("EXX_COOKIE_PREFIX", default="z")
"""What stands before the names of exx's cookies: one for each installation that shares a domain."""
EXX_RSA_BITS = env.integer("EXX_RSA_BITS", default=2048)
"""Bits of the key under which exx's clients encrypt passwords; 1024 is what their own server draws, and too few."""
EXX_KEYS_READY = env.integer("EXX_KEYS_READY", default=0 if TESTING else 16)
"""Keys of exx that each process of the web draws ahead once it was asked for one; 0: each is drawn when it is asked for."""
SUB_ACCOUNTS_MAX = env.integer("SUB_ACCOUNTS_MAX", default=20)
"""Sub-accounts of one account."""
GEOIP_DATABASE = env.text("GEOIP_DATABASE", default="")
"""A city database in MaxMind's format, by its path. Without one a session knows its country and no city."""
CAPTCHA_DOORS = ("registration_code", "login_code", "recovery_code", "registration", "login")
CAPTCHA_AT = env.list("CAPTCHA_AT", default=[])
"""At which of these doors a captcha is always asked for."""
LOGIN_CAPTCHA_AFTER_FAILURES = env.integer("LOGIN_CAPTCHA_AFTER_FAILURES", default=3)
"""From so many failures of a name on, existing or not, a log-in asks for a captcha; 0 for never."""
STRICT_CODES = env.boolean("STRICT_CODES", default=False)
"""Whether public doors say that an address is taken or unknown. Some contracts have words for it; the rule is to be neutral."""
UNACTIVATED_KEPT_DAYS = env.integer("UNACTIVATED_KEPT_DAYS", default=7)
"""How long an account may wait to be activated before it gives its names up."""
if not re.fullmatch(r"[A-Za-z0-9_-]{0,16}", EXX_COOKIE_PREFIX, re.ASCII):
    env.unreadable.append("EXX_COOKIE_PREFIX must be up to 16 letters and digits")
if EXX_RSA_BITS not in (2048, 3072, 4096) and (PRODUCTION or EXX_RSA_BITS != 1024):
    env.unreadable.append("EXX_RSA_BITS must be 2048, 3072 or 4096")
if GEOIP_DATABASE and not Path(GEOIP_DATABASE).is_file():
    env.unreadable.append("GEOIP_DATABASE names no file")
if unknown := [door for door in CAPTCHA_AT if door not in CAPTCHA_DOORS]:
    env.unreadable.append(f"CAPTCHA_AT names {', '.join(unknown)}, which is no door")

_PUBLIC = urlsplit(env.text("PUBLIC_URL", default="http://127.0.0.1:8000"))
_HOST = _PUBLIC.hostname if _PUBLIC.hostname and _PUBLIC.hostname != "127.0.0.1" else "localhost"
WEBAUTHN_RP_ID = env.text("WEBAUTHN_RP_ID", default=_HOST)
"""The domain to which passkeys belong; no address will do. With another one, every registered passkey is lost."""
WEBAUTHN_ORIGINS = env.list(
    "WEBAUTHN_ORIGINS", default=[f"{_PUBLIC.scheme}://{_HOST}{f':{_PUBLIC.port}' if _PUBLIC.port else ''}"]
)
"""The origins of pages that may ask for passkeys, each below WEBAUTHN_RP_ID (native apps: `android:apk-key-hash:…`)."""
RECOVERY_WAIT_HOURS = env.integer("RECOVERY_WAIT_HOURS", default=24 if PRODUCTION or TESTING else 0)
"""Hours between the second approval of a recovery case and its completion, in which its owner may cancel it by a link.

None in development, so that the whole way can be seen in one sitting; production refuses less than 24.
"""
