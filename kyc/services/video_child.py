"""The child process that reads customers' videos. Run as a script beside `imaging_child`, whose confinement it shares.

It probes the upload on descriptor 0, copies its picture and its sound, and nothing else, into a new container on the
descriptor named by its argument, and writes one line of JSON and a few pictures as JPEG to descriptor 1. The packets are
copied, not encoded anew: that takes a second instead of minutes. What could hide beside them does not come along: titles,
places, chapters, covers, subtitles, attached files and data are not copied; of the picture's own stream only the kinds of
units are that a decoder needs (no SEI, no metadata, no filler), in the packets and in the container's head, and comments of
Vorbis are emptied (`video_headers`). What stays is within the coded pictures and sound themselves: cameras write no place and
no name there, but encoders of AAC and MP3 leave their own name in filling bytes, and who wants to hide something in a picture
can. The format is named before FFmpeg sees a byte, so that no playlist or list of parts is
ever read as one, and nothing can be opened any more by then.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
import time
from pathlib import Path
from typing import IO, Any

VIDEO_BYTES_MAX = 50 * 1024 * 1024
OUTPUT_BYTES_MAX = 64 * 1024 * 1024
CPU_SECONDS_MAX = 4
SECONDS_MAX = 120
SIDE_PIXELS_MAX = 3_840
PIXELS_MAX = 3_840 * 2_160
SIDE_PIXELS_MIN = 120
STREAMS_MAX = 16
PACKETS_MAX = 60_000
FRAME_COUNT_MAX = 6
FRAME_SIDE_PIXELS_MAX = 1_280
FRAMES_PER_SEEK_MAX = 40
"""Frames decoded to come from a key frame to the moment wanted."""
SAMPLING_CPU_SECONDS = 2.0
"""After so much of the processor's time no further picture is looked for."""
WHOLE_SHARE_MIN = 0.9
"""A video whose pictures end before this part of the length that it claims is not complete."""
EDGE_BYTES = 256 * 1024
"""How much of the beginning and of the end is searched for marks of other things."""
CODECS = {
    "mov": ({"h264", "hevc", "av1", "vp9"}, {"aac", "mp3", "opus"}),
    "matroska": ({"vp8", "vp9", "av1"}, {"opus", "vorbis"}),
}
"""By the container's reader: the codecs that are taken, of pictures and of sound."""
WRITTEN = {"mov": ("mp4", "video/mp4"), "matroska": ("webm", "video/webm")}
SOURCES = {"mov": "video/mp4", "matroska": "video/webm"}
UNITS = {
    "h264": "filter_units=pass_types=1-5|7-11|13-14|20",
    "hevc": "filter_units=pass_types=0-9|16-21|32-37",
    "av1": "filter_units=pass_types=1-4|6-7",
}
"""By codec, the filter that lets the units through that a decoder needs: slices, parameters, ends."""
BRANDS = (b"isom", b"iso", b"mp4", b"avc1", b"M4V ", b"MSNV", b"qt  ", b"3gp", b"dash", b"cmf", b"hvc1", b"av01")


sys.path.append(str(Path(__file__).parent))  # an isolated interpreter looks nowhere else; last, so as to hide nothing
imaging: Any = importlib.import_module("imaging_child")
headers: Any = importlib.import_module("video_headers")
sys.path.pop()
Refused = imaging.Refused


def sniff(source: IO[bytes]) -> str:
    """Which reader the first bytes ask for. Raises Refused."""
    size = source.seek(0, os.SEEK_END)
    source.seek(0)
    head = source.read(EDGE_BYTES)
    if not head:
        raise Refused("empty")
    if size > VIDEO_BYTES_MAX:
        raise Refused("too_large")
    if head[4:8] == b"ftyp" and head[8:12].startswith(BRANDS):
        kind = "mov"
    elif head.startswith(b"\x1a\x45\xdf\xa3") and b"\x42\x82\x84webm" in head[:4_096]:
        kind = "matroska"
    else:
        raise Refused("foreign_container")
    source.seek(max(0, size - EDGE_BYTES))
    if imaging.is_two_faced(head) or imaging.is_two_faced(source.read()):
        raise Refused("two_faced")
    source.seek(0)
    return kind


