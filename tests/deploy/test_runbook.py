"""Each command of the runbook, run in the order of its chapter against what the chapter speaks of."""

from __future__ import annotations

import io
import re
import shlex
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from accounts.models import AuditRecord
from config.kit.clock import now
from messaging.models import Message
from messaging.models.messages import MessageState
from tests.deploy.test_backup import run as run_script
from tests.deploy.test_backup import target
from tests.factories_accounts import customer, officer, token_of
from tests.wallet.processes import database_url
from tests.wallet.withdrawals import arrange
from tests.wallet.withdrawals.conftest import network
from wallet.models import CoinNetwork, Withdrawal
from wallet.models.deposits import WatcherCursor
from wallet.services import stops
from wallet.services.withdrawals import leases

__all__ = ["network", "target"]
pytestmark = pytest.mark.django_db(transaction=True)
TEXT = (Path(__file__).resolve().parents[2] / "docs" / "runbook.md").read_text(encoding="utf-8")
CHAPTERS = {
    head.strip(): "".join(re.findall(r"```console\n(.*?)```", body, re.DOTALL)).splitlines()
    for head, body in re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", TEXT, re.DOTALL | re.MULTILINE)
}
LOOK = {
    "stuck_work",
    "check_wallet",
    "compare_wallets",
    "check_messages",
    "check_providers",
    "failed_webhooks",
    "check_deployment",
}
"""Commands that end with 1 where somebody has to look, as there is in a chapter like this."""
Words = dict[str, str]


def stuck_withdrawal(network: Any) -> Words:
    held = arrange.approved(arrange.customer())
    lease = leases.claim(held.pk, states=[held.state], holder="worker 1")
    assert lease is not None
    leases.hand_back(lease, again_after_seconds=3600, because="the node is away")
    sent = arrange.sent(arrange.customer())
    return {"withdrawal": f"{held.public_id} {sent.public_id}", "officer": arrange.officer().email or ""}


def unsure_node(network: Any) -> Words:
    row = CoinNetwork.objects.get(coin__code="ETH", network__code="ETHEREUM")
    WatcherCursor.objects.create(
        network=row.network, height=7, block_hash="0x07", read_at=now(), halted_because="another branch"
    )
    return {"coin": "ETH", "network": "ETHEREUM", "officer": arrange.officer().email or ""}


def stopped_coin(network: Any) -> Words:
    stops.stop("ETH", reason="a difference")
    return {"coin": "ETH"}


def failing_sms(network: Any) -> Words:
    locked = customer()
    message = Message.objects.latest("pk")
    Message.objects.filter(pk=message.pk).update(state=MessageState.QUEUED, due_at=now().replace(year=2099))
    told = {"email": "ops@example.com", "phone": "+886912345678"}
    return {**told, "message": str(message.public_id), "uid": str(locked.uid)}


def leaked_key(network: Any) -> Words:
    owner = customer()
    token_of(owner)
    return {"uid": str(owner.uid)}


def nothing(network: Any) -> Words:
    return {}


GIVEN: dict[str, Callable[[Any], Words]] = {
    "Withdrawals are stuck": stuck_withdrawal,
    "A node is unsure": unsure_node,
    "The books differ": stopped_coin,
    "SMS fails": failing_sms,
    "A key leaks": leaked_key,
    "A restore is needed": nothing,
}


def test_every_chapter_is_run() -> None:
    assert set(CHAPTERS) == set(GIVEN)
    assert all(CHAPTERS.values())
    assert set(re.findall(r"`((?:deploy|manage\.py)[^`]*)`", TEXT)) <= {"deploy/backup.sh"}, (
        "a command outside the blocks is not run"
    )


@pytest.mark.parametrize("chapter", [name for name in GIVEN if name != "A restore is needed"])
def test_the_commands_of_a_chapter_do_what_they_say(
    chapter: str, network: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    words = {**GIVEN[chapter](network), "file": str(tmp_path / "signer.key")}
    if chapter == "A key leaks":
        (ann, _), (bo, app_bo), (cy, app_cy) = officer("compliance"), officer("operator"), officer("operator")
        words |= {"officer": ann.email or "", "operator": bo.email or "", "second": cy.email or ""}
        monkeypatch.setattr(sys, "stdin", io.StringIO(f"{app_bo.code()}\n{app_cy.code()}\n"))
    for line in CHAPTERS[chapter]:
        run(line, words)
    if chapter == "Withdrawals are stuck":
        held, sent = words["withdrawal"].split()
        assert Withdrawal.objects.get(public_id=held).lease_until is None
        assert Withdrawal.objects.get(public_id=sent).outgoing_transactions.count() == 2
    acting = sum("--reason" in line for line in CHAPTERS[chapter])
    assert AuditRecord.objects.exclude(reason="").count() >= acting


def run(line: str, words: Words) -> None:
    """Run one line; where it names a withdrawal, raising a fee means the one that was sent."""
    program, *rest = shlex.split(line)
    assert program == "manage.py", line
    filled = []
    for text in rest:
        name = text[1:-1] if text.startswith("<") and text.endswith(">") else ""
        value = words[name] if name else text
        if name == "withdrawal":
            value = value.split()[1 if rest[0] == "raise_fee" else 0]
        filled.append(value)
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command(*filled, stdout=out, stderr=err)
    except SystemExit as ended:
        if ended.code != 1 or rest[0] not in LOOK:
            raise AssertionError(f"{line}: exit {ended.code}: {out.getvalue()}{err.getvalue()}") from ended
    assert out.getvalue().strip(), line


@pytest.fixture
def role(transactional_db: None) -> Iterator[str]:
    """A role that the application could have."""
    name = "quaestor_runbook"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP ROLE IF EXISTS {name}")
        cursor.execute(f"CREATE ROLE {name}")
        cursor.execute(f"GRANT {name} TO CURRENT_USER")
    yield name
    with connection.cursor() as cursor:
        cursor.execute(f"DROP OWNED BY {name}")
        cursor.execute(f"DROP ROLE {name}")


def test_a_restore_is_proven_and_then_served_with_the_rights_of_the_application(
    target: str, role: str, network: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    arrange.customer()
    monkeypatch.setattr(type(network), "height", lambda _: 7, raising=False)
    words, dump = {"role": role}, ""
    for line in CHAPTERS["A restore is needed"]:
        if line.startswith("deploy/backup.sh"):
            saved = run_script("backup.sh", str(tmp_path), database=database_url())
            assert saved.returncode == 0, saved.stderr
            dump = saved.stdout.strip()
        elif line.startswith("deploy/restore.sh"):
            restored = run_script("restore.sh", dump, database=target)
            assert restored.returncode == 0, restored.stderr
            assert restored.stdout.endswith("Restored and proven.\n")
        else:
            run(line, words)
