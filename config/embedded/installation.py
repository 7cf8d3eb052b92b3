"""The virtual environment: made once, filled from the hash-pinned lock, touched again only when the lock changes."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from config.embedded.console import Failure, Steps, say, tail
from config.embedded.places import INSTALL_BYTES_MIN, Places, locked, require_room

STAMP = "quaestor-lock.sha256"
INSTALL_SECONDS_MAX = 1200
CONFINED = {"av", "cv2", "numpy", "PIL", "pypdfium2", "pypdfium2_raw"}


def ensure(places: Places) -> Path:
    """The Python of a virtual environment that holds exactly the lock. Raises Failure saying why it can't be had."""
    lock = places.root / "requirements" / "development.lock"
    wanted = _fingerprint(lock)
    if _stamp(places) == wanted and _works(places.python):
        return places.python
    with locked(places.run / "install.lock"):
        if _stamp(places) == wanted and _works(places.python):
            return places.python
        _install(places, lock)
        _compile(places)
        (places.venv / STAMP).write_text(wanted)
    return places.python


def _install(places: Places, lock: Path) -> None:
    steps = Steps()
    say("Installing (only when the lock has changed)")
    require_room(places.root, INSTALL_BYTES_MIN)
    uv = shutil.which("uv")
    if not _works(places.python):
        _make_venv(places, uv)
        steps.done("virtual environment")
    installer = [uv, "pip"] if uv else _uv_inside(places)
    if installer:
        command = [*installer, "install", "--quiet", "--python", str(places.python), "--require-hashes", "-r", str(lock)]
        if _run(command).returncode == 0:
            steps.done("packages of requirements/development.lock, by uv")
            return
        say("  uv could not install; trying pip")
    if not _has_pip(places):
        raise Failure(
            "neither uv nor pip could install the packages; is there a network, or a package index configured for uv?"
        )
    pip = [str(places.python), "-m", "pip", "--disable-pip-version-check"]
    answer = _run([*pip, "install", "--quiet", "--require-hashes", "-r", str(lock)])
    if answer.returncode:
        raise Failure(f"the packages could not be installed; is there a network, or a package index?\n{tail(answer.stderr)}")
    steps.done("packages of requirements/development.lock, by pip")


def _compile(places: Places) -> None:
    """Compile what only the confined readers of files import, and may not keep. Where it fails they are slower, no more."""
    found = [str(path) for path in places.venv.glob("lib/python*/site-packages/*") if path.name in CONFINED]
    _run([str(places.python), "-X", f"pycache_prefix={places.bytecode}", "-m", "compileall", "-q", "-x", "/tests/", *found])


def _make_venv(places: Places, uv: str | None) -> None:
    if places.venv.exists():
        shutil.rmtree(places.venv)
    base = getattr(sys, "_base_executable", None) or sys.executable
    if uv and _run([uv, "venv", "--quiet", "--python", base, str(places.venv)]).returncode == 0:
        return
    answer = _run([base, "-m", "venv", str(places.venv)])
    if answer.returncode:
        hint = "on Debian and Ubuntu: apt install python3-venv; or put uv on the path"
        raise Failure(f"a virtual environment could not be made ({hint})\n{tail(answer.stdout + answer.stderr)}")


def _uv_inside(places: Places) -> list[str] | None:
    """Uv installed into the environment from its own pinned lock, or None where that fails."""
    uv = places.venv / "bin" / "uv"
    lock = places.root / "requirements" / "installer.lock"
    if not uv.exists():
        _run(
            [
                str(places.python),
                "-m",
                "pip",
                "--disable-pip-version-check",
                "install",
                "-q",
                "--require-hashes",
                "-r",
                str(lock),
            ]
        )
    return [str(uv), "pip"] if uv.exists() else None


def _has_pip(places: Places) -> bool:
    return _run([str(places.python), "-m", "pip", "--version"]).returncode == 0


def _works(python: Path) -> bool:
    return python.exists() and _run([str(python), "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]).returncode == 0


def _stamp(places: Places) -> str:
    try:
        return (places.venv / STAMP).read_text()
    except OSError:
        return ""


def _fingerprint(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name not in {"VIRTUAL_ENV", "PYTHONHOME"}}
    try:
        return subprocess.run(
            command,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            env=environment,
            timeout=INSTALL_SECONDS_MAX,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return subprocess.CompletedProcess(command, 1, "", str(error))
