"""Erasing what the identity checks know of a customer: the key is destroyed, and what it sealed is taken away as well.

Files are deleted after commit. One that can't be deleted then is noise already, and the sweep takes it later.

A blind index goes too, although it could recognise a banned person: whoever holds the index key could try all numbers of
a country, so it is personal data, and after its time there is no purpose left. Who must not come back is kept out by a
legal hold, which keeps everything, says why, and is looked at by two officers before it ends.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models, transaction

from config.kit import clock
from kyc.models import BankAccount, BankAccountUse, Case, Document, Identity, NamedNumber, Retention
from kyc.models.hints import ImagePrint, Likeness
from kyc.services import likeness, storage, sweep, vault

if TYPE_CHECKING:
    from accounts.models import User

WAYS_TO_THE_CUSTOMER = ("user", "customer", "case__user", "document__user")
"""How a row of this app names its customer; the first that fits."""
IN_CLEAR = ("country", "document_expires_on")
"""Columns about a person that are looked things up by, and so are not sealed; they are wiped as those are."""


def erase(*, locked: User) -> int:
    """Erase the customer, in the caller's transaction, which holds the user's row and has recorded the erasure.

    Answers how many files go with it. The database refuses without that record, and that record under a legal hold.
    """
    names = list(files_of(locked))
    vault.destroy(locked.pk)
    wipe(locked)
    Retention.objects.filter(user=locked, erased_at__isnull=True).update(erased_at=clock.now())
    transaction.on_commit(partial(_delete, names))
    return len(names)


def files_of(user: User, *, case: Case | None = None) -> Iterator[str]:
    """The names of all files of the customer, or of those that show something to one case."""
    for model, column in sweep.HOLDERS:
        if case is not None and model is not Document:
            continue
        rows = model.objects.filter(user=user) if case is None else model.objects.filter(case=case)
        yield from rows.exclude(**{f"{column}__isnull": True}).values_list(column, flat=True)


def wipe(user: User) -> None:
    """Take away each sealed value and each blind index of the customer, and what pictures were recognised by."""
    likeness.alone()
    Likeness.objects.filter(models.Q(document__user=user) | models.Q(other__user=user)).delete()
    ImagePrint.objects.filter(user=user).delete()
    Identity.objects.filter(user=user).delete()
    NamedNumber.objects.filter(user=user).delete()
    BankAccountUse.objects.filter(account__user=user).delete()
    BankAccount.objects.filter(user=user).delete()
    for model, way, columns in personal_columns():
        for row in model.objects.filter(**{way: user}).only("pk"):
            model.objects.filter(pk=row.pk).update(**{column.attname: _empty(column) for column in columns})


def personal_columns() -> list[tuple[Any, str, list[Any]]]:
    """Each table of this app that seals or indexes something, or tells it in clear: the way to its customer, the columns.

    What is told in clear is about a person only where a way leads to one: a bank's branch has a country too.
    """
    found = []
    for model in apps.get_app_config("kyc").get_models():
        way = next((way for way in WAYS_TO_THE_CUSTOMER if _leads(model, way)), "")
        in_clear = IN_CLEAR if way else ()
        columns = [field for field in model._meta.concrete_fields if _is_personal(field, in_clear)]  # noqa: SLF001  # Django's documented way
        if columns:
            found.append((model, way, columns))
    return found


def wipe_rejected(case: Case) -> None:
    """Take away what a rejected case alone holds: files, answers, bank account. The person stays known by other cases.

    Files are deleted first, and at once: whoever is interrupted begins again. Raises StorageUnavailable.
    """
    for name in files_of(case.user, case=case):
        storage.delete(name)
    likeness.alone()
    ImagePrint.objects.filter(document__case=case).delete()
    Likeness.objects.filter(models.Q(document__case=case) | models.Q(other__case=case)).delete()
    BankAccountUse.objects.filter(account__case=case).delete()
    BankAccount.objects.filter(case=case).delete()
    Document.objects.filter(case=case).update(pages=[])
    Case.objects.filter(pk=case.pk).update(questionnaire_sealed=None, document_expires_on=None)


def _is_personal(field: Any, in_clear: Collection[str]) -> bool:
    hidden = isinstance(field, models.BinaryField) and ("sealed" in field.name or field.name.endswith("_index"))
    return hidden or field.name in in_clear


def _leads(model: Any, way: str) -> bool:
    for part in way.split("__"):
        names = {field.name: field for field in model._meta.concrete_fields}  # noqa: SLF001  # as above
        if part not in names or names[part].related_model is None:
            return False
        model = names[part].related_model
    return True


def _empty(column: Any) -> bytes | str | None:
    if column.null:
        return None
    if isinstance(column, models.CharField):
        return ""
    return secrets.token_bytes(32) if column.name.endswith("_index") else b""


def _delete(names: list[str]) -> None:
    for name in names:
        storage.forget(name)
