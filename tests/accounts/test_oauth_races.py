"""OAuth under requests that meet: each code, refresh token and request counts once."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from oauth2_provider.models import get_access_token_model, get_refresh_token_model

from accounts.errors import OAuthRefused
from accounts.models import OAuthConsent, OAuthGrant
from accounts.models.sessions import EndCause
from accounts.services import login, oauth, sessions
from accounts.services.oauth import consents
from accounts.services.oauth.validator import Validator
from config.kit.clock import now
from config.kit.errors import Absent
from tests.accounts.oauth import Application
from tests.accounts.threads import at_once, wait_until_somebody_waits
from tests.factories_accounts import CLIENT, PASSWORD, customer


def test_of_sixty_four_uses_of_one_code_one_succeeds_and_then_its_tokens_end(real_db: None) -> None:
    app, user = Application(), customer()
    form = app.form(app.code(user))
    results = at_once(64, lambda _: oauth.exchange(form=form))
    made = [result for result in results if isinstance(result, oauth.Tokens)]
    assert len(made) == 1
    assert all(isinstance(result, OAuthRefused) for result in results if result is not made[0])
    assert not get_access_token_model().objects.exists()
    assert not get_refresh_token_model().objects.filter(revoked__isnull=True).exists()


def test_of_racing_refreshes_one_succeeds_and_then_the_family_ends(real_db: None) -> None:
    app, user = Application(), customer()
    first = oauth.exchange(form=app.form(app.code(user)))
    results = at_once(24, lambda _: oauth.exchange(form=app.refresh_form(first.refresh_token)))
    made = [result for result in results if isinstance(result, oauth.Tokens)]
    assert len(made) == 1
    assert made[0].access_token
    assert made[0].refresh_token
    assert not get_access_token_model().objects.exists()


def test_of_racing_answers_to_one_request_one_counts(real_db: None) -> None:
    app, user = Application(), customer()
    begun = oauth.begin(parameters=app.request(), language="en")
    session = login.log_in(login=str(user.uid), password=PASSWORD, client=CLIENT).session

    def answer(number: int) -> Any:
        if number % 3 == 0:
            return oauth.deny(request_id=begun.id)
        return oauth.approve(user=user, session=session, client=CLIENT, request_id=begun.id)

    results = at_once(18, answer)
    assert sum(not isinstance(result, Absent) for result in results) == 1


def test_approvals_that_meet_make_one_consent(real_db: None) -> None:
    app, user = Application(), customer()
    session = login.log_in(login=str(user.uid), password=PASSWORD, client=CLIENT).session
    begun = [oauth.begin(parameters=app.request(), language="en") for _ in range(12)]
    results = at_once(12, lambda number: oauth.approve(user=user, session=session, client=CLIENT, request_id=begun[number].id))
    assert all(isinstance(result, oauth.Approved) for result in results)
    assert OAuthConsent.objects.count() == 1


@pytest.mark.parametrize("grant", ["code", "refresh"])
def test_no_token_survives_a_change_that_comes_while_it_is_being_made(
    real_db: None, monkeypatch: pytest.MonkeyPatch, grant: str
) -> None:
    app, user = Application(), customer()
    form = app.form(app.code(user))
    if grant == "refresh":
        form = app.refresh_form(oauth.exchange(form=form).refresh_token)
    looked, save = threading.Event(), Validator.save_bearer_token

    def wait_for_the_change(validator: Any, *given: Any, **named: Any) -> Any:
        saved = save(validator, *given, **named)
        looked.set()
        wait_until_somebody_waits()
        return saved

    def act(number: int) -> Any:
        if number == 0:
            return oauth.exchange(form=form)
        assert looked.wait(timeout=30)
        with transaction.atomic():
            return sessions.end_all(user=user, cause=EndCause.PASSWORD_CHANGED)

    monkeypatch.setattr(Validator, "save_bearer_token", wait_for_the_change)
    results = at_once(2, act)
    assert isinstance(results[0], oauth.Tokens)
    assert not get_access_token_model().objects.exists()
    assert not get_refresh_token_model().objects.filter(revoked__isnull=True).exists()


def test_no_consent_survives_a_change_that_comes_while_it_is_being_given(
    real_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, user = Application(), customer()
    begun = oauth.begin(parameters=app.request(), language="en")
    session = login.log_in(login=str(user.uid), password=PASSWORD, client=CLIENT).session
    looked, give = threading.Event(), consents.give

    def wait_for_the_change(**given: Any) -> OAuthConsent:
        given_now = give(**given)
        looked.set()
        wait_until_somebody_waits()
        return given_now

    def act(number: int) -> Any:
        if number == 0:
            return oauth.approve(user=user, session=session, client=CLIENT, request_id=begun.id)
        assert looked.wait(timeout=30)
        with transaction.atomic():
            return sessions.end_all(user=user, cause=EndCause.PASSWORD_CHANGED)

    monkeypatch.setattr(consents, "give", wait_for_the_change)
    results = at_once(2, act)
    with pytest.raises(OAuthRefused):
        oauth.exchange(form=app.form(results[0].code))
    assert not oauth.listed(user).exists()


@pytest.mark.django_db
def test_the_database_itself_refuses_what_could_be_spent() -> None:
    app, user = Application(), customer()
    code = app.code(user)
    oauth.exchange(form=app.form(code))
    grant: Any = OAuthGrant.objects.get()
    access, refresh = get_access_token_model().objects.get(), get_refresh_token_model().objects.get()
    broken: list[tuple[str, Any]] = [
        ("accounts_oauthgrant_code_hashed", lambda: OAuthGrant.objects.filter(pk=grant.pk).update(code=code)),
        ("accounts_oauthgrant_s256_only", lambda: OAuthGrant.objects.filter(pk=grant.pk).update(code_challenge_method="plain")),
        ("accounts_oauth_access_token_hashed", lambda: type(access).objects.filter(pk=access.pk).update(token="x")),
        ("accounts_oauth_refresh_token_hashed", lambda: type(refresh).objects.filter(pk=refresh.pk).update(token="x")),
        ("accounts_oauthapplication_secret_hashed", lambda: set_on(app, client_secret=app.secret)),
        ("accounts_oauthapplication_public_needs_pkce", lambda: set_on(app, client_type="public", requires_pkce=False)),
        ("accounts_oauthapplication_code_only", lambda: set_on(app, authorization_grant_type="password")),
        ("accounts_oauthapplication_code_only", lambda: set_on(app, skip_authorization=True)),
        ("accounts_oauthapplication_redirects_exact", lambda: set_on(app, redirect_uris="https://*.example/")),
        (
            "accounts_oauthconsent_one_live",
            lambda: OAuthConsent.objects.create(
                user=user, application=app.row, functions="get_kyc_level", first_at=now(), last_at=now()
            ),
        ),
    ]
    for constraint, act in broken:
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            act()


def set_on(app: Application, **values: Any) -> None:
    type(app.row).objects.filter(pk=app.row.pk).update(**values)
