"""Labels that officers put on customers: words in each language, a colour, and whether the customer sees them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from accounts.errors import LabelInUse, LabelInvalid
from accounts.models import Label, User
from accounts.services.officers import Act
from config.kit.errors import Absent

ROLES = ("compliance", "treasury")
"""Officers who may edit labels and put them on customers."""
KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,31}", re.ASCII)
COLOR = re.compile(r"#[0-9A-Fa-f]{6}", re.ASCII)
TEXT_LENGTH_MAX = 64
LABELS_PER_CUSTOMER_MAX = 20


@dataclass(frozen=True)
class ShownLabel:
    """A label in the reader's language."""

    key: str
    color: str
    text: str
    id: int = 0


def text_of(label: Label, language: str) -> str:
    """The label's words; English for languages that labels don't have."""
    return {"zh-CN": label.text_zh_cn, "zh-TW": label.text_zh_tw}.get(language, label.text_en)


def shown_to(user: User, *, language: str) -> Sequence[ShownLabel]:
    """The labels that the customer may see, in the language, in the order of their keys. One query."""
    rows = user.labels.filter(is_shown_to_customer=True).order_by("key")
    return [ShownLabel(key=row.key, color=row.color, text=text_of(row, language), id=row.public_id) for row in rows]


def of_customer(user: User) -> Sequence[Label]:
    """All labels that the customer carries, for officers."""
    return list(user.labels.order_by("key"))


def save(*, label: Label, act: Act) -> Label:
    """Write a new label, or what was changed of one. Raises ReasonDue, NotAnOfficer, LabelInvalid."""
    act.require(*ROLES)
    check(label)
    is_new = label.pk is None
    try:
        with transaction.atomic():
            label.save()
            act.record(
                act="accounts.label_added" if is_new else "accounts.label_changed",
                subject=f"accounts.label:{label.public_id}",
                facts={
                    "key": label.key,
                    "color": label.color,
                    "en": label.text_en,
                    "zh-CN": label.text_zh_cn,
                    "zh-TW": label.text_zh_tw,
                    "shown": str(label.is_shown_to_customer),
                },
            )
    except IntegrityError as clash:
        if "accounts_label_key_unique" in str(clash):
            raise LabelInvalid(reason="There is a label with this key.") from None
        raise
    return label


def remove(*, label: Label, act: Act) -> None:
    """End a label that nobody carries. Raises ReasonDue, NotAnOfficer, Absent, LabelInUse."""
    act.require(*ROLES)
    with transaction.atomic():
        locked = Label.objects.select_for_update().filter(pk=label.pk).first()
        if locked is None:
            raise Absent(thing="label")
        if carriers := locked.users.count():
            raise LabelInUse(customers=carriers)
        act.record(act="accounts.label_removed", subject=f"accounts.label:{locked.public_id}", facts={"key": locked.key})
        locked.delete()


def put_on(*, customer: User, key: str, act: Act) -> bool:
    """Put the label on the customer; False where it was there already.

    Raises ReasonDue, NotAnOfficer, NotACustomer, OwnAccount, Absent, LabelInvalid (the customer carries too many).
    """
    return _change(customer, key, act, put=True)


def take_off(*, customer: User, key: str, act: Act) -> bool:
    """Take the label off the customer; False where it was not there. Raises as `put_on`."""
    return _change(customer, key, act, put=False)


def _change(customer: User, key: str, act: Act, *, put: bool) -> bool:
    act.require(*ROLES)
    act.require_about(customer)
    with transaction.atomic():
        locked = User.objects.select_for_update(no_key=True).get(pk=customer.pk)
        label = Label.objects.select_for_update(no_key=True).filter(key=key).first()
        if label is None:
            raise Absent(thing="label")
        if locked.labels.filter(pk=label.pk).exists() == put:
            return False
        if not put:
            locked.labels.remove(label)
        elif locked.labels.count() >= LABELS_PER_CUSTOMER_MAX:
            raise LabelInvalid(reason=f"A customer carries at most {LABELS_PER_CUSTOMER_MAX} labels.")
        else:
            locked.labels.add(label)
        act.record(
            act="accounts.label_put_on" if put else "accounts.label_taken_off",
            subject=f"accounts.user:{locked.uid}",
            facts={"label": label.key},
        )
    return True


def check(label: Label) -> None:
    """Promise that key, colour and words are of their forms. Raises LabelInvalid."""
    if not KEY.fullmatch(label.key):
        raise LabelInvalid(reason="A key has 1 to 32 small letters, digits and dashes.")
    if not COLOR.fullmatch(label.color):
        raise LabelInvalid(reason="A colour is # and six hexadecimal digits.")
    texts = (label.text_en, label.text_zh_cn, label.text_zh_tw)
    if not all(text.strip() and len(text) <= TEXT_LENGTH_MAX and text.isprintable() for text in texts):
        raise LabelInvalid(reason=f"Each language has its words, at most {TEXT_LENGTH_MAX} characters.")
