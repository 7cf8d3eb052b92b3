"""The setup data of a codec, which stand in a container's head, without what is not needed to decode.

Encoders put messages there that a filter of packets does not see: SEI units in avcC and hvcC, metadata units in av1C, the
comment header of Vorbis. Each function rebuilds the setup from the parts that a decoder needs. Run in the child process.
"""

from __future__ import annotations

from collections.abc import Callable

H264_KEPT = frozenset({7, 8, 13})
"""Types of units: sequence and picture parameters, and an extension of the former. Source: H.264, table 7-1."""
HEVC_KEPT = frozenset({32, 33, 34})
"""Video, sequence and picture parameters. Source: H.265, table 7-1."""
AV1_SEQUENCE = 1
"""The sequence header. Source: AV1, section 6.2.2."""
HEVC_HEAD_BYTES = 22
AVC_HEAD_BYTES = 5
AVC_CHROMA_BYTES = 3
START_CODE = b"\0\0\0\1"
AV1_HEAD_BYTES = 4
AAC_BYTES_MAX = 8
"""Bytes of an AudioSpecificConfig that are read where no program element follows, explicit SBR and PS included."""
OPUS_HEAD_BYTES = 19
VORBIS_HEADERS = 3
VORBIS_NO_COMMENTS = b"\x03vorbis" + bytes(4) + bytes(4) + b"\x01"
"""No vendor, no comments, the framing bit. Source: Vorbis I, section 5."""


class Unfit(ValueError):
    """The setup data are not of their form, or hold what can't be taken out."""


class _Reader:
    """Bytes taken one after the other. Raises Unfit where there are too few."""

    def __init__(self, content: bytes) -> None:
        self.content, self.at = content, 0

    def take(self, count: int) -> bytes:
        part = self.content[self.at : self.at + count]
        if len(part) != count:
            raise Unfit("it ends too early")
        self.at += count
        return part

    def number(self, count: int) -> int:
        return int.from_bytes(self.take(count), "big")

    @property
    def is_done(self) -> bool:
        return self.at >= len(self.content)


def h264(given: bytes) -> bytes:
    """The parameter sets of an avcC, each behind a start code. Source: ISO/IEC 14496-15, 5.3.3."""
    reader = _Reader(given)
    if reader.take(AVC_HEAD_BYTES)[0] != 1:
        raise Unfit("no avcC")
    units = _units(reader, reader.number(1) & 31)
    units += _units(reader, reader.number(1))
    if not reader.is_done:
        reader.take(AVC_CHROMA_BYTES)
        units += _units(reader, reader.number(1))
    return _started([unit for unit in units if unit[0] & 31 in H264_KEPT])


def hevc(given: bytes) -> bytes:
    """The parameter sets of an hvcC, each behind a start code. Source: ISO/IEC 14496-15, 8.3.3."""
    reader, units = _Reader(given), []
    reader.take(HEVC_HEAD_BYTES)
    for _ in range(reader.number(1)):
        reader.take(1)
        units += _units(reader, reader.number(2))
    return _started([unit for unit in units if unit[0] >> 1 & 63 in HEVC_KEPT])


def av1(given: bytes) -> bytes:
    """An av1C with the sequence header only. Source: AV1 in ISOBMFF, section 2.3."""
    head = given[:AV1_HEAD_BYTES]
    reader, made = _Reader(given[AV1_HEAD_BYTES:]), head
    while not reader.is_done:
        start = reader.at
        flags = reader.number(1)
        if flags & 4:
            reader.take(1)
        if not flags & 2:
            raise Unfit("a unit without its length")
        reader.take(_leb128(reader))
        if flags >> 3 & 15 == AV1_SEQUENCE:
            made += reader.content[start : reader.at]
    return made


def vorbis(given: bytes) -> bytes:
    """The three headers, with an empty one of comments. Source: Matroska's codec mappings, A_VORBIS."""
    reader = _Reader(given)
    if reader.number(1) != VORBIS_HEADERS - 1:
        raise Unfit("not three headers")
    first, second = _laced(reader), _laced(reader)
    identity, _, setup = reader.take(first), reader.take(second), given[reader.at :]
    lengths = b"".join(b"\xff" * (size // 255) + bytes([size % 255]) for size in (first, len(VORBIS_NO_COMMENTS)))
    return bytes([VORBIS_HEADERS - 1]) + lengths + identity + VORBIS_NO_COMMENTS + setup


def aac(given: bytes) -> bytes:
    """The configuration without what follows it. Raises Unfit for a program element, which may hold a comment."""
    kind, channels = given[0] >> 3 if given else 0, given[1] >> 3 & 15 if len(given) > 1 else 0
    if kind != 31 and channels == 0 and given:
        raise Unfit("a program element")
    return given[:AAC_BYTES_MAX]


def opus(given: bytes) -> bytes:
    """The head, with the table of channels where there is one. Source: RFC 7845, section 5.1."""
    if len(given) < OPUS_HEAD_BYTES:
        raise Unfit("no OpusHead")
    return given[: OPUS_HEAD_BYTES if given[18] == 0 else OPUS_HEAD_BYTES + 2 + given[9]]


def none(_: bytes) -> bytes:
    """Of codecs that need none."""
    return b""


CLEANED: dict[str, Callable[[bytes], bytes]] = {
    "h264": h264,
    "hevc": hevc,
    "av1": av1,
    "vorbis": vorbis,
    "aac": aac,
    "opus": opus,
    "vp8": none,
    "vp9": none,
    "mp3": none,
}
"""By codec: the setup data as they are kept."""


def _units(reader: _Reader, count: int) -> list[bytes]:
    return [unit for unit in (reader.take(reader.number(2)) for _ in range(count)) if unit]


def _started(units: list[bytes]) -> bytes:
    """As FFmpeg's filter of units leaves packets, so that the new container's writer takes both in one form."""
    if not units:
        raise Unfit("no parameter sets")
    return b"".join(START_CODE + unit for unit in units)


def _leb128(reader: _Reader) -> int:
    value = 0
    for place in range(8):
        part = reader.number(1)
        value |= (part & 127) << (7 * place)
        if not part & 128:
            return value
    raise Unfit("a length without end")


def _laced(reader: _Reader) -> int:
    size = 0
    while True:
        part = reader.number(1)
        size += part
        if part != 255:
            return size
