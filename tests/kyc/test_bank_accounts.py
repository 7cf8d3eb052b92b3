"""Bank accounts: whose they are, who verifies them, when they change, and what payments ask of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.errors import SecondFactorRequired
from accounts.models import AuditRecord, User
from accounts.services.second_factor import Proof
from config.kit import clock
from config.kit.errors import Absent
from config.kit.flow import IllegalMove
from kyc import errors
from kyc.models import BankAccount, BankAccountState, Case
from kyc.services import (
    applications,
    bank_accounts,
    bank_details,
    bank_review,
    bank_uses,
    decisions,
    entitlements,
    evidence,
    unmasking,
)
from kyc.services.bank_details import BankDetails
from kyc.services.refusals import spoken
from messaging.models import Allowance, Message
from tests import factories_kyc as make
from tests.accounts.threads import at_once
from tests.client import Api
from tests.factories_messaging import read_code

pytestmark = pytest.mark.django_db
FIRST = BankDetails("TW", "005", "60090100005777", "0012")
SECOND = BankDetails("TW", "812", "012345678901", "0023", holder="Lin Mei Hua")


def applied(user: User | None = None, bank: BankDetails = FIRST) -> Case:
    """A level 3 case under review."""
    made = user or make.level_two()
    make.upload_all(made, "bank_book")
    return applications.apply(user=made, level=3, bank_account=bank)


def approve(case: Case) -> User:
    """The officer's word."""
    make.decide(decisions.approve, case)
    return case.user


def add(user: User, bank: BankDetails = SECOND) -> BankAccount:
    """A further account, with the code that was sent for it."""
    return _proven(user, lambda proof: bank_accounts.add(user=user, details=bank, proof=proof, ip="127.0.0.1"))


def remove(user: User, account: BankAccount) -> None:
    """Take it off, with a code."""
    number = str(account.public_id)
    _proven(user, lambda proof: bank_accounts.remove(user=user, public_id=number, proof=proof, ip="127.0.0.1"))


def _proven(user: User, act: Any) -> Any:
    Allowance.objects.all().delete()
    with pytest.raises(SecondFactorRequired):
        act(None)
    return act(Proof("email", read_code(str(user.email))))


def verify(account: BankAccount, officer: User | None = None) -> BankAccount:
    """The officer's word on an account of no case, opened before."""
    seen, who = bank_review.fingerprint(account), officer or make.officer()
    if who.is_staff:
        unmasking.reveal(account.user, bank_review.OPENED, who, "review")
    return bank_review.verify(account_id=account.public_id, officer=who, seen=seen)


@pytest.fixture
def user() -> User:
    return approve(applied())


def test_approving_the_level_three_case_verifies_its_account_and_binds_it_to_what_was_seen() -> None:
    case = applied()
    assert bank_accounts.standing(case.user) == bank_accounts.Standing("pending", allow_change=False)
    seen = evidence.of(case).fingerprint
    approve(case)
    account = BankAccount.objects.get(user=case.user)
    assert (account.state, bytes(account.seen_hash or b"").hex()) == ("verified", seen)
    assert account.officer_id not in (None, case.user_id)
    assert bank_uses.verified(case.user, str(account.public_id)) == account
    assert bank_accounts.standing(case.user) == bank_accounts.Standing("verified", allow_change=True)
    assert Message.objects.filter(user=case.user, template="bank_account_verified").exists()


def test_an_account_is_sealed_and_shown_with_masks(user: User) -> None:
    row = BankAccount.objects.get(user=user)
    assert b"5777" not in bytes(row.sealed)
    (shown,) = bank_accounts.list_of(user, currency="twd")
    assert (shown.name, shown.bank_code, shown.account_number, shown.holder) == ("臺灣土地銀行", "005", "****5777", "M*n")
    assert bank_accounts.list_of(user, currency="USD") == []


def test_rejecting_the_case_refuses_its_account_and_sending_it_back_lets_the_account_be_exchanged() -> None:
    case = applied()
    officer, book = make.officer(), case.documents.get()
    make.decide(decisions.send_back, case, officer, refused=[book.public_id], reason="bank_account_differs")
    assert bank_accounts.standing(case.user) == bank_accounts.Standing("sent_back", allow_change=True)
    case = applied(case.user, SECOND)
    assert [row.state for row in BankAccount.objects.filter(case=case).order_by("id")] == ["replaced", "pending"]
    assert applications.bank_account_of(case).account_number == "012345678901"
    make.decide(decisions.reject, case, officer, reason="not_acceptable")
    account = BankAccount.objects.filter(case=case).latest("id")
    assert (account.state, account.reason) == ("refused", "not_acceptable")
    assert Message.objects.filter(user=case.user, template="bank_account_refused").exists()


