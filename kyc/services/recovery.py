"""What a verified identity can prove where a customer forgot the password and has neither factor nor other channel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.services import password_recovery, recovery_orders
from accounts.services.clients import Client
from kyc.errors import IdNumberInvalid
from kyc.models import Identity, Level
from kyc.services import blind_indexes, cases, identity

if TYPE_CHECKING:
    from accounts.models import User


def has_identity(user: User) -> bool:
    """Whether officers have seen the customer's document: what was only typed in proves nothing."""
    return cases.approved(user, Level.DOCUMENTS)


def prove(*, token: str, id_number: str, client: Client) -> password_recovery.Progress:
    """Show the number of the verified document as second proof. Raises RecoveryInvalid, RecoveryProofWrong, RecoveryLocked."""
    return password_recovery.prove_by_identity(token=token, matches=lambda user: number_fits(user, id_number), client=client)


def prove_second(*, token: str, order: str, told: str, client: Client) -> password_recovery.Progress:
    """Show whichever second proof is due: the document's number, an authenticator's code, or a sent code and its order.

    Raises what `prove` and `recovery_orders.prove_second` raise.
    """
    if password_recovery.ID_CARD in password_recovery.due(token=token, client=client):
        return prove(token=token, id_number=told, client=client)
    return recovery_orders.prove_second(token=token, order=order, code=told, client=client)


def number_fits(user: User, id_number: str) -> bool:
    """Whether it is the number of the customer's verified document, compared by its blind indexes."""
    row = Identity.objects.filter(user_id=user.pk).first()
    if row is None or not has_identity(user):
        return False
    try:
        told = identity.indexes_of(row, id_number)
    except IdNumberInvalid:
        return False
    return told.meets(blind_indexes.of_row(row))
