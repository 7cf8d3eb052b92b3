"""What the database holds of shorter holds, past every service: two officers, what was seen, a proposal first."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.models import HoldShortening, SecurityHold
from config.kit.clock import now
from tests.accounts.test_hold_shortening import end_of, held, proposed, reject
from tests.factories_accounts import customer, officer

pytestmark = pytest.mark.django_db
BREACHES: dict[str, tuple[dict[str, Any], str]] = {
    "one officer": ({"state": "done", "decider": "proposer"}, "two_officers"),
    "one officer rejects": ({"state": "rejected", "decider": "proposer"}, "two_officers"),
    "another takes back": ({"state": "withdrawn"}, "taken_back_by_its_proposer"),
    "the customer": ({"state": "done", "decider": "customer"}, "officers_are_not_the_customer"),
    "another payload": ({"state": "done", "seen_hash": bytes(32)}, "done_as_it_was_seen"),
    "too late": ({"state": "done", "finished_at": "late"}, "done_as_it_was_seen"),
    "no reason": ({"state": "done", "decided_because": ""}, "has_reasons"),
    "nobody": ({"state": "done", "decider": None}, "finished_whole"),
    "nobody rejects": ({"state": "rejected", "decider": None}, "finished_whole"),
    "expired by somebody": ({"state": "expired"}, "finished_whole"),
    "unknown state": ({"state": "lost"}, "state_known|finished_whole"),
    "another end": ({"until_after": "later"}, "stands"),
    "another hold": ({"hold": "other"}, "stands"),
    "another proposer": ({"proposer": "decider"}, "stands"),
    "a longer life": ({"expires_at": "late"}, "stands"),
}


@pytest.mark.parametrize("breach", BREACHES)
def test_the_database_refuses(breach: str) -> None:
    hold, other = held(), held()
    row, decider = proposed(hold, until=now() + timedelta(hours=5)), officer("compliance")[0]
    whole = {"decider": decider, "decided_because": "seen", "seen_hash": bytes(row.payload_hash), "finished_at": now()}
    words = {
        "proposer": row.proposer,
        "customer": hold.user,
        "decider": decider,
        "late": row.expires_at + timedelta(seconds=1),
        "later": row.until_after + timedelta(hours=1),
        "other": other,
    }
    wanted, constraint = BREACHES[breach]
    named = {key: words.get(value, value) if isinstance(value, str) else value for key, value in wanted.items()}
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        HoldShortening.objects.filter(pk=row.pk).update(**({**whole, **named} if "state" in wanted else named))
    name = getattr(refused.value.__cause__, "diag").constraint_name  # noqa: B009  # psycopg's own
    assert any(name == f"accounts_holdshortening_{each}" for each in constraint.split("|")), name
    assert end_of(hold) == hold.until


def test_the_database_wants_a_proposal_first_and_about_the_hold_as_it_is() -> None:
    hold = held()
    row = proposed(hold)
    reject(row)
    fields = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    for wrong in ({"state": "done"}, {"customer_id": customer().pk}, {"until_before": hold.until + timedelta(hours=1)}):
        made = HoldShortening(**{**fields, "id": None, "public_id": row.public_id - 1, "state": "proposed", **wrong})
        made.decider, made.seen_hash, made.finished_at, made.decided_because = None, None, None, ""
        with pytest.raises(IntegrityError), transaction.atomic():
            made.save(force_insert=True)
    with pytest.raises(IntegrityError, match="stands"), transaction.atomic():
        HoldShortening.objects.filter(pk=row.pk).delete()
    with pytest.raises(IntegrityError, match="stands"), transaction.atomic():
        HoldShortening.objects.filter(pk=row.pk).update(state="done")


def test_the_database_refuses_a_done_proposal_about_another_end() -> None:
    hold = held()
    row = proposed(hold)
    SecurityHold.objects.filter(pk=hold.pk).update(until=hold.until + timedelta(hours=1))
    decider = officer("compliance")[0]
    with pytest.raises(IntegrityError, match="not the one"), transaction.atomic():
        HoldShortening.objects.filter(pk=row.pk).update(
            state="done", decider=decider, decided_because="seen", seen_hash=bytes(row.payload_hash), finished_at=now()
        )
