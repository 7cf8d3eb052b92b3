"""The commands of `python3 -m config.embedded`, in two stages: any Python first, then the one of `.venv`."""

from __future__ import annotations

import os
import sys

from config.embedded import installation
from config.embedded.console import Failure, complain, say
from config.embedded.places import Places, here

USAGE = "usage: python3 -m config.embedded run | test [pytest's arguments] | with COMMAND… | install"
INSIDE = "QUAESTOR_INSIDE"
"""Set for the second stage, so that it does not look for a Python again."""


def main(arguments: list[str]) -> int:
    """Carry out a command; its exit code. A Failure is told in one line, and 1."""
    command, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    try:
        places = here()
        if command not in {"run", "test", "with", "install"}:
            complain(USAGE)
            return 2
        places.prepare()
        if os.environ.pop(INSIDE, "") != str(places.root):
            _hand_over(places, arguments)
        return _inside(places, command, rest)
    except Failure as failure:
        complain(f"quaestor: {failure}")
        return 1
    except KeyboardInterrupt:
        return 130


def _hand_over(places: Places, arguments: list[str]) -> None:
    """Become the Python of the virtual environment.

    It and all that it starts keep their compiled modules in `var/`, whatever the person's own Pythons do: compiling is
    two thirds of the start of each of the many processes, and the sources' directories stay clean.
    """
    python = installation.ensure(places)
    os.chdir(places.root)
    sys.stdout.flush()
    values = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    values |= {INSIDE: str(places.root), "PYTHONPYCACHEPREFIX": str(places.bytecode)}
    os.execve(python, [str(python), "-m", "config.embedded", *arguments], values)


def _inside(places: Places, command: str, rest: list[str]) -> int:
    if command == "install":
        say(f"{places.venv} holds what requirements/development.lock asks for")
        return 0
    if command == "run":
        from config.embedded.launch import run  # needs packages of the virtual environment

        return run(places)
    if command == "test":
        from config.embedded.suite import test  # needs packages of the virtual environment

        return test(places, rest)
    from config.embedded.suite import with_database  # needs packages of the virtual environment

    return with_database(places, rest)
