"""The files of deploy/ are what their readers take, and say the same as development runs."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from config.embedded.places import Places
from config.embedded.services import services

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
MANIFESTS = sorted((DEPLOY / "kubernetes").glob("*.yaml"))
PROCESSES = {"web", "worker", "beat", "signer", "watcher"}
TOOLS = Path(sys.executable).parent


def compose() -> dict[str, Any]:
    """The compose file, read."""
    return dict(yaml.safe_load((DEPLOY / "compose.yaml").read_text()))


def documents() -> list[dict[str, Any]]:
    """Every Kubernetes document."""
    return [document for path in MANIFESTS for document in yaml.safe_load_all(path.read_text())]


def checked(*words: str) -> subprocess.CompletedProcess[str]:
    """A validator's verdict."""
    return subprocess.run([str(TOOLS / words[0]), *words[1:]], capture_output=True, text=True, check=False, cwd=ROOT)


def test_the_compose_file_is_one_by_its_specification() -> None:
    verdict = checked("check-jsonschema", "--builtin-schema", "vendor.compose-spec", "deploy/compose.yaml")
    assert verdict.returncode == 0, verdict.stdout + verdict.stderr


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: str(path.stem))
def test_each_manifest_is_one_by_kubernetes_own_schemas(path: Path) -> None:
    verdict = checked("kubernetes-validate", "--strict", "--quiet", str(path))
    assert (verdict.returncode, verdict.stdout) == (0, ""), verdict.stdout + verdict.stderr


def test_both_run_every_process_of_the_product_and_the_same_commands() -> None:
    described = compose()["services"]
    deployments = {d["metadata"]["labels"]["part"]: d for d in documents() if d["kind"] == "Deployment"}
    assert set(deployments) == PROCESSES
    assert set(described) == PROCESSES | {"migrate", "postgres", "redis", "rabbitmq"}
    places = Places(ROOT, ROOT / "var")
    ours = {s.name: s.command for s in services(places, {"EVM_RPC_URL": "http://127.0.0.1:8545"}, port=8000, signer_key=ROOT)}
    for name in PROCESSES - {"web"}:
        command = deployments[name]["spec"]["template"]["spec"]["containers"][0]["command"]
        assert command == described[name]["command"]
        verb = next(word for word in command if word in {"worker", "beat", "run_watcher", "run_signer"})
        assert verb in ours[name]
    assert "deploy/gunicorn.py" in ours["web"]


def test_only_the_signer_sees_its_key_and_it_alone_has_no_way_out() -> None:
    described = compose()
    holders = {name for name, service in described["services"].items() if "secrets" in service}
    assert holders == {"signer"}
    assert described["services"]["signer"]["networks"] == ["inside"]
    assert described["networks"]["inside"] == {"internal": True}
    policy = next(d for d in documents() if d["metadata"]["name"] == "quaestor-signer" and d["kind"] == "NetworkPolicy")
    reached = [rule["ports"][0]["port"] for rule in policy["spec"]["egress"]]
    assert reached == [5432, 53]
    mounted = {
        document["metadata"]["name"]
        for document in documents()
        if document["kind"] == "Deployment" and "quaestor-signer" in str(document["spec"]["template"]["spec"]["volumes"])
    }
    assert mounted == {"quaestor-signer"}


def test_one_beat_and_one_watcher_and_no_two_at_a_roll_out() -> None:
    for document in documents():
        if document["kind"] == "Deployment" and document["metadata"]["labels"]["part"] in {"beat", "watcher", "signer"}:
            assert document["spec"]["replicas"] == 1
            assert document["spec"]["strategy"] == {"type": "Recreate"}


def test_every_container_runs_as_nobody_in_particular_without_rights() -> None:
    for document in documents():
        if document["kind"] not in {"Deployment", "Job"}:
            continue
        pod = document["spec"]["template"]["spec"]
        assert pod["securityContext"]["runAsNonRoot"]
        for container in pod["containers"] + pod.get("initContainers", []):
            own = container["securityContext"]
            assert own == {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}


def test_the_example_names_everything_that_production_must_be_given() -> None:
    named = set(re.findall(r"^([A-Z_]+)=", (DEPLOY / "production.env.example").read_text(), re.MULTILINE))
    started = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env={"QUAESTOR_MODE": "production", "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    missing = set(re.findall(r"([A-Z_]+) is not set", started.stderr))
    assert "DATABASE_URL" in missing
    assert missing <= named


def test_the_image_holds_the_product_and_nothing_of_development() -> None:
    text = (DEPLOY / "Containerfile").read_text()
    copied = set(re.findall(r"^COPY (?!--)(\S+) ", text, re.MULTILINE))
    assert copied == {
        "requirements/${LIBRARIES}.lock", "manage.py", "config", "accounts", "kyc", "wallet", "messaging", "apikeys",
        "templates", "deploy/gunicorn.py",
    }  # fmt: skip
    given = {name.replace("${LIBRARIES}", library) for name in copied for library in ("production", "observation")}
    assert all((ROOT / name).exists() for name in given)
    assert "--require-hashes" in text
    assert "USER 10001" in text


@pytest.mark.parametrize("script", ["backup.sh", "restore.sh", "postgres-roles.sh"])
def test_scripts_are_read_by_the_plainest_shell(script: str) -> None:
    shell = shutil.which("dash") or "sh"
    assert subprocess.run([shell, "-n", str(DEPLOY / script)], check=False).returncode == 0
