"""The anti-phishing phrase: stands in every mail of ours, so that its owner knows them from a forger's."""

from __future__ import annotations

from django.db import transaction

from accounts.models import User
from accounts.models.logins import LoginAct
from accounts.services import changes
from accounts.services.clients import Client
from accounts.services.password_change import require_where_there_is_one
from accounts.services.second_factor import Proof
from messaging.models import Purpose

LENGTH_MAX = 32
"""Characters."""


def set_phrase(*, user: User, phrase: str, proof: Proof | None, client: Client) -> User:
    """Set, change or (with an empty one) remove the phrase, against a proof of the purpose `anti_phishing`.

    Every bound channel is told. The user as it is then.
    Raises SecondFactorRequired, WrongCode, CodeExpired, TooManyAttempts; ValueError for a phrase above LENGTH_MAX.
    """
    if len(phrase) > LENGTH_MAX:
        raise ValueError("the phrase is too long")
    require_where_there_is_one(user, proof, Purpose.ANTI_PHISHING, client)
    with transaction.atomic():
        locked = User.objects.select_for_update().get(pk=user.pk)
        locked.anti_phishing_phrase = phrase
        locked.save(update_fields=["anti_phishing_phrase"])
        changes.follow(user=locked, act=LoginAct.ANTI_PHISHING_SET, client=client)
    return locked
