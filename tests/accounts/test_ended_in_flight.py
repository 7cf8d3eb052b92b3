"""A request whose session was ended while it was under way changes nothing any more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import AppToken, Authenticator, OAuthConsent, PasswordForm, Session, User
from accounts.services import app_tokens, freezing, login, oauth, password_change, totp, totp_binding
from accounts.services.passwords import plain
from config.kit.errors import NotSignedIn
from messaging.models import Purpose
from tests.accounts.changing import NEW
from tests.accounts.oauth import Application
from tests.factories_accounts import CLIENT, PASSWORD, App, customer
from tests.factories_around import emailed

pytestmark = pytest.mark.django_db
Act = Callable[[], Any]


def bind_authenticator(user: User, session: Session) -> Act:
    begun = totp_binding.begin(user=user, session=session, client=CLIENT, is_fresh=True)
    code = App.of_secret(begun.secret).code()
    return lambda: totp_binding.confirm(user=user, code=code, session=session, client=CLIENT)


def keep_app_token(user: User, session: Session) -> Act:
    proof = emailed(user, Purpose.APP_TOKEN)
    return lambda: app_tokens.issue(user=user, session=session, device_id="device-0f3a5c77e1", proof=proof, client=CLIENT)


def let_application_in(user: User, session: Session) -> Act:
    request = oauth.begin(parameters=Application().request(), language="en").id
    return lambda: oauth.approve(user=user, session=session, client=CLIENT, request_id=request)


def change_password(user: User, session: Session) -> Act:
    proof = emailed(user, Purpose.PASSWORD_CHANGE)
    given = {"old": plain(PASSWORD), "new": plain(NEW), "proof": proof}
    return lambda: password_change.change(user=user, session=session, client=CLIENT, **given)


def change_password_by_old(user: User, session: Session) -> Act:
    given = {"old": plain(PASSWORD), "new": plain(NEW)}
    return lambda: password_change.change_by_old(user=user, session=session, client=CLIENT, **given)


ACTS = [bind_authenticator, keep_app_token, let_application_in, change_password, change_password_by_old]


@pytest.mark.parametrize("begin", ACTS)
def test_what_a_freeze_overtook_is_not_done(begin: Callable[[User, Session], Act]) -> None:
    user = customer()
    session = login.log_in(login=str(user.uid), password=PASSWORD, client=CLIENT).session
    act = begin(user, session)
    forms = set(PasswordForm.objects.filter(user=user).values_list("encoded", flat=True))
    freezing.freeze(user=user, client=CLIENT)
    with pytest.raises(NotSignedIn):
        act()
    assert totp.bound(user) is None
    assert not Authenticator.objects.filter(user=user, confirmed_at__isnull=False).exists()
    assert not AppToken.objects.filter(user=user, revoked_at__isnull=True).exists()
    assert not OAuthConsent.objects.filter(user=user, revoked_at__isnull=True).exists()
    assert set(PasswordForm.objects.filter(user=user).values_list("encoded", flat=True)) == forms
