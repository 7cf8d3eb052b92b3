"""What letters can be read from a picture, compared with what the customer typed. Only the comparison leaves here.

Letters are read by Debian's `tesseract` where it is installed; where it is not, the comparison is absent.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass

from kyc.models import Compared
from kyc.services import mrz
from kyc.services.identity import PersonalData

SECONDS_MAX = 20


@dataclass(frozen=True)
class Comparison:
    """How the number and the machine-readable zone compare; `mrz_checks` is None where no zone was read."""

    number: Compared = Compared.ABSENT
    mrz: Compared = Compared.ABSENT
    mrz_checks: bool | None = None


def compare(jpeg: bytes, person: PersonalData | None) -> Comparison:
    """Read the picture and compare it with the typed data."""
    text = letters(jpeg) if person is not None else None
    return Comparison() if text is None or person is None else compared(text, person)


def letters(jpeg: bytes) -> str | None:
    """The text in the picture; None where nothing reads here, or reading takes too long."""
    program = shutil.which("tesseract")
    if program is None:
        return None
    command = [program, "stdin", "stdout", "--psm", "11", "-l", "eng"]
    quiet = {"OMP_THREAD_LIMIT": "1", "LC_ALL": "C.UTF-8"}
    try:
        done = subprocess.run(  # noqa: S603  # the system's program, and arguments of ours
            command, input=jpeg, capture_output=True, timeout=SECONDS_MAX, check=True, cwd="/", env=quiet
        )
    except (subprocess.SubprocessError, OSError):
        return None
    return done.stdout.decode("utf-8", "replace")


def compared(text: str, person: PersonalData) -> Comparison:
    """The text beside the typed data."""
    zone = mrz.find(text)
    return Comparison(
        number=_number(text, person.id_number),
        mrz=Compared.UNREAD if zone is None else _zone(zone, person),
        mrz_checks=None if zone is None else zone.checks,
    )


def _number(text: str, typed: str) -> Compared:
    """DIFFERS only where something of the typed number's very shape was read: letters and digits in the same places."""
    read = [re.sub(r"[^A-Z0-9\n]", "", line) for line in text.upper().splitlines()]
    if any(typed in line for line in read):
        return Compared.EQUAL
    shape = "".join("[0-9]" if character.isdigit() else "[A-Z]" for character in typed)
    alike = re.compile(rf"(?<![A-Z0-9]){shape}(?![A-Z0-9])")
    return Compared.DIFFERS if any(alike.search(line) for line in text.upper().splitlines()) else Compared.UNREAD


def _zone(zone: mrz.Zone, person: PersonalData) -> Compared:
    born = person.birthday is None or zone.birthday == f"{person.birthday:%y%m%d}"
    same = zone.number == person.id_number and born
    return Compared.EQUAL if same else Compared.DIFFERS
