"""State tables. A Flow is checked when it is declared and is the only place that knows what follows what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from config.kit.errors import DomainError, Kind


class IllegalMove(DomainError):
    """The thing is not in a state from which this move leads on."""

    slug = "flow.illegal_move"
    kind = Kind.CONFLICT
    message = "A {flow} in the state {state} can't become {target}."
    flow: str
    state: str
    target: str


class Flow:
    """A checked state table.

    `states` are all the words, `start` the one a new thing has, `moves` what may follow each state, `ends` the
    states without an exit. Declaring raises ValueError unless there is one start, every state can be reached from it,
    ends (and only they) have no exits, and every end can be reached from every state that is not one.
    """

    def __init__(
        self, name: str, *, states: Iterable[str], start: str, moves: Mapping[str, Iterable[str]], ends: Iterable[str]
    ) -> None:
        self.name = name
        self.states = frozenset(str(state) for state in states)
        self.start = str(start)
        self.moves = {str(state): frozenset(str(n) for n in nexts) for state, nexts in moves.items()}
        self.ends = frozenset(str(end) for end in ends)
        self._check_table()

    def _check_table(self) -> None:
        named = set(self.moves) | {n for nexts in self.moves.values() for n in nexts} | self.ends | {self.start}
        if unknown := named - self.states:
            raise ValueError(f"{self.name}: not among the states: {sorted(unknown)}")
        if with_exit := {end for end in self.ends if self.moves.get(end)}:
            raise ValueError(f"{self.name}: ends with an exit: {sorted(with_exit)}")
        if stuck := {state for state in self.states - self.ends if not self.moves.get(state)}:
            raise ValueError(f"{self.name}: no exit, yet not an end: {sorted(stuck)}")
        if unreachable := self.states - self._reachable(self.start):
            raise ValueError(f"{self.name}: never reached: {sorted(unreachable)}")
        if endless := {state for state in self.states if self.ends and not self._reachable(state) & self.ends}:
            raise ValueError(f"{self.name}: can't end: {sorted(endless)}")

    def _reachable(self, state: str) -> set[str]:
        seen = {state}
        todo = [state]
        while todo:
            for following in self.moves.get(todo.pop(), frozenset()) - seen:
                seen.add(following)
                todo.append(following)
        return seen

    def allows(self, state: str, target: str) -> bool:
        """Whether `target` may follow `state`."""
        return str(target) in self.moves.get(str(state), frozenset())

    def check(self, state: str, target: str) -> None:
        """Promise that `target` may follow `state`. Raises IllegalMove."""
        if not self.allows(state, target):
            raise IllegalMove(flow=self.name, state=str(state), target=str(target))

    def next(self, state: str) -> frozenset[str]:
        """The states that may follow `state`."""
        return self.moves.get(str(state), frozenset())

    def illegal(self) -> list[tuple[str, str]]:
        """Every pair that the table refuses; tests try each of them."""
        return sorted((a, b) for a in self.states for b in self.states if not self.allows(a, b))
