"""Proofs of liabilities: whole, published, shown to each customer, and to nobody else."""

from __future__ import annotations

import json
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from accounts.models import AuditRecord, User
from tests import factories_accounts as make
from tests.client import Api
from tests.factories_wallet import fund
from tests.wallet.liabilities.test_merkle import run
from wallet.models import LiabilityNode, LiabilityProof
from wallet.services import balances, liabilities

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def owners() -> list[User]:
    made = [make.customer() for _ in range(5)]
    for number, owner in enumerate(made):
        fund(owner, f"{number + 1}.25")
    return made


def proven(*more: str) -> list[dict[str, Any]]:
    out = StringIO()
    call_command("prove_liabilities", "--json", "--by", "night", *more, stdout=out)
    return list(json.loads(out.getvalue()))


def test_every_customer_finds_the_own_balance_in_the_published_root(owners: list[User]) -> None:
    (row,) = proven()
    assert (row["coin"], row["customers"], row["total"]) == ("ETH", 5, "16.25")
    published = Api().get("/api/v1/liability-proofs").json()["results"]
    assert [(proof["id"], proof["root"], proof["total"]) for proof in published] == [(row["id"], row["root"], "16.25")]
    for owner in owners:
        answer = Api(token=make.token_of(owner)).get(f"/api/v1/liability-proofs/{row['id']}/inclusion")
        assert answer.status_code == 200
        assert Decimal(answer.json()["balance"]) == balances.of_customer(owner, coin="ETH")[0].total
        assert answer.json()["uid"] == str(owner.uid)
        code, said = run(answer.json(), row["root"], "--total", row["total"])
        assert code == 0, said
    record = AuditRecord.objects.get(act="wallet.liabilities_proven")
    assert record.facts == {"coin": "ETH", "root": row["root"], "by": "night"}


def test_who_owned_nothing_or_asks_for_something_else_finds_nothing(owners: list[User]) -> None:
    (row,) = proven()
    stranger = Api(token=make.token_of(make.customer()))
    for name in (row["id"], "1000000000000000", "x", "0"):
        assert stranger.get(f"/api/v1/liability-proofs/{name}/inclusion").status_code == 404
    assert Api().get(f"/api/v1/liability-proofs/{row['id']}/inclusion").status_code == 401


def test_each_tree_is_drawn_anew_and_old_ones_are_let_go_while_their_roots_stay(
    owners: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(liabilities, "KEPT_PER_COIN", 2)
    rows = [proven()[0] for _ in range(3)]
    assert len({row["root"] for row in rows}) == 3
    assert {(row["total"], row["customers"]) for row in rows} == {("16.25", 5)}
    assert LiabilityProof.objects.count() == 3
    api = Api(token=make.token_of(owners[0]))
    answers = [api.get(f"/api/v1/liability-proofs/{row['id']}/inclusion").status_code for row in rows]
    assert answers == [404, 200, 200]
    digests = [
        bytes(n.digest) for n in LiabilityNode.objects.filter(level=0, proof__public_id=rows[2]["id"]).order_by("position")
    ]
    assert digests == sorted(digests)  # an order that tells nothing of customers


def test_a_proof_is_kept_whole_or_not_at_all(owners: list[User]) -> None:
    def stop(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        liabilities.prove("ETH", progress=stop)
    assert not LiabilityProof.objects.exists()
    assert not LiabilityNode.objects.exists()


def test_one_snapshot_is_proven_whatever_moves_meanwhile(owners: list[User], monkeypatch: pytest.MonkeyPatch) -> None:
    read = liabilities._leaves

    def read_and_wait(coin: Any) -> Any:
        from threading import Thread

        def move() -> None:
            fund(owners[0], "100")
            connection.close()

        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM wallet_entry")  # the snapshot is taken at the first look
        mover = Thread(target=move)
        mover.start()
        mover.join()
        return read(coin)

    monkeypatch.setattr(liabilities, "_leaves", read_and_wait)
    made = liabilities.prove("ETH")
    assert made is not None
    assert made.total == Decimal("16.25")


def test_a_root_is_neither_changed_nor_removed(owners: list[User]) -> None:
    proven()
    proof = LiabilityProof.objects.get()
    for write in (lambda: LiabilityProof.objects.update(total=1), lambda: LiabilityProof.objects.all()._raw_delete("default")):
        with pytest.raises(IntegrityError), transaction.atomic():
            write()
    proof.refresh_from_db()
    assert proof.total == Decimal("16.25")


def test_nobody_owning_anything_and_unknown_coins_are_said() -> None:
    out = StringIO()
    call_command("prove_liabilities", "--by", "night", verbosity=0, stdout=out)
    assert out.getvalue().strip() == "Nobody owns anything."
    with pytest.raises(CommandError, match="NOPE"):
        call_command("prove_liabilities", "--coin", "NOPE", "--by", "night", verbosity=0, stdout=StringIO())
