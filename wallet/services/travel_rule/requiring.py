"""Whether a record is due, and whether there is one: asked by officers' approval, the gate, and everybody who reads."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from config.kit.money import to_text
from wallet.models.travel_rule import TravelRuleRecord, TravelRuleThreshold
from wallet.models.withdrawals import Withdrawal
from wallet.services.travel_rule.errors import TravelRuleMissing


class TravelRule(StrEnum):
    """How a withdrawal stands."""

    NOT_REQUIRED = "not_required"
    MISSING = "missing"
    TOLD = "told"


_FROM = Coalesce(
    Subquery(TravelRuleThreshold.objects.filter(coin=OuterRef("coin_network__coin")).values("required_from")[:1]),
    Value(Decimal(0)),
)
_TOLD = Exists(TravelRuleRecord.objects.filter(withdrawal=OuterRef("pk")))
IS_MISSING = Q(amount__gte=_FROM) & ~Q(_TOLD)
"""Withdrawals that lack a record which is due."""


def with_state(rows: QuerySet[Withdrawal]) -> QuerySet[Withdrawal]:
    """The withdrawals, each with what `state_of` asks for: no query more for each."""
    return rows.annotate(travel_rule_from=_FROM, is_travel_rule_told=_TOLD)


def state_of(withdrawal: Withdrawal) -> TravelRule:
    """How it stands: what was told counts, be it required or not."""
    row = withdrawal
    if not hasattr(row, "is_travel_rule_told"):
        row = with_state(Withdrawal.objects.filter(pk=withdrawal.pk)).get()
    if getattr(row, "is_travel_rule_told"):  # noqa: B009  # an annotation, which no class declares
        return TravelRule.TOLD
    return TravelRule.MISSING if row.amount >= getattr(row, "travel_rule_from") else TravelRule.NOT_REQUIRED  # noqa: B009  # as above


def is_missing(withdrawal: Withdrawal) -> bool:
    """Whether a record is due that nobody has told; asked of the tables as they are now."""
    return Withdrawal.objects.filter(IS_MISSING, pk=withdrawal.pk).exists()


def missing_because(withdrawal: Withdrawal) -> str:
    """Why it may not be signed or sent, or nothing."""
    return "it is not known who the beneficiary is (Travel Rule)" if is_missing(withdrawal) else ""


def require_told(withdrawal: Withdrawal) -> None:
    """Promise that the record that is due stands. Raises TravelRuleMissing."""
    if is_missing(withdrawal):
        coin = withdrawal.coin_network.coin
        least = TravelRuleThreshold.objects.filter(coin=coin).values_list("required_from", flat=True).first()
        raise TravelRuleMissing(coin=coin.code, required_from=to_text(least or Decimal(0)))


def told(withdrawal: Withdrawal) -> TravelRuleRecord | None:
    """The record that stands."""
    rows = TravelRuleRecord.objects.filter(withdrawal=withdrawal).select_related("officer")
    return rows.order_by(F("id").desc()).first()
