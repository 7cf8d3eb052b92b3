"""The child processes that read files, watched: the limits that each had, and what it used."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from typing import Any

WATCHER = """
import ctypes, json, os, sys
report, command = int(sys.argv[1]), sys.argv[2:]
child = os.fork()
if child == 0:
    ctypes.CDLL(None).prctl(1, 9)  # it dies with us
    os.close(report)
    os.execv(command[0], command)
os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
limits = open(f"/proc/{child}/limits").read()
_, status, usage = os.wait4(child, 0)
code = os.waitstatus_to_exitcode(status)
os.write(report, json.dumps([limits, code, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024]).encode())
os.kill(os.getpid(), -code) if code < 0 else os._exit(code)
"""
"""Stands between us and the child, because a process takes over the peak of memory of the one that starts it."""
LIMITS = re.compile(r"^Max (address space|cpu time|file size|core file size) +(\d+) +(\d+) ", re.MULTILINE)


@dataclass(frozen=True)
class Seen:
    """One child: hard limits by the kernel's words, how it ended, seconds of the processor, peak of memory."""

    limits: dict[str, int]
    code: int
    cpu_seconds: float
    peak_bytes: int


@dataclass
class Watch:
    """Takes the place of `subprocess` in `kyc.services.imaging`."""

    reports: list[int] = field(default_factory=list)
    DEVNULL = subprocess.DEVNULL

    def Popen(self, command: list[str], *, pass_fds: tuple[int, ...] = (), **options: Any) -> subprocess.Popen[bytes]:  # noqa: N802  # its name
        """The watcher with the command."""
        ours, theirs = os.pipe()
        watcher = [sys.executable, "-I", "-B", "-S", "-c", WATCHER, str(theirs), *command]
        process: subprocess.Popen[bytes] = subprocess.Popen(watcher, pass_fds=(*pass_fds, theirs), **options)
        os.close(theirs)
        self.reports.append(ours)
        return process

    def collect(self) -> list[Seen]:
        """The children since the last time, all ended."""
        seen = []
        for number in self.reports:
            with os.fdopen(number, "rb") as report:
                limits, code, cpu_seconds, peak_bytes = json.loads(report.read())
            found = {name: int(hard) for name, soft, hard in LIMITS.findall(limits) if soft == hard}
            seen.append(Seen(found, code, cpu_seconds, peak_bytes))
        self.reports.clear()
        return seen
