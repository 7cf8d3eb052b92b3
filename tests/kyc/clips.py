"""Videos made by the tests: small, with all that must not come along."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from fractions import Fraction
from io import BytesIO
from typing import IO, Any

import av
import numpy as np

AUDIO_SAMPLES = 960


def clip(
    *,
    container: str = "mp4",
    video: str = "libx264",
    audio: str | None = "aac",
    width: int = 320,
    height: int = 240,
    seconds: float = 1,
    rate: int = 10,
) -> bytes:
    """A video that tells where it was taken, by what, and more."""
    target = BytesIO()
    with av.open(target, "w", format=container) as out:
        out.metadata.update({"title": "SpyCam", "comment": "secret-comment", "location": "+25.0330+121.5654/"})
        pictures: Any = out.add_stream(video, rate=rate)
        pictures.width, pictures.height, pictures.pix_fmt = width, height, "yuv420p"
        sound: Any = out.add_stream(audio, rate=48_000) if audio else None
        for number in range(int(seconds * rate)):
            frame: Any = av.VideoFrame.from_ndarray(np.full((height, width, 3), number * 9 % 255, np.uint8), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, rate)
            out.mux(pictures.encode(frame))
        out.mux(pictures.encode())
        if sound is not None:
            _silence(out, sound, seconds)
    return target.getvalue()


def file(content: bytes) -> IO[bytes]:
    """The bytes in a file without a name, as an upload's are."""
    made = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115  # closed by whoever reads it, or by its end
    made.write(content)
    return made


def webm(**changes: Any) -> bytes:
    """The same as a browser records it."""
    return clip(**{"container": "webm", "video": "libvpx", "audio": "libopus", **changes})


def planted(
    content: bytes, *, setup: Callable[[bytes], bytes] | None = None, packet: bytes = b"", stream: str = "video"
) -> bytes:
    """The same video, copied with its setup data changed, and with these bytes before each packet of the stream."""
    target = BytesIO()
    written = "webm" if content.startswith(b"\x1a\x45") else "mp4"
    with av.open(BytesIO(content)) as given, av.open(target, "w", format=written) as out:
        outs: dict[int, Any] = {one.index: out.add_stream_from_template(one) for one in given.streams}
        for one in given.streams:
            if setup is not None and one.type == stream:
                outs[one.index].codec_context.extradata = setup(bytes(one.codec_context.extradata or b""))
        for read in given.demux():
            if read.dts is None:
                continue
            made = av.Packet(packet + bytes(read)) if packet and read.stream.type == stream else read
            made.pts, made.dts, made.duration, made.time_base = read.pts, read.dts, read.duration, read.time_base
            made.is_keyframe, made.stream = read.is_keyframe, outs[read.stream.index]
            out.mux(made)
    return target.getvalue()


def unit(head: bytes, text: bytes) -> bytes:
    """A unit of H.264 or HEVC as it stands in a packet: its length, its head, and the text."""
    return (len(head) + len(text)).to_bytes(4, "big") + head + text


PLAYLIST = b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"
PARTS = b"ffconcat version 1.0\nfile /etc/passwd\nfile http://127.0.0.1:9/x.mp4\n"


def huge() -> bytes:
    """A small WebM whose pictures say to have 16,383 pixels each way."""
    made = bytearray(webm(audio=None))
    at = made.find(b"\x9d\x01\x2a")
    while at >= 0:
        made[at + 3 : at + 7] = (16_383).to_bytes(2, "little") * 2
        at = made.find(b"\x9d\x01\x2a", at + 3)
    return bytes(made)


def sound_alone() -> bytes:
    """A second of silence, and nothing to see."""
    target = BytesIO()
    with av.open(target, "w", format="mp4") as out:
        sound: Any = out.add_stream("aac", rate=48_000)
        _silence(out, sound, 1)
    return target.getvalue()


def _silence(out: Any, sound: Any, seconds: float) -> None:
    layout = sound.codec_context.layout
    planar = sound.codec_context.format.is_planar
    kind = sound.codec_context.format.name
    shape = (layout.nb_channels, AUDIO_SAMPLES) if planar else (1, AUDIO_SAMPLES * layout.nb_channels)
    for number in range(int(seconds * 48_000) // AUDIO_SAMPLES):
        heard: Any = av.AudioFrame.from_ndarray(
            np.zeros(shape, np.int16 if kind.startswith("s16") else np.float32), format=kind, layout=layout.name
        )
        heard.sample_rate, heard.pts = 48_000, number * AUDIO_SAMPLES
        out.mux(sound.encode(heard))
    out.mux(sound.encode())
