"""What an erasure does with each column that could tell of a person: text, JSON, addresses, dates, bytes.

`WIPED`: the row stays and the value goes. `GONE`: the row goes. Anything else is kept, for the reason that is written.
"""

from __future__ import annotations

WIPED, GONE = "wiped", "gone"
SOON = "nobody's name stands beside it, and the row goes within days"
OUTSIDE = "kept while webhooks are; no member may be personal (messaging.services.webhooks.PERSONAL)"
OURS = "about the exchange and not about a customer"
OFFICERS = "an officer's words or judgement: what was decided about a uid, and why"
RANDOM = "drawn at random or a hash of that: it tells nothing of anybody"
FILE = "tells of a file that is gone: its hash, which decisions were bound to, its size, its random name"
COLLEAGUE = "the name of an officer, who is no customer; a constraint keeps it off everybody else"
BOOKS = "the books and the chain: what was moved under a uid, which nobody may change"
STATE = "a word of ours: which kind, which state, which language"
COUNTED = "a keyed hash, deleted two days after the last attempt"
LOG = "append-only: facts about customers hold ids and words of ours since addresses and numbers are left out of them"
DEVELOPMENT = "the post office of the development installation; production refuses to start with it"
APPLICATION = "a partner's application, which an officer registered"


def _of(reason: str, *names: str) -> dict[str, str]:
    return dict.fromkeys(names, reason)


