"""What cameras and programs write beside pictures and sound, wherever it stands: nothing of it is in the stored video."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import av
import pytest

from kyc.errors import DocumentUnreadable
from kyc.services import video_headers, videos
from tests import factories_kyc as make
from tests.kyc import clips

pytestmark = pytest.mark.django_db
MARK = b"48.8584N 2.2945E Jane Doe"


def in_avcc(given: bytes) -> bytes:
    """A message among the picture parameters of an avcC, and text behind its end."""
    at = 6 + 2 + int.from_bytes(given[6:8], "big")
    message = b"\x06\x05" + MARK
    listed = len(message).to_bytes(2, "big") + message
    return given[:at] + bytes([given[at] + 1]) + given[at + 1 :][: -4 if given[-4:-3] == b"\xfd" else None] + listed


def in_hvcc(given: bytes) -> bytes:
    """An array of messages more in an hvcC."""
    message = b"\x4e\x01\x05" + MARK
    array = b"\xa7" + (1).to_bytes(2, "big") + len(message).to_bytes(2, "big") + message
    return given[:22] + bytes([given[22] + 1]) + array + given[23:]


def behind(given: bytes) -> bytes:
    """Text behind the setup data."""
    return given + b"." * 16 + MARK


PLANTED: dict[str, Callable[[], bytes]] = {
    "a message in avcC": lambda: clips.planted(clips.clip(), setup=in_avcc),
    "a message in hvcC": lambda: clips.planted(clips.clip(video="libx265"), setup=in_hvcc),
    "a message in H.264": lambda: clips.planted(clips.clip(), packet=clips.unit(b"\x06\x05", MARK)),
    "filling in H.264": lambda: clips.planted(clips.clip(), packet=clips.unit(b"\x0c", MARK)),
    "a unit of no standard in H.264": lambda: clips.planted(clips.clip(), packet=clips.unit(b"\x1e", MARK)),
    "a message in HEVC": lambda: clips.planted(clips.clip(video="libx265"), packet=clips.unit(b"\x4e\x01\x05", MARK)),
    "filling in HEVC": lambda: clips.planted(clips.clip(video="libx265"), packet=clips.unit(b"\x4c\x01", MARK)),
    "a unit of no standard in HEVC": lambda: clips.planted(clips.clip(video="libx265"), packet=clips.unit(b"\x7e\x01", MARK)),
    "behind the setup of AAC": lambda: clips.planted(clips.clip(), setup=behind, stream="audio"),
    "behind the setup of Opus": lambda: clips.planted(clips.webm(seconds=2), setup=behind, stream="audio"),
    "behind the setup of VP8": lambda: clips.planted(clips.webm(seconds=2), setup=behind),
}


@pytest.mark.parametrize("name", PLANTED)
def test_nothing_that_was_written_beside_pictures_and_sound_is_stored(name: str) -> None:
    original = PLANTED[name]()
    assert MARK in original
    kept = stored(original)
    assert MARK not in kept
    assert b"x265" not in kept
    for kind in ("video", "audio"):
        with av.open(BytesIO(kept)) as container:
            assert sum(1 for _ in container.decode(**{kind: 0})) >= 10


def stored(content: bytes) -> bytes:
    """The video as it is kept, in the clear."""
    return b"".join(videos.chunks(videos.upload(user=make.customer(), file=clips.file(content))))


def test_the_comments_of_vorbis_are_emptied() -> None:
    comment = b"\x03vorbis" + len(MARK).to_bytes(4, "little") + MARK + bytes(4) + b"\x01"
    identity, setup = b"\x01vorbis" + bytes(23), b"\x05vorbis" + bytes(300)
    clean = video_headers.vorbis(bytes([2, len(identity), len(comment)]) + identity + comment + setup)
    empty = video_headers.VORBIS_NO_COMMENTS
    assert clean == bytes([2, len(identity), len(empty)]) + identity + empty + setup


@pytest.mark.parametrize("container", ["mp4", "webm"])
def test_av1_is_taken(container: str) -> None:
    kept = stored(clips.clip(container=container, video="libsvtav1", audio="libopus"))
    with av.open(BytesIO(kept)) as opened:
        assert sum(1 for _ in opened.decode(video=0)) == 10


def test_a_metadata_unit_of_av1_is_cut_out_of_packets_and_refused_in_the_setup() -> None:
    made = clips.clip(video="libsvtav1", audio=None)
    at = made.index(b"av1C")
    size = int.from_bytes(made[at - 4 : at], "big")
    setup = made[at + 4 : at - 4 + size]
    message = b"\x2a" + bytes([len(MARK)]) + MARK
    assert video_headers.av1(setup) == setup
    assert video_headers.av1(setup + message) == setup
    assert video_headers.av1(setup[:4] + message + setup[4:]) == setup


@pytest.mark.parametrize("codec", ["h264", "hevc", "av1", "vorbis", "aac", "opus"])
def test_setup_data_that_are_cut_anywhere_never_fail_otherwise_than_unfit(codec: str) -> None:
    whole = in_avcc(b"\x01\x64\x00\x0c\xff\xe1\x00\x02\x67\x64\x01\x00\x02\x68\xeb") if codec == "h264" else bytes(range(1, 90))
    for length in range(len(whole)):
        try:
            video_headers.CLEANED[codec](whole[:length])
        except video_headers.Unfit:
            continue


def test_a_program_element_of_aac_is_refused() -> None:
    with pytest.raises(video_headers.Unfit):
        video_headers.aac(b"\x11\x80\x04\xc8" + MARK)
    made = clips.clip()
    with pytest.raises(DocumentUnreadable):
        stored(clips.planted(made, setup=lambda _: b"\x11\x80\x04\xc8" + MARK, stream="audio"))
