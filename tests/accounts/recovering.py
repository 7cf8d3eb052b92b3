"""The steps of a password's recovery over HTTP, as tests walk them."""

from __future__ import annotations

from typing import Any

from tests.accounts.changing import NEW
from tests.client import Api
from tests.factories_messaging import pass_time_for_resend, read_code

URL = "/api/v1/password-recoveries"
STEPS = ("code", "second-code", "proof", "identity", "password")


def begin(api: Api, **named: str) -> str:
    """The token of a new recovery by `email` or `phone`."""
    pass_time_for_resend()
    answer = api.post(URL, named)
    assert answer.status_code == 202, answer.json()
    return str(answer.json()["token"])


def first_code(api: Api, token: str, **named: str) -> Any:
    """The answer to the code that came."""
    code = read_code(named.get("email") or named["phone"])
    return api.post(f"{URL}/code", {"token": token, "code": code, **named})


def second_code(api: Api, token: str, destination: str) -> Any:
    """The answer to the code that came by the other channel."""
    pass_time_for_resend()
    assert api.post(f"{URL}/second-code", {"token": token}).status_code == 202
    return api.post(f"{URL}/proof", {"token": token, "code": read_code(destination)})


def finish(api: Api, token: str, password: str = NEW) -> Any:
    """The answer to the new password."""
    return api.post(f"{URL}/password", {"token": token, "password": password})


def ask(api: Api, token: str) -> Any:
    """How far it has come."""
    return api.get(URL, headers={"X-Recovery-Token": token})


def step(api: Api, name: str, token: str, **named: str) -> Any:
    """One step with what has its shape, right or not."""
    body: dict[str, str] = {"token": token}
    if name == "code":
        body |= {"code": "00000000", **(named or {"email": "alice@example.com"})}
    elif name == "proof":
        body |= {"code": "000000"}
    elif name == "identity":
        body |= {"id_number": "A123456789"}
    elif name == "password":
        body |= {"password": NEW}
    return api.post(f"{URL}/{name}", body)
