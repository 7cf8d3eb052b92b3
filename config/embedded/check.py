"""`make check`: everything that has to hold before a change goes in, in the order of its price."""

from __future__ import annotations

import os
import subprocess
import sys
import time

from config.embedded.console import say
from config.embedded.places import Places, here
from config.embedded.suite import pytest_command


def checks(places: Places) -> list[tuple[str, list[str]]]:
    """Each check with its command."""
    python = str(places.python)
    schema = str(places.run / "schema.yaml")
    return [
        ("format", [python, "-m", "ruff", "format", "--check", "."]),
        ("lint", [python, "-m", "ruff", "check", "."]),
        ("import rules", [python, "-c", "from importlinter.cli import lint_imports_command as lint; lint()"]),
        ("types", [python, "-m", "mypy", "."]),
        ("Django", [python, "manage.py", "check", "--fail-level", "WARNING"]),
        ("migrations", [python, "manage.py", "makemigrations", "--check", "--dry-run"]),
        (
            "API description",
            [
                python,
                "manage.py",
                "spectacular",
                "--urlconf",
                "config.dialects.native.urls_mounted",
                "--validate",
                "--fail-on-warn",
                "--file",
                schema,
            ],
        ),
        ("tests", pytest_command(places, [])),
    ]


def main() -> int:
    """Run them all, even after one failed; 0 where all hold."""
    places = here()
    failed: list[str] = []
    for name, command in checks(places):
        began = time.monotonic()
        say(f"\n=== {name}")
        code = subprocess.run(command, cwd=places.root, stdin=subprocess.DEVNULL, check=False, env=os.environ).returncode
        say(f"=== {name}: {'ok' if code == 0 else f'FAILED ({code})'} after {time.monotonic() - began:.1f} s")
        if code:
            failed.append(name)
    say(f"\n{'All checks hold' if not failed else 'Failed: ' + ', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
