"""Values that are given and well-formed, and still unfit for production."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

DEVELOPMENT_KEY = b"development-key-encryption-key!!"
"""The key-encryption key that development makes up."""
RECOVERY_WAIT_HOURS_MIN = 24
"""A thief who got past two officers must leave the owner a day to object."""

RETENTION_DAYS_MIN = 5 * 365
"""Laws against money laundering ask for five years after the end of the relation."""

METRICS_TOKEN_CHARACTERS_MIN = 32

RATE = re.compile(r"[1-9][0-9]{0,6}/(?:[1-9][0-9]{0,4})?[smhd]", re.ASCII)
"""As django-ratelimit reads it; another text would fail at each request, none would let everything through."""


def complaints(settings: Mapping[str, Any]) -> list[str]:
    """One sentence for each setting with which production must not start, in the names of the environment."""
    checks = [
        (DEVELOPMENT_KEY in settings["KEY_ENCRYPTION_KEYS"].values(), "KEY_ENCRYPTION_KEYS holds the development key"),
        (settings["HASH_KEY"] == settings["SECRET_KEY"].encode(), "HASH_KEY is the same as SECRET_KEY"),
        ("*" in settings["ALLOWED_HOSTS"], "ALLOWED_HOSTS allows every host"),
        (not settings["PUBLIC_URL"].startswith("https://"), "PUBLIC_URL is not https"),
        (not all(carrier.encrypted for carrier in settings["EMAIL_CARRIERS"]), "EMAIL_URL sends codes without TLS"),
        (not all(carrier.encrypted for carrier in settings["SMS_CARRIERS"]), "SMS_URL sends codes without TLS"),
        (settings["CELERY_BROKER_URL"].startswith("memory:"), "CELERY_BROKER_URL keeps nothing"),
        (
            settings["STRICT_CODES"] and not set(settings["CAPTCHA_DOORS"]) - {"login"} <= set(settings["CAPTCHA_AT"]),
            "STRICT_CODES tells who has an account: CAPTCHA_AT must name every door but login",
        ),
        (
            not 600 <= settings["OAUTH_ACCESS_TOKEN_LIFETIME_SECONDS"] <= 3_600,
            "OAUTH_ACCESS_TOKEN_LIFETIME_SECONDS is not 600 to 3600",
        ),
        (settings["TRUSTED_ADDRESS_COOLDOWN_SECONDS"] == 0, "TRUSTED_ADDRESS_COOLDOWN_SECONDS is zero"),
        (
            not all(endpoint.is_public for endpoint in settings["WEBHOOK_ENDPOINTS"]),
            "WEBHOOK_URL is not https to a public host",
        ),
        (settings["BANK_ACCOUNT_COOLDOWN_SECONDS"] == 0, "BANK_ACCOUNT_COOLDOWN_SECONDS is zero"),
        (settings["RECOVERY_WAIT_HOURS"] < RECOVERY_WAIT_HOURS_MIN, "RECOVERY_WAIT_HOURS is less than a day"),
        (
            settings["EVM_DEPOSIT_XPUB"] == settings["DEVELOPMENT_DEPOSIT_XPUB"]
            or settings["EVM_CHAIN_ID"] == settings["DEVELOPMENT_CHAIN_ID"],
            "EVM_DEPOSIT_XPUB or EVM_CHAIN_ID is a development value",
        ),
        (
            settings["RATES_SOURCE"] is not None and settings["RATES_SOURCE"].kind in {"http", "development"},
            "RATES_URL sends prices without TLS, or makes them up",
        ),
        (0 < len(settings["METRICS_TOKEN"]) < METRICS_TOKEN_CHARACTERS_MIN, "METRICS_TOKEN is shorter than 32 characters"),
        (not 1 <= len(settings["FUTURES_AGREEMENT"]) <= 32, "FUTURES_AGREEMENT is not 1 to 32 characters"),
    ]
    checks += [*_documents(settings), *_keys(settings), *_passkeys(settings), *_captchas(settings), *_observers(settings)]
    return [complaint for holds, complaint in checks if holds]


def _documents(settings: Mapping[str, Any]) -> list[tuple[bool, str]]:
    """Every web process and worker must see the same documents, nobody on the way, and for as long as the law asks."""
    store = settings["KYC_STORE"]
    return [
        (settings["KYC_RETENTION_DAYS"] < RETENTION_DAYS_MIN, "KYC_RETENTION_DAYS is less than five years"),
        (store.local, "KYC_STORAGE_URL keeps documents on one machine's disk"),
        (not store.encrypted, "KYC_STORAGE_URL carries documents without TLS"),
    ]


def _keys(settings: Mapping[str, Any]) -> list[tuple[bool, str]]:
    """Signed keys: what lets them in for too long or too often."""
    return [
        (
            not 1 <= settings["API_KEY_CLOCK_WINDOW_SECONDS"] <= settings["API_KEY_CLOCK_WINDOW_SECONDS_MAX"],
            f"API_KEY_CLOCK_WINDOW_SECONDS is not 1 to {settings['API_KEY_CLOCK_WINDOW_SECONDS_MAX']}",
        ),
        (settings["API_KEY_CACHE_MILLISECONDS"] >= 1000, "API_KEY_CACHE_MILLISECONDS lets a stopped key read on"),
        *(
            (not RATE.fullmatch(settings[name]), f"{name} is not written like 20/s")
            for name in ("API_KEY_RATE_PER_KEY", "API_KEY_RATE_PER_CUSTOMER")
        ),
        (settings["API_KEY_WITHDRAW_AGE_SECONDS"] == 0, "API_KEY_WITHDRAW_AGE_SECONDS is zero"),
    ]


def _passkeys(settings: Mapping[str, Any]) -> list[tuple[bool, str]]:
    """Passkeys belong to one domain, and only pages below it may ask for them, over TLS; apps name their signing key."""
    domain = settings["WEBAUTHN_RP_ID"]
    pages = [origin for origin in settings["WEBAUTHN_ORIGINS"] if not origin.startswith("android:apk-key-hash:")]
    hosts = [urlsplit(origin).hostname or "" for origin in pages]
    inside = all(host == domain or host.endswith(f".{domain}") for host in hosts)
    return [
        (not all(origin.startswith("https://") for origin in pages), "WEBAUTHN_ORIGINS holds an origin without TLS"),
        (not inside or "." not in domain, "WEBAUTHN_RP_ID is not the domain of WEBAUTHN_ORIGINS"),
    ]


def _observers(settings: Mapping[str, Any]) -> list[tuple[bool, str]]:
    """Who is told of defects and traces."""
    return [
        (settings["SENTRY_DSN"].startswith("http://"), "SENTRY_DSN tells of defects without TLS"),
        (settings["TRACES_PERCENT"] > 100, "TRACES_PERCENT is more than a hundred"),
    ]


def _captchas(settings: Mapping[str, Any]) -> list[tuple[bool, str]]:
    """An offered vendor needs its keys, and is asked over TLS only."""
    kinds = settings["CAPTCHA_KINDS"]
    named = [
        ("geetest", ("GEETEST_ID", "GEETEST_KEY")),
        ("geetest_v3", ("GEETEST_V3_ID", "GEETEST_V3_KEY")),
        ("aliyun", ("ALIYUN_CAPTCHA_ACCESS_KEY_ID", "ALIYUN_CAPTCHA_ACCESS_KEY_SECRET")),
    ]
    urls = ("GEETEST_URL", "GEETEST_V3_URL", "ALIYUN_CAPTCHA_URL", "ALIYUN_CAPTCHA_INTELLIGENT_URL")
    return [
        *(
            (kind in kinds and not settings[name], f"{name} is not set, though CAPTCHA_KINDS offers {kind}")
            for kind, names in named
            for name in names
        ),
        (
            "aliyun" in kinds and not (settings["ALIYUN_CAPTCHA_APP_KEY"] or settings["ALIYUN_CAPTCHA_SCENE_ID"]),
            "ALIYUN_CAPTCHA_APP_KEY or ALIYUN_CAPTCHA_SCENE_ID is not set, though CAPTCHA_KINDS offers aliyun",
        ),
        *((not settings[url].startswith("https://"), f"{url} asks without TLS") for url in urls),
    ]
