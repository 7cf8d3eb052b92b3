"""Applications that customers may let in: registered by operators, never by themselves."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from accounts.errors import OAuthApplicationInvalid
from accounts.models import OAuthApplication
from accounts.services import audit
from accounts.services.oauth import redirects
from accounts.services.oauth.functions import FUNCTIONS, ordered
from config.kit.crypto import equal, keyed_hash, token

NAME_LENGTH_MAX = 64


@dataclass(frozen=True, repr=False)
class Registered:
    """A new application with its secret, told this once; a public one has none."""

    application: OAuthApplication
    client_secret: str | None


def register(
    *,
    name: str,
    redirect_uris: Sequence[str],
    functions: Sequence[str],
    is_public: bool = False,
    requires_pkce: bool = True,
    by: str,
    reason: str,
) -> Registered:
    """Register an application. Without PKCE it is confidential, and the MD5 of its secret is taken for the secret, too.

    Raises OAuthApplicationInvalid.
    """
    _check(name=name, redirect_uris=redirect_uris, functions=functions, is_public=is_public, requires_pkce=requires_pkce)
    secret = None if is_public else token()
    try:
        with transaction.atomic():
            made = OAuthApplication.objects.create(
                name=name,
                redirect_uris=" ".join(dict.fromkeys(redirect_uris)),
                functions=ordered(functions),
                client_type=OAuthApplication.CLIENT_PUBLIC if is_public else OAuthApplication.CLIENT_CONFIDENTIAL,
                authorization_grant_type=OAuthApplication.GRANT_AUTHORIZATION_CODE,
                client_secret="" if secret is None else _stored(secret, takes_md5=not requires_pkce),
                requires_pkce=requires_pkce,
            )
            _record(made, "registered", by=by, reason=reason)
    except IntegrityError:
        raise OAuthApplicationInvalid(reason="There is an application of this name already.") from None
    return Registered(made, secret)


def set_enabled(*, client_id: str, is_enabled: bool, by: str, reason: str) -> OAuthApplication:
    """Stop an application, from its next use of any token on, or let it go on. Raises OAuthApplicationInvalid."""
    with transaction.atomic():
        found = OAuthApplication.objects.select_for_update().filter(client_id=client_id).first()
        if found is None:
            raise OAuthApplicationInvalid(reason="There is no application of this client id.")
        found.is_enabled = is_enabled
        found.save(update_fields=["is_enabled", "updated"])
        _record(found, "enabled" if is_enabled else "disabled", by=by, reason=reason)
    return found


def _check(*, name: str, redirect_uris: Sequence[str], functions: Sequence[str], is_public: bool, requires_pkce: bool) -> None:
    if not name.strip() or name != name.strip() or len(name) > NAME_LENGTH_MAX or not name.isprintable():
        raise OAuthApplicationInvalid(reason=f"A name of 1 to {NAME_LENGTH_MAX} printable characters is due.")
    if not 1 <= len(redirect_uris) <= redirects.REDIRECT_URIS_MAX:
        raise OAuthApplicationInvalid(reason=f"1 to {redirects.REDIRECT_URIS_MAX} redirect URIs are due.")
    for uri in redirect_uris:
        redirects.check_registrable(uri)
    if unknown := set(functions) - set(FUNCTIONS):
        raise OAuthApplicationInvalid(reason=f"Functions are {', '.join(FUNCTIONS)}; not {', '.join(sorted(unknown))}.")
    if not functions:
        raise OAuthApplicationInvalid(reason="At least one function is due.")
    if is_public and not requires_pkce:
        raise OAuthApplicationInvalid(reason="A public application needs PKCE: it has no secret.")


def _record(application: OAuthApplication, act: str, *, by: str, reason: str) -> None:
    audit.record(
        actor=None,
        actor_kind="operator",
        act=f"accounts.oauth_application_{act}",
        subject=f"accounts.oauth_application:{application.client_id}",
        reason=reason,
        facts={"name": application.name, "redirect_uris": application.redirect_uris, "by": by},
    )


def _hash(text: str) -> str:
    return keyed_hash("accounts.oauth-client-secret", text).hex()


def _stored(secret: str, *, takes_md5: bool) -> str:
    """The keyed hash of the secret and, where asked, of its MD5. The secret has 256 bits, so that a slow hash adds nothing."""
    forms = [secret]
    if takes_md5:
        forms.append(hashlib.md5(secret.encode(), usedforsecurity=False).hexdigest())
    return ":".join(_hash(form) for form in forms)


def secret_fits(shown: str, stored: str) -> bool:
    """Whether the secret shown is the application's; a public one has none that would fit."""
    found = [equal(_hash(shown), one) for one in stored.split(":")]
    return bool(stored) and any(found)
