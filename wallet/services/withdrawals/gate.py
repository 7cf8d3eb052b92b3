"""The one gate before signing.

`require_standing_approval` is asked twice for every withdrawal: by the worker that reserves a nonce and by the signer,
which trusts nobody else's word. A test lists its callers.
"""

from __future__ import annotations

from accounts.services import holds
from config.kit import crypto
from config.kit.errors import DomainError
from wallet.models.evidence import Verdict
from wallet.models.withdrawal_evidence import Matter, RiskResult, WithdrawalDecision
from wallet.models.withdrawals import Withdrawal, WithdrawalState
from wallet.services import standing
from wallet.services.deposits import contradictions
from wallet.services.outflow import letting
from wallet.services.travel_rule import requiring
from wallet.services.withdrawals import policy
from wallet.services.withdrawals.errors import GateClosed
from wallet.services.withdrawals.payload import payload_hash_of


def require_standing_approval(withdrawal: Withdrawal, *, state: WithdrawalState) -> bytes:
    """Give the payload hash to which the approval of a locked withdrawal is bound, if it stands in every point.

    Recomputes the hash from the row, counts the officers who approved exactly it, and looks again at the customer,
    the coin, the rules and what the house lets out as they are now. Raises GateClosed with the reason.
    """
    if withdrawal.state != state:
        raise GateClosed(reason=f"it is in the state {withdrawal.state}")
    digest = payload_hash_of(withdrawal)
    if not crypto.equal(digest, bytes(withdrawal.payload_hash)):
        raise GateClosed(reason="it was changed after it was asked for; the approval is void")
    _require_officers(withdrawal, digest)
    _require_open(withdrawal)
    return digest


def _require_officers(withdrawal: Withdrawal, digest: bytes) -> None:
    risk = RiskResult.objects.filter(withdrawal=withdrawal).order_by("-id").first()
    if risk is None:
        raise GateClosed(reason="the risk rules have not seen it")
    decisions = list(WithdrawalDecision.objects.filter(withdrawal=withdrawal).exclude(matter=Matter.ABSENCE))
    if any(decision.verdict == Verdict.REJECT for decision in decisions):
        raise GateClosed(reason="an officer rejected it")
    officers = {
        decision.officer_id
        for decision in decisions
        if decision.matter == Matter.APPROVAL
        and bytes(decision.payload_hash) == digest
        and decision.officer_id != withdrawal.customer_id
    }
    needed = policy.officers_needed(withdrawal, is_flagged=risk.is_flagged or withdrawal.is_flagged)
    needed = max(needed, withdrawal.officers_required)
    if len(officers) < needed:
        raise GateClosed(reason=f"{needed} officers must have approved it as it stands; {len(officers)} did")


def _require_open(withdrawal: Withdrawal) -> None:
    if not policy.is_switched_on(withdrawal.coin_network):
        raise GateClosed(reason="withdrawals of this coin and network are closed")
    (withdrawal.customer,) = standing.lock(withdrawal.customer)
    if held := policy.held_because(withdrawal):
        raise GateClosed(reason=held)
    if contradictions.undecided(withdrawal.customer).exists():
        raise GateClosed(reason="a credited deposit of the customer has left the chain; an officer must decide about it first")
    try:
        holds.require_none(withdrawal.customer)
    except DomainError as refusal:
        raise GateClosed(reason=refusal.detail) from refusal
    if missing := requiring.missing_because(withdrawal):
        raise GateClosed(reason=missing)
    if closed := letting.closed_at_the_gate_because(withdrawal):
        raise GateClosed(reason=closed)
