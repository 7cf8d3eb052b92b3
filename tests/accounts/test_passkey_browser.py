"""A passkey in a real browser: made, signed in with, and used for an act, by Chromium's own authenticator."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection
from playwright.sync_api import Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from accounts.models import Passkey
from tests.factories_accounts import customer, token_of

CHROMIUM = shutil.which("chromium")
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Debian's chromium is not installed: no passkey is made in a browser"),
]
CALL = """async ([method, path, body, token]) => {
    const headers = {"Content-Type": "application/json"};
    if (token) headers.Authorization = `Bearer ${token}`;
    const answer = await fetch("/api/v1/" + path, {method, headers, body: JSON.stringify(body)});
    return {status: answer.status, body: answer.status === 204 ? null : await answer.json()};
}"""
CREATE = """async (options) => {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
    return (await navigator.credentials.create({publicKey})).toJSON();
}"""
GET = """async (options) => {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
    return (await navigator.credentials.get({publicKey})).toJSON();
}"""


class Browser:
    """A page of ours with an authenticator that verifies its owner, as a phone's does."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.devtools = page.context.new_cdp_session(page)
        self.devtools.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        self.authenticator = self.devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]

    def call(self, method: str, path: str, body: Any = None, token: str = "") -> tuple[int, Any]:
        """One request that the page makes."""
        answer = self.page.evaluate(CALL, [method, path, body or {}, token])
        return answer["status"], answer["body"]

    def create(self, options: Any) -> Any:
        """A new passkey, as the browser's JSON."""
        return self.page.evaluate(CREATE, options)

    def get(self, options: Any) -> Any:
        """The answer of a passkey, as the browser's JSON."""
        return self.page.evaluate(GET, options)

    def credentials(self) -> list[dict[str, Any]]:
        """What lies in the authenticator."""
        found = self.devtools.send("WebAuthn.getCredentials", {"authenticatorId": self.authenticator})
        return list(found["credentials"])


@pytest.fixture
def browser(live_server: LiveServer, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[Browser]:
    """Chromium on http://localhost, to which passkeys may belong without TLS."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    origin = f"http://localhost:{urlsplit(live_server.url).port}"
    settings.WEBAUTHN_RP_ID, settings.WEBAUTHN_ORIGINS = "localhost", [origin]
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        page = opened.new_page()
        page.goto(f"{origin}/api/v1/docs/")
        yield Browser(page)
        connection.close()  # while the driver's loop runs, Django keeps a connection of its own for it
        opened.close()


@pytest.mark.django_db(transaction=True)
def test_a_passkey_is_made_signs_in_without_a_name_steps_up_and_proves_an_act(browser: Browser) -> None:
    user = customer(email="alice@example.com")
    token = token_of(user)
    status, begun = browser.call("POST", "me/passkeys/options", token=token)
    assert status == 201
    status, made = browser.call("POST", "me/passkeys", {"name": "Chromium", "passkey": browser.create(begun["options"])}, token)
    assert (status, made["name"], made["transports"]) == (201, "Chromium", ["internal"])
    (credential,) = browser.credentials()
    assert (credential["isResidentCredential"], credential["rpId"]) == (True, "localhost")

    _, asked = browser.call("POST", "passkey-challenges", {"purpose": "login"})
    status, session = browser.call("POST", "sessions/by-passkey", {"passkey": browser.get(asked["options"])})
    assert (status, session["level"]) == (201, "full")

    _, asked = browser.call("POST", "passkey-challenges", {"purpose": "second_factor"}, session["token"])
    proof = {"passkey": browser.get(asked["options"])}
    status, risen = browser.call("POST", "sessions/second-factor", proof, session["token"])
    assert (status, risen["token"] != session["token"]) == (201, True)

    status, refused = browser.call("POST", "me/recovery-codes", {}, risen["token"])
    assert (status, refused["slug"]) == (403, "accounts.second_factor_required")
    answered = {"passkey": browser.get(refused["passkey_options"])}
    status, drawn = browser.call("POST", "me/recovery-codes", answered, risen["token"])
    assert (status, len(drawn["codes"])) == (201, 10)
    status, again = browser.call("POST", "me/recovery-codes", answered, risen["token"])
    assert (status, again["slug"]) == (422, "messaging.wrong_code")

    passkey = Passkey.objects.get()
    assert passkey.sign_count == browser.credentials()[0]["signCount"]
    assert passkey.suspended_at is None


@pytest.mark.django_db(transaction=True)
def test_the_browser_makes_no_second_passkey_in_one_authenticator_and_none_without_verifying(browser: Browser) -> None:
    token = token_of(customer())
    _, begun = browser.call("POST", "me/passkeys/options", token=token)
    unverified = {"authenticatorId": browser.authenticator, "isUserVerified": False}
    browser.devtools.send("WebAuthn.setUserVerified", unverified)
    with pytest.raises(Exception, match="NotAllowedError"):
        browser.create({**begun["options"], "timeout": 1000})
    browser.devtools.send("WebAuthn.setUserVerified", {**unverified, "isUserVerified": True})
    browser.call("POST", "me/passkeys", {"name": "first", "passkey": browser.create(begun["options"])}, token)
    _, asked = browser.call("POST", "me/passkeys/options", token=token)
    proof = {"passkey": browser.get(asked["passkey_options"])}
    status, more = browser.call("POST", "me/passkeys/options", proof, token)
    assert status == 201, json.dumps(more)
    with pytest.raises(Exception, match="InvalidStateError"):
        browser.create(more["options"])
    assert Passkey.objects.count() == 1
