"""The customer's log: sign-ins and every act that touched the account.

The kinds from REGISTERED to NOTED are the 47 operations of the bitgin contract (User Login/Logout History), whose
dialect gives each its number; those after them are ours.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models

from config.kit.ids import PublicIdField


class LoginAct(models.TextChoices):
    """What happened."""

    REGISTERED = "registered", "registered"
    LOGIN = "login", "logged in"
    LOGOUT = "logout", "logged out"
    LOGIN_FAILED = "login_failed", "wrong password"
    EMAIL_BOUND = "email_bound", "email bound"
    EMAIL_CHANGED = "email_changed", "email changed"
    PHONE_BOUND = "phone_bound", "phone bound"
    PHONE_CHANGED = "phone_changed", "phone changed"
    TOTP_BOUND = "totp_bound", "authenticator bound"
    TOTP_CHANGED = "totp_changed", "authenticator changed"
    PASSWORD_SET = "password_set", "password set"
    PASSWORD_CHANGED = "password_changed", "password changed"
    TRADE_PASSWORD_SET = "trade_password_set", "trade password set"
    TRADE_PASSWORD_RESET = "trade_password_reset", "trade password changed or reset"
    IDENTITY_VERIFIED = "identity_verified", "identity verified"
    VIP_BOUGHT = "vip_bought", "VIP tier bought"
    TOP_UP_CODE_USED = "top_up_code_used", "top-up code used"
    QUESTION_ASKED = "question_asked", "question asked"
    QUESTION_ANSWERED = "question_answered", "question answered"
    BANK_ACCOUNT_ADDED = "bank_account_added", "bank account added"
    DEPOSIT_ADDRESS_ADDED = "deposit_address_added", "deposit address added"
    TRUSTED_ADDRESS_ADDED = "trusted_address_added", "trusted address added"
    SMS_SENT = "sms_sent", "code sent by SMS"
    EMAIL_SENT = "email_sent", "code sent by email"
    POINTS = "points", "points"
    PASSWORD_RECOVERED = "password_recovered", "password recovered"
    WECHAT_LINKED = "wechat_linked", "WeChat account linked"
    QQ_LINKED = "qq_linked", "QQ account linked"
    ACCOUNT_MIGRATED = "account_migrated", "account migrated"
    AGENT_DEPOSIT = "agent_deposit", "deposit through an agent"
    ORDER_CANCELLED = "order_cancelled", "order cancelled"
    BANK_ACCOUNT_REMOVED = "bank_account_removed", "bank account removed"
    BOUGHT = "bought", "bought"
    SOLD = "sold", "sold"
    FIAT_DEPOSIT = "fiat_deposit", "fiat deposit"
    FIAT_WITHDRAWAL = "fiat_withdrawal", "fiat withdrawal"
    FIAT_DEPOSIT_BY_STAFF = "fiat_deposit_by_staff", "fiat deposit recorded by staff"
    CRYPTO_DEPOSIT = "crypto_deposit", "deposit"
    CRYPTO_WITHDRAWAL = "crypto_withdrawal", "withdrawal"
    CRYPTO_DEPOSIT_BY_STAFF = "crypto_deposit_by_staff", "deposit recorded by staff"
    WALLET_UPDATE_FAILED = "wallet_update_failed", "wallet update failed"
    FIAT_WITHDRAWAL_WAITING = "fiat_withdrawal_waiting", "fiat withdrawal waits"
    FIAT_WITHDRAWAL_CANCELLED = "fiat_withdrawal_cancelled", "fiat withdrawal cancelled"
    CRYPTO_WITHDRAWAL_WAITING = "crypto_withdrawal_waiting", "withdrawal waits"
    CRYPTO_WITHDRAWAL_CANCELLED = "crypto_withdrawal_cancelled", "withdrawal cancelled"
    FIAT_PAID_OUT = "fiat_paid_out", "fiat paid out"
    NOTED = "noted", "noted"

    SECOND_FACTOR_FAILED = "second_factor_failed", "wrong second factor"
    LOGOUT_ALL = "logout_all", "logged out everywhere"
    SESSION_REVOKED = "session_revoked", "session revoked"
    TOTP_UNBOUND = "totp_unbound", "authenticator removed"
    PASSKEY_ADDED = "passkey_added", "passkey added"
    PASSKEY_REMOVED = "passkey_removed", "passkey removed"
    RECOVERY_CODES_DRAWN = "recovery_codes_drawn", "recovery codes drawn"
    RECOVERY_CODE_USED = "recovery_code_used", "recovery code used"
    LOGIN_CODE_CHOSEN = "login_code_chosen", "log-in code turned on, off or to another channel"
    EMAIL_UNBOUND = "email_unbound", "email removed"
    PHONE_UNBOUND = "phone_unbound", "phone removed"
    USERNAME_SET = "username_set", "user name set"
    ANTI_PHISHING_SET = "anti_phishing_set", "anti-phishing phrase set"
    SETTINGS_CHANGED = "settings_changed", "settings changed"
    FROZEN = "frozen", "account frozen"
    THAWED = "thawed", "account thawed"
    RECOVERY_OPENED = "recovery_opened", "recovery case opened"
    RECOVERY_CANCELLED = "recovery_cancelled", "recovery case cancelled"
    RECOVERY_COMPLETED = "recovery_completed", "account recovered"
    SUB_ACCOUNT_ADDED = "sub_account_added", "sub-account added"
    SUB_ACCOUNT_FROZEN = "sub_account_frozen", "sub-account frozen"
    SUB_ACCOUNT_THAWED = "sub_account_thawed", "sub-account thawed"
    SUB_ACCOUNT_REMOVED = "sub_account_removed", "sub-account removed"
    SUB_ACCOUNT_PASSWORD = "sub_account_password", "password of a sub-account reset"
    APP_TOKEN_ISSUED = "app_token_issued", "fingerprint log-in turned on"
    APP_TOKEN_REVOKED = "app_token_revoked", "fingerprint log-in turned off"
    APP_AUTHORIZED = "app_authorized", "another application allowed"
    APP_REVOKED = "app_revoked", "another application disallowed"
    API_KEY_CREATED = "api_key_created", "API key created"
    API_KEY_CHANGED = "api_key_changed", "API key changed"
    API_KEY_DELETED = "api_key_deleted", "API key deleted"
    TRANSFER_REQUESTED = "transfer_requested", "transfer to another customer asked for"
    TRANSFER_COMPLETED = "transfer_completed", "transfer to another customer done"
    TRANSFER_ENDED = "transfer_ended", "transfer to another customer ended without moving anything"
    TRANSFER_RECEIVED = "transfer_received", "transfer received"
    TRUSTED_ADDRESS_REMOVED = "trusted_address_removed", "trusted address removed"


class LoginRecord(models.Model):
    """One line of the log. Attempts on unknown names leave none: there is nobody to show them to."""

    public_id = PublicIdField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="login_records")
    act = models.CharField(max_length=32, choices=LoginAct)
    at = models.DateTimeField()
    ip = models.GenericIPAddressField(null=True, blank=True)
    place = models.CharField(max_length=8, blank=True, default="")
    city = models.CharField(max_length=64, blank=True, default="", db_default="")
    device = models.CharField(max_length=64, blank=True, default="")
    os = models.CharField("operating system", max_length=64, blank=True, default="", db_default="")
    browser = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        indexes = (models.Index(fields=["user", "-id"], name="accounts_loginrecord_by_user"),)

    def __str__(self) -> str:
        return f"{self.act} at {self.at:%Y-%m-%d %H:%M}"
