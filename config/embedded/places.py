"""Where things lie. All that running writes is under `var/` and `.venv/`."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from config.embedded.console import Failure

ROOT = Path(__file__).resolve().parent.parent.parent
FREE_BYTES_MIN = 500 * 1024 * 1024
"""Room that a start needs: a new PostgreSQL cluster takes about 50 MB, its log and the uploads the rest."""
INSTALL_BYTES_MIN = 1200 * 1024 * 1024
"""Room that the virtual environment needs beside it."""
SOCKET_PATH_BYTES_MAX = 90
"""Bytes of a socket directory at most: the kernel allows 107 for the whole name, `/.s.PGSQL.5432` included."""


@dataclass(frozen=True)
class Places:
    """Directories of one installation."""

    root: Path
    var: Path

    @property
    def venv(self) -> Path:
        """The virtual environment."""
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        """The Python of the virtual environment."""
        return self.venv / "bin" / "python"

    @property
    def run(self) -> Path:
        """Locks, ports and pids."""
        return self.var / "run"

    @property
    def logs(self) -> Path:
        """One log for each process."""
        return self.var / "log"

    @property
    def bytecode(self) -> Path:
        """Compiled modules, of the packages too: what is missing here is compiled again."""
        return self.var / "bytecode"

    @property
    def secrets(self) -> Path:
        """What development draws for itself, readable by nobody else."""
        return self.var / "secrets"

    @property
    def key(self) -> str:
        """A short name of this installation for places outside it."""
        return hashlib.sha256(str(self.var).encode()).hexdigest()[:10]

    def prepare(self) -> None:
        """Make what is missing. Raises Failure where `var/` can't be written or the disk is full."""
        try:
            for directory in (self.var, self.run, self.logs, self.secrets, self.var / "static"):
                directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            probe = self.run / f"probe-{os.getpid()}"
            probe.write_bytes(b"\0" * 65536)
            probe.unlink()
        except PermissionError as error:
            raise Failure(f"{error.filename} belongs to another user: {ownership(self.var)}") from error
        except OSError as error:
            raise Failure(f"{self.var} can't be written: {error.strerror}") from error
        require_room(self.var, FREE_BYTES_MIN)

    def private_directory(self) -> Path:
        """A directory of mode 0700 with a name short and plain enough for a socket."""
        inside = self.run / "pg"
        text = str(inside)
        if len(text.encode()) <= SOCKET_PATH_BYTES_MAX and text.replace("/", "").replace("-", "").replace("_", "").isalnum():
            inside.mkdir(mode=0o700, exist_ok=True)
            return inside
        return owned_directory(Path(tempfile.gettempdir()), f"quaestor-{os.getuid()}-{self.key}")


def here() -> Places:
    """This installation; QUAESTOR_VAR moves its `var/`."""
    return Places(ROOT, Path(os.environ.get("QUAESTOR_VAR") or ROOT / "var").resolve())


def owned_directory(parent: Path, name: str, *, mode: int = 0o700) -> Path:
    """`parent/name`, written by us alone. Raises Failure where somebody else was there first."""
    directory = parent / name
    directory.mkdir(mode=mode, exist_ok=True)
    found = directory.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise Failure(f"{directory} belongs to another user; remove it and try again")
    directory.chmod(mode)
    return directory


def ownership(path: Path) -> str:
    """What to do about a `var/` of another user."""
    return f"run as the user who owns {path}, remove it, or set QUAESTOR_VAR to a directory of your own"


def require_room(path: Path, needed: int) -> None:
    """Raise Failure where the file system of `path` has less than `needed` bytes left."""
    free = shutil.disk_usage(path).free
    if free < needed:
        raise Failure(f"the disk of {path} is too full: {free // 2**20} MB are free, {needed // 2**20} MB are needed")


@contextmanager
def locked(path: Path, *, shared: bool = False) -> Iterator[None]:
    """Hold an advisory lock; the kernel gives it back even after kill -9."""
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
        yield
