"""Reading files: what comes out, and what the process that reads them can't do."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from kyc.errors import DocumentUnreadable, ImagingBusy
from kyc.services import imaging, imaging_child
from tests.kyc import pictures


def test_a_photograph_loses_its_place_camera_comment_and_profile() -> None:
    original = pictures.jpeg_with_gps()
    assert b"SpyCam" in original
    assert b"secret-comment" in original
    picture = imaging.reencode(original)
    for trace in (b"SpyCam", b"secret-comment", b"secret-profile", b"Exif", b"ICC_PROFILE"):
        assert trace not in picture.content
    with Image.open(BytesIO(picture.content)) as image:
        assert not image.getexif()
        assert image.size == (400, 640)  # the orientation was applied before it was forgotten


def test_a_pdf_becomes_one_picture_for_each_page() -> None:
    picture = imaging.reencode(pictures.pdf(3))
    assert (len(picture.pages), picture.source_media_type) == (3, "application/pdf")
    for page in picture.pages:
        with Image.open(BytesIO(picture.content[page["offset"] : page["offset"] + page["length"]])) as image:
            assert image.format == "JPEG"
            assert image.size == (page["width"], page["height"])
    assert b"%PDF" not in picture.content


def test_a_large_photograph_is_kept_at_2000_pixels() -> None:
    picture = imaging.reencode(pictures.jpeg(4_000, 3_000))
    assert (picture.pages[0]["width"], picture.pages[0]["height"]) == (2_000, 1_500)


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "LA", "I;16", "1"])
def test_every_kind_of_png_is_read(mode: str) -> None:
    assert imaging.reencode(pictures.encoded(Image.new(mode, (300, 300)), "PNG")).pages[0]["width"] == 300


def test_transparent_ground_becomes_white() -> None:
    picture = imaging.reencode(pictures.encoded(Image.new("RGBA", (300, 300), (0, 0, 0, 0)), "PNG"))
    with Image.open(BytesIO(picture.content)) as image:
        assert image.getpixel((150, 150)) == (255, 255, 255)


CONFINED = """
import importlib.util, socket, os, sys
spec = importlib.util.spec_from_file_location("child", sys.argv[1])
child = importlib.util.module_from_spec(spec); spec.loader.exec_module(child)
child.confine()
child.close_the_door()
def tried(act):
    try:
        act()
    except BaseException as problem:
        return type(problem).__name__
    return "succeeded"
child.answer({
    "socket": tried(lambda: socket.socket()),
    "file": tried(lambda: open("/etc/hostname")),
    "write": tried(lambda: open("/tmp/written-by-the-child", "w")),
    "memory": tried(lambda: bytearray(600 * 1024 * 1024)),
    "raise": tried(lambda: child.resource.setrlimit(child.resource.RLIMIT_NOFILE, (64, 64))),
    "fork": tried(lambda: os._exit(0) if os.fork() == 0 else None) if os.getuid() else "OSError",
})
"""


def test_the_child_opens_no_socket_and_no_file_takes_no_memory_and_raises_no_limit() -> None:
    command = [sys.executable, "-I", "-c", CONFINED, imaging_child.__file__]
    found = subprocess.run(command, capture_output=True, timeout=20, check=True).stdout
    for word in (b"socket", b"file", b"write", b"memory", b"raise"):
        assert re.search(rb'"%s": "(OSError|MemoryError|PermissionError|ValueError)"' % word, found), found


def test_a_file_that_takes_too_long_is_ended_by_the_processor_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    endless = tmp_path / "child.py"
    endless.write_text("import resource\nresource.setrlimit(resource.RLIMIT_CPU, (1, 1))\nwhile True: pass\n")
    monkeypatch.setattr(imaging_child, "__file__", str(endless))
    with pytest.raises(DocumentUnreadable) as refusal:
        imaging.reencode(pictures.jpeg())
    assert refusal.value.cause == "too_costly"


def test_a_child_that_others_leave_no_processor_is_ended_and_the_file_is_not_blamed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    starved = tmp_path / "child.py"
    starved.write_text("import signal\nsignal.pause()\n")
    monkeypatch.setattr(imaging_child, "__file__", str(starved))
    monkeypatch.setattr(imaging, "WALL_SECONDS_MAX", 0.1)
    with pytest.raises(ImagingBusy):
        imaging.reencode(pictures.jpeg())


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "nonsense",
        '{"cause": "unheard-of"}',
        '{"source": "image/jpeg", "pages": []}',
        '{"source": "image/jpeg", "pages": [{"width": 1, "height": 1, "length": 7}]}\\n<html>!',
        '{"pages": 7}',
    ],
)
def test_a_child_that_answers_nonsense_is_not_believed(answer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    liar = tmp_path / "child.py"
    liar.write_text(f"print('{answer}', end='')")
    monkeypatch.setattr(imaging_child, "__file__", str(liar))
    with pytest.raises(DocumentUnreadable) as refusal:
        imaging.reencode(pictures.jpeg())
    assert refusal.value.cause == "broken"


def test_when_all_places_are_taken_the_customer_is_asked_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imaging, "_places", threading.BoundedSemaphore(1))
    monkeypatch.setattr(imaging, "QUEUE_SECONDS_MAX", 0.01)
    with imaging._places, pytest.raises(ImagingBusy):
        imaging.reencode(pictures.jpeg())
    imaging.reencode(pictures.jpeg())


def test_when_others_wait_already_the_customer_is_sent_away_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imaging, "_queue", threading.BoundedSemaphore(1))
    monkeypatch.setattr(imaging, "_run", lambda _: pytest.fail("the file was read"))
    with imaging._queue, pytest.raises(ImagingBusy) as refusal:
        imaging.reencode(pictures.jpeg())
    assert refusal.value.retry_after == 5
    with pytest.raises(pytest.fail.Exception):
        imaging.reencode(pictures.jpeg())