COLUMNS: dict[str, dict[str, str]] = {
    # messaging
    "messaging.Captcha": _of(SOON, "key", "answer_hash", "sealed_answer", "spent_for"),
    "messaging.Code": _of(SOON, "holder", "code_hash"),
    "messaging.CaughtMessage": _of(
        DEVELOPMENT, "destination", "sender", "subject", "text", "html", "code", "message_reference"
    ),
    "messaging.Message": _of(WIPED, "destination_masked", "destination_hash", "sealed", "provider_reference", "last_error")
    | _of(WIPED, "second_destination_hash", "sealed_destination_tag")
    | _of(STATE, "template", "template_version", "language", "provider"),
    "messaging.MessageTry": _of(WIPED, "reference", "error") | _of(STATE, "provider"),
    "messaging.ProviderState": _of(OURS, "name"),
    "messaging.BudgetAlarm": _of(OURS, "name"),
    "messaging.Notice": _of(GONE, "template", "sealed"),
    "messaging.Allowance": _of(COUNTED, "key", "moments"),
    "messaging.Budget": _of(OURS, "name"),
    "messaging.Webhook": _of(OUTSIDE, "event", "endpoint", "body", "last_error"),
    # accounts
    "accounts.VipTier": _of(OURS, "name"),
    "accounts.Label": _of(OURS, "key", "color", "text_en", "text_zh_cn", "text_zh_tw"),
    "accounts.Favourite": _of(GONE, "exchange", "symbol"),
    "accounts.AppToken": _of(GONE, "family", "token_hash", "device_hash", "device"),
    "accounts.AttemptCounter": _of(COUNTED, "key_hash"),
    "accounts.AuditRecord": _of(LOG, "act", "subject", "facts", "record_hash") | _of(OFFICERS, "reason"),
    "accounts.AuditLink": _of(LOG, "previous_hash", "link_hash"),
    "accounts.Country": _of(OURS, "alpha2", "alpha3", "numeric", "phone_area", "name_en", "name_zh_cn", "name_zh_tw"),
    "accounts.Authenticator": _of(GONE, "sealed_seed", "session", "permitted_for"),
    "accounts.Passkey": _of(GONE, "credential_id", "public_key", "transports", "aaguid", "name"),
    "accounts.PasskeyChallenge": _of(GONE, "purpose", "context", "session", "challenge"),
    "accounts.RecoveryCode": _of(GONE, "code_hash"),
    "accounts.LoginRecord": _of(WIPED, "ip", "place", "city", "device", "os", "browser"),
    "accounts.OAuthApplication": _of(
        APPLICATION, "client_id", "redirect_uris", "post_logout_redirect_uris", "client_secret", "name"
    )
    | _of(APPLICATION, "allowed_origins", "functions"),
    "accounts.OAuthGrant": _of(GONE, "code", "redirect_uri", "scope", "code_challenge", "nonce", "claims", "resource")
    | _of(GONE, "token_family"),
    "accounts.OAuthRequest": _of(SOON, "request_hash", "redirect_uri", "state", "functions", "code_challenge"),
    "accounts.OAuthConsent": _of(GONE, "functions"),
    "accounts.PasswordForm": _of(GONE, "encoded"),
    "accounts.Unmasking": _of(OFFICERS, "subject", "fields", "reason"),
    "accounts.LegalHold": _of(OFFICERS, "reason", "lift_reason"),
    "accounts.HoldShortening": _of(OFFICERS, "proposed_because", "decided_because") | _of(LOG, "payload_hash", "seen_hash"),
    "accounts.Erasure": _of(OFFICERS, "reason"),
    "accounts.PasswordRecovery": _of(GONE, "token_hash", "channel", "ip")
    | _of(GONE, "destination_hash", "second_destination_hash", "sealed_destination_tag"),
    "accounts.RecoveryCase": _of(WIPED, "statement", "ip")
    | _of(RANDOM, "token_hash", "challenge", "selfie_reference")
    | _of(FILE, "selfie_sha256"),
    "accounts.RecoveryDecision": _of(OFFICERS, "reason", "reason_slug") | _of(FILE, "selfie_sha256"),
    "accounts.AccountFreeze": _of(OFFICERS, "reason") | _of(STATE, "status_before"),
    "accounts.SecurityLink": _of(GONE, "token_hash"),
    "accounts.Session": _of(WIPED, "ip", "place", "city", "device", "os", "browser", "user_agent")
    | _of(RANDOM, "token_hash", "app_token_family"),
    "accounts.KeyedRequest": _of(GONE, "operation", "key", "fingerprint", "answer"),
    "accounts.KnownDevice": _of(GONE, "token_hash", "network"),
    "accounts.Visit": _of(SOON, "token_hash", "sealed_key", "public_key", "picture_id"),
    "accounts.User": _of(WIPED, "email", "phone", "username", "anti_phishing_phrase", "sub_account_label", "referral_code")
    | _of(WIPED, "registered_ip")
    | _of(COLLEAGUE, "officer_name")
    | _of(STATE, "language"),
    # apikeys
    "apikeys.ApiKey": _of(WIPED, "label", "networks", "sealed_secret")
    | _of(RANDOM, "key", "public_key")
    | _of(STATE, "scopes"),
    "apikeys.DailyCap": _of(STATE, "coin"),
    "apikeys.Nonce": _of(SOON, "nonce"),
    "apikeys.RefusedRequest": _of(GONE, "slug", "signed_text", "ip"),
    # kyc
    "kyc.Case": _of(WIPED, "country", "questionnaire_sealed", "document_expires_on") | _of(OFFICERS, "refused_parts"),
    "kyc.CaseEvent": _of(STATE, "from_state") | _of(OFFICERS, "reason"),
    "kyc.BankAccount": _of(GONE, "country", "bank_code", "branch_code", "sealed", "reason", "seen_hash")
    | _of(GONE, "number_index", "second_number_index"),
    "kyc.BankBranch": _of(OURS, "country", "bank_code", "code", "name"),
    "kyc.BankAccountUse": _of(GONE, "reference"),
    "kyc.CaseClaim": _of(OFFICERS, "seen"),
    "kyc.CustomerKey": _of(GONE, "wrapped"),
    "kyc.Identity": _of(GONE, "nationality", "residence", "sealed", "number_index", "second_number_index"),
    "kyc.NamedNumber": _of(GONE, "country", "sealed", "number_index", "second_number_index"),
    "kyc.CaseDecision": _of(OFFICERS, "reason") | _of(FILE, "seen", "seen_hash"),
    "kyc.Document": _of(FILE, "sha256", "storage_name", "video_name", "video", "media_type", "pages") | _of(OFFICERS, "reason"),
    "kyc.RecoverySelfie": _of(FILE, "sha256", "storage_name") | _of(RANDOM, "challenge"),
    "kyc.Upload": _of(FILE, "sha256", "storage_name", "video_name", "video", "media_type", "pages"),
    # wallet
    "wallet.Alarm": _of(BOOKS, "kind", "subject", "detail"),
    "wallet.Coin": _of(OURS, "code", "name", "withdrawals_stopped_because"),
    "wallet.Network": _of(OURS, "code", "name"),
    "wallet.CoinNetwork": _of(OURS, "contract_address"),
    "wallet.Posting": _of(BOOKS, "scope", "key", "fingerprint", "actor", "reason"),
    "wallet.DepositAddress": _of(BOOKS, "address", "memo", "key_fingerprint"),
    "wallet.Deposit": _of(BOOKS, "tx_hash", "sender", "block_hash"),
    "wallet.DepositEvent": _of(STATE, "state_before") | _of(OFFICERS, "reason"),
    "wallet.WatcherCursor": _of(OURS, "block_hash", "halted_because"),
    "wallet.WatchedBlock": _of(OURS, "block_hash"),
    "wallet.ConversionQuote": _of(BOOKS, "rate_origin"),
    "wallet.Conversion": _of(BOOKS, "client_reference") | _of(RANDOM, "api_key_id"),
    "wallet.FundsTransfer": _of(BOOKS, "client_reference") | _of(RANDOM, "api_key_id"),
    "wallet.PaidService": _of(OURS, "code", "name"),
    "wallet.Payment": _of(BOOKS, "client_reference", "fingerprint") | _of(RANDOM, "api_key_id"),
    "wallet.PaymentEvent": _of(STATE, "state_before", "actor_kind") | _of(OFFICERS, "reason"),
    "wallet.Rate": _of(OURS, "source"),
    "wallet.LiabilityProof": _of(OURS, "root"),
    "wallet.LiabilityNode": _of(RANDOM, "digest", "nonce"),
    "wallet.FuturesOpening": _of(STATE, "agreement"),
    "wallet.Withdrawal": _of(WIPED, "requested_from")
    | _of(BOOKS, "address", "memo", "client_reference", "payload_hash", "fingerprint")
    | _of(RANDOM, "api_key_id")
    | _of(STATE, "verified_by", "lease_holder")
    | _of(OURS, "blocked_because"),
    "wallet.OutgoingTransaction": _of(BOOKS, "sender", "unsigned_payload", "unsigned_hash", "approved_hash", "signed_bytes")
    | _of(BOOKS, "tx_hash", "block_hash", "signer_refusal", "last_answer")
    | _of(OFFICERS, "raised_because"),
    "wallet.ReservedOutput": _of(BOOKS, "tx_hash"),
    "wallet.Transfer": _of(WIPED, "remark", "requested_from")
    | _of(BOOKS, "client_reference", "payload_hash", "fingerprint")
    | _of(RANDOM, "api_key_id", "link_hash")
    | _of(STATE, "verified_by"),
    "wallet.FiatWithdrawal": _of(WIPED, "requested_from")
    | _of(BOOKS, "client_reference", "payload_hash", "fingerprint")
    | _of(STATE, "verified_by"),
    "wallet.FiatWithdrawalEvent": _of(STATE, "state_before", "actor_kind") | _of(OFFICERS, "reason"),
    "wallet.FiatWithdrawalDecision": _of(OFFICERS, "reason") | _of(BOOKS, "payload_hash"),
    "wallet.FiatWithdrawalRisk": _of(BOOKS, "rules_version", "inputs", "results"),
    "wallet.FiatReturn": _of(OFFICERS, "proposed_because", "decided_because")
    | _of(BOOKS, "payload_hash", "seen_hash", "reference"),
    "wallet.FiatDeposit": _of(OFFICERS, "proposed_because", "decided_because")
    | _of(BOOKS, "payload_hash", "seen_hash", "reference"),
    "wallet.FiatReversal": _of(OFFICERS, "proposed_because", "decided_because")
    | _of(BOOKS, "payload_hash", "seen_hash", "reference"),
    "wallet.DepositResolution": _of(OFFICERS, "proposed_because", "decided_because")
    | _of(BOOKS, "payload_hash", "seen_hash", "address", "memo"),
    "wallet.Adjustment": _of(OFFICERS, "proposed_because", "decided_because") | _of(BOOKS, "payload_hash", "seen_hash"),
    "wallet.PairEvent": _of(STATE, "state_before", "actor_kind") | _of(OFFICERS, "reason"),
    "wallet.NostroAccount": _of(OURS, "code", "bank", "holder", "account_number", "swift_code"),
    "wallet.BankLine": _of(BOOKS, "reference"),
    "wallet.DeskClaim": _of(OURS, "subject"),
    "wallet.OutflowStop": _of(OFFICERS, "reason", "lift_reason", "lifted_because"),
    "wallet.TravelRuleRecord": _of(WIPED, "sealed") | _of(OFFICERS, "reason"),
    "wallet.TransferEvent": _of(STATE, "state_before", "actor_kind") | _of(OFFICERS, "reason"),
    "wallet.TransferDecision": _of(OFFICERS, "reason") | _of(BOOKS, "payload_hash"),
    "wallet.TransferRisk": _of(BOOKS, "rules_version", "inputs", "results"),
    "wallet.TrustedAddress": _of(WIPED, "label", "memo") | _of(BOOKS, "address"),
    "wallet.WithdrawalEvent": _of(STATE, "state_before", "actor_kind") | _of(OFFICERS, "reason"),
    "wallet.WithdrawalDecision": _of(OFFICERS, "reason") | _of(BOOKS, "payload_hash"),
    "wallet.RiskResult": _of(BOOKS, "rules_version", "inputs", "results"),
}
