"""What stands before the examples of other applications and of fingerprints."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from accounts.services import app_tokens, login
from tests.accounts.oauth import REDIRECT, Application
from tests.dialects.bhex import people
from tests.dialects.bhex.given import Facts, given
from tests.dialects.bhex.given_signing import by_code, quickly_signed_up
from tests.dialects.bhex.people import Browser, Person
from tests.factories_accounts import CLIENT
from tests.factories_around import emailed

DEVICE = "a-phone-of-the-customer"
AUTHORIZE, TOKEN, FINGER = "/api/oauth2/authorize", "/api/oauth2/access_token", "/api/user/finger_print_authorize"


def application(**registered: Any) -> Application:
    """An application of the contract, which knows no PKCE."""
    return Application(**{"name": "Portfolio", "requires_pkce": False, **registered})


def asks(app: Application, **changed: Any) -> dict[str, str]:
    """What it sends the customer with; None leaves a parameter out."""
    fields = {"response_type": "code", "client_id": app.client_id, "redirect_uri": REDIRECT, "state": "SELECT", **changed}
    return {name: value for name, value in fields.items() if value is not None}


def begun(app: Application, **changed: Any) -> dict[str, str]:
    """What a log-in for its request says."""
    answer = Browser().post(AUTHORIZE, asks(app, **changed))
    assert answer.status_code == 200, answer.content
    return {"is_oauth": "true", "oauth_request_id": answer.json()["requestId"]}


def coded(app: Application, person: Person, **changed: Any) -> str:
    """A code of the customer's, who has no password, for the application."""
    answer = Browser().post("/api/user/quick_authorize", {**by_code(person), **begun(app, **changed)})
    assert answer.status_code == 200, answer.content
    return str(answer.json()["oAuthCodeResult"]["code"])


def shows(app: Application, code: str, /, **changed: Any) -> dict[str, str]:
    """What the application's server sends for a token."""
    fields = {"client_id": app.client_id, "client_secret": app.secret, "code": code, "redirect_uri": REDIRECT, **changed}
    return {name: value for name, value in fields.items() if value is not None}


def kept_token() -> tuple[Person, str]:
    """A customer by email, and what the customer's phone keeps."""
    person = people.signed_up("email")
    user = User.objects.get(email=person.email)
    session = login.log_in(login=person.email, password=people.PASSWORD, client=CLIENT).session
    made = app_tokens.issue(user=user, session=session, device_id=DEVICE, proof=emailed(user, "app_token"), client=CLIENT)
    person.browser = Browser()
    return person, f"{made.token}.{DEVICE}"


@given("an application")
def _application() -> tuple[Person, Facts]:
    return people.somebody(), {"client_id": application().client_id, "redirect_uri": REDIRECT}


@given("an application's request, and a customer's code to log in")
def _request() -> tuple[Person, Facts]:
    person = quickly_signed_up()
    asked = begun(application())
    return person, {**asked, **people.sms_code(person, 22)}


@given("an application's code")
def _code() -> tuple[Person, Facts]:
    person, app = quickly_signed_up(), application()
    return person, shows(app, coded(app, person))


@given("an app that keeps a token")
def _kept() -> tuple[Person, Facts]:
    person, token = kept_token()
    return person, {"token": token}
