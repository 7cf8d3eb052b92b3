"""Money between an account and its sub-accounts: whole, once, never below zero, and never somebody else's."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import SecurityHold, User
from accounts.services import holds, sub_account_freezes, sub_accounts
from config.kit.errors import DomainError
from tests.client import Api
from tests.factories_accounts import CLIENT, customer, token_of
from tests.factories_around import sub_account, sub_token
from tests.factories_wallet import available, fund
from tests.wallet.withdrawals.crowd import at_once, patiently
from wallet.errors import InsufficientFunds
from wallet.models.ledger import Posting
from wallet.services import audit
from wallet.services import sub_accounts as family

URL = "/api/v1/sub-accounts/transfers"
CLIENTS = 64


@pytest.fixture
def parent(db: None) -> User:
    made = customer()
    fund(made, "10")
    return made


@pytest.fixture
def sub(parent: User) -> User:
    return sub_account(parent)


def move(api: Api, parent: User, **body: Any) -> Any:
    key = body.pop("key", None)
    headers = {"Idempotency-Key": key} if key else {}
    return api.post(URL, {"coin": "ETH", "amount": "1", **body}, token=token_of(parent), headers=headers)


def test_the_parent_gives_and_takes_back_and_both_statements_have_a_line(api: Api, parent: User, sub: User) -> None:
    answer = move(api, parent, target=str(sub.uid), amount="2.5")
    assert answer.status_code == 201
    assert answer.json() == {
        "id": answer.json()["id"],
        "source": str(parent.uid),
        "target": str(sub.uid),
        "coin": "ETH",
        "amount": "2.5",
        "created_at": answer.json()["created_at"],
    }
    assert (available(parent), available(sub)) == (Decimal("7.5"), Decimal("2.5"))
    lines = {
        who.uid: [
            (line["posting"], line["kind"], line["amount"])
            for line in api.get("/api/v1/statement?kind=sub_account_transfer", token=token).json()["results"]
        ]
        for who, token in ((parent, token_of(parent)), (sub, sub_token(sub)))
    }
    posting = answer.json()["id"]
    assert lines == {
        parent.uid: [(posting, "sub_account_transfer", "-2.5")],
        sub.uid: [(posting, "sub_account_transfer", "2.5")],
    }
    assert move(api, parent, source=str(sub.uid), amount="2.5").status_code == 201
    assert (available(parent), available(sub)) == (10, 0)


def test_money_moves_between_two_sub_accounts_too_and_the_list_shows_all_newest_first(
    api: Api, parent: User, sub: User
) -> None:
    other = sub_account(parent)
    move(api, parent, target=str(sub.uid), amount="3")
    move(api, parent, source=str(sub.uid), target=str(other.uid), amount="1")
    rows = api.get(URL, token=token_of(parent)).json()["results"]
    assert [(row["source"], row["target"], row["amount"]) for row in rows] == [
        (str(sub.uid), str(other.uid), "1"),
        (str(parent.uid), str(sub.uid), "3"),
    ]
    page = api.get(f"{URL}?size=1", token=token_of(parent)).json()
    older = api.get(page["next"].replace("http://testserver", ""), token=token_of(parent)).json()
    assert [page["results"][0], older["results"][0]] == rows
    shown = api.get(f"/api/v1/sub-accounts/{sub.uid}/balances", token=token_of(parent)).json()["results"]
    assert next(row for row in shown if row["coin"] == "ETH")["available"] == "2"


def test_more_than_there_is_does_not_move(api: Api, parent: User, sub: User) -> None:
    refused = move(api, parent, target=str(sub.uid), amount="10.000000000000000001")
    assert (refused.status_code, refused.json()["slug"]) == (422, "wallet.insufficient_funds")
    assert move(api, parent, source=str(sub.uid), amount="0.1").status_code == 422
    assert (available(parent), available(sub)) == (10, 0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": "0"}, {"amount": "-1"}, {"amount": "1e3"}, {"amount": "0.0000000000000000001"}, {"amount": None},
        {"amount": "１"}, {"amount": "NaN"}, {"amount": []}, {"coin": "NOPE"}, {"coin": None}, {"coin": "E" * 40},
        {"target": 5}, {"target": "x" * 10}, {"target": None},
    ],
)  # fmt: skip
def test_input_of_another_form_moves_nothing(api: Api, parent: User, sub: User, wrong: dict[str, Any]) -> None:
    assert move(api, parent, **{"target": str(sub.uid), **wrong}).status_code == 400
    assert (available(parent), available(sub)) == (10, 0)


def test_somebody_elses_accounts_answer_like_none(api: Api, parent: User, sub: User) -> None:
    stranger = customer()
    theirs = sub_account(stranger)
    fund(theirs, "5")
    for body in ({"source": str(theirs.uid)}, {"target": str(theirs.uid)}, {"target": str(stranger.uid)},
                 {"source": str(stranger.uid)}, {"source": "100000000"}, {"target": "abc"}):  # fmt: skip
        refused = move(api, parent, **body)
        assert (refused.status_code, refused.json()["slug"]) == (404, "api.absent"), body
    assert (available(theirs), available(parent), available(sub)) == (5, 10, 0)
    assert api.get(URL, token=token_of(stranger)).json()["results"] == []


def test_a_sub_account_moves_nothing_itself(api: Api, parent: User, sub: User) -> None:
    fund(sub, "1")
    for body in ({"target": str(parent.uid)}, {"source": str(parent.uid)}):
        refused = api.post(URL, {"coin": "ETH", "amount": "1", **body}, token=sub_token(sub))
        assert (refused.status_code, refused.json()["slug"]) == (403, "accounts.not_for_sub_accounts")
    assert api.get(URL, token=sub_token(sub)).status_code == 403
    assert (available(parent), available(sub)) == (10, 1)


def test_the_same_key_moves_once_and_with_another_body_is_refused(api: Api, parent: User, sub: User) -> None:
    first = move(api, parent, target=str(sub.uid), key="k1")
    again = move(api, parent, target=str(sub.uid), key="k1")
    assert (again.status_code, again.json(), again.headers["Idempotency-Replayed"]) == (201, first.json(), "true")
    other = move(api, parent, target=str(sub.uid), amount="2", key="k1")
    assert (other.status_code, other.json()["slug"]) == (422, "api.idempotency_key_reused")
    sub_account_freezes.freeze(parent=parent, uid=sub.uid, client=CLIENT)
    assert move(api, parent, target=str(sub.uid), key="k1").json() == first.json()
    assert (available(parent), available(sub)) == (9, 1)


def test_the_keys_of_two_parents_do_not_meet(api: Api, parent: User, sub: User) -> None:
    other = customer()
    fund(other, "5")
    assert move(api, parent, target=str(sub.uid), key="same").status_code == 201
    assert move(api, other, target=str(sub_account(other).uid), key="same").status_code == 201
    assert available(other) == 4


def test_a_security_hold_stops_no_money_within_the_family(api: Api, parent: User, sub: User) -> None:
    for user in (parent, sub):
        holds.start(user=user, cause="password")
    assert SecurityHold.objects.count() == 2
    assert move(api, parent, target=str(sub.uid)).status_code == 201
    assert move(api, parent, source=str(sub.uid)).status_code == 201


def test_a_frozen_sub_account_is_emptied_and_not_filled(api: Api, parent: User, sub: User) -> None:
    move(api, parent, target=str(sub.uid), amount="4")
    sub_account_freezes.freeze(parent=parent, uid=sub.uid, client=CLIENT)
    refused = move(api, parent, target=str(sub.uid))
    assert (refused.status_code, refused.json()["slug"]) == (409, "accounts.sub_account_frozen")
    assert move(api, parent, source=str(sub.uid), amount="4").status_code == 201
    assert (available(parent), available(sub)) == (10, 0)


@pytest.mark.parametrize("status", ["suspended", "locked"])
def test_what_an_officer_stopped_gives_and_takes_nothing(api: Api, parent: User, sub: User, status: str) -> None:
    move(api, parent, target=str(sub.uid), amount="4")
    User.objects.filter(pk=sub.pk).update(status=status)
    for body in ({"target": str(sub.uid)}, {"source": str(sub.uid)}):
        refused = move(api, parent, **body)
        assert (refused.status_code, refused.json()["slug"]) == (409, "accounts.sub_account_stopped")
    assert (available(parent), available(sub)) == (6, 4)


def test_a_restricted_parent_moves_nothing(api: Api, parent: User, sub: User) -> None:
    User.objects.filter(pk=parent.pk).update(status="blocked")
    assert move(api, parent, target=str(sub.uid)).json()["slug"] == "accounts.sub_account_stopped"
    assert available(parent) == 10


def outcomes_of(told: list[Any]) -> set[type]:
    unexpected = [one for one in told if isinstance(one, Exception) and not isinstance(one, DomainError)]
    assert not unexpected, unexpected
    return {type(one) for one in told}


def test_sixty_four_at_once_move_to_and_fro_and_the_sum_stays(real_db: None) -> None:
    parent = customer()
    members: list[User | None] = [None, *(sub_account(parent) for _ in range(3))]
    fund(parent, "20")
    dice = random.Random(11)
    pairs = [dice.sample(range(4), 2) for _ in range(CLIENTS)]

    def moving(source: int, target: int, place: int) -> Any:
        giver, taker = members[source], members[target]
        return patiently(
            lambda: family.transfer(
                parent=parent,
                source=giver.uid if giver else None,
                target=taker.uid if taker else None,
                coin="ETH",
                amount=str(1 + place % 5),
                key=f"race-{place}",
            )
        )

    told = at_once([moving(source, target, place) for place, (source, target) in enumerate(pairs)])
    assert outcomes_of(told) <= {family.Moved, InsufficientFunds}
    moved = sum(isinstance(one, family.Moved) for one in told)
    assert moved > 0
    left = [available(member or parent) for member in members]
    assert sum(left) == 20
    assert min(left) >= 0
    assert Posting.objects.filter(kind="sub_account_transfer").count() == moved
    assert audit.run(full=True, stop=False).findings == []


def test_sixty_four_with_one_key_move_once(real_db: None) -> None:
    parent = customer()
    sub = sub_account(parent)
    fund(parent, "64")
    act = patiently(lambda: family.transfer(parent=parent, source=None, target=sub.uid, coin="ETH", amount="1", key="one"))
    told = at_once([act] * CLIENTS)
    assert outcomes_of(told) == {family.Moved}
    assert sorted(one.replayed for one in told) == [False] + [True] * (CLIENTS - 1)
    assert (available(parent), available(sub)) == (63, 1)


def test_moving_while_it_is_frozen_leaves_nothing_on_the_way(real_db: None) -> None:
    parent = customer()
    sub = sub_account(parent)
    fund(parent, "30")
    give = patiently(lambda: family.transfer(parent=parent, source=None, target=sub.uid, coin="ETH", amount="1"))
    stop = patiently(lambda: sub_account_freezes.freeze(parent=parent, uid=sub.uid, client=CLIENT))
    told = at_once([*[give] * 24, stop])
    outcomes_of(told)
    moved = sum(isinstance(one, family.Moved) for one in told)
    assert (available(parent), available(sub)) == (30 - moved, moved)
    assert sub_accounts.get(parent=parent, uid=sub.uid).status == "locked"