def test_a_further_account_needs_the_second_factor_and_an_officer_and_cools_down(user: User, settings: Any) -> None:
    settings.BANK_ACCOUNT_COOLDOWN_SECONDS = 3600
    account = add(user)
    with pytest.raises(errors.BankAccountNotVerified):
        bank_uses.verified(user, str(account.public_id))
    assert not bank_accounts.standing(user).allow_change
    verify(account)
    with pytest.raises(errors.BankAccountCoolingDown):
        bank_uses.verified(user, str(account.public_id))
    BankAccount.objects.filter(pk=account.pk).update(usable_from=clock.now() - timedelta(seconds=1))
    assert bank_uses.verified(user, str(account.public_id)).pk == account.pk
    acts = AuditRecord.objects.filter(subject=f"kyc.bank_account:{account.public_id}").values_list("act", flat=True)
    assert "kyc.bank_account_verified" in acts


def test_a_code_for_one_account_adds_no_other(user: User) -> None:
    Allowance.objects.all().delete()
    with pytest.raises(SecondFactorRequired):
        bank_accounts.add(user=user, details=SECOND, proof=None, ip="127.0.0.1")
    other = BankDetails("TW", "822", "999999999999", "0001", "Lin Mei-Hua")
    with pytest.raises(Exception, match="wrong"):
        bank_accounts.add(user=user, details=other, proof=Proof("email", read_code(str(user.email))), ip="127.0.0.1")
    assert BankAccount.objects.filter(user=user).count() == 1


@pytest.mark.parametrize("holder", ["Mei-Hua Lin", "LIN, MEI HUA", "Ｍｅｉ Ｈｕａ  Lin", "Lín Mei-Huà"])
def test_the_holder_is_the_verified_name_however_it_is_written(holder: str) -> None:
    assert bank_details.same_holder(holder, first_name="Mei-Hua", last_name="Lin")


@pytest.mark.parametrize("holder", ["Mei Lin", "Wang Mei-Hua", "---", "\0"])
def test_another_holder_is_refused(holder: str, user: User) -> None:
    with pytest.raises(errors.BankAccountHolderDiffers):
        bank_accounts.add(
            user=user, details=BankDetails("TW", "812", "012345678901", "0023", holder), proof=None, ip="127.0.0.1"
        )


@pytest.mark.parametrize(
    ("details", "part"),
    [
        (BankDetails("TW", "81", "012345678901"), "bank_code"),
        (BankDetails("TW", "812", "012345678901", "23"), "branch_code"),
        (BankDetails("TW", "812", "1234"), "account_number"),
        (BankDetails("XX", "812", "012345678901"), "country"),
        (BankDetails("DE", "", "DE89370400440532013001"), "account_number"),
        (BankDetails("FR", "", "DE89370400440532013000"), "country"),
        (BankDetails("DE", "12345678", "DE89370400440532013000"), "bank_code"),
    ],
)
def test_what_is_no_account_is_named(details: BankDetails, part: str) -> None:
    with pytest.raises(errors.BankAccountInvalid) as refusal:
        bank_details.checked(details)
    assert refusal.value.part == part


def test_an_iban_names_its_bank() -> None:
    clean = bank_details.checked(BankDetails("de", "", "DE89 3704 0044 0532 0130 00"))
    assert (clean.bank_code, clean.account_number) == ("37040044", "DE89370400440532013000")
    assert bank_details.swift_code_of(clean).startswith("COBADEFF")


def test_nothing_changes_below_level_three_under_review_or_while_money_is_on_its_way(user: User) -> None:
    low = make.level_two()
    with pytest.raises(errors.NotEntitled):
        _proven(low, lambda proof: bank_accounts.add(user=low, details=SECOND, proof=proof, ip="127.0.0.1"))
    account = BankAccount.objects.get(user=user)
    with transaction.atomic():
        bank_uses.begin_use(user=user, public_id=str(account.public_id), reference="withdrawal:1")
    assert not bank_accounts.standing(user).allow_change
    with pytest.raises(errors.BankAccountInUse):
        add(user)
    with pytest.raises(errors.BankAccountInUse):
        remove(user, account)
    bank_uses.end_use("withdrawal:1")
    add(user)
    with pytest.raises(errors.BankAccountPending):
        add(user, BankDetails("TW", "822", "999999999999", "0001"))


def test_a_removed_account_stays_as_history_and_may_be_named_again(user: User) -> None:
    account = BankAccount.objects.get(user=user)
    remove(user, account)
    with pytest.raises(Absent):
        remove(user, account)
    assert bank_accounts.list_of(user) == []
    assert entitlements.level_of(user) == 3
    again = add(user, BankDetails("TW", "005", "60090100005777", "0012"))
    assert again.pk != account.pk


