"""The page behind the link of the mail: looking and visiting do nothing, pressing writes down that it was opened."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.wallet.transfers import arrange

PAGE, LOOK = "/transfers/link", "/transfers/link/look"


@pytest.mark.parametrize(("language", "title"), [("en", "Your transfer"), ("zh-CN", "您的转账"), ("zh-TW", "您的轉帳")])
def test_the_page_speaks_the_readers_language_and_keeps_to_itself(db, language, title):
    answer = Client().get(PAGE, headers={"Accept-Language": language})
    assert title in answer.content.decode()
    assert (answer.headers["Cache-Control"], answer.headers["Referrer-Policy"]) == ("no-store", "no-referrer")


def test_a_look_shows_amount_and_receiver_and_only_the_button_opens(sender, receiver):
    transfer = arrange.ask(sender, receiver, amount="1.5")
    token = arrange.token_of(sender)
    for visit in (Client().get(PAGE), Client().head(PAGE), Client().post(LOOK, {"token": f"https://x/transfers/link#{token}"})):
        assert visit.status_code == 200
    assert "1.5 ETH" in visit.content.decode()
    assert str(receiver.uid) in visit.content.decode()
    assert arrange.fresh(transfer).state == "verification"
    pressed = Client(enforce_csrf_checks=True).post(PAGE, {"token": token})
    assert (pressed.status_code, "One step is left" in pressed.content.decode()) == (200, True)
    assert token not in pressed.content.decode()
    assert arrange.fresh(transfer).state == "opened"
    assert arrange.money(sender).held == arrange.fresh(transfer).amount
    assert arrange.confirm_it(sender, transfer).state == "review"


@pytest.mark.parametrize("token", ["", "x", "x" * 43, "x" * 5000, "\x00" * 43])
def test_what_is_no_link_changes_nothing(sender, receiver, token):
    transfer = arrange.ask(sender, receiver)
    for page in (PAGE, LOOK):
        answer = Client().post(page, {"token": token})
        assert (answer.status_code, "Nothing was changed" in answer.content.decode()) == (422, True)
    assert arrange.fresh(transfer).state == "verification"


def test_the_link_of_an_ended_transfer_is_none(sender, receiver):
    arrange.take_back(sender, arrange.ask(sender, receiver))
    assert Client().post(LOOK, {"token": arrange.token_of(sender)}).status_code == 422
