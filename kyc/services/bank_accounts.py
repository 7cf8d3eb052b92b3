"""Bank accounts of customers: naming, removing, showing. What payments ask of them is in `bank_uses`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from accounts.models.logins import LoginAct
from accounts.services import logins, second_factor
from accounts.services.second_factor import Proof
from config.kit import clock
from config.kit.errors import Absent
from kyc.catalogue import banks
from kyc.errors import (
    BankAccountHolderDiffers,
    BankAccountInUse,
    BankAccountKnown,
    BankAccountPending,
    BankAccountsFull,
    BankAccountWithCase,
    NotEntitled,
    UnderReview,
)
from kyc.models import BankAccount, BankAccountState, Case, CaseState, Level
from kyc.models.bank_accounts import LIVE
from kyc.models.cases import WAITING
from kyc.services import bank_branches, bank_cases, bank_details, bank_uses, cases, entitlements, identity, vault
from kyc.services.bank_details import BankDetails
from kyc.services.entitlements import Act
from kyc.services.refusals import spoken
from messaging.models import Purpose
from messaging.services import notices

if TYPE_CHECKING:
    from accounts.models import User

ACCOUNTS_PER_CUSTOMER_MAX = 5
"""Live accounts of one customer."""
NOT_STARTED, SENT_BACK = "not_started", "sent_back"


@dataclass(frozen=True)
class BankAccountShown:
    """One account as its owner may see it. `number` is the row's serial number, for dialects that know no other."""

    number: int
    id: int
    name: str
    country: str
    currency: str
    bank_code: str
    branch_code: str
    account_number: str
    holder: str
    swift_code: str
    state: str
    reason: str
    usable_from: datetime
    created_at: datetime


@dataclass(frozen=True)
class Standing:
    """`verification` is not_started, pending, sent_back, refused or verified; `allow_change` whether one may change."""

    verification: str
    allow_change: bool


def list_of(user: User, *, currency: str = "", is_whole: bool = False) -> list[BankAccountShown]:
    """The accounts that wait or are verified, or were refused, newest first; numbers are masked unless `is_whole`."""
    rows = BankAccount.objects.filter(user_id=user.pk, state__in=(*LIVE, BankAccountState.REFUSED)).order_by("-id")[:50]
    shown = [show(row, is_whole=is_whole) for row in rows]
    return [account for account in shown if not currency or account.currency == currency.upper()]


def show(row: BankAccount, *, is_whole: bool = False) -> BankAccountShown:
    """One account, masked; with `is_whole` its number is not, its holder is."""
    facts = bank_cases.opened(row)
    number, holder = facts["account_number"], facts.get("holder", "")
    details = BankDetails(row.country, row.bank_code, number, row.branch_code)
    return BankAccountShown(
        number=row.pk,
        id=row.public_id,
        name=bank_branches.name_of(row.country, row.bank_code, row.branch_code),
        country=row.country,
        currency=banks.of(row.country).currency,
        bank_code=row.bank_code,
        branch_code=row.branch_code,
        account_number=number if is_whole else bank_details.mask(number),
        holder=f"{holder[:1]}*{holder[-1:] if len(holder) > 2 else ''}" if holder else "",
        swift_code=bank_details.swift_code_of(details),
        state=row.state,
        reason=row.reason,
        usable_from=row.usable_from,
        created_at=row.created_at,
    )


def standing(user: User) -> Standing:
    """Where the customer's newest account stands and whether it may be changed. Source: bitgin: Get KYC Verify Status."""
    row = BankAccount.objects.filter(user_id=user.pk, state__in=(*LIVE, BankAccountState.REFUSED)).order_by("-id").first()
    verification: str = row.state if row else NOT_STARTED
    if row is not None and row.case_id and row.state == BankAccountState.PENDING:
        case_state = Case.objects.values_list("state", flat=True).get(pk=row.case_id)
        verification = SENT_BACK if case_state == CaseState.SENT_BACK else row.state
    try:
        require_change_allowed(user)
    except (NotEntitled, UnderReview, BankAccountPending, BankAccountInUse):
        return Standing(verification, allow_change=False)
    return Standing(verification, allow_change=True)


def require_change_allowed(user: User) -> None:
    """Promise that an account may be named or exchanged: level 3, or its case sent back and level 2, and nothing under way.

    Raises NotForSubAccounts, NotEntitled, UnderReview, BankAccountPending, BankAccountInUse.
    """
    entitlements.require_own_identity(user)
    state = Case.objects.filter(user_id=user.pk, level=Level.BANK).order_by("-id").values_list("state", flat=True).first()
    if state in WAITING:
        raise UnderReview(level=Level.BANK)
    entitlements.require(user, Act.CHANGE_BANK_ACCOUNT, level=Level.DOCUMENTS if state == CaseState.SENT_BACK else None)
    if _waiting_alone(user) is not None and _has_account_level(user):
        raise BankAccountPending
    bank_uses.require_none(user)


