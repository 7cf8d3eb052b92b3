"""Each example of the document, replayed: what a client written from it reads is there, of the same type."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from drf_spectacular.generators import SchemaGenerator

from config.dialects.spot import urls
from tests.dialects.replay import differences, examples, filled
from tests.dialects.spot import people
from tests.dialects.spot.people import ADDRESS, NETWORK, Program
from tests.wallet.deposits import arrange as deposits
from wallet.models import TransferPolicy, WithdrawalPolicy
from wallet.models.deposits import DepositState
from wallet.services.deposits import crediting

EXAMPLES = examples("spot")
ENDPOINTS = {tuple(line.split()) for line in (Path(__file__).parents[1] / "endpoints" / "spot.txt").read_text().splitlines()}


def came(mine: Program, other: Program) -> None:
    deposit = deposits.deposit(mine.user, state=DepositState.PENDING, amount="1000", sender="0x" + "5b" * 20)
    deposits.read_to(deposit)
    crediting.credit(deposit.pk, block_hash=deposit.block_hash)
    body = {"coin": "USDT", "amount": 10, "toType": "uid", "toUid": mine.user.uid}
    people.approved(other.does("inside_transfer", body))


def arranged(sentence: str) -> tuple[Program, dict[str, str]]:
    mine, other = people.program(), people.program()
    facts = {"network": NETWORK, "address": ADDRESS, "receiver": str(other.user.uid)}
    if sentence == "a withdrawal":
        WithdrawalPolicy.objects.update(automatic_up_to=0, second_officer_from=1)
        facts["withdrawal"] = mine.does("withdraw", people.withdrawal())
    if sentence == "a transfer under review":
        TransferPolicy.objects.update(automatic_up_to=0, second_officer_from=1)
        body = {"coin": "USDT", "amount": 10, "toType": "uid", "toUid": other.user.uid}
        facts["transfer"] = mine.does("inside_transfer", body)
    if sentence == "a transfer and a deposit came":
        came(mine, other)
    return mine, facts


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("name", "example"), EXAMPLES, ids=[name for name, _ in EXAMPLES])
def test_the_example_is_answered_as_documented(name: str, example: dict[str, Any]) -> None:
    mine, facts = arranged(example["given"])
    answer = mine.post(example["request"]["path"], filled(example["request"]["json"], facts))
    assert answer.status_code == 200
    told = answer.json()
    if name == "deposit_page":  # the document shows the newest kinds, one transfer and one deposit
        assert [row["type"] for row in told["data"]] == ["inside_transfer_in", "deposit"]
        for documented, served in zip(example["answer"]["data"], told["data"], strict=True):
            assert list(differences(documented, served, {path.removeprefix("data[].") for path in example["varies"]})) == []
        assert told["code"] == "0"
        return
    assert list(differences(example["answer"], told, set(example["varies"]))) == []


def test_what_is_served_is_what_is_documented_and_described() -> None:
    found = {(m.upper(), f"/{p.pattern}") for p in urls.urlpatterns for m in p.callback.view_class.operations}  # type: ignore[attr-defined]  # each is a view's
    assert found == ENDPOINTS
    document = SchemaGenerator(urlconf="config.dialects.spot.urls").get_schema(request=None, public=True)
    assert {(m.upper(), path) for path, methods in document["paths"].items() for m in methods} == found
