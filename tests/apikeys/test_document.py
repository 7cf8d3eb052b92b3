"""The published examples of native signing, run as they stand against a live server."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from apikeys.services.schemes.common import hmac_sha256
from tests.apikeys import people
from tests.apikeys.test_signing import PUBLISHED, SECRET

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "dialects" / "native-signing.md"


def block(language: str) -> str:
    found = re.findall(rf"```{language}\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    assert len(found) == 1
    return found[0]


def test_the_vector_of_the_document_holds():
    assert hmac_sha256(SECRET.encode(), block("text").rstrip("\n").encode()) == PUBLISHED
    assert PUBLISHED in DOCUMENT.read_text()
    assert SECRET in DOCUMENT.read_text()


@pytest.mark.parametrize("language", ["sh", "python"])
def test_the_example_reads_the_balances(live_server, real_db, language, tmp_path):
    if language == "sh" and not (shutil.which("curl") and shutil.which("openssl")):
        pytest.skip("curl and openssl are not installed")
    issued = people.issue(people.customer())
    script = tmp_path / "example"
    script.write_text(block(language))
    environment = {
        "PATH": os.environ["PATH"],
        "API_URL": live_server.url,
        "API_KEY": issued.api_key.key,
        "API_SECRET": issued.secret,
        "no_proxy": "*",
    }
    runner = ["sh"] if language == "sh" else [sys.executable]
    done = subprocess.run([*runner, str(script)], env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr + done.stdout
    assert '"results"' in done.stdout or done.stdout.startswith("[")
