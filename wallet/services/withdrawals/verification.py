"""What a customer's proof is bound to, and the way from there into review."""

from __future__ import annotations

from accounts.errors import AuthenticatorDue
from accounts.models import User
from accounts.services import second_factor
from accounts.services.second_factor import Method
from config.kit.clock import now
from config.kit.errors import Absent
from config.kit.money import to_text
from messaging.services.codes import Purpose, SentCode
from wallet.models.withdrawals import Withdrawal, WithdrawalState
from wallet.services.actors import SYSTEM, Actor
from wallet.services.risk import withdrawals as risk
from wallet.services.withdrawals import bells, messages, policy
from wallet.services.withdrawals.states import move


def proof_context(withdrawal: Withdrawal) -> str:
    """What a code is bound to: this withdrawal, its amount and its address."""
    return f"withdrawal:{withdrawal.public_id}:{to_text(withdrawal.amount)}:{withdrawal.address}:{withdrawal.memo}"


def send_code(withdrawal: Withdrawal, *, language: str, ip: str) -> SentCode | None:
    """Send the code with which the withdrawal can be confirmed; None where the authenticator confirms it.

    Raises what `second_factor.challenge` raises.
    """
    return second_factor.challenge(
        withdrawal.customer,
        Purpose.WITHDRAWAL,
        proof_context(withdrawal),
        language=language,
        ip=ip,
        facts=messages.facts(withdrawal),
    )


def send_again(*, customer: User, way: Method, language: str, ip: str) -> SentCode:
    """Send the code of the customer's newest withdrawal that waits for one, by this way.

    Raises Absent where none waits, AuthenticatorDue, DestinationMissing, TooManyCodes.
    """
    waiting = Withdrawal.objects.filter(customer=customer, state=WithdrawalState.VERIFICATION, expires_at__gt=now())
    withdrawal = waiting.select_related("coin_network__coin", "coin_network__network").order_by("-id").first()
    if withdrawal is None:
        raise Absent(thing="withdrawal that waits for a code")
    if second_factor.has_strong(customer):
        raise AuthenticatorDue
    context, facts = proof_context(withdrawal), messages.facts(withdrawal)
    return second_factor.send(customer, way, Purpose.WITHDRAWAL, context, language=language, ip=ip, facts=facts)


def methods(customer: User) -> tuple[str, ...]:
    """The methods with which the customer can confirm."""
    return tuple(str(method) for method in second_factor.methods(customer))


def enter_review(withdrawal: Withdrawal, *, actor: Actor, reason: str) -> None:
    """Take a locked, verified withdrawal into review: ask the risk rules, and approve where no officer is needed."""
    move(withdrawal, WithdrawalState.REVIEW, actor=actor, reason=reason)
    result = risk.assess(withdrawal)
    needed = policy.officers_needed(withdrawal, is_flagged=result.is_flagged)
    Withdrawal.objects.filter(pk=withdrawal.pk).update(is_flagged=result.is_flagged, officers_required=needed)
    withdrawal.is_flagged, withdrawal.officers_required = result.is_flagged, needed
    if needed == 0:
        move(
            withdrawal,
            WithdrawalState.APPROVED,
            actor=SYSTEM,
            reason=f"small, to a trusted address, nothing flagged by rules {result.rules_version}",
        )
        bells.ring(withdrawal.pk)
