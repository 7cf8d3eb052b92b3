"""Settings: the only reader of the environment.

`QUAESTOR_MODE` is `development` (the default), `test` or `production`. Production starts only when every value that
development makes up for itself is given, and refuses development values; it says all that is wrong at once.
"""

from __future__ import annotations

from typing import Any

from config.environment import blind_index_keys, database, key_encryption_keys, pgmq_options
from config.presentation import REST_FRAMEWORK, SPECTACULAR_SETTINGS, UNFOLD
from config.production import complaints
from config.sections.accounts import *  # noqa: F403  # each section's settings are ours
from config.sections.captchas import *  # noqa: F403  # as above
from config.sections.chains import *  # noqa: F403  # as above
from config.sections.kyc import *  # noqa: F403  # as above
from config.sections.messaging import *  # noqa: F403  # as above
from config.sections.mode import BASE_DIR, DEVELOPMENT, MODE, PRODUCTION, TESTING, VAR_DIR, env
from config.sections.oauth import *  # noqa: F403  # as above
from config.sections.privacy import *  # noqa: F403  # as above
from config.sections.wallet import *  # noqa: F403  # as above
from config.sections.webhooks import *  # noqa: F403  # as above

__all__ = ["BASE_DIR", "DEVELOPMENT", "MODE", "REST_FRAMEWORK", "SPECTACULAR_SETTINGS", "UNFOLD", "VAR_DIR"]

DEBUG = False
"""Never on: an error page that shows settings and local variables has no place beside passports."""

# --- secrets -------------------------------------------------------------------------------------------------------
SECRET_KEY = env.secret("SECRET_KEY", development="development-only-secret-key-of-no-value-whatsoever")
HASH_KEY = env.secret("HASH_KEY", development="development-only-hash-key-of-no-value").encode()
KEY_ENCRYPTION_KEYS = key_encryption_keys(
    env.secret("KEY_ENCRYPTION_KEYS", development="dev:" + "ZGV2ZWxvcG1lbnQta2V5LWVuY3J5cHRpb24ta2V5ISE=")
)
"""Key-encryption keys by id; the first is active, the others only open what was sealed before."""

BLIND_INDEX_KEYS = blind_index_keys(env.text("BLIND_INDEX_KEYS", default=""), hash_key=HASH_KEY)
"""Keys of the blind indexes by the number of their column: one, or two while one takes the other's place."""

# --- where we are --------------------------------------------------------------------------------------------------
PUBLIC_URL = env.text("PUBLIC_URL", default="http://127.0.0.1:8000", production_needs=True)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]", "testserver"], production_needs=True)
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
PROXY_COUNT = env.integer("PROXY_COUNT", default=0)
"""How many proxies of ours stand in front; the customer's address is that many entries from the right of X-Forwarded-For."""

INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin.apps.SimpleAdminConfig",  # the desk's pages are read with the URLs, by processes that serve them
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_ratelimit",
    "oauth2_provider",
    "config",
    "messaging",
    "accounts",
    "kyc",
    "apikeys",
    "wallet",
]

