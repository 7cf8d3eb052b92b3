"""What operators do at the console about money: trace, retry, coins and switches, a bank's line by two officers."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command

from accounts.models import AuditRecord, User
from config.kit.clock import now
from tests.wallet.fiat import arrange as fiat
from tests.wallet.withdrawals import arrange
from tests.wallet.withdrawals.outside import Network
from wallet.models import Coin, CoinNetwork, FiatDeposit, Withdrawal
from wallet.services.withdrawals import leases

pytestmark = pytest.mark.django_db(transaction=True)
WHO = ("--by", "Bo Li", "--reason", "asked for on the phone")


def run(*line: str, fails: bool = False) -> dict[str, Any]:
    """What the command tells programs."""
    out = io.StringIO()
    if fails:
        with pytest.raises(SystemExit) as ended:
            call_command(*line, "--json", stdout=out)
        assert ended.value.code == 1
    else:
        call_command(*line, "--json", stdout=out)
    told: dict[str, Any] = json.loads(out.getvalue())
    assert told["ok"] is not fails
    return told


def test_a_withdrawal_is_traced_by_its_id_and_by_its_transaction(customer: User, network: Network) -> None:
    withdrawal = arrange.sent(customer)
    by_id = run("trace", str(withdrawal.public_id))
    sent = arrange.transaction_of(withdrawal).tx_hash or ""
    assert run("trace", sent) == by_id
    (told,) = by_id["movements"]
    assert (told["kind"], told["customer"], told["state"]) == ("withdrawal", customer.uid, "broadcast")
    where = [step["where"] for step in told["steps"]]
    assert set(where) >= {"state", "books", "chain", "message"}
    assert [step["at"] for step in told["steps"]] == sorted(step["at"] for step in told["steps"])
    booked = [step["what"] for step in told["steps"] if step["where"] == "books"]
    assert any(f"customer {customer.uid} spot_held" in text for text in booked)
    (chain,) = [step["what"] for step in told["steps"] if step["where"] == "chain"]
    assert sent in chain and "the node says" in chain  # noqa: PT018  # one line
    out = io.StringIO()
    call_command("trace", sent, stdout=out)
    assert f"withdrawal {withdrawal.public_id} of customer {customer.uid}: broadcast" in out.getvalue()


def test_what_a_trace_shows_holds_no_contents_of_messages_and_no_contacts(customer: User) -> None:
    withdrawal = arrange.sent(customer)
    told = json.dumps(run("trace", str(withdrawal.public_id)))
    assert (customer.email or "") not in told
    for nothing in ("1234567890123456", "0x" + "0" * 64, "", "' OR 1=1 --"):
        assert run("trace", nothing, fails=True)["error"] == "api.absent"


def test_what_stands_too_long_is_listed_and_tried_at_once_unless_a_worker_is_at_it(customer: User) -> None:
    assert run("stuck_work")["stuck"] == []
    withdrawal = arrange.approved(customer)
    lease = leases.claim(withdrawal.pk, states=[withdrawal.state], holder="worker 1")
    assert lease is not None
    assert run("retry_withdrawal", str(withdrawal.public_id), *WHO, fails=True)["error"] == "wallet.nothing_to_retry"
    leases.hand_back(lease, again_after_seconds=3600, because="the node is away")
    Withdrawal.objects.filter(pk=withdrawal.pk).update(state_since=now() - timedelta(days=2))
    (stuck,) = run("stuck_work", fails=True)["stuck"]
    assert str(withdrawal.public_id) in stuck["what"]
    assert "the node is away" in stuck["detail"]
    assert leases.claim(withdrawal.pk, states=[withdrawal.state], holder="worker 1") is None
    run("retry_withdrawal", str(withdrawal.public_id), *WHO, "--dry-run")
    assert leases.claim(withdrawal.pk, states=[withdrawal.state], holder="worker 1") is None
    run("retry_withdrawal", str(withdrawal.public_id), *WHO)
    assert leases.claim(withdrawal.pk, states=[withdrawal.state], holder="worker 1") is not None
    record = AuditRecord.objects.get(act="wallet.withdrawal_retried")
    assert record.facts == {"state": "approved", "blocked_because": "the node is away", "by": "Bo Li"}
    other = arrange.ask(customer)
    assert run("retry_withdrawal", str(other.public_id), *WHO, fails=True)["error"] == "wallet.nothing_to_retry"


def test_a_coin_is_added_closed_and_opened_by_network(customer: User) -> None:
    run("set_coin", "SOL", "--name", "Solana", "--kind", "crypto", "--scale", "9", *WHO)
    coin = Coin.objects.get(code="SOL")
    assert (coin.scale, coin.is_enabled) == (9, False)
    terms = ("--confirmations", "30", "--withdrawal-minimum", "0.01", "--withdrawal-fee", "0.000005")
    assert run("set_coin_network", "SOL", "ETHEREUM", *terms, *WHO)["withdrawals"] == "closed"
    assert run("set_coin_network", "SOL", "ETHEREUM", "--withdrawals", "open", *WHO)["deposits"] == "closed"
    row = CoinNetwork.objects.get(coin=coin)
    assert (row.is_enabled, row.is_withdrawal_open, row.is_deposit_open, row.scale) == (True, True, False, 9)
    run("set_coin", "SOL", "--enabled", "yes", *WHO)
    acts = AuditRecord.objects.filter(subject__contains="SOL").order_by("id").values_list("act", flat=True)
    assert list(acts) == ["wallet.coin_added", "wallet.coin_network_added", "wallet.coin_network_set", "wallet.coin_set"]


def test_where_a_coin_is_closed_nothing_new_leaves_and_what_is_on_its_way_goes_on(customer: User) -> None:
    on_its_way = arrange.sent(customer)
    run("set_coin_network", "ETH", "ETHEREUM", "--withdrawals", "closed", *WHO)
    with pytest.raises(Exception, match=r"closed|not open"):
        arrange.ask(customer)
    assert arrange.fresh(on_its_way).state == "broadcast"


@pytest.mark.parametrize(
    "line",
    [
        ("set_coin", "sol", "--name", "x", "--kind", "crypto", "--scale", "9"),
        ("set_coin", "SOL"),
        ("set_coin", "SOL", "--name", "x", "--kind", "crypto", "--scale", "19"),
        ("set_coin", "SOL", "--name", "x", "--kind", "crypto", "--scale", "-1"),
        ("set_coin", "ETH", "--scale", "9"),
        ("set_coin", "ETH", "--kind", "fiat"),
        ("set_coin_network", "ETH", "NOWHERE", "--withdrawals", "closed"),
        ("set_coin_network", "NOPE", "ETHEREUM", "--withdrawals", "closed"),
        ("set_coin_network", "BTC", "ETHEREUM", "--withdrawals", "open"),
        ("set_coin_network", "ETH", "ETHEREUM", "--withdrawal-fee", "-1"),
        ("set_coin_network", "ETH", "ETHEREUM", "--withdrawal-fee", "1e3"),
        ("set_coin_network", "ETH", "ETHEREUM", "--withdrawal-minimum", "0"),
        ("set_coin_network", "ETH", "ETHEREUM", "--confirmations", "0"),
        ("set_coin_network", "ETH", "ETHEREUM", "--scale", "19"),
    ],
)
def test_terms_that_can_not_be_are_refused_and_change_nothing(db: None, line: tuple[str, ...]) -> None:
    before = (list(Coin.objects.order_by("pk").values()), list(CoinNetwork.objects.order_by("pk").values()))
    run(*line, *WHO, fails=True)
    assert (list(Coin.objects.order_by("pk").values()), list(CoinNetwork.objects.order_by("pk").values())) == before
    assert not AuditRecord.objects.filter(act__startswith="wallet.coin").exists()


def test_a_banks_line_is_credited_by_two_officers_at_the_console() -> None:
    fiat.open_bank()
    owner, ann, bo = fiat.customer(), fiat.officer(), fiat.officer()
    before = fiat.money(owner, "TWD")
    line = ("--customer", str(owner.uid), "--coin", "TWD", "--amount", "1000", "--account", fiat.NOSTRO, "--reference", "L-1")
    by_ann, by_bo = (("--by", one.email or "", "--reason", "on the statement") for one in (ann, bo))
    assert run("fiat_deposit", "propose", *line, *by_ann, "--dry-run")["dry_run"] is True
    assert not FiatDeposit.objects.exists()
    made = run("fiat_deposit", "propose", *line, *by_ann)
    confirm = ("fiat_deposit", "confirm", made["deposit"])
    assert run(*confirm, "--seen", made["hash"], *by_ann, fails=True)["error"] == "wallet.same_officer"
    for seen in ("", "x", "0" * 64):
        assert run(*confirm, "--seen", seen, *by_bo, fails=True)["error"] == "wallet.payload_changed"
    assert (
        run(*confirm, "--seen", made["hash"], "--by", "Bo Li", "--reason", "x", fails=True)["error"] == "accounts.staff_invalid"
    )
    assert fiat.money(owner, "TWD") == before
    assert run(*confirm, "--seen", made["hash"], *by_bo)["state"] == "done"
    assert fiat.money(owner, "TWD") != before
