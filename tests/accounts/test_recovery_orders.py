"""A recovery begun by the order of a code: its token comes with the proof, to one, and for who may recover alone."""

from __future__ import annotations

import pytest

from accounts.errors import RecoveryCodeWrong, RecoveryInvalid, RecoveryLocked
from accounts.models import AttemptCounter, PasswordRecovery, Status, User
from accounts.services import password_recovery, recovery_orders, recovery_rows
from accounts.services.recovery_orders import Proven
from messaging.models import Channel
from tests.accounts.changing import settled
from tests.accounts.threads import at_once
from tests.factories_accounts import CLIENT, customer
from tests.factories_messaging import pass_time_for_resend, read_code

pytestmark = pytest.mark.django_db
EMAIL = "alice@example.com"


def started() -> password_recovery.Started:
    pass_time_for_resend()
    return password_recovery.start(channel=Channel.EMAIL, destination=EMAIL, language="en", client=CLIENT)


def show(order: str, code: str) -> Proven:
    return recovery_orders.prove_code(
        channel="email", destination=EMAIL, order=order, code=code, client=CLIENT, has_identity=lambda _user: False
    )


def test_the_token_is_drawn_with_the_proof_and_the_one_of_the_start_is_dead() -> None:
    settled(customer(email=EMAIL))
    begun = started()
    proven = show(begun.sent.order, read_code(EMAIL))
    assert (proven.progress.state, len(proven.token)) == ("proven", recovery_rows.TOKEN_LENGTH)
    assert recovery_rows.find(proven.token).state == "proven"
    with pytest.raises(RecoveryInvalid):
        recovery_rows.find(begun.token)


@pytest.mark.parametrize("change", [{"status": Status.LOCKED}, {"status": Status.NOT_ACTIVATED}, {"is_staff": True}])
def test_who_may_not_recover_any_more_is_told_that_the_code_is_wrong(change: dict[str, object]) -> None:
    user = settled(customer(email=EMAIL))
    begun, code = started(), read_code(EMAIL)
    User.objects.filter(pk=user.pk).update(**change)
    with pytest.raises(RecoveryCodeWrong) as refused:
        show(begun.sent.order, code)
    assert refused.value.facts["failures"] == 1
    assert PasswordRecovery.objects.get().state == "started"


def test_one_code_at_once_from_many_gives_one_token(real_db: None) -> None:
    settled(customer(email=EMAIL))
    begun, code = started(), read_code(EMAIL)
    results = at_once(12, lambda _: show(begun.sent.order, code))
    (proven,) = [result for result in results if isinstance(result, Proven)]
    assert recovery_rows.find(proven.token).state == "proven"


def test_many_guesses_without_a_recovery_are_counted_and_locked_like_all(real_db: None) -> None:
    results = at_once(12, lambda number: show("1000000000000001", f"{number:08d}"))
    assert sum(isinstance(result, RecoveryLocked) for result in results) >= 7
    assert AttemptCounter.objects.get(scope="recovery").failures == 5
