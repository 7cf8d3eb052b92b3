"""A further word for what a code is good for. It stands in Python only: nothing is locked, and the way back changes nothing."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0002_room_for_updates"),
    ]

    operations = [
        migrations.AlterField(
            model_name="code",
            name="purpose",
            field=models.CharField(
                choices=[
                    ("registration", "Registration"),
                    ("quick_registration", "Registration without a password"),
                    ("activation", "Activation of an account"),
                    ("login", "Log-in without a password"),
                    ("second_factor", "Second step of a log-in"),
                    ("other_place", "Log-in from a new place"),
                    ("recovery", "Recovery of a password"),
                    ("recovery_second", "Second proof of a recovery"),
                    ("account_recovery", "Recovery of an account"),
                    ("password_set", "First password"),
                    ("password_change", "Change of the password"),
                    ("email_bind", "Binding of an email address"),
                    ("email_change", "Change of the email address"),
                    ("email_unbind", "Removal of the email address"),
                    ("phone_bind", "Binding of a phone"),
                    ("phone_change", "Change of the phone"),
                    ("phone_unbind", "Removal of the phone"),
                    ("totp_bind", "Binding of an authenticator"),
                    ("totp_change", "Change of the authenticator"),
                    ("totp_unbind", "Removal of an authenticator"),
                    ("passkey_add", "New passkey"),
                    ("passkey_remove", "Removal of a passkey"),
                    ("recovery_codes", "New recovery codes"),
                    ("anti_phishing", "Anti-phishing phrase"),
                    ("security_settings", "Security settings"),
                    ("trade_password_set", "First trade password"),
                    ("trade_password_change", "Change of the trade password"),
                    ("trade_password_reset", "Reset of the trade password"),
                    ("sub_account_add", "New sub-account"),
                    ("sub_account_delete", "Removal of a sub-account"),
                    ("sub_account_password", "Password of a sub-account"),
                    ("app_token", "Fingerprint log-in"),
                    ("kyc", "Identity check"),
                    ("kyc_phone", "Phone of an identity check"),
                    ("bank_account", "Bank account"),
                    ("api_key", "New API key"),
                    ("api_key_change", "Change of an API key"),
                    ("api_key_delete", "Removal of an API key"),
                    ("trusted_address", "Trusted address"),
                    ("trusted_address_remove", "Removal of a trusted address"),
                    ("withdrawal", "Withdrawal"),
                    ("fiat_withdrawal", "Withdrawal to a bank account"),
                    ("transfer", "Transfer"),
                    ("payment", "Payment"),
                ],
                max_length=24,
            ),
        ),
    ]