def test_an_officer_decides_once_on_what_was_seen_and_never_about_oneself(user: User) -> None:
    account, officer = add(user), make.officer()
    with pytest.raises(errors.BankAccountMasked):
        bank_review.verify(account_id=account.public_id, officer=officer, seen=bank_review.fingerprint(account))
    unmasking.reveal(user, bank_review.OPENED, officer, "review")
    with pytest.raises(errors.BankAccountChanged):
        bank_review.verify(account_id=account.public_id, officer=officer, seen="0" * 64)
    with pytest.raises(errors.NotAnOfficer):
        verify(account, user)
    with pytest.raises(errors.ReasonUnknown):
        bank_review.refuse(account_id=account.public_id, officer=officer, seen="", reason="image_unclear")
    with pytest.raises(IntegrityError, match="officer_is_not_customer"), transaction.atomic():
        BankAccount.objects.filter(pk=account.pk).update(officer=user)
    seen = bank_review.fingerprint(account)
    bank_review.refuse(account_id=account.public_id, officer=officer, seen=seen, reason="bank_account_differs")
    with pytest.raises(IllegalMove):
        verify(BankAccount.objects.get(pk=account.pk))
    assert bank_accounts.standing(user).verification == "refused"


def test_an_account_of_a_case_is_decided_with_its_case() -> None:
    case = applied()
    account = BankAccount.objects.get(case=case)
    with pytest.raises(errors.BankAccountWithCase):
        verify(account)


def test_the_same_account_of_two_customers_is_told_to_the_officer_and_not_refused(user: User) -> None:
    other = approve(applied())
    account = BankAccount.objects.get(user=other)
    view = bank_review.look(account_pk=account.pk, officer=make.officer())
    assert [row.user for row in view.others] == [user]
    assert view.holder_agrees


def test_the_second_level_three_case_replaces_the_account_of_the_first(user: User) -> None:
    approve(applied(user, SECOND))
    assert [row.state for row in BankAccount.objects.filter(user=user).order_by("id")] == ["replaced", "verified"]
    assert bank_accounts.list_of(user)[0].account_number == "****8901"


def test_of_two_adds_at_once_one_is_taken(real_db: None) -> None:
    made = approve(applied())
    Allowance.objects.all().delete()
    same = bank_details.indexes(bank_details.checked(SECOND)).meeting()

    def insert(_: int) -> BankAccount:
        with spoken(), transaction.atomic():
            return bank_accounts._insert(made, bank_details.checked(SECOND), "Lin", case=None)

    results = at_once(4, insert)
    assert sum(isinstance(result, errors.BankAccountKnown) for result in results) == 3
    assert BankAccount.objects.filter(same, user=made, state=BankAccountState.PENDING).count() == 1


def test_the_endpoints_add_list_and_remove_with_a_code(user: User) -> None:
    api = Api(token=make.token_of(user))
    body = {"country": "TW", "bank_code": "812", "branch_code": "0023", "account_number": "0123-4567-8901",
            "holder": "Lin Mei-Hua"}  # fmt: skip
    Allowance.objects.all().delete()
    asked = api.post("/api/v1/bank-accounts", body)
    assert asked.json()["slug"].endswith("second_factor_required")
    made = api.post("/api/v1/bank-accounts", {**body, "method": "email", "code": read_code(str(user.email))})
    assert made.status_code == 201, made.json()
    assert (made.json()["state"], made.json()["account_number"]) == ("pending", "****8901")
    listed = api.get("/api/v1/bank-accounts").json()
    assert (len(listed["accounts"]), listed["allow_change"]) == (2, False)
    path = f"/api/v1/bank-accounts/{made.json()['id']}"
    assert Api(token=make.token_of(make.customer())).delete(path, {}).status_code == 404
    Allowance.objects.all().delete()
    assert api.delete(path, {}).json()["slug"].endswith("second_factor_required")
    gone = api.delete(path, {"method": "email", "code": read_code(str(user.email))})
    assert gone.status_code in (200, 204), gone.content
    assert len(api.get("/api/v1/bank-accounts").json()["accounts"]) == 1


@pytest.mark.parametrize("value", ["", "\0", "x" * 10_000, 7, None, "ß" * 9, [], {}])
@pytest.mark.parametrize("member", ["country", "bank_code", "account_number", "holder"])
def test_bad_members_are_refused_and_break_nothing(member: str, value: Any, bad_input_token: str) -> None:
    body = {"country": "TW", "bank_code": "812", "account_number": "012345678901", "holder": "Lin Mei-Hua", member: value}
    response = Api(token=bad_input_token).post("/api/v1/bank-accounts", body)
    assert response.status_code in (400, 403, 422, 429)


@pytest.fixture
def bad_input_token() -> str:
    return make.token_of(make.customer())
