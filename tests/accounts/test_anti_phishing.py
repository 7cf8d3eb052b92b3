"""The phrase by which customers know our mails."""

from __future__ import annotations

import pytest

from accounts.models import User
from accounts.services import anti_phishing
from tests.accounts.changing import acts_of, code_of, reachable, told
from tests.client import Api
from tests.factories_accounts import CLIENT, token_of
from tests.factories_messaging import read_message

pytestmark = pytest.mark.django_db
URL = "/api/v1/me/anti-phishing-phrase"


def test_the_phrase_is_set_with_a_code_told_and_shown_in_the_next_mail(api: Api) -> None:
    user = reachable()
    token = token_of(user)
    code = code_of(api, "anti_phishing", "alice@example.com", token)
    answer = api.put(URL, {"phrase": "藍鯨在唱歌", "code": code}, token=token)
    assert answer.json() == api.get("/api/v1/me", token=token).json()
    assert answer.json()["anti_phishing_phrase"] == "藍鯨在唱歌"
    assert told("anti_phishing_set") == {"a***e@example.com", "+886******678"}
    assert read_message("alice@example.com", "anti_phishing_set").phrase == "藍鯨在唱歌"
    assert acts_of(user)[-1] == "anti_phishing_set"


def test_an_empty_one_removes_it(api: Api) -> None:
    token = token_of(reachable(anti_phishing_phrase="mine"))
    code = code_of(api, "anti_phishing", "alice@example.com", token)
    assert api.put(URL, {"phrase": "", "code": code}, token=token).json()["anti_phishing_phrase"] == ""


@pytest.mark.parametrize("proof", [{}, {"code": "000000"}, {"method": "totp", "code": "000000"}])
def test_without_the_right_proof_it_stays(api: Api, proof: dict[str, str]) -> None:
    user = reachable(anti_phishing_phrase="mine")
    assert api.put(URL, {"phrase": "theirs", **proof}, token=token_of(user)).status_code in {403, 422}
    assert User.objects.get(pk=user.pk).anti_phishing_phrase == "mine"


@pytest.mark.parametrize("phrase", ["x" * 33, "two\nlines", "\u202eback", None, 5, ["a"]])
def test_what_is_no_phrase_names_its_field(api: Api, phrase: object) -> None:
    answer = api.put(URL, {"phrase": phrase, "code": "000000"}, token=token_of(reachable()))
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["phrase"])


def test_the_profile_has_no_second_door_to_it(api: Api) -> None:
    answer = api.patch("/api/v1/me", {"anti_phishing_phrase": "theirs"}, token=token_of(reachable()))
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["anti_phishing_phrase"])


def test_a_caller_within_the_house_keeps_the_limit_too() -> None:
    with pytest.raises(ValueError, match="too long"):
        anti_phishing.set_phrase(user=reachable(), phrase="x" * 33, proof=None, client=CLIENT)