MIDDLEWARE = [
    "config.kit.middleware.RequestContext",
    "django.middleware.security.SecurityMiddleware",
    "config.health.Probes",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.kit.middleware.BodyLimit",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "config.kit.middleware.Language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.kit.middleware.ContentPolicy",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
APPEND_SLASH = False
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- database ------------------------------------------------------------------------------------------------------
DATABASE_LOCK_TIMEOUT_MS = env.integer("DATABASE_LOCK_TIMEOUT_MS", default=3_000)
DATABASE_STATEMENT_TIMEOUT_MS = env.integer("DATABASE_STATEMENT_TIMEOUT_MS", default=10_000)
DATABASE_BEHIND_PGBOUNCER = env.boolean("DATABASE_BEHIND_PGBOUNCER", default=False)
DATABASES: dict[str, Any] = {
    "default": database(
        env.text("DATABASE_URL", default="postgresql://quaestor@127.0.0.1:5432/quaestor", production_needs=True),
        lock_timeout_ms=DATABASE_LOCK_TIMEOUT_MS,
        statement_timeout_ms=DATABASE_STATEMENT_TIMEOUT_MS,
        pgbouncer=DATABASE_BEHIND_PGBOUNCER,
        test_name=env.text("TEST_DATABASE_NAME", default=""),
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- cache and rates -----------------------------------------------------------------------------------------------
CACHE_URL = env.text("CACHE_URL", default="", production_needs=True)
CACHES: dict[str, Any] = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": CACHE_URL}
    if CACHE_URL.startswith(("redis://", "rediss://", "unix://"))
    else {"BACKEND": "config.kit.cache.PostgresCache", "LOCATION": "config_cache"}
}
RATELIMIT_USE_CACHE = "default"
RATELIMIT_FAIL_OPEN = False
SILENCED_SYSTEM_CHECKS = ["django_ratelimit.W001"]
"""That our cache on PostgreSQL is not on its list: it counts in one statement, and tests/kit holds it to that."""

# --- tasks ---------------------------------------------------------------------------------------------------------
CELERY_BROKER_URL = env.text("CELERY_BROKER_URL", default="memory://", production_needs=True)
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {}
if CELERY_BROKER_URL.startswith("pgmq:"):  # a queue on PostgreSQL; `pgmq://` alone means the product's own database
    CELERY_BROKER_TRANSPORT_OPTIONS = pgmq_options(CELERY_BROKER_URL, env.text("DATABASE_URL", default=""))
    CELERY_BROKER_URL = "pgmq://localhost"  # the database is in the options; without a host the client warns at each start
# Celery itself prefers the environment's CELERY_BROKER_URL to the setting of that name, but not to these two.
CELERY_BROKER_READ_URL = CELERY_BROKER_WRITE_URL = CELERY_BROKER_URL
CELERY_WORKER_ENABLE_REMOTE_CONTROL = not CELERY_BROKER_URL.startswith("pgmq:")
CELERY_TASK_DEFAULT_QUEUE = "quaestor"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 4
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE: dict[str, Any] = {
    # messaging
    "messaging.sweep": {"task": "messaging.sweep", "schedule": 5.0, "options": {"expires": 5.0}},
    "messaging.sweep_webhooks": {"task": "messaging.sweep_webhooks", "schedule": 5.0, "options": {"expires": 5.0}},
    # accounts
    "accounts.purge_messages": {"task": "accounts.purge_messages", "schedule": 24 * 3600.0},
    "accounts.prune": {"task": "accounts.prune", "schedule": 3600.0, "options": {"expires": 3600.0}},
    "accounts.complete_recoveries": {"task": "accounts.complete_recoveries", "schedule": 30.0, "options": {"expires": 30.0}},
    # kyc
    "kyc.sweep_files": {"task": "kyc.sweep_files", "schedule": 24 * 3600.0},
    "kyc.sweep_hints": {"task": "kyc.sweep_hints", "schedule": 30.0, "options": {"expires": 30.0}},
    "kyc.expire_uploads": {"task": "kyc.expire_uploads", "schedule": 3600.0, "options": {"expires": 3600.0}},
    "kyc.keep_retention": {"task": "kyc.keep_retention", "schedule": 6 * 3600.0, "options": {"expires": 6 * 3600.0}},
    "kyc.expire_documents": {"task": "kyc.expire_documents", "schedule": 3600.0, "options": {"expires": 3600.0}},
    # apikeys
    "apikeys.prune": {"task": "apikeys.prune", "schedule": 60.0, "options": {"expires": 60.0}},
    # wallet
    "wallet.fold": {"task": "wallet.fold", "schedule": 10.0, "options": {"expires": 10.0}},
    "wallet.load_rates": {"task": "wallet.load_rates", "schedule": 20.0, "options": {"expires": 20.0}},
    "wallet.prune_quotes": {"task": "wallet.prune_quotes", "schedule": 24 * 3600.0},
    "wallet.expire_payments": {"task": "wallet.expire_payments", "schedule": 60.0, "options": {"expires": 60.0}},
    "wallet.audit_books": {"task": "wallet.audit_books", "schedule": 3600.0, "options": {"expires": 3600.0}},
    "wallet.audit_books_whole": {"task": "wallet.audit_books_whole", "schedule": 24 * 3600.0},
    "wallet.compare_wallets": {"task": "wallet.compare_wallets", "schedule": 3600.0, "options": {"expires": 3600.0}},
    "wallet.ring_age_alarms": {"task": "wallet.ring_age_alarms", "schedule": 300.0, "options": {"expires": 300.0}},
    "wallet.erase_customers": {"task": "wallet.erase_customers", "schedule": 6 * 3600.0, "options": {"expires": 6 * 3600.0}},
    "wallet.sweep_withdrawals": {"task": "wallet.sweep_withdrawals", "schedule": 1.0, "options": {"expires": 5.0}},
    "wallet.expire_fiat_withdrawals": {
        "task": "wallet.expire_fiat_withdrawals",
        "schedule": 30.0,
        "options": {"expires": 30.0},
    },
    "wallet.expire_transfers": {"task": "wallet.expire_transfers", "schedule": 30.0, "options": {"expires": 30.0}},
    "wallet.expire_withdrawals": {"task": "wallet.expire_withdrawals", "schedule": 30.0, "options": {"expires": 30.0}},
    "wallet.reconcile_withdrawals": {"task": "wallet.reconcile_withdrawals", "schedule": 300.0, "options": {"expires": 300.0}},
}

# --- people --------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS: list[str] = ["accounts.backends.StaffBackend"]
SESSION_COOKIE_NAME = "staff_session"
SESSION_COOKIE_AGE = 15 * 60
"""Staff sessions end after fifteen idle minutes."""
SESSION_SAVE_EVERY_REQUEST = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_SECURE = PRODUCTION
CSRF_COOKIE_SECURE = PRODUCTION
CSRF_COOKIE_SAMESITE = "Strict"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_SSL_REDIRECT = PRODUCTION and env.boolean("SSL_REDIRECT", default=True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PROXY_COUNT else None
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^status$", r"^metrics$"]
X_FRAME_OPTIONS = "DENY"

# --- apikeys -------------------------------------------------------------------------------------------------------
API_KEY_CLOCK_WINDOW_SECONDS = env.integer("API_KEY_CLOCK_WINDOW_SECONDS", default=60)
"""How far the timestamp of a signed request may be from our clock, either way."""
API_KEY_CLOCK_WINDOW_SECONDS_MAX = 300
"""The widest that this may ever be: nonces are forgotten after four times as long."""
API_KEY_CACHE_MILLISECONDS = env.integer("API_KEY_CACHE_MILLISECONDS", default=0 if TESTING else 800)
"""How old may be what a process knows of a key when it answers a read; 0 looks up each time. Never a second or more."""
API_KEY_RATE_PER_KEY = env.text("API_KEY_RATE_PER_KEY", default="20/s")
API_KEY_RATE_PER_CUSTOMER = env.text("API_KEY_RATE_PER_CUSTOMER", default="40/s")
"""Requests signed by one key, and by all keys of one customer, on our own interface; the documented contracts have theirs."""
API_KEYS_PER_CUSTOMER_MAX = env.integer("API_KEYS_PER_CUSTOMER_MAX", default=20)
API_KEY_WITHDRAW_AGE_SECONDS = env.integer("API_KEY_WITHDRAW_AGE_SECONDS", default=24 * 3600 if PRODUCTION else 0)
"""The age at which a key's scope withdraw begins to count."""

# --- languages and times -------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文"), ("zh-hant", "繁體中文")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

# --- files ---------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
WHITENOISE_USE_FINDERS = not PRODUCTION
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
BODY_BYTES_MAX = 64 * 1024
"""Bytes of a JSON or form body."""
UPLOAD_BYTES_MAX = 5 * 1024 * 1024 + 64 * 1024
"""Bytes of a multipart body: one document of 5 MiB and its fields."""
FILE_UPLOAD_MAX_MEMORY_SIZE = UPLOAD_BYTES_MAX
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
"""Uploads stay in memory: no passport is spooled to a disk as it came."""
STORAGES: dict[str, Any] = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    "kyc": KYC_STORE.backend,  # noqa: F405  # of the section
}

# --- interfaces: see config/presentation.py -------------------------------------------------------------------------
FORMAT_MODULE_PATH = ["config.formats"]

# --- monitoring ----------------------------------------------------------------------------------------------------
METRICS_TOKEN = env.text("METRICS_TOKEN", default="")
"""What a monitor shows at `/metrics` and `/status`. Without one neither path is there."""
METRICS_FOLDER = env.text("PROMETHEUS_MULTIPROC_DIR", default="")
"""Where the processes of one web server count together; `deploy/gunicorn.py` makes it."""
STATUS_SECONDS_MAX = env.integer("STATUS_SECONDS_MAX", default=300)
"""How long a message may wait, and a chain may go unread, until `/status` says that something is wrong."""

SENTRY_DSN = env.text("SENTRY_DSN", default="")
"""Where defects of ours are told, without anything of a customer (config/observers.py). Without it nobody is told."""
SENTRY_RELEASE = env.text("SENTRY_RELEASE", default="")
OTEL_EXPORTER_OTLP_ENDPOINT = env.text("OTEL_EXPORTER_OTLP_ENDPOINT", default="")
"""The collector of traces (OTLP over HTTP), without `/v1/traces`. Without it nothing is traced."""
TRACES_PERCENT = env.integer("TRACES_PERCENT", default=10)
"""How many of a hundred requests and tasks are traced."""
if OTEL_EXPORTER_OTLP_ENDPOINT:
    MIDDLEWARE.insert(MIDDLEWARE.index("config.health.Probes") + 1, "config.observers.Traces")

# --- logs ----------------------------------------------------------------------------------------------------------
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "config.kit.logs.JsonLines"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": "WARNING" if TESTING else "INFO"},
    "loggers": {
        name: {"level": "WARNING"}
        for name in ("django.server", "httpx", "mail.log", "web3", "celery.app.trace", "celery.worker.strategy", "celery.beat")
    },
}

env.weak += complaints(globals())
env.finish(production=PRODUCTION)
