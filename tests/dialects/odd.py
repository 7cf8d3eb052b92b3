"""Odd values for every parameter of a dialect's doors: what a door says of each, and that it changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

from django.apps import apps
from django.db import connection

Fields = Mapping[str, Any]
MISSING = object()
"""The parameter is left out."""
LONG = "x" * 9_000
NOTHING: tuple[Any, ...] = (MISSING, None, "")
WRONG: tuple[Any, ...] = ([], {}, ["1"], {"a": 1}, True, 1.5, -1, 10**30, LONG, "9" * 5_000, "\x00", "\ud800")
"""No text that anybody could mean, and no number either."""
ODD: tuple[Any, ...] = (7, "１２３", " ", "\u202e", "0x1", "NaN", "%00", "' OR 1=1 --", "<b>")
"""Texts that some fields take for what they are, and others refuse."""
EVIDENCE = frozenset(
    {
        "accounts.AttemptCounter",
        "accounts.AuditLink",
        "accounts.AuditRecord",
        "accounts.LoginRecord",
        "accounts.Session",
        "accounts.Visit",
        "apikeys.Nonce",
        "apikeys.RefusedRequest",
        "messaging.Allowance",
    }
)
"""What may grow when somebody is refused."""


def state() -> dict[str, tuple[Any, ...]]:
    """Number and digest of the rows of each table, but for what tells of refusals."""
    models = {model._meta.label: model for model in apps.get_models()}
    assert set(models) >= EVIDENCE
    told: dict[str, tuple[Any, ...]] = {}
    with connection.cursor() as cursor:
        for model in (model for label, model in models.items() if label not in EVIDENCE):
            table = model._meta.db_table
            cursor.execute(f'SELECT count(*), sum(hashtextextended(t::text, 0)) FROM "{table}" AS t')
            told[table] = tuple(cursor.fetchone())
    return told


def parameters(fields: Fields) -> list[str]:
    """The name of each parameter; of one within another with its path, as `fromWallet.0.asset`."""
    found: list[str] = []
    for name, held in fields.items():
        found.append(name)
        within = held if isinstance(held, dict) else dict(enumerate(held)) if isinstance(held, list) else {}
        found += [f"{name}.{rest}" for rest in parameters({str(key): value for key, value in within.items()})]
    return found


def changed(fields: Fields, name: str, value: Any) -> dict[str, Any]:
    """The fields with this one of them changed, or left out."""
    made: dict[str, Any] = deepcopy(dict(fields))
    *path, last = name.split(".")
    place: Any = made
    for step in path:
        place = place[int(step) if isinstance(place, list) else step]
    key: Any = int(last) if isinstance(place, list) else last
    if value is MISSING:
        del place[key]
    else:
        place[key] = value
    return made


def walk(doors: Mapping[str, Fields], told: Callable[[str, dict[str, Any]], Any], due: Callable[[str, str, Any], Any]) -> None:
    """Send every odd value for every parameter of every door; `due` is what must be told of it, or None for anything.

    `told` sends and answers what was said, and holds that it is a refusal in the dialect's shape.
    """
    for path, fields in doors.items():
        for name in parameters(fields):
            for value in (*NOTHING, *WRONG, *ODD):
                said, wanted = told(path, changed(fields, name, value)), due(path, name, value)
                assert wanted is None or said == wanted, (path, name, value if value != LONG else "LONG", said, wanted)
