"""The published examples of native signing, run as they stand against a live server."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from apikeys.models import Scheme
from apikeys.services import public_keys
from apikeys.services.schemes import native
from apikeys.services.schemes.common import SignedRequest, fits, hmac_sha256
from tests.apikeys import people
from tests.apikeys.test_signing import PUBLISHED, SECRET

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "dialects" / "native-signing.md"
README = ROOT / "README.md"


def section(text: str, title: str) -> str:
    return text.split(f"## {title}\n", 1)[1].split("\n## ", 1)[0]


def block(language: str, text: str) -> str:
    found = re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)
    assert len(found) == 1
    return found[0]


def test_the_vector_of_the_document_holds():
    assert hmac_sha256(SECRET.encode(), block("text", DOCUMENT.read_text()).rstrip("\n").encode()) == PUBLISHED
    assert PUBLISHED in DOCUMENT.read_text()
    assert SECRET in DOCUMENT.read_text()


@pytest.mark.parametrize("language", ["sh", "python", "javascript"])
def test_the_example_reads_the_balances(live_server, real_db, language, tmp_path):
    if language == "sh" and not (shutil.which("curl") and shutil.which("openssl")):
        pytest.skip("curl and openssl are not installed")
    if language == "javascript" and not shutil.which("node"):
        pytest.skip("node is not installed")
    issued = people.issue(people.customer())
    script = tmp_path / "example.js"
    script.write_text(block(language, section(README.read_text(), "Signed requests")))
    environment = {
        "PATH": os.environ["PATH"],
        "API_URL": live_server.url,
        "API_KEY": issued.api_key.key,
        "API_SECRET": issued.secret,
        "no_proxy": "*",
    }
    runner = {"sh": ["sh"], "python": [sys.executable], "javascript": ["node"]}[language]
    done = subprocess.run([*runner, str(script)], env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr + done.stdout
    assert '"results"' in done.stdout or done.stdout.startswith("[")


def test_an_ed25519_signature_made_with_openssl_is_taken(tmp_path):
    if not shutil.which("openssl"):
        pytest.skip("openssl is not installed")
    script = block("sh-ed25519", DOCUMENT.read_text())
    text = "GET\n/api/v1/balances\n\n1744185294000\n0123456789abcdef\n" + "0" * 64
    done = subprocess.run(
        ["sh", "-ec", script],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "text": text},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    pem, signature = done.stdout[: done.stdout.rindex("-----") + 5], done.stdout[done.stdout.rindex("-----") + 5 :].strip()
    request = SignedRequest("GET", "K" * 32, 1744185294000, "n" * 8, signature, (text.encode(),), native.SCHEMES)
    assert fits(request, Scheme.NATIVE_ED25519, public_keys.read(pem))
