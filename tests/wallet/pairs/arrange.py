"""Proposals of officers about customers' money, and letting them happen."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from tests.wallet.fiat import arrange as fiat
from wallet.models import Adjustment, Deposit, FiatDeposit, FiatReversal
from wallet.services import adjustments
from wallet.services.deposits import resolving
from wallet.services.fiat_deposits import crediting, reversing

officer = fiat.officer
money = fiat.money
Money = fiat.Money
new_reference = fiat.new_reference


def deposit(user: User, by: User, **changes: Any) -> FiatDeposit:
    """1000 TWD that the bank received for the customer, recorded by one officer."""
    words: dict[str, Any] = {
        "coin": "TWD",
        "amount": "1000",
        "nostro_code": fiat.NOSTRO,
        "reference": "",
        "reason": "on the statement",
    }
    words |= {"customer": user.uid, **changes}
    words["reference"] = words["reference"] or new_reference()
    return crediting.propose(officer=by, **words)


def credited(user: User, **changes: Any) -> FiatDeposit:
    """The same, credited by a second one."""
    return confirm(crediting, deposit(user, officer(), **changes))


def reversal(of: FiatDeposit, by: User, **changes: Any) -> FiatReversal:
    """Said to be undone."""
    return reversing.propose(**{"deposit": of.public_id, "officer": by, "reason": "not theirs", **changes})


def adjustment(user: User, by: User, **changes: Any) -> Adjustment:
    """5 ETH more, for a mistake of ours."""
    words = {"coin": "ETH", "amount": "5", "cause": "correction", "reason": "as support case 7 says"}
    return adjustments.propose(**{"customer": user.uid, "officer": by, **words, **changes})


def accept(held: Deposit) -> Deposit:
    """A held deposit of the chain that two officers credit."""
    said = {"deposit": held.public_id, "outcome": "credit", "officer": officer(), "reason": "asked"}
    confirm(resolving, resolving.propose(**said))
    held.refresh_from_db()
    return held


def seen(row: Any, **changes: Any) -> dict[str, Any]:
    """What a second officer sends with the decision."""
    return {"public_id": row.public_id, "reason": "looked", "seen_hash": bytes(row.payload_hash), **changes}


def confirm(service: Any, row: Any, by: User | None = None) -> Any:
    """Another officer lets it happen."""
    return service.confirm(officer=by or officer("treasury_lead"), **seen(row))
