"""Nobody adds a column that could tell of a person without deciding what an erasure does with it."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import models

from tests.house.personal_columns import COLUMNS, GONE, WIPED

APPS = ("messaging", "accounts", "apikeys", "kyc", "wallet")
TELL_NOBODY = (models.BooleanField, models.DateTimeField, models.IntegerField, models.DecimalField, models.FloatField)


def could_tell(column: Any) -> bool:
    """Whether a person could be told from what stands in the column: not from numbers, moments, references and choices."""
    plain = isinstance(column, TELL_NOBODY) or column.related_model is not None or bool(column.choices)
    return column.concrete and not plain and not isinstance(column, models.AutoField)


def test_each_column_is_wiped_or_kept_for_a_reason() -> None:
    found = {
        model._meta.label: {column.name for column in model._meta.concrete_fields if could_tell(column)}
        for app in APPS
        for model in apps.get_app_config(app).get_models()
        if not model._meta.proxy
    }
    undecided = {label: columns - set(COLUMNS.get(label, ())) for label, columns in found.items()}
    assert {label: columns for label, columns in undecided.items() if columns} == {}
    former = {label: set(COLUMNS[label]) - found.get(label, set()) for label in COLUMNS}
    assert {label: columns for label, columns in former.items() if columns} == {}


def test_a_row_that_goes_takes_all_its_columns() -> None:
    for label, columns in COLUMNS.items():
        kinds = set(columns.values())
        assert GONE not in kinds or kinds == {GONE}, label
        assert all(reason in (WIPED, GONE) or len(reason) > 20 for reason in kinds), label
