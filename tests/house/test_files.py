"""Rules of the house that no linter knows."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILE_LINES_MAX = 300
FUNCTION_LINES_MAX = 40
TEXT = {
    ".py",
    ".md",
    ".toml",
    ".html",
    ".txt",
    ".sql",
    ".sh",
    ".lock",
    ".yaml",
    ".yml",
    ".json",
    ".css",
    ".js",
    ".po",
    ".vy",
    "",
}
OURS = {"config", "accounts", "kyc", "wallet", "messaging", "apikeys"}
TOP_LEVEL = OURS | {
    "manage.py",
    "pyproject.toml",
    "templates",
    "tests",
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "Makefile",
    "docs",
    "deploy",
    "locale",
    ".ci",
    "requirements",
    ".gitignore",
    ".dockerignore",
}
ENVIRONMENT_READERS = {
    "config/environment.py": "reads for config.settings",
    "config/wsgi.py": "names the settings before they can be read",
    "config/asgi.py": "names the settings before they can be read",
    "config/celery.py": "names the settings before they can be read",
    "deploy/gunicorn.py": "makes the folder in which processes count together before anything counts",
    "manage.py": "names the settings before they can be read",
}
READERS_BEFORE_SETTINGS = ("config/embedded/", "tests/")


def tracked() -> list[Path]:
    answer = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if answer.returncode:
        pytest.skip("not a git work tree")
    return [ROOT / name for name in answer.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def python_files() -> list[Path]:
    return [path for path in tracked() if path.suffix == ".py"]


def test_no_file_is_longer_than_its_limit():
    long = {
        named(path): lines
        for path in python_files()
        if "/migrations/" not in named(path) and (lines := path.read_text().count("\n")) > FILE_LINES_MAX
    }
    assert long == {}


def test_no_function_is_longer_than_its_limit():
    long: list[str] = []
    for path in python_files():
        if named(path).startswith("tests/") or "/migrations/" in named(path):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > FUNCTION_LINES_MAX:
                    long.append(f"{named(path)}:{node.lineno} {node.name} {lines}")
    assert long == []


def test_only_settings_read_the_environment():
    pattern = re.compile(r"\bos\.(environ|getenv|putenv)\b|from os import .*(environ|getenv)")
    readers = [
        named(path)
        for path in python_files()
        if pattern.search(path.read_text())
        and named(path) not in ENVIRONMENT_READERS
        and not named(path).startswith(READERS_BEFORE_SETTINGS)
    ]
    assert readers == []


def test_no_tracked_file_names_a_registry_or_a_place_on_somebodys_machine():
    hosts = ("pypi" + ".org", "pythonhosted" + ".org", "npmjs" + ".org", "registry" + ".yarn")
    places = ("/ro" + "ot/", "/home" + "/", "/Us" + "ers/", "/wo" + "rk/")
    pattern = re.compile("|".join(re.escape(word) for word in hosts + places))
    found = [
        f"{named(path)}: {match.group()}"
        for path in tracked()
        if path.suffix in TEXT and (match := pattern.search(path.read_text(errors="replace")))
    ]
    assert found == []


def test_the_lock_pins_every_package_by_hash():
    for lock in (ROOT / "requirements").glob("*.lock"):
        blocks = re.split(r"\n(?=[A-Za-z0-9])", lock.read_text().strip())
        assert blocks
        for block in blocks:
            if not block.startswith("#"):
                assert re.match(r"[A-Za-z0-9._\[\]-]+==\S+", block), block[:80]
                assert "--hash=sha256:" in block, block[:80]


def test_everything_at_the_top_has_its_place():
    assert {named(path).split("/")[0] for path in tracked()} <= TOP_LEVEL


def test_a_silenced_complaint_says_why():
    bare = re.compile(r"#\s*(noqa(?::\s*[A-Z0-9, ]+)?|type: ignore(?:\[[^]]*\])?|pragma: no cover|nosec)\s*$")
    silent = [
        f"{named(path)}:{number}"
        for path in python_files()
        if path != Path(__file__)
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if bare.search(line)
    ]
    assert silent == []


def test_nothing_is_left_for_later():
    pattern = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")
    left = [
        named(path)
        for path in tracked()
        if path.suffix in TEXT - {".lock", ".json"} and pattern.search(path.read_text(errors="replace"))
    ]
    assert left == []


def test_every_app_has_its_errors_and_its_entry():
    for app in OURS - {"config"}:
        assert (ROOT / app / "apps.py").is_file(), app
        assert (ROOT / app / "errors.py").is_file() or (ROOT / app / "errors" / "__init__.py").is_file(), app
