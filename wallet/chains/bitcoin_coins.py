"""Choosing which unspent outputs pay. Pure: the same outputs give the same choice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from wallet.chains.bitcoin_payload import DUST_SATOSHI, INPUTS_MAX, SCALE, virtual_size
from wallet.chains.gateway import Output


@dataclass(frozen=True, slots=True)
class Choice:
    """The outputs to spend, and what comes back. Amounts in satoshi."""

    outputs: tuple[Output, ...]
    change: int
    """0 where it would be dust: the network keeps it then."""
    fee: int


def choose(spendable: Sequence[Output], *, scripts: Sequence[bytes], own: bytes, units: int, rate: Decimal) -> Choice | None:
    """Outputs that pay `units` satoshi to these scripts at `rate` satoshi for each virtual byte; None where they can't.

    The smallest single output that does; else the largest ones, as few as do. Few inputs cost little, and a wallet that
    spends its largest outputs when it must keeps the small ones for small payments.
    """
    ordered = sorted(spendable, key=lambda output: (output.amount, output.tx_hash, output.index))
    for output in ordered:
        if made := _made([output], scripts, own, units, rate):
            return made
    taken: list[Output] = []
    for output in reversed(ordered[-INPUTS_MAX:]):
        taken.append(output)
        if made := _made(taken, scripts, own, units, rate):
            return made
    return None


def _made(outputs: Sequence[Output], scripts: Sequence[bytes], own: bytes, units: int, rate: Decimal) -> Choice | None:
    worth = sum(satoshi(output) for output in outputs)
    with_change = _fee(len(outputs), [*scripts, own], rate)
    change = worth - units - with_change
    if change >= DUST_SATOSHI:
        return Choice(tuple(outputs), change, with_change)
    fee = worth - units
    return Choice(tuple(outputs), 0, fee) if fee >= _fee(len(outputs), scripts, rate) else None


def _fee(inputs: int, scripts: Sequence[bytes], rate: Decimal) -> int:
    return int(-((-rate * virtual_size(inputs, scripts)) // 1))


def satoshi(output: Output) -> int:
    """What an output is worth."""
    return int(output.amount.scaleb(SCALE))
