"""A state table that can't be right refuses to be declared."""

from __future__ import annotations

from typing import Any

import pytest

from config.kit.flow import Flow, IllegalMove

GOOD: dict[str, Any] = {
    "states": ["draft", "sent", "done", "gone"],
    "start": "draft",
    "moves": {"draft": ["sent", "gone"], "sent": ["done", "draft"]},
    "ends": ["done", "gone"],
}


def test_only_declared_moves_are_allowed_and_every_other_pair_is_refused() -> None:
    flow = Flow("paper", **GOOD)
    allowed = {("draft", "sent"), ("draft", "gone"), ("sent", "done"), ("sent", "draft")}
    for state in GOOD["states"]:
        for target in GOOD["states"]:
            if (state, target) in allowed:
                flow.check(state, target)
            else:
                assert (state, target) in flow.illegal()
                with pytest.raises(IllegalMove) as refusal:
                    flow.check(state, target)
                assert refusal.value.facts == {"flow": "paper", "state": state, "target": target}


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"start": "nowhere"}, "not among the states"),
        ({"moves": {"draft": ["sent"], "sent": ["done"]}}, "never reached"),
        ({"moves": {**GOOD["moves"], "done": ["draft"]}}, "ends with an exit"),
        ({"ends": ["done"]}, "no exit"),
        ({"states": [*GOOD["states"], "extra"]}, "no exit"),
        ({"moves": {"draft": ["sent", "gone", "done", "loop"], "sent": ["done"], "loop": ["loop"]},
          "states": [*GOOD["states"], "loop"]}, "can't end"),
    ],
)  # fmt: skip
def test_a_wrong_table_is_refused_when_declared(change: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        Flow("paper", **{**GOOD, **change})
