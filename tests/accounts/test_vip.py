"""VIP tiers: loaded once, set by officers with a reason, inherited by sub-accounts."""

from __future__ import annotations

from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from accounts import errors
from accounts.models import AuditRecord, User, VipTier
from accounts.services import vip
from accounts.services.officers import Act
from tests.client import Api
from tests.factories_accounts import customer, officer, token_of
from tests.factories_around import act, sub_account

pytestmark = pytest.mark.django_db


def test_the_tiers_0_to_9_stand_there_with_falling_spreads(api: Api) -> None:
    rows = api.get("/api/v1/vip-tiers").json()["results"]
    assert [row["level"] for row in rows] == list(range(10))
    assert rows[0] == {"level": 0, "name": "Standard", "spread_percent": "0.5"}
    assert [Decimal(row["spread_percent"]) for row in rows] == sorted(
        (Decimal(row["spread_percent"]) for row in rows), reverse=True
    )


def test_loading_again_adds_what_is_missing_and_keeps_what_an_operator_changed() -> None:
    VipTier.objects.filter(level=3).update(name="Gold", spread_percent=Decimal("0.31"))
    VipTier.objects.filter(level=9).delete()
    call_command("load_vip_tiers", verbosity=0)
    assert VipTier.objects.count() == 10
    assert (VipTier.objects.get(level=3).name, VipTier.objects.get(level=3).spread_percent) == ("Gold", Decimal("0.31"))


def test_who_has_no_tier_has_the_standard_one(api: Api) -> None:
    user = customer()
    assert vip.tier_of(user).level == 0
    assert vip.spread_of(user) == Decimal("0.5")
    assert api.get("/api/v1/me/vip", token=token_of(user)).json() == {"level": 0, "name": "Standard", "spread_percent": "0.5"}


def test_an_officer_sets_a_tier_with_a_reason_that_the_audit_log_keeps(api: Api) -> None:
    user, act_of_officer = customer(), act(reason="  large   volume ")
    vip.set_tier(customer=user, level=4, act=act_of_officer)
    assert api.get("/api/v1/me/vip", token=token_of(user)).json()["level"] == 4
    assert api.get("/api/v1/me", token=token_of(user)).json()["vip_level"] == 4
    written = AuditRecord.objects.get(act="accounts.vip_tier_set")
    assert (written.actor, written.subject, written.reason) == (
        act_of_officer.officer,
        f"accounts.user:{user.uid}",
        "large volume",
    )
    assert written.facts == {"before": "0", "after": "4"}


def test_setting_the_same_tier_again_is_no_act() -> None:
    user = customer()
    vip.set_tier(customer=user, level=0, act=act())
    assert not AuditRecord.objects.filter(act="accounts.vip_tier_set").exists()


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
def test_without_a_fit_reason_nothing_is_set(reason: str) -> None:
    user = customer()
    with pytest.raises(errors.ReasonDue):
        vip.set_tier(customer=user, level=4, act=act(reason=reason))
    assert vip.level_of(User.objects.get(pk=user.pk)) == 0


def test_officers_of_other_roles_officers_accounts_and_unknown_levels_are_refused() -> None:
    user = customer()
    with pytest.raises(errors.NotAnOfficer):
        vip.set_tier(customer=user, level=4, act=act("compliance"))
    with pytest.raises(errors.NotAnOfficer):
        vip.set_tier(customer=user, level=4, act=Act(reason="myself", officer=user))
    with pytest.raises(errors.NotACustomer):
        vip.set_tier(customer=officer()[0], level=4, act=act())
    own = act()
    assert own.officer is not None
    with pytest.raises(errors.OwnAccount):
        vip.set_tier(customer=own.officer, level=4, act=own)
    for level in (10, -1, 99_999_999_999):
        with pytest.raises(errors.VipTierUnknown):
            vip.set_tier(customer=user, level=level, act=act())
    assert not AuditRecord.objects.filter(act="accounts.vip_tier_set").exists()


def test_a_sub_account_has_its_parents_tier_and_none_of_its_own() -> None:
    parent = customer()
    sub = sub_account(parent)
    vip.set_tier(customer=parent, level=7, act=act())
    assert vip.tier_of(User.objects.get(pk=sub.pk)).level == 7
    with pytest.raises(errors.NotForSubAccounts):
        vip.set_tier(customer=sub, level=9, act=act())


def test_the_console_sets_a_tier_and_names_who_did() -> None:
    user, told = customer(), StringIO()
    call_command("set_vip_tier", str(user.uid), "2", by="ops", reason="contract", stdout=told)
    assert told.getvalue() == f"{user.uid}: VIP 2, spread 0.4 %\n"
    written = AuditRecord.objects.get(act="accounts.vip_tier_set")
    assert (written.actor, written.actor_kind, written.facts["by"]) == (None, "operator", "ops")
    for uid, level in (("123456789", "2"), (str(user.uid), "42")):
        with pytest.raises(CommandError):
            call_command("set_vip_tier", uid, level, by="ops", reason="contract")
    with pytest.raises(CommandError):
        call_command("set_vip_tier", str(user.uid), "3", by=" ", reason="contract")


@pytest.mark.parametrize("spread", ["-0.0001", "100"])
def test_the_database_refuses_a_spread_out_of_range(spread: str) -> None:
    with pytest.raises(IntegrityError, match="accounts_viptier_spread_in_range"), transaction.atomic():
        VipTier.objects.filter(level=0).update(spread_percent=Decimal(spread))