def chosen(container: Any, kind: str) -> tuple[Any, Any]:
    """The stream of pictures and that of sound, the latter None where there is none. Raises Refused."""
    if len(container.streams) > STREAMS_MAX:
        raise Refused("too_costly")
    videos = [stream for stream in container.streams.video if not is_cover(stream)]
    if not videos:
        raise Refused("no_picture")
    picture, sound = videos[0], next(iter(container.streams.audio), None)
    allowed_video, allowed_audio = CODECS[kind]
    if name_of(picture) not in allowed_video or (sound is not None and name_of(sound) not in allowed_audio):
        raise Refused("foreign_codec")
    width, height = picture.codec_context.width, picture.codec_context.height
    if width * height > PIXELS_MAX or max(width, height) > SIDE_PIXELS_MAX:
        raise Refused("too_wide")
    if min(width, height) < SIDE_PIXELS_MIN:
        raise Refused("too_small")
    return picture, sound


def is_cover(stream: Any) -> bool:
    """Whether the stream is a still picture stuck to the file."""
    return "attached_pic" in str(stream.disposition)


def name_of(stream: Any) -> str:
    """The codec's own name, whoever decodes it; "" for one that nobody here knows."""
    context = getattr(stream, "codec_context", None)
    return str(context.codec.canonical_name) if context is not None else ""


def copy(container: Any, kind: str, picture: Any, sound: Any, target: IO[bytes]) -> float:
    """Copy pictures and sound into a new container; how many seconds they last. Raises Refused."""
    import av
    from av.bitstream import BitStreamFilterContext

    written, _ = WRITTEN[kind]
    with av.open(target, "w", format=written, options={"fflags": "+bitexact"}) as out:
        outs = {stream.index: added(out, stream) for stream in (picture, sound) if stream is not None}
        name = name_of(picture)
        cut = BitStreamFilterContext(UNITS[name], picture) if name in UNITS else None
        ends = dict.fromkeys(outs, 0.0)
        for number, packet in enumerate(container.demux([stream for stream in (picture, sound) if stream is not None])):
            if number > PACKETS_MAX:
                raise Refused("too_costly")
            if packet.dts is None:
                continue
            index = packet.stream.index
            moment = packet.pts if packet.pts is not None else packet.dts
            ends[index] = max(ends[index], float((moment + (packet.duration or 0)) * packet.time_base))
            if ends[index] > SECONDS_MAX:
                raise Refused("too_long")
            for copied in cut.filter(packet) if cut is not None and index == picture.index else [packet]:
                copied.stream = outs[index]
                out.mux(copied)
        for copied in cut.filter(None) if cut is not None else []:
            copied.stream = outs[picture.index]
            out.mux(copied)
    claimed = float(picture.duration * picture.time_base) if picture.duration else float(container.duration or 0) / 1_000_000
    if ends[picture.index] <= 0 or ends[picture.index] < claimed * WHOLE_SHARE_MIN:
        raise Refused("broken")
    return max(ends.values())


def added(out: Any, stream: Any) -> Any:
    """The stream of the new container for this one, with clean setup data. Raises Refused."""
    name, given = name_of(stream), bytes(stream.codec_context.extradata or b"")
    try:
        clean = headers.CLEANED[name](given)
    except headers.Unfit:
        raise Refused("broken") from None
    # FFmpeg has no encoder by the name of its decoder of AV1: such a stream is copied as it is, or not at all
    made = out.add_stream_from_template(stream, opaque=name == "av1")
    made.metadata.clear()
    if name != "av1":
        made.codec_context.extradata = clean or None
    elif clean != given:
        raise Refused("foreign_codec")
    return made


