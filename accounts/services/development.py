"""The two officers of a development installation. Production refuses them."""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from accounts.errors import StaffInvalid
from accounts.models import User
from accounts.services import passwords, staff, totp
from config.kit.clock import now
from config.kit.crypto import unseal

EMAILS = ("officer1@quaestor.local", "officer2@quaestor.local")
NAMES = dict(zip(EMAILS, ("Lin Ai-Da 林艾達", "Ben Okafor"), strict=True))
ROLES = ("compliance", "compliance_lead", "treasury", "treasury_lead")
SECRETS_FILE = "officers.json"
"""In the installation's var directory, readable by its owner alone."""


@dataclass(frozen=True, repr=False)
class DevelopmentOfficer:
    """An officer with everything that opens the desk."""

    email: str
    password: str
    roles: tuple[str, ...]
    totp_secret: str
    otpauth_url: str
    code: str
    """The authenticator's code now."""


def officers() -> list[DevelopmentOfficer]:
    """Create the two officers, or find them; each call shows the same secrets, which were drawn once.

    Raises StaffInvalid in production.
    """
    if settings.PRODUCTION:
        raise StaffInvalid(reason="Officers of a production installation are made one by one, by create_staff.")
    path = Path(settings.VAR_DIR) / SECRETS_FILE
    drawn = _drawn(path)
    return [_officer(email, drawn[email]) for email in EMAILS]


def _drawn(path: Path) -> dict[str, dict[str, str]]:
    """The secrets by email: read from the file, or drawn and written into it."""
    if path.exists():
        kept: dict[str, dict[str, str]] = json.loads(path.read_text())
        return kept
    drawn = {
        email: {
            "password": secrets.token_urlsafe(12),
            "totp_secret": base64.b32encode(secrets.token_bytes(totp.SEED_BYTES)).decode("ascii"),
        }
        for email in EMAILS
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    begun = path.with_suffix(".new")
    begun.unlink(missing_ok=True)
    begun.touch(mode=0o600)
    begun.write_text(json.dumps(drawn, indent=2))
    begun.replace(path)
    return drawn


def _officer(email: str, drawn: dict[str, str]) -> DevelopmentOfficer:
    seed = base64.b32decode(drawn["totp_secret"])
    user = User.objects.filter(email=email, is_staff=True).first()
    if user is None:
        user = staff.create_officer(
            email=email,
            password=drawn["password"],
            roles=ROLES,
            name=NAMES[email],
            totp_seed=seed,
            by="create_officers",
        ).user
    elif not _has(user, drawn["password"], seed):
        staff.renew_secrets(user=user, password=drawn["password"], totp_seed=seed, by="create_officers")
    if not user.officer_name:
        staff.rename(user=user, name=NAMES[email], by="create_officers", reason="made before officers had names")
    return DevelopmentOfficer(
        email=email,
        password=drawn["password"],
        roles=ROLES,
        totp_secret=drawn["totp_secret"],
        otpauth_url=totp.shown(seed, user, now()).otpauth_url,
        code=totp.current_code(seed),
    )


def _has(user: User, password: str, seed: bytes) -> bool:
    """Whether this database knows the officer by these secrets: another `var` may have drawn others."""
    bound = totp.bound(user)
    return (
        passwords.matches(passwords.forms_of(user), passwords.plain(password))
        and bound is not None
        and unseal(bytes(bound.sealed_seed), context=bound.seal_context) == seed
    )
