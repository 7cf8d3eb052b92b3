"""Coins, the networks they travel over, and how each network carries each coin."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q

from config.kit.money import AMOUNT_DIGITS, AMOUNT_PLACES

CODE_CHARACTERS_MAX = 16
NETWORK_CODE_CHARACTERS_MAX = 32
NETWORK_NAME_CHARACTERS_MAX = 64
ADDRESS_CHARACTERS_MAX = 128
REASON_CHARACTERS_MAX = 500


class CoinKind(models.TextChoices):
    """What a coin is."""

    CRYPTO = "crypto", "crypto"
    FIAT = "fiat", "fiat"


class NetworkKind(models.TextChoices):
    """By which family of rules a network is spoken to."""

    BITCOIN = "bitcoin", "Bitcoin and its kin"
    EVM = "evm", "Ethereum virtual machine"
    TRON = "tron", "Tron"
    BANK = "bank", "bank"


class Coin(models.Model):
    """A unit that the books are kept in. Its scale is the finest of its networks; code and scale never change."""

    id = models.BigAutoField(primary_key=True)
    code = models.CharField(max_length=CODE_CHARACTERS_MAX, unique=True)
    name = models.CharField(max_length=64)
    kind = models.CharField(max_length=8, choices=CoinKind.choices)
    scale = models.PositiveSmallIntegerField()
    """Decimal places of the smallest unit that the books hold."""
    is_enabled = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)
    """Place in lists."""
    withdrawals_stopped_because = models.CharField(max_length=REASON_CHARACTERS_MAX, blank=True, default="")
    """Not empty: nothing leaves in this coin until an operator clears it. The audit of the books writes here."""

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(scale__lte=AMOUNT_PLACES), name="coin_scale_fits"),
            models.CheckConstraint(condition=Q(code__regex=r"^[A-Z0-9]{2,16}$"), name="coin_code_plain"),
            models.CheckConstraint(condition=Q(kind__in=CoinKind.values), name="coin_kind_known"),
        ]

    def __str__(self) -> str:
        return self.code


class Network(models.Model):
    """A way by which coins come in and go out."""

    id = models.BigAutoField(primary_key=True)
    code = models.CharField(max_length=NETWORK_CODE_CHARACTERS_MAX, unique=True)
    name = models.CharField(max_length=NETWORK_NAME_CHARACTERS_MAX, unique=True)
    kind = models.CharField(max_length=8, choices=NetworkKind.choices)
    is_enabled = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=r"^[A-Z0-9_]{2,32}$"), name="network_code_plain"),
            models.CheckConstraint(condition=Q(kind__in=NetworkKind.values), name="network_kind_known"),
        ]

    def __str__(self) -> str:
        return self.code


def _amount(**words: object) -> models.DecimalField[Decimal, Decimal]:
    return models.DecimalField(max_digits=AMOUNT_DIGITS, decimal_places=AMOUNT_PLACES, **words)  # type: ignore[arg-type]  # passed on


class CoinNetwork(models.Model):
    """How one network carries one coin. Amounts are in the coin's own unit. Closed unless opened."""

    id = models.BigAutoField(primary_key=True)
    coin = models.ForeignKey(Coin, on_delete=models.PROTECT, related_name="networks")
    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="coins")
    scale = models.PositiveSmallIntegerField()
    """Decimal places on the network; never finer than the coin (a trigger compares)."""
    contract_address = models.CharField(max_length=ADDRESS_CHARACTERS_MAX, blank=True, default="")
    """Where the coin is a token of the network; empty for the network's own coin."""
    confirmations = models.PositiveIntegerField()
    """Blocks, the transaction's own counted, after which a transfer is final for us."""
    memo_required = models.BooleanField(default=False)
    deposit_minimum = _amount(default=Decimal(0))
    withdrawal_minimum = _amount()
    withdrawal_fee = _amount()
    is_enabled = models.BooleanField(default=False)
    is_deposit_open = models.BooleanField(default=False)
    is_withdrawal_open = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["coin", "network"], name="coin_network_once"),
            models.CheckConstraint(condition=Q(scale__lte=AMOUNT_PLACES), name="coin_network_scale_fits"),
            models.CheckConstraint(condition=Q(confirmations__gte=1), name="coin_network_confirmations_positive"),
            models.CheckConstraint(
                condition=Q(deposit_minimum__gte=0, withdrawal_minimum__gt=0, withdrawal_fee__gte=0),
                name="coin_network_amounts_sane",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.coin_id}/{self.network_id}"