def sampled(container: Any, picture: Any, seconds: float) -> list[Any]:
    """A few pictures, the first first, upright and small: as many as little time allows, one at least. Raises Refused."""
    found: list[Any] = []
    moments: set[float] = set()
    for number in range(FRAME_COUNT_MAX):
        if found and time.process_time() > SAMPLING_CPU_SECONDS:
            break
        frame = frame_at(container, picture, seconds * number / FRAME_COUNT_MAX)
        if frame is None or frame.time in moments:
            continue
        moments.add(frame.time)
        image = frame.to_image()
        if frame.rotation % 360:
            image = image.rotate(frame.rotation % 360, expand=True)
        image.thumbnail((FRAME_SIDE_PIXELS_MAX, FRAME_SIDE_PIXELS_MAX))
        found.append(image.convert("RGB"))
    if not found:
        raise Refused("broken")
    return found


def frame_at(container: Any, picture: Any, second: float) -> Any:
    """The frame of about that moment; None where none can be decoded."""
    import av

    start = picture.start_time or 0
    frame = None
    try:
        container.seek(start + int(second / picture.time_base), stream=picture, backward=True)
        for number, decoded in enumerate(container.decode(picture)):
            frame = decoded
            if number >= FRAMES_PER_SEEK_MAX or decoded.time is None or decoded.time >= second:
                break
    except av.FFmpegError:
        pass  # what was decoded before it is a picture all the same
    if frame is not None and (frame.width * frame.height > PIXELS_MAX or max(frame.width, frame.height) > SIDE_PIXELS_MAX):
        raise Refused("too_wide")
    return frame


def read_video(kind: str, source: IO[bytes], target: IO[bytes]) -> tuple[dict[str, Any], list[Any]]:
    """What is to be known of the video, and its pictures. Raises Refused."""
    import av

    av.logging.set_level(None)
    harmless = {"enable_drefs": "0", "use_absolute_path": "0"} if kind == "mov" else {}
    try:
        with av.open(source, format=kind, container_options=harmless, metadata_errors="replace") as container:
            picture, sound = chosen(container, kind)
            picture.codec_context.thread_count = 1
            picture.codec_context.options = {"max_pixels": str(PIXELS_MAX)}
            seconds = copy(container, kind, picture, sound, target)
            images = sampled(container, picture, seconds)
            told = {
                "bytes": target.seek(0, os.SEEK_END),
                "milliseconds": int(seconds * 1_000),
                "width": picture.codec_context.width,
                "height": picture.codec_context.height,
                "video_codec": name_of(picture),
                "audio_codec": name_of(sound) if sound is not None else "",
                "media_type": WRITTEN[kind][1],
                "source": SOURCES[kind],
            }
    except av.FFmpegError as trouble:
        raise Refused("too_costly" if isinstance(trouble, MemoryError) else "broken") from None
    return told, images


def load_all() -> None:
    """Import whatever would be imported when it is first met: afterwards the door is closed."""
    import av
    import PIL.Image

    for module in pkgutil.walk_packages(av.__path__, "av."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    imaging.load_plugins()
    PIL.Image.init()


def main() -> None:
    """Confine, read, answer."""
    imaging.confine(cpu_seconds=CPU_SECONDS_MAX, output_bytes=OUTPUT_BYTES_MAX)
    source, target = os.fdopen(0, "rb", buffering=0), os.fdopen(int(sys.argv[1]), "r+b", buffering=0)
    try:
        kind = sniff(source)  # before FFmpeg is loaded, which takes longer than telling that it isn't needed
        load_all()
        imaging.close_the_door(but=target.fileno())
        told, images = read_video(kind, source, target)
        pages = [(image.width, image.height, imaging.encode(image)) for image in images]
    except Refused as refusal:
        imaging.answer({"cause": str(refusal)})
    except MemoryError:
        imaging.answer({"cause": "too_costly"})
    except Exception:  # noqa: BLE001  # whatever FFmpeg raises, the file is to blame
        imaging.answer({"cause": "broken"})
    else:
        head = [{"width": width, "height": height, "length": len(page)} for width, height, page in pages]
        imaging.answer({"video": told, "source": told["source"], "pages": head}, b"".join(page for _, _, page in pages))


if __name__ == "__main__":
    main()
