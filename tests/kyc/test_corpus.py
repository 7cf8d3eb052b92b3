"""The corpus of files that nobody should hand in: each is refused at every door, within its reader's limits.

`--corpus-figures FILE` is the long form: all are handed in under every name, and a table of what that cost is written.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from kyc.models import Case, Document
from kyc.services import imaging, imaging_child, video_child, videos
from tests import factories_kyc as make
from tests.client import Api
from tests.kyc import bombs, clips, pictures, polyglots
from tests.kyc.corpus import CORPUS, HARMLESS, HARMLESS_VIDEOS, Specimen
from tests.kyc.watched import Seen, Watch

pytestmark = pytest.mark.django_db

MEBIBYTE = 1024 * 1024
NAMES = {"card.jpg": "image/jpeg", "card.pdf": "application/pdf", "card.mp4": "video/mp4"}
"""What each file calls itself, and says to be."""
KNOWN_BY_THEIR_BYTES = {"empty", "foreign_type", "two_faced"}
TICK_SECONDS = 0.5
"""How late the kernel may notice that a process has used up its seconds."""
SECONDS_MAX = 5
Figures = dict[str, list[tuple[str, int, str, float, Seen | None]]]


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    """Whatever starts in order to read a file is seen."""
    watching = Watch()
    monkeypatch.setattr(imaging, "subprocess", watching)
    monkeypatch.setattr(imaging, "WALL_SECONDS_MAX", 60)  # on a busy machine too the child's own limits are to decide
    return watching


@pytest.fixture(scope="module")
def figures(pytestconfig: pytest.Config) -> Iterator[Figures | None]:
    """The rows of the table, where one is asked for."""
    target = pytestconfig.getoption("--corpus-figures")
    rows: Figures = {}
    yield rows if target else None
    if target:
        Path(target).write_text(table(rows))


def handed_in(api: Api, name: str, content: bytes) -> Any:
    """The answer to the file at the door that its name leads to."""
    file = SimpleUploadedFile(name, content, content_type=NAMES[name])
    if name.endswith(".mp4"):
        return api.upload("/api/v1/kyc/videos", {"file": file})
    return api.upload("/api/v1/kyc/documents", {"kind": "id_front", "file": file})


@pytest.mark.parametrize("name", CORPUS)
def test_the_file_is_refused_at_each_door_and_its_reader_never_had_more_than_its_share(
    name: str, api: Api, storage_root: Path, watch: Watch, figures: Figures | None
) -> None:
    api.token = make.token_of(make.customer())
    specimen, content = CORPUS[name], CORPUS[name].build()
    for called in doors(specimen, whole=figures is not None):
        cause = cause_at(called, specimen)
        started = time.monotonic()
        answer = handed_in(api, called, content)
        seconds, children, body = time.monotonic() - started, watch.collect(), answer.json()
        assert (answer.status_code, body["slug"], body["cause"]) == (422, "kyc.document_unreadable", cause), called
        assert body["fields"] == {"file": [f"The file can't be used: {imaging.CAUSES[cause]}."]}
        assert len(children) == (1 if content else 0)
        for child in children:
            require_confined(child, video=called.endswith(".mp4"))
        if figures is not None:
            figures.setdefault(name, []).append((called, len(content), cause, seconds, next(iter(children), None)))
    assert not Document.objects.exists()
    assert not Case.objects.exists()
    assert not [path for path in storage_root.rglob("*") if path.is_file()]


def doors(specimen: Specimen, *, whole: bool) -> list[str]:
    """The names under which it is handed in; in every run those that no decoder meets under all of them."""
    return [name for name in NAMES if whole or name != "card.pdf" or specimen.image in KNOWN_BY_THEIR_BYTES]


def cause_at(called: str, specimen: Specimen) -> str:
    """Why the door that this name leads to refuses it."""
    return specimen.video if called.endswith(".mp4") else specimen.image


def require_confined(child: Seen, *, video: bool) -> None:
    """The kernel held the child to its limits, and what it used says so."""
    module: Any = video_child if video else imaging_child
    assert child.limits == {
        "address space": 512 * MEBIBYTE,
        "cpu time": module.CPU_SECONDS_MAX,
        "file size": module.OUTPUT_BYTES_MAX,
        "core file size": 0,
    }
    assert module.CPU_SECONDS_MAX < SECONDS_MAX
    assert child.peak_bytes <= 512 * MEBIBYTE
    assert child.cpu_seconds <= module.CPU_SECONDS_MAX + TICK_SECONDS


@pytest.mark.parametrize("name", HARMLESS)
def test_what_a_taken_file_carries_along_is_not_kept(name: str, watch: Watch) -> None:
    content = HARMLESS[name]()
    kept = imaging.reencode(content).content
    (child,) = watch.collect()
    require_confined(child, video=False)
    assert polyglots.TRACE not in kept
    assert not imaging_child.is_two_faced(kept)
    with Image.open(BytesIO(kept)) as image:
        assert (image.format, image.info.keys() - {"jfif", "jfif_version", "jfif_unit", "jfif_density"}) == ("JPEG", set())
    assert kept.endswith(b"\xff\xd9")


@pytest.mark.parametrize("name", HARMLESS_VIDEOS)
def test_what_a_taken_video_carries_along_is_not_kept(name: str, watch: Watch) -> None:
    content = HARMLESS_VIDEOS[name]()
    assert polyglots.TRACE in content
    with videos.rewritten(clips.file(content)) as clip:
        clip.file.seek(0)
        kept = clip.file.read()
    (child,) = watch.collect()
    require_confined(child, video=True)
    assert polyglots.TRACE not in kept + clip.pictures
    assert not imaging_child.is_two_faced(kept)


def test_a_message_in_the_lowest_bits_is_lost_with_them() -> None:
    with Image.open(BytesIO(imaging.reencode(polyglots.hidden_in_pixels()).content)) as image:
        bits = [value & 1 for value in image.convert("L").tobytes()]
    read = bytes(int("".join(map(str, bits[at : at + 8])), 2) for at in range(0, len(bits) - 7, 8))
    assert polyglots.TRACE[:4] not in read


@pytest.mark.parametrize("end", [b"", b"\n", bytes(4_000), b"\r\n  \0"])
def test_a_whole_pdf_is_taken_however_it_was_filled_up(end: bytes) -> None:
    assert len(imaging.reencode(pictures.pdf() + end).pages) == 1


def test_pictures_in_which_archives_marks_stand_by_chance_are_taken() -> None:
    chance = pictures.jpeg() + bombs.png()[:4] + b"PK\x05\x06" + b"\xff" * 18 + b"PK\x03\x04" + bytes(300)
    assert len(imaging.reencode(chance).pages) == 1
    assert not imaging_child.ends_in_zip(b"PK\x05\x06" + bytes(17))
    assert imaging_child.ends_in_zip(polyglots.zipped())
    assert not video_child.imaging.is_two_faced(clips.clip(audio=None))


def table(rows: Figures) -> str:
    """What the corpus cost, as Markdown: by file the dearest of its doors."""
    lines = ["| file | bytes | refused as | seconds | processor | peak MiB |", "|---|--:|---|--:|--:|--:|"]
    for name, tries in rows.items():
        called, size, _, seconds, child = max(tries, key=lambda one: one[4].cpu_seconds if one[4] else 0)
        causes = dict.fromkeys(cause for _, _, cause, _, _ in tries)
        used = f"{child.cpu_seconds:.2f} s | {child.peak_bytes / MEBIBYTE:.0f}" if child else "no child | –"
        lines.append(f"| {name} | {size:,} | {', '.join(f'`{cause}`' for cause in causes)} | {seconds:.2f} | {used} |")
        assert called in NAMES
    return "\n".join(lines) + "\n"
