"""`manage.py check_deployment`: whether everything that an installation needs is there, one line each."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.cache import cache

from accounts.models import User
from config import health, production
from config.kit.commands import OperatorCommand, Told
from kyc.services import storage_check
from messaging.models import Channel
from messaging.providers.registry import providers
from wallet.chains import registry
from wallet.chains.errors import ChainUnavailable
from wallet.models.coins import CoinNetwork
from wallet.models.outflow import OutflowCap

OFFICERS_DUE = {"treasury": 2, "treasury_lead": 1, "compliance": 1, "operator": 2}
"""Role → how many officers must hold it, or what takes two of them can never be done."""
Finding = tuple[str, bool, str]


class Command(OperatorCommand):
    """Looks at settings, database, broker, cache, documents, providers, nodes and officers; sends nothing to anybody."""

    help = "Tell of each thing that an installation needs whether it is there. Exit code 1 where one is missing."
    example = "check_deployment --json"

    def run(self, options: Mapping[str, Any]) -> Told:
        """Look at each."""
        found = list(findings())
        rows = [{"check": name, "ok": is_well, "said": said} for name, is_well, said in found]
        lines = [f"{'ok      ' if row['ok'] else 'NOT WELL'}  {row['check']:24} {row['said']}".rstrip() for row in rows]
        return Told("\n".join(lines), {"checks": rows}, is_well=all(is_well for _, is_well, _ in found))


def findings() -> Iterator[Finding]:
    """Name, whether it is well, and a sentence where there is one to say."""
    yield from _settings()
    parts = health.checks()
    yield from ((name, is_well, "") for name, is_well in parts.items())
    if not all(parts.get(name) for name in ("database", "migrations")):
        return
    yield _cache()
    problem = storage_check.finding()
    yield "documents", problem is None, problem.message if problem else ""
    for channel in Channel:
        named = [provider.name for provider in providers(channel.value)]
        yield f"providers of {channel.value}", bool(named), ", ".join(named) or "none is set"
    yield from _nodes()
    yield from _officers()
    yield from _caps()


def _settings() -> Iterator[Finding]:
    given = {name: getattr(settings, name) for name in dir(settings) if name.isupper()}
    complaints = production.complaints(given) if settings.PRODUCTION else ["this is a development installation"]
    yield "settings", not complaints, "; ".join(complaints)
    warnings = [told for told in checks.run_checks(include_deployment_checks=True) if not told.is_silenced()]
    yield "check --deploy", not warnings, "; ".join(f"{told.id} {told.msg}" for told in warnings)


def _cache() -> Finding:
    probe = secrets.token_hex(8)
    try:
        cache.set(f"check-{probe}", probe, timeout=10)
        kept = cache.get(f"check-{probe}") == probe
    except Exception as trouble:  # noqa: BLE001  # each cache has its own errors
        return "cache", False, type(trouble).__name__
    return "cache", kept, "" if kept else "it does not keep what it is given"


def _nodes() -> Iterator[Finding]:
    for network in registry.connected_networks():
        try:
            yield f"node of {network}", True, f"block {registry.gateway(network).height()}"
        except ChainUnavailable as trouble:
            yield f"node of {network}", False, trouble.detail


def _officers() -> Iterator[Finding]:
    for role, due in OFFICERS_DUE.items():
        held = sum(user.is_active for user in User.objects.filter(is_staff=True, groups__name=role))
        yield f"officers of {role}", held >= due, f"{held} of {due}"


def _caps() -> Iterator[Finding]:
    opened = CoinNetwork.objects.filter(is_enabled=True, is_withdrawal_open=True).values_list("coin__code", flat=True)
    capped = set(OutflowCap.objects.values_list("coin__code", flat=True))
    missing = sorted(set(opened) - capped)
    yield "caps of coins", not missing, f"none for {', '.join(missing)}: closed" if missing else ""