def add(*, user: User, details: BankDetails, proof: Proof | None, language: str = "en", ip: str) -> BankAccount:
    """Name a further account; it waits for an officer, and cools down from now on.

    While a level 3 case is sent back, the account is that of the case, and is handed in with it.
    Raises NotForSubAccounts, BankAccountInvalid, BankAccountHolderDiffers, NotEntitled, what `second_factor.require`
    raises (a code is sent where none came), UnderReview, BankAccountPending, BankAccountInUse, BankAccountKnown,
    BankAccountsFull.
    """
    clean = bank_details.checked(details)
    entitlements.require_own_identity(user)
    holder = _own_holder(user, clean)
    _prove(user, proof, f"bank-account:add:{bank_details.tag(clean).hex()}", language, ip)
    with spoken(), transaction.atomic():
        vault.lock(user)
        require_change_allowed(user)
        case = cases.open_case(user, Level.BANK)
        if case is not None and case.state == CaseState.SENT_BACK:
            return keep_for(case, details)
        live = BankAccount.objects.filter(user_id=user.pk, state__in=LIVE)
        if live.filter(bank_details.indexes(clean).meeting()).exists():
            raise BankAccountKnown
        if live.count() >= ACCOUNTS_PER_CUSTOMER_MAX:
            raise BankAccountsFull(maximum=ACCOUNTS_PER_CUSTOMER_MAX)
        return _insert(user, clean, holder, case=None)


def remove(*, user: User, public_id: str, proof: Proof | None, language: str = "en", ip: str) -> None:
    """Take an account off the list; it stays in history.

    Raises Absent, what `second_factor.require` raises, BankAccountWithCase, BankAccountInUse.
    """
    found = bank_uses.own(user, public_id)
    _prove(user, proof, f"bank-account:remove:{found.public_id}", language, ip)
    with transaction.atomic():
        vault.lock(user)
        row = BankAccount.objects.select_for_update(of=("self",)).select_related("case").get(pk=found.pk)
        if row.state not in LIVE:
            raise Absent(thing="bank account")
        if row.case is not None and row.state == BankAccountState.PENDING:
            raise BankAccountWithCase(case=str(row.case.public_id))
        bank_uses.require_none(user, [row])
        bank_cases.move(row, BankAccountState.REMOVED, actor=user)
        logins.note(user=user, act=LoginAct.BANK_ACCOUNT_REMOVED)
        notices.notify(user=user, template="bank_account_removed", facts=bank_cases.told(row))


def keep_for(case: Case, details: BankDetails) -> BankAccount:
    """Keep the account that a level 3 case names; one that it named before becomes history. Under `vault.lock`.

    The same one named again is left as it is. One that is verified already stays so beside the case's, until that is
    decided. One that waits by itself makes room where the level is gone without which nobody can verify it.
    Raises BankAccountInvalid, BankAccountHolderDiffers, BankAccountPending, BankAccountInUse.
    """
    user = case.user
    clean = bank_details.checked(details)
    holder = _own_holder(user, clean)
    former = BankAccount.objects.filter(case=case, state=BankAccountState.PENDING).first()
    if former is not None and details_of(former) == replace(clean, holder=holder):
        return former
    waiting = _waiting_alone(user)
    if waiting is not None and _has_account_level(user):
        raise BankAccountPending
    bank_uses.require_none(user)
    for row in (former, waiting):
        if row is not None:
            bank_cases.replace(row, by=bank_details.indexes(clean), actor=user)
    return _insert(user, clean, holder, case=case)


def of_case(case: Case) -> BankAccount | None:
    """The account that the case brought: the living one, else the last."""
    rows = list(BankAccount.objects.filter(case=case).order_by("-id"))
    return next((row for row in rows if row.state in LIVE), next((row for row in rows if row.decided_at), None))


def details_of(row: BankAccount) -> BankDetails:
    """The account in the clear, for officers."""
    facts = bank_cases.opened(row)
    return BankDetails(row.country, row.bank_code, facts["account_number"], row.branch_code, facts.get("holder", ""))


def _waiting_alone(user: User) -> BankAccount | None:
    """The account that waits for an officer and belongs to no case."""
    return BankAccount.objects.filter(user_id=user.pk, case__isnull=True, state=BankAccountState.PENDING).first()


def _has_account_level(user: User) -> bool:
    """Whether officers may verify accounts of this customer."""
    return entitlements.allowed(user)[Act.CHANGE_BANK_ACCOUNT]


def _insert(user: User, clean: BankDetails, holder: str, *, case: Case | None) -> BankAccount:
    cooldown = timedelta(seconds=settings.BANK_ACCOUNT_COOLDOWN_SECONDS) if case is None else timedelta()
    row = BankAccount(
        user=user,
        case=case,
        country=clean.country,
        bank_code=clean.bank_code,
        branch_code=clean.branch_code,
        usable_from=clock.now() + cooldown,
        **bank_details.indexes(clean).columns,
    )
    facts = {"account_number": clean.account_number, "holder": holder}
    row.sealed = vault.seal_facts(user.pk, facts, context=row.seal_context)
    row.save()
    bank_cases.spread(row)
    logins.note(user=user, act=LoginAct.BANK_ACCOUNT_ADDED)
    notices.notify(user=user, template="bank_account_added", facts=bank_cases.told(row))
    return row


def _own_holder(user: User, details: BankDetails) -> str:
    person = identity.read(user)
    if person is None:
        raise NotEntitled(act=Act.CHANGE_BANK_ACCOUNT.value, level=0, required_level=Level.BANK)
    if not details.holder:
        return person.full_name
    if not bank_details.same_holder(details.holder, first_name=person.first_name, last_name=person.last_name):
        raise BankAccountHolderDiffers
    return details.holder


def _prove(user: User, proof: Proof | None, context: str, language: str, ip: str) -> None:
    purpose = Purpose.BANK_ACCOUNT
    if proof is None or proof.is_empty:
        asked = proof.method if proof is not None else ""
        way = next((way for way in second_factor.methods(user, purpose) if asked in {"", way.value}), None)
        if way is not None and way in second_factor.CHANNEL:
            second_factor.send(user, way, purpose, context, language=language, ip=ip, facts={})
    second_factor.require(user, proof, purpose, context)
