"""Fixtures of the whole suite."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher, Type
from django.conf import settings
from django.contrib import admin
from django.core.management import call_command
from django.db import connection

from accounts.services import passwords
from tests import database
from tests.client import Api
from tests.template import Template


@pytest.fixture(scope="session")
def migrated_template() -> Iterator[Template | None]:
    """The template, held where this session has to make it."""
    if not os.environ.get("TEST_DATABASE_TEMPLATES"):
        yield None
        return
    template = Template()
    connection.settings_dict["TEST"]["TEMPLATE"] = template.name if template.claim() else None
    yield template
    template.release()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None, migrated_template: Template | None) -> None:
    """Each session's database is a copy of the migrated one where there is one."""


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None, django_db_blocker: pytest.FixtureDef[None], migrated_template: Template | None
) -> None:
    """A fresh database with the reference data, remembered so that `real_db` can go back to it."""
    if migrated_template is not None and not connection.settings_dict["TEST"].get("TEMPLATE"):
        connection.close()
        migrated_template.make(connection.settings_dict["NAME"])
        migrated_template.release()
    with django_db_blocker.unblock():  # type: ignore[attr-defined]  # the blocker's type is private
        call_command("createcachetable", verbosity=0)
        for command in database.REFERENCE_COMMANDS:
            call_command(*command, verbosity=0)
        database.remember_reference()


@pytest.fixture
def real_db(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A database with real commits, for threads and deferred constraints; emptied back to the reference data after."""
    yield
    connection.close()


QUICK = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1, hash_len=32, salt_len=16, type=Type.ID)
QUICK_NOBODY = QUICK.hash(b"\xff nobody")


@pytest.fixture(autouse=True)
def quick_hashing(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2id at a thousandth of its cost, because thousands of customers are made; `real_hashing` leaves the real one."""
    if request.node.get_closest_marker("real_hashing") is None:
        monkeypatch.setattr(passwords, "HASHER", QUICK)
        monkeypatch.setattr(passwords, "_nobody", lambda: QUICK_NOBODY)


@pytest.fixture
def api() -> Api:
    """A client of our HTTP interface."""
    return Api()


def pytest_collection_finish() -> None:
    """What was collected lives until the end: the garbage collector need not look at it again and again."""
    gc.collect()
    gc.freeze()


# Each client of a test builds the middleware anew; WhiteNoise then lists every static file of every package, unless it looks
# for a file when it is asked for one. That was a third of the suite's time.
settings.WHITENOISE_AUTOREFRESH = True
admin.autodiscover()  # as the URLs do, for tests that look at pages before they ask for one
database.install_truncation()
