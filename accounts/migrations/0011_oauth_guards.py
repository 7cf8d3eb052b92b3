"""What the database itself holds about OAuth tokens: the toolkit's tables never keep one in clear."""

from django.db import migrations

HASHED = """
ALTER TABLE oauth2_provider_accesstoken
    ADD CONSTRAINT accounts_oauth_access_token_hashed CHECK (token = '' AND token_checksum ~ '^[0-9a-f]{64}$');
ALTER TABLE oauth2_provider_refreshtoken
    ADD CONSTRAINT accounts_oauth_refresh_token_hashed CHECK (token = '' AND token_checksum ~ '^[0-9a-f]{64}$');
"""

HASHED_BACK = """
ALTER TABLE oauth2_provider_accesstoken DROP CONSTRAINT accounts_oauth_access_token_hashed;
ALTER TABLE oauth2_provider_refreshtoken DROP CONSTRAINT accounts_oauth_refresh_token_hashed;
"""


class Migration(migrations.Migration):
    """Checks on new, empty tables: nothing to lock, nothing to fill."""

    dependencies = (
        ("accounts", "0010_oauth"),
        ("oauth2_provider", "0022_refreshtoken_token_family_index"),
    )
    operations = (migrations.RunSQL(HASHED, HASHED_BACK),)
