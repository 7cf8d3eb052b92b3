"""`manage.py bench NAME`: measure against a reference in the same run. Each app lists its benchmarks in `<app>/bench.py`."""

from __future__ import annotations

import json
import random
import statistics
import time
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.core.management.base import CommandParser
from django.db import connection
from tqdm import tqdm

from config.kit.bench import Bench, Comparison, Setting
from config.kit.commands import ConsoleCommand

MEASURED = ("quartile_ms", "median_ms", "upper_quartile_ms", "ratio")
VARIATION_MAX = 0.25
"""Where the reference itself varies by more, the machine was too busy for a verdict."""


@dataclass(frozen=True)
class Verdict:
    """All rounds of one measurement."""

    rounds: list[dict[str, float]]
    minimum: float
    median: float
    maximum: float
    reference_variation: float
    goal: float
    verdict: str


class Command(ConsoleCommand):
    """Runs in a database of its own, which is dropped afterwards: a ledger takes nothing back."""

    help = "Measure: rounds of the reference and of ours in turn; the ratio of each round counts."
    example = "bench signed-read --rounds 7"

    def add_arguments(self, parser: CommandParser) -> None:
        """What, and how long."""
        parser.add_argument("name", choices=sorted(benches()))
        parser.add_argument("--rounds", type=int, default=7)
        parser.add_argument("--seconds", type=float, default=2.0, help="of each measurement")
        parser.add_argument("--clients", type=int, default=4)
        parser.add_argument("--samples", type=int, default=300, help="of each kind, where times are compared")
        parser.add_argument("--json", action="store_true", help="print JSON for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        """Prepare, measure, report, drop."""
        bench = benches()[options["name"]](Setting(seconds=options["seconds"], clients=options["clients"]))
        name = connection.settings_dict["NAME"]
        connection.settings_dict["TEST"]["NAME"] = f"{name}_bench"
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=None)
        try:
            bench.prepare()
            if isinstance(bench, Comparison):
                self._compare(bench, options)
                return
            verdict = self._measure(bench, options)
        finally:
            connection.creation.destroy_test_db(name, verbosity=0)
        report = {"bench": options["name"], "unit": bench.unit, "reference": bench.reference_name, **vars(verdict)}
        self.stdout.write(json.dumps(report, indent=2) if options["json"] else _text(report))

    def _compare(self, bench: Comparison, options: dict[str, Any]) -> None:
        """One sample of each kind in turn, in an order drawn anew each time, so that the machine's moods fall on all."""
        report: dict[str, dict[str, Any]] = {}
        for door, kinds in bench.doors().items():
            times: dict[str, list[float]] = {kind: [] for kind in kinds}
            for sample in tqdm(range(options["samples"]), desc=door, disable=True if options["json"] else None):
                for kind in random.sample(list(kinds), len(kinds)):
                    begun = time.perf_counter()
                    kinds[kind](sample)
                    times[kind].append((time.perf_counter() - begun) * 1000)
            report[door] = _compared(times)
            for kind, found in bench.facts().get(door, {}).items():
                report[door][kind] |= found
        self.stdout.write(json.dumps(report, indent=2) if options["json"] else _compared_text(report))

    def _measure(self, bench: Bench, options: dict[str, Any]) -> Verdict:
        rounds = []
        for _ in tqdm(range(options["rounds"]), unit="round", disable=True if options["json"] else None):
            reference, ours = bench.reference(), bench.ours()
            rounds.append({"reference": round(reference, 1), "ours": round(ours, 1), "ratio": round(ours / reference, 3)})
        ratios = [one["ratio"] for one in rounds]
        references = [one["reference"] for one in rounds]
        variation = (max(references) - min(references)) / statistics.median(references)
        median = statistics.median(ratios)
        reached = "reached" if median >= bench.goal else "not reached"
        return Verdict(
            rounds=rounds,
            minimum=min(ratios),
            median=median,
            maximum=max(ratios),
            reference_variation=round(variation, 3),
            goal=bench.goal,
            verdict=reached if variation <= VARIATION_MAX else "none: the reference varied too much",
        )


def benches() -> dict[str, type[Bench]]:
    """Every benchmark by name."""
    found: dict[str, type[Bench]] = {}
    for app in apps.get_app_configs():
        if app.name.partition(".")[0] in {"wallet", "accounts", "kyc", "apikeys", "messaging"} and find_spec(
            f"{app.name}.bench"
        ):
            found.update(import_module(f"{app.name}.bench").BENCHES)
    return found


def _compared(times: dict[str, list[float]]) -> dict[str, Any]:
    """Median and quartiles of each kind in ms, and the ratio of its median to the first one's."""
    first = statistics.median(next(iter(times.values())))
    told = {}
    for kind, all_of_them in times.items():
        low, median, high = statistics.quantiles(all_of_them, n=4)
        told[kind] = {
            "quartile_ms": round(low, 2),
            "median_ms": round(median, 2),
            "upper_quartile_ms": round(high, 2),
            "ratio": round(median / first, 3),
        }
    return told


def _compared_text(report: dict[str, dict[str, Any]]) -> str:
    lines = [f"{'door':<20}{'name':<12}{'median ms':>10}{'quartiles':>18}{'ratio':>8}"]
    for door, kinds in report.items():
        for kind, told in kinds.items():
            spread = f"{told['quartile_ms']}-{told['upper_quartile_ms']}"
            more = "".join(f"  {name} {value}" for name, value in told.items() if name not in MEASURED)
            lines.append(f"{door:<20}{kind:<12}{told['median_ms']:>10}{spread:>18}{told['ratio']:>8}{more}")
    return "\n".join(lines)


def _text(report: dict[str, Any]) -> str:
    lines = [f"{'round':>5}{report['reference'][:20]:>22}{'ours':>12}{'ratio':>9}   ({report['unit']})"]
    for number, one in enumerate(report["rounds"], start=1):
        lines.append(f"{number:>5}{one['reference']:>22}{one['ours']:>12}{one['ratio']:>9}")
    lines.append(f"ratio: min {report['minimum']}, median {report['median']}, max {report['maximum']}; goal {report['goal']}")
    lines.append(f"reference varied by {report['reference_variation']:.0%}; verdict: {report['verdict']}")
    return "\n".join(lines)
