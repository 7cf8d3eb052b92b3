"""Operators register applications, and the desk shows them."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from accounts.errors import OAuthApplicationInvalid
from accounts.models import AuditRecord, OAuthApplication
from accounts.services.oauth import applications
from tests.accounts.oauth import ALL, REDIRECT, Application
from tests.client import Api
from tests.factories_accounts import customer

pytestmark = pytest.mark.django_db
SIGNED = ("--by", "ops@example.com", "--reason", "contract 7")


def create(*arguments: str) -> str:
    out = StringIO()
    call_command("create_oauth_application", *arguments, *SIGNED, stdout=out, stderr=out)
    return out.getvalue()


def test_the_command_registers_an_application_and_shows_its_secret_once() -> None:
    told = json.loads(create("--name", "Portfolio", "--redirect-uri", REDIRECT, "--json"))
    row: OAuthApplication = OAuthApplication.objects.get(client_id=told["client_id"])
    assert (row.name, row.redirect_uris, row.functions, row.requires_pkce) == ("Portfolio", REDIRECT, " ".join(ALL), True)
    assert told["client_secret"] not in row.client_secret
    assert applications.secret_fits(told["client_secret"], row.client_secret)
    record = AuditRecord.objects.get(act="accounts.oauth_application_registered")
    assert (record.reason, record.facts["by"]) == ("contract 7", "ops@example.com")
    assert told["client_secret"] not in json.dumps(record.facts)
    assert "public" in create("--name", "Phone", "--redirect-uri", REDIRECT, "--public")


def test_the_commands_say_why_they_refuse_and_end_with_one() -> None:
    create("--name", "Portfolio", "--redirect-uri", REDIRECT)
    for arguments in (
        ("--name", "Portfolio", "--redirect-uri", REDIRECT),
        ("--name", "Other", "--redirect-uri", "http://app.example/"),
        ("--name", "Other", "--redirect-uri", REDIRECT, "--public", "--without-pkce"),
    ):
        with pytest.raises(SystemExit) as ended:
            create(*arguments)
        assert ended.value.code == 1
    with pytest.raises(SystemExit):
        call_command("set_oauth_application", "nobody", "--disable", *SIGNED, stderr=StringIO())


def test_the_command_stops_an_application_and_lets_it_go_on() -> None:
    app = Application()
    tokens = app.tokens(customer())
    call_command("set_oauth_application", app.client_id, "--disable", *SIGNED, stdout=StringIO())
    assert app.reads(tokens["access_token"]) == 401
    call_command("set_oauth_application", app.client_id, "--enable", *SIGNED, stdout=StringIO())
    assert app.reads(tokens["access_token"]) == 200
    acts = AuditRecord.objects.filter(act__startswith="accounts.oauth_application_").order_by("id")
    assert [record.act.rsplit("_", 1)[1] for record in acts] == ["registered", "disabled", "enabled"]


@pytest.mark.parametrize(
    "redirect",
    [
        "http://app.example/callback",
        "http://localhost/callback",
        "http://10.0.0.1/callback",
        "https://*.example/callback",
        "https://app.example/*",
        "https://app.example/callback#part",
        "https://user@app.example/callback",
        "https://app.example@evil.example/",
        "https://app.example/../callback",
        "https://app.example/%2e%2e/callback",
        "https://app.example/./callback",
        "https://App.example/callback",
        "HTTPS://app.example/callback",
        "https://app.example./callback",
        "https://app.example:0/callback",
        "https://app.example:99999/callback",
        "https://app.example:x/callback",
        "https:///callback",
        "https://",
        "https:app.example",
        "//app.example/",
        "/callback",
        "app://callback",
        "javascript:alert(1)",
        "https://app.example/call back",
        "https://app.example/\u00e9",
        "https://\u0430pp.example/",
        "https://app.example\\@evil.example/",
        "https://app.example/callback?code=x",
        "https://app.example/callback?a=1&state=",
        "https://app.example/" + "x" * 1_000,
        "",
    ],
)
def test_an_address_that_could_be_mistaken_is_not_registered(redirect: str) -> None:
    with pytest.raises(OAuthApplicationInvalid):
        Application(redirect=redirect)
    assert not OAuthApplication.objects.exists()


@pytest.mark.parametrize(
    "redirect",
    [
        "https://app.example",
        "https://app.example/",
        "https://app.example:8443/callback?tenant=7",
        "http://127.0.0.1:8080/callback",
        "http://[::1]:8080/callback",
        "https://xn--pp-7ka.example/",
    ],
)
def test_whole_https_and_loopback_addresses_are_registered(redirect: str) -> None:
    assert Application(redirect=redirect).row.redirect_uri_allowed(redirect)


@pytest.mark.parametrize(
    "given", [{"functions": ()}, {"functions": ("withdraw",)}, {"name": ""}, {"name": " x"}, {"name": "x" * 65}]
)
def test_names_and_functions_are_checked(given: dict[str, Any]) -> None:
    with pytest.raises(OAuthApplicationInvalid):
        Application(**given)


def test_the_toolkits_own_pages_are_not_served(api: Api) -> None:
    for path in ("/o/authorize/", "/o/applications/", "/o/token/", "/oauth2/authorize/", "/api/v1/oauth/authorize"):
        assert api.get(path).status_code == 404
