"""Legal holds: what a court, an authority or a quarrel needs is not erased, by nobody, until two officers lift the hold.

What a hold keeps: everything an erasure takes, and what would go earlier by itself: files of documents that are replaced,
uploads that nobody claims, messages, notices and sessions whose time is over. Secrets, codes and counters go as ever; they
prove nothing. A customer and the sub-accounts are one person: a hold on one of them holds the family.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from accounts.errors.privacy import AlreadyErased, HoldNotInForce, LiftAsked, LiftNotAsked, SameOfficer, UnderLegalHold
from accounts.models import Erasure, LegalHold, User
from accounts.services.officers import Act
from config.kit.clock import now
from config.kit.errors import Absent

ROLES = ("compliance",)


def place(*, customer: User, act: Act) -> LegalHold:
    """Put a hold on the customer's data. Several may stand at once, each with its own reason.

    Raises ReasonDue, NotAnOfficer, NotACustomer, OwnAccount, AlreadyErased.
    """
    officer = _officer(act)
    act.require_about(customer)
    with transaction.atomic():
        lock_family(customer)
        if is_erased(customer):
            raise AlreadyErased
        hold = LegalHold.objects.create(customer=customer, placed_by=officer, reason=act.said, since=now())
        _record(act, "accounts.legal_hold_placed", hold)
    return hold


def ask_lift(*, hold_id: int, act: Act) -> LegalHold:
    """Ask for the hold to be lifted; another officer has to agree.

    Raises ReasonDue, NotAnOfficer, OwnAccount, Absent, HoldNotInForce, LiftAsked.
    """
    officer = _officer(act)
    with transaction.atomic():
        hold = _locked(hold_id, act)
        if hold.lift_asked_by_id is not None:
            raise LiftAsked
        hold.lift_asked_by, hold.lift_asked_at, hold.lift_reason = officer, now(), act.said
        hold.save(update_fields=["lift_asked_by", "lift_asked_at", "lift_reason"])
        _record(act, "accounts.legal_hold_lift_asked", hold)
    return hold


def agree_lift(*, hold_id: int, act: Act) -> LegalHold:
    """Lift the hold that another officer asked to lift.

    Raises ReasonDue, NotAnOfficer, OwnAccount, Absent, HoldNotInForce, LiftNotAsked, SameOfficer.
    """
    officer = _officer(act)
    with transaction.atomic():
        hold = _locked(hold_id, act)
        if hold.lift_asked_by_id is None:
            raise LiftNotAsked
        if hold.lift_asked_by_id == officer.pk:
            raise SameOfficer
        hold.lifted_by, hold.lifted_at = officer, now()
        hold.save(update_fields=["lifted_by", "lifted_at"])
        _record(act, "accounts.legal_hold_lifted", hold)
    return hold


def in_force(customer: User) -> list[LegalHold]:
    """The holds on this customer."""
    return list(LegalHold.objects.filter(customer=customer, lifted_at__isnull=True).order_by("pk"))


def lock_family(customer: User) -> list[User]:
    """The customer, the parent and all sub-accounts, their rows locked until the caller's transaction ends."""
    return list(User.objects.select_for_update(no_key=True, of=("self",)).filter(_family(customer)).order_by("pk"))


def held() -> QuerySet[User]:
    """Everybody of whom nothing may be erased now: on whom a hold is in force, or on one of the family."""
    heads = LegalHold.objects.filter(lifted_at__isnull=True).annotate(head=Coalesce("customer__parent", "customer"))
    return User.objects.filter(Q(pk__in=heads.values("head")) | Q(parent__in=heads.values("head")))


def require_none(customer: User) -> None:
    """Promise that the customer's data may be erased as far as holds go. Raises UnderLegalHold.

    True for as long as the caller holds the family's rows locked.
    """
    if is_held(customer):
        raise UnderLegalHold


def is_held(customer: User) -> bool:
    """Whether a hold is in force on the customer or on one of the family."""
    return LegalHold.objects.filter(lifted_at__isnull=True, customer__in=User.objects.filter(_family(customer))).exists()


def is_erased(customer: User) -> bool:
    """Whether the customer's personal data are gone; a sub-account's go with its parent's."""
    return Erasure.objects.filter(customer__in=(customer.pk, customer.parent_id or customer.pk)).exists()


def _family(customer: User) -> Q:
    head = customer.parent_id or customer.pk
    return Q(pk=head) | Q(parent=head)


def _officer(act: Act) -> User:
    act.require(*ROLES)
    if act.officer is None:
        raise ValueError("a hold is an officer's act: two persons have to be told apart")
    return act.officer


def _locked(hold_id: int, act: Act) -> LegalHold:
    hold = LegalHold.objects.select_for_update(of=("self",)).select_related("customer").filter(public_id=hold_id).first()
    if hold is None:
        raise Absent(thing="legal hold")
    act.require_about(hold.customer)
    if hold.lifted_at is not None:
        raise HoldNotInForce
    return hold


def _record(act: Act, name: str, hold: LegalHold) -> None:
    act.record(act=name, subject=f"accounts.legalhold:{hold.public_id}", facts={"customer": str(hold.customer.uid)})
