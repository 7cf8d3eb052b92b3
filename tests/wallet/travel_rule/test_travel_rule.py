"""The Travel Rule: who the beneficiary is must be known before officers approve and before anything is signed."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import AuditRecord, Unmasking
from config.kit.clock import now
from config.kit.errors import Absent
from kyc.services import identity
from tests.factories_kyc import personal_data
from tests.wallet.withdrawals import arrange
from tests.wallet.withdrawals.conftest import customer, network, officers
from tests.wallet.withdrawals.crowd import at_once
from tests.wallet.withdrawals.test_api import PATH, signed_in
from tests.wallet.withdrawals.test_desk import QUEUE, Desk, address
from tests.wallet.withdrawals.test_request import trust
from wallet.models import Coin, TravelRuleRecord, TravelRuleThreshold, Withdrawal, WithdrawalPolicy
from wallet.services.leaving import _forget_words
from wallet.services.travel_rule import errors, recording, reference, requiring
from wallet.services.travel_rule.recording import Told
from wallet.services.withdrawals.errors import GateClosed, NotAnOfficer, OfficerIsCustomer, ReasonMissing

__all__ = ["customer", "network", "officers"]
pytestmark = pytest.mark.django_db
OTHER = Told(is_own=False, beneficiary="Ada Lovelace", provider="Kraken")
OWN = Told(is_own=True)


@pytest.fixture(autouse=True)
def from_half(db: None) -> None:
    """From half an ether on it is required."""
    TravelRuleThreshold.objects.filter(coin__code="ETH").update(required_from="0.5")


@pytest.fixture
def person(customer):
    """The customer with a verified name."""
    identity.write(customer, personal_data(first_name="Mei-Hua", last_name="Lin"))
    return customer


def tell(withdrawal: Withdrawal, told: Told = OTHER) -> Withdrawal:
    return recording.tell(customer=withdrawal.customer, public_id=withdrawal.public_id, told=told)


def complete(withdrawal: Withdrawal, officer: Any, told: Told = OTHER, reason: str = "by telephone") -> Withdrawal:
    return recording.complete(public_id=withdrawal.public_id, officer=officer, reason=reason, told=told)


def state(withdrawal: Withdrawal) -> str:
    return requiring.state_of(withdrawal).value


def test_below_the_threshold_nothing_is_asked_and_from_it_on_nobody_approves_before_it_is_told(person, officers):
    assert arrange.approved(person, amount="0.499999").state == "approved"
    waiting = arrange.confirmed(person, amount="0.5")
    assert state(waiting) == "missing"
    with pytest.raises(errors.TravelRuleMissing, match=r"0\.5 ETH"):
        arrange.approve(waiting, officers[0])
    tell(waiting)
    for officer in officers:
        waiting = arrange.approve(waiting, officer)
    assert (waiting.state, arrange.step(waiting).state) == ("approved", "signing")


def test_a_coin_without_a_threshold_needs_a_record_of_everything(person, officers):
    TravelRuleThreshold.objects.filter(coin__code="ETH").delete()
    waiting = arrange.confirmed(person, amount="0.01")
    with pytest.raises(errors.TravelRuleMissing):
        arrange.approve(waiting, officers[0])


def test_what_would_need_no_officer_waits_for_one_while_it_is_not_told(person):
    WithdrawalPolicy.objects.filter(coin__code="ETH").update(automatic_up_to=1)
    trust(person, usable_from=now() - timedelta(days=2))
    told = arrange.ask(person, amount="0.6")
    tell(told, OWN)
    assert arrange.confirm_it(person, told).state == "approved"
    assert arrange.confirmed(person, amount="0.7").state == "review"


def test_the_gate_and_the_signer_and_the_door_ask_again(person, network):
    TravelRuleThreshold.objects.filter(coin__code="ETH").update(required_from="100")
    at_gate, at_signer, at_door = arrange.approved(person), arrange.approved(person), arrange.signed(person)
    TravelRuleThreshold.objects.filter(coin__code="ETH").update(required_from="0.5")
    blocked = arrange.step(at_gate)
    assert (blocked.state, "who the beneficiary is" in blocked.blocked_because) == ("approved", True)
    assert (arrange.step(at_door).state, network.sent) == ("unknown", [])
    TravelRuleThreshold.objects.filter(coin__code="ETH").update(required_from="100")
    arrange.step(at_signer)
    TravelRuleThreshold.objects.filter(coin__code="ETH").update(required_from="0.5")
    with pytest.raises(GateClosed, match="beneficiary"):
        arrange.sign_all()
    complete(at_gate, arrange.officer())
    assert arrange.step(at_gate).state == "signing"


def test_what_is_told_is_sealed_and_stands_in_no_audit_record(person, officers):
    waiting = arrange.ask(person)
    tell(waiting)
    record = TravelRuleRecord.objects.get()
    assert b"Lovelace" not in bytes(record.sealed)
    audited = AuditRecord.objects.get(act="wallet.travel_rule_told")
    assert audited.facts == {"is_own": "False", "is_hosted": "True"}
    shown = recording.shown(waiting, officers[0])
    assert shown is not None
    assert (shown.provider, shown.originator_country, shown.is_masked) == ("Kraken", "TW", True)
    assert "Lovelace" not in shown.beneficiary
    assert "Lin" not in shown.originator
    recording.reveal(waiting, officer=officers[0], reason="review")
    opened, others = recording.shown(waiting, officers[0]), recording.shown(waiting, officers[1])
    assert opened is not None
    assert others is not None
    assert (opened.beneficiary, opened.originator, others.is_masked) == ("Ada Lovelace", "Mei-Hua Lin", True)
    assert Unmasking.objects.get().subject == f"wallet.withdrawal:{waiting.public_id}"


def test_a_customer_tells_it_once_and_an_officer_corrects_it_until_it_is_signed(person, officers):
    waiting = arrange.confirmed(person)
    tell(waiting, OWN)
    with pytest.raises(errors.TravelRuleTold):
        tell(waiting)
    complete(waiting, officers[0])
    shown = recording.shown(waiting, officers[0])
    assert shown is not None
    assert (shown.is_own, shown.record.officer, shown.record.reason) == (False, officers[0], "by telephone")
    for officer in officers:
        waiting = arrange.approve(waiting, officer)
    arrange.step(waiting)
    with pytest.raises(errors.TravelRuleTooLate):
        complete(waiting, officers[0])
    with pytest.raises(errors.TravelRuleTooLate):
        tell(waiting)


def test_two_answers_at_once_leave_one(real_db):
    user = arrange.customer()
    identity.write(user, personal_data())
    waiting = arrange.ask(user)
    results = at_once([partial(tell, waiting) for _ in range(4)])
    assert sum(isinstance(result, Withdrawal) for result in results) == 1
    assert sum(isinstance(result, errors.TravelRuleTold) for result in results) == 3


@pytest.mark.parametrize(
    "told",
    [
        Told(is_own=False),
        Told(is_own=False, beneficiary=" . "),
        Told(is_own=False, beneficiary="A\u0000da"),
        Told(is_own=False, beneficiary="A\u202eda"),
        Told(is_own=False, beneficiary="A" * 121),
        Told(is_own=False, beneficiary="Ada", provider="K" * 121),
        Told(is_own=True, beneficiary="Ada"),
    ],
)
def test_what_does_not_fit_together_is_refused(person, officers, told):
    waiting = arrange.ask(person)
    with pytest.raises(errors.BeneficiaryInvalid):
        tell(waiting, told)
    with pytest.raises(errors.BeneficiaryInvalid):
        complete(waiting, officers[0], told)
    assert not TravelRuleRecord.objects.exists()


def test_who_may_not_tell(person, officers):
    waiting = arrange.ask(person)
    with pytest.raises(Absent):
        recording.tell(customer=arrange.customer(funds="0"), public_id=waiting.public_id, told=OWN)
    with pytest.raises(NotAnOfficer):
        complete(waiting, arrange.officer(role="auditor"))
    with pytest.raises(ReasonMissing):
        complete(waiting, officers[0], reason=" ")
    person.is_staff = True
    person.save()
    person.groups.add(officers[0].groups.get())
    with pytest.raises(OfficerIsCustomer):
        complete(waiting, person)
    nameless = arrange.ask(arrange.customer())
    with pytest.raises(errors.OriginatorUnknown):
        tell(nameless)


def test_the_database_keeps_what_was_told(person, officers):
    waiting = arrange.ask(person)
    complete(waiting, officers[0])
    record = TravelRuleRecord.objects.get()
    for changes in ({"is_own": True}, {"sealed": b"other"}, {"reason": "x"}):
        with pytest.raises(IntegrityError, match="stays what was told"), transaction.atomic():
            TravelRuleRecord.objects.update(**changes)
    with pytest.raises(IntegrityError), transaction.atomic():
        record.delete()
    for changes, said in (
        ({"officer": person, "reason": "x"}, "officer_is_not_customer"),
        ({"officer": officers[0], "reason": ""}, "officer_has_a_reason"),
        ({"customer": officers[1], "officer": None, "reason": ""}, "of_the_withdrawals_customer"),
    ):
        words = {"withdrawal": waiting, "customer": person, "is_own": True, "is_hosted": False, "sealed": b"x"} | changes
        with pytest.raises(IntegrityError, match=said), transaction.atomic():
            TravelRuleRecord.objects.create(**words)
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_an_erasure_takes_the_names_and_leaves_the_row(person, officers):
    waiting = arrange.ask(person)
    tell(waiting)
    _forget_words([person])
    assert bytes(TravelRuleRecord.objects.get().sealed) == b""
    assert (state(waiting), recording.shown(waiting, officers[0])) == ("told", None)


def test_over_http_a_customer_reads_what_is_due_and_tells_it(api, person):
    me = signed_in(api, person)
    asked = me.post(PATH, {"coin": "ETH", "network": "ETHEREUM", "address": arrange.ADDRESS, "amount": "1"}).json()
    where = f"{PATH}/{asked['id']}/travel-rule"
    assert asked["travel_rule"] == "missing"
    refused = me.put(where, {"is_own": False})
    assert (refused.status_code, refused.json()["slug"]) == (400, "wallet.beneficiary_invalid")
    answer = me.put(where, {"is_own": False, "beneficiary": "Ada Lovelace", "provider": "Kraken"})
    assert (answer.status_code, answer.json()) == (200, {**asked, "travel_rule": "told"})
    assert me.get(f"{PATH}/{asked['id']}").json()["travel_rule"] == "told"
    again = me.put(where, {"is_own": True})
    assert (again.status_code, again.json()["slug"]) == (409, "wallet.travel_rule_told")
    stranger = signed_in(api, arrange.customer(funds="0"))
    assert stranger.put(where, {"is_own": True}).status_code == 404


def test_officers_see_what_is_due_tell_it_and_open_the_names_at_the_desk(person):
    desk, auditor = Desk("treasury"), Desk("auditor")
    waiting = arrange.confirmed(person)
    assert str(waiting.public_id) in desk.client.get(f"{QUEUE}?queue=untold").content.decode()
    page = desk.page(waiting)
    assert ('value="approve"' in page, "that comes first" in page) == (False, True)
    told = {"verdict": "travel_tell", "is_own": "0", "beneficiary": "Ada Lovelace", "provider": "Kraken"}
    assert post(auditor, waiting, **told) == 409
    assert post(desk, waiting, **told, reason="") == 409
    assert post(desk, waiting, **told, code="000000") == 409
    assert post(desk, waiting, **told) == 302
    page = desk.page(waiting)
    assert ('value="approve"' in page, "Lovelace" in page, "Kraken" in page) == (True, False, True)
    assert post(auditor, waiting, verdict="travel_reveal", reason="review") == 409
    assert post(desk, waiting, verdict="travel_reveal", reason="review") == 302
    assert ("Ada Lovelace" in desk.page(waiting), "Lovelace" in auditor.page(waiting)) == (True, False)
    assert str(waiting.public_id) not in desk.client.get(f"{QUEUE}?queue=untold").content.decode()


def post(desk: Desk, withdrawal: Withdrawal, **words: str) -> int:
    return desk.client.post(address(withdrawal), {"reason": "by telephone", "code": desk.code(), **words}).status_code


def test_thresholds_are_loaded_once_and_left_alone():
    TravelRuleThreshold.objects.filter(coin__code="BTC").delete()
    assert (reference.load(is_development=False), reference.load(is_development=True)) == (1, 0)
    found = dict(TravelRuleThreshold.objects.values_list("coin__code", "required_from"))
    assert (found["BTC"], found["ETH"]) == (Decimal("0.01"), Decimal("0.5"))
    with pytest.raises(IntegrityError, match="not_negative"), transaction.atomic():
        TravelRuleThreshold.objects.create(coin=Coin.objects.get(code="USD"), required_from=-1)
