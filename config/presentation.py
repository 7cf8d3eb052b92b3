"""How the interfaces describe themselves and how the desk looks: settings that hardly any environment changes."""

from __future__ import annotations

from typing import Any

from config.sections.accounts import EXX_COOKIE_PREFIX

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_SCHEMA_CLASS": "config.kit.schema.OperationSchema",
    "UNAUTHENTICATED_USER": None,
    "UNAUTHENTICATED_TOKEN": None,
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Quaestor",
    "DESCRIPTION": "The customer back office of a crypto exchange: accounts, identity checks, wallet, signed API keys.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "/favicon.ico",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "APPEND_COMPONENTS": {
        "securitySchemes": {
            "session": {"type": "http", "scheme": "bearer", "description": "The token of `POST /api/v1/sessions`."},
            "signedKey": {
                "type": "apiKey",
                "in": "header",
                "name": "X-Api-Key",
                "description": "With `X-Timestamp`, `X-Nonce`, `X-Signature`: HMAC-SHA256 over method, path, query and body.",
            },
            "spotKey": {
                "type": "apiKey",
                "in": "header",
                "name": "api-key",
                "description": "With `nonce`, `timestamp`, `sign`: double SHA-256 over nonce, time, key, query and body.",
            },
            "bitginKey": {
                "type": "apiKey",
                "in": "header",
                "name": "btse-api",
                "description": "With `btse-nonce`, `btse-sign` (or `request-…`): HMAC-SHA384 over path, nonce and body.",
            },
            "bitginSession": {
                "type": "apiKey",
                "in": "header",
                "name": "token",
                "description": "The header `token` of the answer to `POST /v1/login`, or the cookie of the same name.",
            },
            "bitflexSession": {
                "type": "apiKey",
                "in": "header",
                "name": "token",
                "description": "The token of `POST /v1/login`; browsers send it as a cookie of the same name.",
            },
            "exxSession": {
                "type": "apiKey",
                "in": "cookie",
                "name": f"{EXX_COOKIE_PREFIX}JSESSIONID",
                "description": "The cookie of `register`, `login` or `loginAuth`; before that it holds a key and a picture.",
            },
            "bhexSession": {
                "type": "apiKey",
                "in": "cookie",
                "name": "au_token",
                "description": "With the cookie `user_id`; in strict mode `c_token` in the query or `X-C-TOKEN` too.",
            },
        }
    },
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "WithdrawalState": "wallet.models.withdrawals.WithdrawalState",
        "TransferState": "wallet.models.transfers.TransferState",
        "PaymentState": "wallet.models.payments.PaymentState",
        "DepositState": "wallet.models.deposits.DepositState",
        "DocumentState": "kyc.models.DocumentState",
        "DocumentKind": "kyc.models.DocumentKind",
        "AccountKind": "wallet.models.ledger.AccountKind",
        "PostingKind": "wallet.models.ledger.PostingKind",
        "CaptchaKind": ["picture", "proof_of_work", "geetest", "geetest_v3", "aliyun"],
        "CodePurpose": "messaging.models.Purpose",
        "KeyScope": "apikeys.models.Scope",
        "FundsDirection": "wallet.models.funds_transfers.Direction",
        "TransferDirection": ["out", "in"],
        "KeyState": ["active", "paused", "disabled", "expired", "lapsed"],
        "PasswordRecoveryStep": ["started", "code_proven", "proven"],
    },
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "config.kit.schema.problem_component"],
}
UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Quaestor",
    "SITE_HEADER": "Quaestor",
    "SITE_SUBHEADER": "Staff desk",
    "SITE_SYMBOL": "account_balance",
    "SITE_URL": None,
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": "/static/quaestor/favicon.svg"}],
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_BACK_BUTTON": True,
    "ENVIRONMENT": "accounts.admin_site.environment",
    "DASHBOARD_CALLBACK": "wallet.admin.home.dashboard",
    "BORDER_RADIUS": "6px",
    "COLORS": {
        "primary": {
            "50": "#eef6f8", "100": "#d5e8ee", "200": "#aed2de", "300": "#7cb4c7", "400": "#4791aa", "500": "#2c758f",
            "600": "#235f77", "700": "#1f4d62", "800": "#1d4152", "900": "#1b3746", "950": "#0f2330",
        },
    },
    "SIDEBAR": {"show_search": False, "show_all_applications": False},
}  # fmt: skip
