"""What becomes of a bank account when the level 3 case that brought it is decided."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Q

from accounts.services import audit
from config.kit import clock
from kyc.catalogue.reasons import REASONS
from kyc.models import BankAccount, BankAccountState, Case, CaseDecision, CaseState
from kyc.models.bank_accounts import BANK_ACCOUNT_FLOW
from kyc.services import bank_branches, bank_details, bank_uses, blind_indexes, entitlements, vault
from messaging.services import notices, webhooks

if TYPE_CHECKING:
    from accounts.models import User
    from kyc.services.blind_indexes import Indexes


def follow(case: Case, *, to: str, actor: User | None, reason: str) -> None:
    """Verify or refuse the case's account with its case, in the caller's transaction under `vault.lock`.

    A verified one replaces those that earlier cases brought, and cools down where it is not the customer's first. Where it
    is one that was verified before, it takes that one's place and goes on cooling as before.
    Raises BankAccountInUse while a payment to one that is to be replaced is under way.
    """
    if to not in (CaseState.APPROVED, CaseState.REJECTED) or actor is None:
        return
    account = BankAccount.objects.select_for_update().filter(case=case, state=BankAccountState.PENDING).first()
    if account is None:
        return
    seen = CaseDecision.objects.filter(case=case).order_by("-id").values_list("seen_hash", flat=True).first()
    if to == CaseState.REJECTED:
        decide(account, BankAccountState.REFUSED, officer=actor, seen=bytes(seen or b""), reason=reason)
        return
    standing = BankAccount.objects.select_for_update().filter(user_id=case.user_id, state=BankAccountState.VERIFIED)
    index = blind_indexes.of_row(account)
    formers = list(standing.filter(index.meeting() | Q(case__isnull=False)).order_by("id"))
    bank_uses.require_none(case.user, formers)
    for former in formers:
        replace(former, by=index, actor=actor)
    known = next((row for row in formers if index.meets(blind_indexes.of_row(row))), None)
    decide(account, BankAccountState.VERIFIED, officer=actor, seen=bytes(seen or b""), known=known)


def replace(former: BankAccount, *, by: Indexes, actor: User) -> None:
    """Make room for the account with the indexes `by`, and tell the customer, unless it is the same one named anew.

    The caller holds `vault.lock`.
    """
    move(former, BankAccountState.REPLACED, actor=actor)
    if not by.meets(blind_indexes.of_row(former)):
        notices.notify(user=former.user, template="bank_account_replaced", facts=told(former))


def decide(
    account: BankAccount,
    to: BankAccountState,
    *,
    officer: User,
    seen: bytes,
    reason: str = "",
    known: BankAccount | None = None,
) -> None:
    """Write an officer's word down and tell the customer. The caller holds `vault.lock`.

    `known` is the same account as it was verified before: money may go there from then on, not from later.
    """
    had_one = BankAccount.objects.filter(user_id=account.user_id, decided_at__isnull=False).exclude(pk=account.pk).exists()
    account.officer, account.seen_hash, account.decided_at = officer, seen, clock.now()
    if known is not None:
        account.usable_from = known.usable_from
    elif to == BankAccountState.VERIFIED and had_one:
        earliest = account.created_at + timedelta(seconds=settings.BANK_ACCOUNT_COOLDOWN_SECONDS)
        account.usable_from = max(account.usable_from, earliest)
    move(account, to, actor=officer, reason=reason)
    facts = told(account)
    if reason:
        facts["reason"] = REASONS[reason].text(account.user.language)
    notices.notify(user=account.user, template=f"bank_account_{to.value}", facts=facts)


def move(account: BankAccount, to: str, *, actor: User | None, reason: str = "") -> None:
    """Move the locked account and write down who, when and why. Raises IllegalMove."""
    BANK_ACCOUNT_FLOW.check(account.state, to)
    before, account.state = account.state, to
    account.reason = reason
    account.save(update_fields=["state", "reason", "officer", "seen_hash", "decided_at", "usable_from"])
    audit.record(
        actor=actor,
        actor_kind="customer" if actor is None or actor.pk == account.user_id else "staff",
        act=f"kyc.bank_account_{to}",
        subject=f"kyc.bank_account:{account.public_id}",
        reason=reason,
        facts={"from": before, "customer": str(account.user.uid)},
    )
    spread(account)


def spread(account: BankAccount) -> None:
    """Tell the webhooks of the state that the account came to, in the transaction of the move."""
    news: dict[str, str | int | None] = {
        "uid": str(account.user.uid),
        "state": account.state,
        "bank_account": str(account.public_id),
        "customer_level": entitlements.level_of(account.user),
    }
    webhooks.emit(f"kyc.bank_account.{account.state}", news)


def opened(account: BankAccount) -> dict[str, str]:
    """The sealed facts: `account_number` and, of newer rows, `holder`."""
    return vault.unseal_facts(account.user_id, account.sealed, context=account.seal_context)


def told(account: BankAccount) -> dict[str, str]:
    """What messages say of the account."""
    return {
        "bank": bank_branches.name_of(account.country, account.bank_code, account.branch_code),
        "account_tail": bank_details.tail(opened(account)["account_number"]),
    }
