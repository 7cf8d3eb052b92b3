"""Loopback ports. Never assume that one is free, never trust who answers there."""

from __future__ import annotations

import socket
from pathlib import Path

from config.embedded.console import Failure

LOOPBACK = "127.0.0.1"


def require_free(port: int) -> None:
    """Raise Failure where somebody listens on the port, naming them where the kernel tells."""
    if not 1 <= port <= 65535:
        raise Failure(f"PORT must be between 1 and 65535, not {port}")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except PermissionError:
            raise Failure(f"port {port} needs more rights than this user has; choose another: make run PORT=8080") from None
        except OSError:
            raise Failure(
                f"port {port} on {LOOPBACK} is taken{_holder(port)}; choose another: make run PORT={port + 1}"
            ) from None


def free_ports(count: int) -> list[int]:
    """So many different ports that nobody listens on now."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind((LOOPBACK, 0))
        return [int(probe.getsockname()[1]) for probe in probes]
    finally:
        for probe in probes:
            probe.close()


def _holder(port: int) -> str:
    """` by NAME (process PID)`, or nothing where the process is not ours to look at."""
    try:
        rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        inodes = {row[9] for row in rows if row[3] == "0A" and int(row[1].split(":")[1], 16) == port}
        for process in Path("/proc").iterdir():
            if process.name.isdigit() and _holds(process, inodes):
                return f" by {(process / 'comm').read_text().strip()} (process {process.name})"
    except (OSError, ValueError, IndexError):
        pass
    return ""


def _holds(process: Path, inodes: set[str]) -> bool:
    wanted = {f"socket:[{inode}]" for inode in inodes}
    try:
        return any(str(link.readlink()) in wanted for link in (process / "fd").iterdir())
    except OSError:
        return False
