"""Which role may open which page of the desk: the table of docs/staff-desk.md, cell by cell, by real requests."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.urls import URLPattern, URLResolver, reverse

from accounts.admin_site import ReadOnlyAdmin, StaffSite, site
from accounts.models import AuditRecord
from accounts.services import staff
from tests.accounts.test_staff import sign_in
from tests.factories_accounts import officer
from wallet.models import Entry

pytestmark = pytest.mark.django_db
ROLES = staff.ROLES
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "staff-desk.md"
ROWS = re.findall(r"^\| `([a-z]+\.[a-z]+)` \|(.+)\|$", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
TABLE = {page: tuple(cell.strip() == "opens" for cell in cells.split("|")) for page, cells in ROWS}
PAGES = {f"{model._meta.app_label}.{model._meta.model_name}" for model, _ in site._registry.items()}
REFUSED = {302, 400, 403, 404, 405, 409}
"""What a POST may be answered with where it does nothing: 302 leads to the sign-in page or to the page that it came from."""


def desk(*roles: str) -> Client:
    client = Client(raise_request_exception=False)
    user, app = officer(*roles) if roles else officer()
    if not roles:
        user.groups.clear()
    assert sign_in(client, user, app.code())
    return client


def test_every_page_stands_in_the_table_with_every_role() -> None:
    assert set(TABLE) == PAGES
    assert all(len(cells) == len(ROLES) for cells in TABLE.values())
    (head,) = re.findall(r"^\| page \|(.+)\|$", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
    assert tuple(cell.strip() for cell in head.split("|")) == ROLES


@pytest.mark.parametrize("role", ROLES)
def test_a_role_opens_the_pages_of_its_column_and_no_other(role: str) -> None:
    client = desk(role)
    place = ROLES.index(role)
    found = {page: client.get(reverse(f"admin:{page.replace('.', '_')}_changelist")).status_code for page in sorted(PAGES)}
    assert {page: status == 200 for page, status in found.items()} == {page: cells[place] for page, cells in TABLE.items()}
    assert set(found.values()) <= {200, 403, 404}


def test_an_officer_without_a_role_opens_nothing() -> None:
    client = desk()
    for page in sorted(PAGES):
        assert client.get(reverse(f"admin:{page.replace('.', '_')}_changelist")).status_code in {403, 404}, page


def test_a_page_that_names_no_roles_is_not_mounted() -> None:
    class Unnamed(ReadOnlyAdmin):
        """Somebody forgot to say for whom it is."""

    with pytest.raises(ImproperlyConfigured, match="Unnamed names no view_roles"):
        StaffSite().register(Entry, Unnamed)


def test_the_page_of_a_row_is_as_closed_as_its_list() -> None:
    client = desk("support")
    for page, cells in TABLE.items():
        if not cells[ROLES.index("support")]:
            answer = client.get(reverse(f"admin:{page.replace('.', '_')}_change", args=[1]))
            assert answer.status_code in {302, 403, 404}, page


def addresses(patterns: list[Any], prefix: str = "/admin/") -> list[str]:
    """Every address of the desk, with a number for each thing that it names."""
    found = []
    for pattern in patterns:
        path = prefix + re.sub(r"<(?:\w+:)?\w+>", "1", str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            found += addresses(pattern.url_patterns, path)
        elif isinstance(pattern, URLPattern) and "(" not in path and "^" not in path:
            found.append(path)
    return found


@pytest.mark.parametrize("role", ["", "support", "operator", "auditor"])
def test_who_only_looks_changes_nothing_by_a_post_to_any_address(role: str) -> None:
    client = desk(role) if role else desk()
    tried = [path for path in addresses(site.get_urls()) if path not in {"/admin/login/", "/admin/logout/"}]
    assert len(tried) > 150
    before = AuditRecord.objects.exclude(act__contains="looked").exclude(act__contains="sign").count()
    for path in tried:
        said = {"action": "approve", "reason": "because", "decision": "approve", "seen_hash": "0" * 64, "post": "yes"}
        assert client.post(path, said).status_code in REFUSED | {200}, path
    assert AuditRecord.objects.exclude(act__contains="looked").exclude(act__contains="sign").count() == before
