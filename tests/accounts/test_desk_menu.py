"""The desk's menu: in order of work, with the pages that open for the officer and no other."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from accounts.admin_site import SECTIONS, site
from accounts.services import staff
from tests.accounts.test_staff import sign_in
from tests.factories_accounts import officer

pytestmark = pytest.mark.django_db


def test_the_menu_lists_only_pages_that_open() -> None:
    for roles in (("compliance",), ("treasury",), ("auditor",)):
        client = Client()
        user, app = officer(*roles)
        assert sign_in(client, user, app.code())
        page = client.get("/admin/").content.decode()
        links = set(re.findall(r'href="(/admin/[a-z]+/[a-z]+/)"', page))
        assert links
        assert {client.get(link).status_code for link in links} == {200}
        assert ("/admin/accounts/auditrecord/" in links) == (roles != ("treasury",))


def test_the_menu_is_in_order_of_work_and_holds_every_page_once() -> None:
    pages = [label for _, labels in SECTIONS.values() for label in labels]
    assert len(pages) == len(set(pages))
    assert set(pages) <= {model._meta.label_lower for model in site._registry}
    client = Client()
    user, app = officer(*staff.ROLES)
    assert sign_in(client, user, app.code())
    page = client.get("/admin/").content.decode()
    links = re.findall(r'href="(/admin/[a-z]+/[a-z]+/)"', page[page.index("Identity") :])
    for model in site._registry:
        assert f"/admin/{model._meta.app_label}/{model._meta.model_name}/" in links
    places = [page.index(f">{title}<") if f">{title}<" in page else page.index(title) for title in (*SECTIONS, "Settings")]
    assert places == sorted(places)
