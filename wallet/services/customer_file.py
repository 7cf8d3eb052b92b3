"""What the money adds to one customer's file for a regulator: the whole statement, and who withdrawals were said to go to."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from accounts.models import User
from config.kit import crypto
from config.kit.money import to_text
from kyc.services import vault
from wallet.models.travel_rule import TravelRuleRecord
from wallet.services import statement_files, statement_lines

ROWS_AT_ONCE = 500


def sections(customer: User) -> Iterator[tuple[str, Iterable[bytes]]]:
    """The statement since the first entry as CSV, and the Travel Rule records as lines of JSON, oldest first.

    The other side of a movement stands as the customer's own statement names it.
    """
    yield "statement.csv", statement_files.csv_of(statement_lines.whole(customer))
    yield "travel_rule.jsonl", _travel_rule(customer)


def _travel_rule(customer: User) -> Iterator[bytes]:
    """Each record that was ever told: the last one of a withdrawal counts."""
    rows = TravelRuleRecord.objects.filter(customer=customer).order_by("pk")
    related = rows.select_related("officer", "withdrawal__coin_network__coin", "withdrawal__coin_network__network")
    for record in related.iterator(chunk_size=ROWS_AT_ONCE):
        yield json.dumps(_told(record), ensure_ascii=False).encode() + b"\n"


def _told(record: TravelRuleRecord) -> dict[str, Any]:
    withdrawal = record.withdrawal
    return {
        "withdrawal": str(withdrawal.public_id),
        "coin": withdrawal.coin_network.coin.code,
        "network": withdrawal.coin_network.network.code,
        "amount": to_text(withdrawal.amount),
        "address": withdrawal.address,
        "memo": withdrawal.memo,
        "state": withdrawal.state,
        "told_at": record.created_at.isoformat(),
        "by": str(record.officer.uid) if record.officer else "customer",
        "reason": record.reason,
        "is_own": record.is_own,
        "is_hosted": record.is_hosted,
        **_names(record),
    }


def _names(record: TravelRuleRecord) -> dict[str, Any]:
    """Originator, country, beneficiary and provider; that they are erased, where they are."""
    try:
        return vault.unseal_facts(record.customer_id, record.sealed, context=record.seal_context)
    except crypto.Unsealable:
        return {"is_erased": True}
