"""What officers do with bank accounts that no case carries: look, verify, refuse."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from accounts.services import audit
from config.kit import crypto
from config.kit.errors import Absent
from kyc.catalogue.reasons import REASONS
from kyc.errors import BankAccountChanged, BankAccountMasked, BankAccountWithCase, NotAnOfficer, OwnBankAccount, ReasonUnknown
from kyc.models import BankAccount, BankAccountState, Case, CaseState, Identity, Level
from kyc.models.bank_accounts import BANK_ACCOUNT_FLOW
from kyc.services import bank_accounts, bank_cases, blind_indexes, entitlements, identity, looks, lowering, unmasking, vault
from kyc.services.bank_details import same_holder
from kyc.services.decisions import is_officer
from kyc.services.refusals import spoken

if TYPE_CHECKING:
    from accounts.models import User

REFUSALS = ("bank_account_differs", "data_differs", "not_acceptable")
"""The reasons of the catalogue that an officer may give."""
OPENED = ("name", "account_number")
"""What an officer opens before deciding, of what the identity checks mask."""
OTHERS_MAX = 20


@dataclass(frozen=True, repr=False)
class BankAccountView:
    """An account as an officer decides about it. `others` are customers who named the same account: a hint, no verdict."""

    account: BankAccount
    bank: str
    number: str
    holder: str
    verified_name: str
    holder_agrees: bool
    is_open: bool
    """Whether number and names are shown; who has not opened them decides nothing."""
    may_verify: bool
    may_refuse: bool
    others: list[BankAccount]
    fingerprint: str


def look(*, account_pk: int, officer: User) -> BankAccountView:
    """The account, masked unless the officer opened it, with an audit record of the look. Raises NotAnOfficer, Absent."""
    if not is_officer(officer):
        raise NotAnOfficer
    row = BankAccount.objects.select_related("user", "case", "officer").filter(pk=account_pk).first()
    if row is None:
        raise Absent(thing="bank account")
    looks.note(officer, "kyc.bank_account_viewed", f"kyc.bank_account:{row.public_id}", {"customer": str(row.user.uid)})
    person, details, opened = identity.read(row.user), bank_accounts.details_of(row), unmasking.opened(row.user, officer)
    is_open, has_case = set(OPENED) <= set(opened), row.case is not None and row.state == BankAccountState.PENDING
    may_hold = entitlements.allowed(row.user)[entitlements.Act.CHANGE_BANK_ACCOUNT]
    names = {"first_name": person.first_name, "last_name": person.last_name} if person else None
    return BankAccountView(
        account=row,
        bank=bank_cases.told(row)["bank"],
        number=unmasking.account_number(details, opened=opened),
        holder=unmasking.name(details.holder, opened=opened),
        verified_name=unmasking.name(person.full_name, opened=opened) if person else "",
        holder_agrees=names is not None and same_holder(details.holder, **names),
        is_open=is_open,
        may_verify=is_open and not has_case and may_hold and BANK_ACCOUNT_FLOW.allows(row.state, BankAccountState.VERIFIED),
        may_refuse=is_open and not has_case and BANK_ACCOUNT_FLOW.allows(row.state, BankAccountState.REFUSED),
        others=others_with(row),
        fingerprint=fingerprint(row),
    )


def others_with(row: BankAccount) -> list[BankAccount]:
    """Accounts of other customers with the same number, newest first."""
    same = BankAccount.objects.filter(blind_indexes.of_row(row).meeting()).exclude(user_id=row.user_id)
    return list(same.select_related("user").order_by("-id")[:OTHERS_MAX])


def fingerprint(row: BankAccount) -> str:
    """SHA-256 (hex) over what is decided about: the account and the verified identity, as sealed, and the state."""
    person = Identity.objects.filter(user_id=row.user_id).values_list("sealed", flat=True).first()
    parts = [str(row.public_id), row.state, *(hashlib.sha256(bytes(part or b"")).hexdigest() for part in (row.sealed, person))]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def verify(*, account_id: int, officer: User, seen: str) -> BankAccount:
    """Say that the account is the customer's, who has level 3.

    Raises NotAnOfficer, Absent, OwnBankAccount, BankAccountWithCase, BankAccountMasked, BankAccountChanged,
    IllegalMove, NotEntitled.
    """
    return _decide(account_id, officer, seen, BankAccountState.VERIFIED, "")


def refuse(*, account_id: int, officer: User, seen: str, reason: str) -> BankAccount:
    """Refuse the account, or take its verification back; level 3 ends where it rested on it.

    Raises as `verify` does except for NotEntitled, and ReasonUnknown.
    """
    if reason not in REFUSALS or reason not in REASONS:
        raise ReasonUnknown
    return _decide(account_id, officer, seen, BankAccountState.REFUSED, reason)


def _decide(account_id: int, officer: User, seen: str, to: BankAccountState, reason: str) -> BankAccount:
    if not is_officer(officer):
        raise NotAnOfficer
    found = BankAccount.objects.select_related("user").filter(public_id=account_id).first()
    if found is None:
        raise Absent(thing="bank account")
    if found.user_id == officer.pk:
        raise OwnBankAccount
    if not set(OPENED) <= set(unmasking.opened(found.user, officer)):
        raise BankAccountMasked
    with spoken(), transaction.atomic():
        vault.lock(found.user)
        row = BankAccount.objects.select_for_update(of=("self",)).select_related("user", "case").get(pk=found.pk)
        if row.case is not None and row.state == BankAccountState.PENDING:
            raise BankAccountWithCase(case=str(row.case.public_id))
        BANK_ACCOUNT_FLOW.check(row.state, to)
        if not crypto.equal(fingerprint(row), seen):
            raise BankAccountChanged
        if to == BankAccountState.VERIFIED:
            entitlements.require(row.user, entitlements.Act.CHANGE_BANK_ACCOUNT)
        was_verified = row.state == BankAccountState.VERIFIED
        bank_cases.decide(row, to, officer=officer, seen=bytes.fromhex(seen), reason=reason)
        if was_verified:
            _end_level(row, officer)
        return row


def _end_level(row: BankAccount, officer: User) -> None:
    """Revoke level 3 where it rested on the account whose verification was taken back: its own one, or the last."""
    cases = list(Case.objects.filter(user_id=row.user_id, level=Level.BANK, state=CaseState.APPROVED).order_by("pk"))
    others = BankAccount.objects.filter(user_id=row.user_id, state=BankAccountState.VERIFIED).exists()
    if not cases or (others and row.case not in cases):
        return
    before = entitlements.level_of(row.user)
    lowering.revoke(row.user, Level.DOCUMENTS, reason=row.reason, actor=officer)
    audit.record(
        actor=officer,
        actor_kind="staff",
        act="kyc.level_lowered",
        subject=f"kyc.customer:{row.user.uid}",
        reason=row.reason,
        facts={
            "from": str(before),
            "to": str(entitlements.level_of(row.user)),
            "customer": str(row.user.uid),
            "case": str(cases[-1].public_id),
        },
    )
