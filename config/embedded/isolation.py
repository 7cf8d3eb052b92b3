"""PostgreSQL refuses to run as root. As root it runs in a user namespace of its own, else as nobody; else as it is."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from config.embedded.binaries import Binaries
from config.embedded.console import Failure
from config.embedded.places import Places, owned_directory

NOBODY = 65534
NAMESPACE = ["unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}"]
DROPPED = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]


class Kind(StrEnum):
    """How PostgreSQL is kept from being root."""

    PLAIN = "plain"
    NAMESPACE = "namespace"
    DROPPED = "dropped"


@dataclass(frozen=True)
class Isolation:
    """What stands before a PostgreSQL program, and where its files lie."""

    prefix: list[str]
    data: Path
    sockets: Path
    binaries: Binaries

    def command(self, program: str, *arguments: str, dies_with_parent: bool = False) -> list[str]:
        """The command line of one of PostgreSQL's programs."""
        guard = ["setpriv", "--pdeathsig", "INT"] if dies_with_parent and _works(["setpriv", "--pdeathsig", "INT"]) else []
        return [*self.prefix, *guard, str(self.binaries.directory / program), *arguments]


def choose() -> Kind:
    """What this machine and user allow. Raises Failure where root can't give its rights up."""
    if os.geteuid() != 0:
        return Kind.PLAIN
    if _works(NAMESPACE):
        return Kind.NAMESPACE
    if _works(DROPPED):
        return Kind.DROPPED
    raise Failure(
        "PostgreSQL does not run as root, and neither unshare nor setpriv works here: use a plain user or set DATABASE_URL"
    )


def isolate(places: Places, kind: Kind, binaries: Binaries) -> Isolation:
    """Make the directories that the kind needs."""
    if kind is Kind.PLAIN:
        return Isolation([], places.var / "pg", places.private_directory(), binaries)
    if kind is Kind.NAMESPACE:
        return Isolation(NAMESPACE, places.var / "pg", places.private_directory(), binaries)
    home = owned_directory(Path("/var/tmp"), f"quaestor-{places.key}", mode=0o711)  # noqa: S108  # kept over restarts; checked
    for name in ("pg", "socket"):
        (home / name).mkdir(mode=0o700, exist_ok=True)
        os.chown(home / name, NOBODY, NOBODY)
    return Isolation(DROPPED, home / "pg", home / "socket", _readable(binaries, home / "programs"))


def data_directory(places: Places, kind: Kind) -> Path:
    """Where the data of this kind lie."""
    return Path("/var/tmp") / f"quaestor-{places.key}" / "pg" if kind is Kind.DROPPED else places.var / "pg"  # noqa: S108  # a private folder of our own is made below it


def _readable(binaries: Binaries, programs: Path) -> Binaries:
    """The programs where nobody may read them: a virtual environment below /root is closed to all others."""
    tree = binaries.movable_tree
    if not tree:
        return binaries
    if not programs.exists():
        fresh = programs.with_name(f"programs-{os.getpid()}")
        for directory in tree:
            if directory.exists():
                shutil.copytree(
                    directory, fresh / directory.name, ignore=shutil.ignore_patterns("*.py", "*.pyc", "__pycache__")
                )
        for folder, _, _ in os.walk(fresh):
            Path(folder).chmod(0o755)
        fresh.replace(programs)
    return Binaries(programs / binaries.directory.relative_to(tree[0].parent), binaries.major)


def _works(prefix: list[str]) -> bool:
    try:
        answer = subprocess.run([*prefix, "true"], capture_output=True, timeout=10, check=False)
    except (OSError, subprocess.SubprocessError):
        return False
    return answer.returncode == 0
