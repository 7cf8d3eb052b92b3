"""Fiat deposits as their customer reads them, and where fiat money is to be paid to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, OuterRef, QuerySet, Subquery, Value, When

from accounts.models import User
from config.kit.errors import Absent
from config.kit.ids import read_public_id
from kyc.services import entitlements
from wallet.models.banks import NostroAccount
from wallet.models.coins import CoinNetwork
from wallet.models.fiat_deposits import FiatDeposit, FiatReversal
from wallet.models.pairs import PairState
from wallet.services import coins
from wallet.services.banks import nostro
from wallet.services.deposits import addresses
from wallet.services.fiat_deposits.crediting import BANK

CREDITED, REVERSED = "credited", "reversed"


@dataclass(frozen=True)
class PayInto:
    """An account of ours, and what the payer writes on the payment so that we know whose it is."""

    account: NostroAccount
    remark: str


def of_customer(customer: User, *, coin: str = "") -> QuerySet[FiatDeposit]:
    """What was credited to the customer, each with its `standing` and `reversed_at`: when it was undone, if it was.

    What officers only propose is nobody's yet.
    """
    undone = FiatReversal.objects.filter(deposit=OuterRef("pk"), state=PairState.DONE).values("finished_at")
    rows = FiatDeposit.objects.filter(customer=customer, state=PairState.DONE).select_related("coin")
    if coin:
        rows = rows.filter(coin__code=coin)
    standing = Case(When(reversed_at__isnull=False, then=Value(REVERSED)), default=Value(CREDITED))
    return rows.annotate(reversed_at=Subquery(undone)).annotate(standing=standing)


def get(*, customer: User, public_id: Any) -> FiatDeposit:
    """The customer's credited deposit of that id. Raises Absent, for another's id as for none."""
    number = read_public_id(public_id)
    found = None if number is None else of_customer(customer).filter(public_id=number).first()
    if found is None:
        raise Absent(thing="fiat deposit")
    return found


def accounts_for(customer: User, *, coin: str = "") -> list[PayInto]:
    """Our accounts that take fiat money now, of one coin where it is named.

    Raises UnknownCoin, NotForSubAccounts, NotEntitled.
    """
    named = coins.get(coin) if coin else None
    entitlements.require(customer, entitlements.Act.DEPOSIT_FIAT)
    rows = nostro.opened(named)
    networks = CoinNetwork.objects.select_related("coin", "network").filter(network__code=BANK)
    carried = {row.coin_id for row in networks if addresses.is_open(row)}
    return [PayInto(account=row, remark=str(customer.uid)) for row in rows if row.coin_id in carried]
