"""Customers with a verified bank account and fiat money, accounts of ours, officers, and each state of a fiat withdrawal."""

from __future__ import annotations

import itertools
import secrets
from datetime import timedelta
from typing import Any

from accounts.models import User
from accounts.services.officers import Act
from accounts.services.second_factor import Proof
from config.kit.clock import now
from kyc.models import BankAccount, BankAccountState
from kyc.services import bank_details, identity, vault
from kyc.services.bank_details import BankDetails
from tests.factories_kyc import personal_data
from tests.factories_messaging import pass_time_for_resend, read_code
from tests.wallet.withdrawals import arrange as withdrawals
from wallet.models import CoinNetwork, FiatReturn, FiatWithdrawal, NostroAccount, WithdrawalPolicy
from wallet.services.banks import nostro
from wallet.services.fiat_withdrawals import confirm, paying, request, returns, review
from wallet.services.fiat_withdrawals.payload import payload_hash_of

IP = "127.0.0.1"
NOSTRO = "TWD_MAIN"
BY = Act(reason="as agreed", by="Ada")
money = withdrawals.money
Money = withdrawals.Money
officer = withdrawals.officer
fund = withdrawals.fund
_references = itertools.count(1)


def open_bank(*, coin: str = "TWD", code: str = NOSTRO) -> NostroAccount:
    """Banks carry the coin both ways, and we have an account."""
    CoinNetwork.objects.filter(coin__code=coin, network__code="BANK").update(is_withdrawal_open=True, is_deposit_open=True)
    words = {"bank": "First Commercial Bank", "holder": "Quaestor Ltd", "account_number": "00710012345"}
    return nostro.set_account(code=code, coin=coin, **words, is_open=True, act=BY)


def customer(*, funds: str = "100000", level: int = 3) -> User:
    """A customer of level 3 with a name, and with so many new dollars."""
    user = withdrawals.customer(level=level, funds="0")
    identity.write(user, personal_data())
    if funds != "0":
        fund(user, funds, coin="TWD")
    return user


def bank_account(user: User, *, country: str = "TW", **changes: Any) -> BankAccount:
    """A verified bank account, named long ago. The review itself is told in kyc's tests."""
    number = f"6009{secrets.randbelow(10**10):010d}"
    details = BankDetails(country, "005" if country == "TW" else "ABCDUS33", number)
    person = identity.read(user)
    assert person is not None
    moment = now() - timedelta(days=100)
    facts = {"state": BankAccountState.VERIFIED, "officer": officer(role="compliance"), "seen_hash": bytes(32)}
    row = BankAccount(
        user=user,
        country=details.country,
        bank_code=details.bank_code,
        **bank_details.indexes(details).columns,
        **{**facts, "decided_at": moment, "usable_from": moment, "created_at": moment, **changes},
    )
    sealed = {"account_number": number, "holder": person.full_name}
    row.sealed = vault.seal_facts(user.pk, sealed, context=row.seal_context)
    row.save()
    return row


def account_of(user: User) -> BankAccount:
    """The customer's account, named now where there is none."""
    return BankAccount.objects.filter(user=user, state=BankAccountState.VERIFIED).first() or bank_account(user)


def asked(user: User, *, amount: Any = "5000", **more: Any) -> request.Requested:
    """What the request answers."""
    if "bank_account" not in more:
        more["bank_account"] = str(account_of(user).public_id)
    return request.request(customer=user, **{"coin": "TWD", "amount": amount, "ip": IP, **more})


def ask(user: User, **more: Any) -> FiatWithdrawal:
    """A fiat withdrawal that waits for its customer."""
    return asked(user, **more).withdrawal


def confirm_it(user: User, withdrawal: FiatWithdrawal) -> FiatWithdrawal:
    """Confirmed by its mailed code."""
    proof = Proof("", read_code(user.email or ""))
    return confirm.confirm(customer=user, public_id=withdrawal.public_id, proof=proof, ip=IP)


def confirmed(user: User, *, officers: int = 1, **more: Any) -> FiatWithdrawal:
    """Under review by so many officers."""
    WithdrawalPolicy.objects.filter(coin__code="TWD").update(second_officer_from="100" if officers == 2 else "1000000")
    pass_time_for_resend()
    return confirm_it(user, ask(user, **more))


def decide(act: Any, withdrawal: FiatWithdrawal, by: User, *, reason: str = "looks right", **more: Any) -> FiatWithdrawal:
    """An officer's act upon what stands there now."""
    seen = payload_hash_of(fresh(withdrawal))
    decided: FiatWithdrawal = act(public_id=withdrawal.public_id, officer=by, reason=reason, seen_hash=seen, **more)
    return decided


def approved(user: User, *, by: User | None = None, **more: Any) -> FiatWithdrawal:
    """Approved by one officer, or by a second one where a rule flagged it."""
    made = decide(review.approve, confirmed(user, **more), by or officer())
    return made if made.state == "approved" else decide(review.approve, made, officer())


def at_the_bank(user: User, payer: User, **more: Any) -> FiatWithdrawal:
    """An officer went to the bank with it."""
    return decide(paying.begin, approved(user, **more), payer)


def new_reference() -> str:
    """A reference that no line has."""
    return f"TX{next(_references):06d}-{secrets.token_hex(4).upper()}"


def pay(withdrawal: FiatWithdrawal, payer: User, *, reference: str = "", code: str = NOSTRO) -> FiatWithdrawal:
    """The bank has paid."""
    return decide(paying.paid, withdrawal, payer, nostro_code=code, reference=reference or new_reference())


def paid(user: User, **more: Any) -> FiatWithdrawal:
    """Paid at the bank."""
    payer = officer()
    return pay(at_the_bank(user, payer, **more), payer)


def came_back(withdrawal: FiatWithdrawal, by: User, *, reference: str = "", **more: Any) -> FiatReturn:
    """An officer says that the bank gave it back."""
    words = {"nostro_code": NOSTRO, "reference": reference or new_reference(), "reason": "account closed", **more}
    return returns.propose(withdrawal=withdrawal.public_id, officer=by, **words)


def fresh(withdrawal: FiatWithdrawal) -> FiatWithdrawal:
    """The row as it is now."""
    return FiatWithdrawal.objects.select_related("customer", "payer", "coin_network__coin").get(pk=withdrawal.pk)
