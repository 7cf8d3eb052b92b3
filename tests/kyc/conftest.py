"""Fixtures of the identity checks."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client

from accounts.admin_site import SIGNED_IN_AT
from tests.factories_kyc import officer


@pytest.fixture(autouse=True)
def storage_root(settings: LazySettings, tmp_path: Path) -> Path:
    """A document storage of the test's own."""
    root = tmp_path / "documents"
    kept: dict[str, Any] = dict(settings.STORAGES)
    kept["kyc"] = {**kept["kyc"], "OPTIONS": {**kept["kyc"]["OPTIONS"], "location": root}}
    settings.STORAGES = kept
    return root


def signed_in(user: Any) -> Client:
    """A browser in which this officer is signed in."""
    client = Client()
    client.force_login(user)
    session = client.session
    session[SIGNED_IN_AT] = int(time.time())
    session.save()
    return client


@pytest.fixture
def desk(db: None) -> Client:
    """A browser in which a compliance officer is signed in."""
    return signed_in(officer())
