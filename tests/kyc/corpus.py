"""The files that nobody should hand in, each with the words by which it is refused, as a picture or PDF and as a video."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image

from tests.kyc import bombs, clips, pictures, polyglots
from tests.kyc.polyglots import EPS, HTML, SVG

IMAGE, VIDEO = "foreign_type", "foreign_container"


@dataclass(frozen=True)
class Specimen:
    """How the file is made, and the cause of its refusal at either door; `costly` ones are handed in once."""

    build: Callable[[], bytes]
    image: str = IMAGE
    video: str = VIDEO
    costly: bool = False


def behind_mp4(content: bytes) -> bytes:
    """The content behind the magic bytes of an MP4."""
    return b"\0\0\0\x18ftypisom\0\0\0\0isommp42" + content


EMPTY_AND_CUT = {
    "an empty file": Specimen(lambda: b"", "empty", "empty"),
    "JPEG's magic bytes alone": Specimen(lambda: b"\xff\xd8\xff", "broken"),
    "MP4's magic bytes alone": Specimen(lambda: behind_mp4(b""), video="broken"),
    "a truncated JPEG": Specimen(lambda: pictures.jpeg(1_600, 1_200)[:6_000], "broken"),
    "a large JPEG without its last tenth": Specimen(lambda: cut(pictures.encoded(noise(), "JPEG")), "broken"),
    "a truncated PNG": Specimen(lambda: pictures.png()[:-900], "broken"),
    "a truncated PDF": Specimen(lambda: pictures.pdf()[:3_000], "broken"),
    "a PDF without its last lines": Specimen(lambda: pictures.pdf()[:-7], "broken"),
    "a PDF of garbage": Specimen(lambda: b"%PDF-1.7\n" + b"garbage" * 1_000, "broken"),
    "a PDF of garbage that ends well": Specimen(lambda: b"%PDF-1.7\n" + b"garbage" * 1_000 + b"\n%%EOF\n", "broken"),
    "a PDF with a password": Specimen(bombs.encrypted_pdf, "encrypted"),
    "a truncated MP4": Specimen(lambda: clips.clip()[:2_500], video="broken"),
    "a truncated WebM": Specimen(lambda: clips.webm(seconds=4)[:-3_000], video="broken"),
    "a WebM of garbage": Specimen(lambda: clips.webm()[:120] + b"\xff" * 4_000, video="broken"),
}
BOMBS = {
    "a PNG of 50,000 by 50,000 pixels": Specimen(bombs.png, "too_many_pixels"),
    "a PNG just over 25 million pixels": Specimen(lambda: bombs.png(5_001, 5_000), "too_many_pixels"),
    "a PNG whose remark inflates to 400 megabytes": Specimen(bombs.talkative_png, "broken"),
    "a JPEG in 4,000 passes": Specimen(bombs.patient_jpeg, "too_costly", costly=True),
    "a GIF of 10,000 frames": Specimen(bombs.many_frames_gif),
    "a PDF of 21 pages": Specimen(lambda: pictures.pdf(21), "too_many_pages"),
    "a PDF of 10,000 pages": Specimen(bombs.many_pages_pdf, "too_many_pages"),
    "a PDF whose pages contain themselves": Specimen(bombs.endless_tree_pdf, "broken"),
    "a PDF compressed twelve times over": Specimen(bombs.nested_stream_pdf, "too_costly", costly=True),
    "a PDF that inflates to 430 megabytes": Specimen(bombs.deflated_pdf, "too_costly", costly=True),
    "a PDF that draws ten forms in ten forms in ten": Specimen(bombs.laughing_pdf, "too_costly", costly=True),
    "a PDF with a picture of 2,500 million pixels": Specimen(bombs.vast_picture_pdf, "too_costly", costly=True),
    "a PDF of one page of 150 kilometres": Specimen(bombs.vast_page_pdf, "broken"),
    "a video that says to be 268 million pixels": Specimen(clips.huge, video="broken"),
    "a video of 9.4 million pixels": Specimen(
        lambda: clips.clip(width=4_096, height=2_304, audio=None, rate=1), video="too_wide"
    ),
    "a video of two minutes and a second": Specimen(lambda: clips.clip(seconds=121, rate=1, audio=None), video="too_long"),
}
DISGUISES = {
    "an SVG": Specimen(lambda: SVG),
    "an HTML page": Specimen(lambda: HTML),
    "an EPS": Specimen(lambda: EPS),
    "an EPS with the head of DOS": Specimen(lambda: polyglots.DOS_EPS),
    "a playlist that names a file": Specimen(lambda: clips.PLAYLIST),
    "a list of parts that names files": Specimen(lambda: clips.PARTS),
    "a ZIP": Specimen(polyglots.zipped),
    "a BMP": Specimen(lambda: pictures.encoded(pictures.plain(), "BMP")),
    "a TIFF": Specimen(lambda: pictures.encoded(pictures.plain(), "TIFF")),
    "a WebP": Specimen(lambda: pictures.encoded(pictures.plain(), "WEBP")),
    "an icon of 32 pixels": Specimen(lambda: pictures.png(32, 32), "too_small"),
    "a video at the door of pictures": Specimen(lambda: clips.clip(width=64, height=64, audio=None), video="too_small"),
    "an AVI": Specimen(lambda: clips.clip(container="avi", video="mpeg4", audio=None)),
    "a Matroska file that is no WebM": Specimen(lambda: clips.clip(container="matroska")),
    "MPEG-4 part 2": Specimen(lambda: clips.clip(video="mpeg4"), video="foreign_codec"),
    "sound that is not taken": Specimen(lambda: clips.clip(container="mov", audio="pcm_f32le"), video="foreign_codec"),
    "sound alone": Specimen(clips.sound_alone, video="no_picture"),
    "a playlist behind the magic bytes": Specimen(lambda: behind_mp4(clips.PLAYLIST), video="broken"),
    "an EPS behind JPEG's magic bytes": Specimen(lambda: b"\xff\xd8\xff\xe0" + EPS, "broken"),
    "a playlist behind PDF's magic bytes": Specimen(lambda: b"%PDF-1.7\n" + clips.PLAYLIST + b"%%EOF", "broken"),
}
TWO_FACED = {
    "an HTML page behind JPEG's magic bytes": Specimen(lambda: b"\xff\xd8\xff\xe0" + HTML, "two_faced"),
    "a JPEG with a page at its end": Specimen(lambda: pictures.jpeg() + HTML, "two_faced"),
    "a PNG that is a PDF too": Specimen(lambda: pictures.png() + pictures.pdf(), "two_faced"),
    "a JPEG that is a ZIP too": Specimen(lambda: pictures.jpeg() + polyglots.zipped(), "two_faced"),
    "a PNG that is a JAR too": Specimen(lambda: pictures.png() + polyglots.harmless_zip(), "two_faced"),
    "a PNG that is a RAR too": Specimen(lambda: pictures.png() + b"Rar!\x1a\x07\x01\x00" + bytes(90), "two_faced"),
    "a JPEG that is a 7z too": Specimen(lambda: pictures.jpeg() + b"7z\xbc\xaf\x27\x1c\0\4" + bytes(90), "two_faced"),
    "a JPEG that is a PHAR too": Specimen(lambda: pictures.jpeg() + b"__HALT_COMPILER(); ?>" + bytes(90), "two_faced"),
    "a JPEG that is a disc too": Specimen(polyglots.disc_in_jpeg, "two_faced"),
    "a PDF that is a page too": Specimen(lambda: polyglots.pdf_with(HTML), "two_faced"),
    "a PDF that is an SVG too": Specimen(lambda: polyglots.pdf_with(SVG), "two_faced"),
    "a PDF that is PHP too": Specimen(lambda: polyglots.pdf_with(b"<?php system('id'); ?>"), "two_faced"),
    "a PDF that is a ZIP too": Specimen(lambda: pictures.pdf() + polyglots.zipped(), "two_faced"),
    "a PDF around a JAR": Specimen(lambda: polyglots.pdf_around(polyglots.harmless_zip()), "two_faced"),
    "a PDF that is a tar too": Specimen(polyglots.tar_in_pdf, "two_faced"),
    "an MP4 with a page at its end": Specimen(lambda: clips.clip(audio=None) + HTML, video="two_faced"),
    "an MP4 with a PDF in its beginning": Specimen(lambda: polyglots.mp4_with(pictures.pdf()), video="two_faced"),
    "an MP4 that is a JAR too": Specimen(lambda: clips.clip(audio=None) + polyglots.harmless_zip(), video="two_faced"),
    "a WebM that is a ZIP too": Specimen(lambda: clips.webm(audio=None) + polyglots.zipped(), video="two_faced"),
}
CORPUS = {**EMPTY_AND_CUT, **BOMBS, **DISGUISES, **TWO_FACED}

HARMLESS: dict[str, Callable[[], bytes]] = {
    "a JPEG that is a script too": polyglots.script_in_jpeg,
    "a JPEG with a video behind it": polyglots.moving_jpeg,
    "a PNG with words before and bytes after": polyglots.commented_png,
    "a PNG that says to be 10,000 frames": bombs.many_frames_png,
    "a PNG with a message in its lowest bits": polyglots.hidden_in_pixels,
    "a PDF with a script, a file and a name": polyglots.acting_pdf,
}
"""What is taken, because telephones and scanners write such files, and of which the picture alone is kept."""

HARMLESS_VIDEOS: dict[str, Callable[[], bytes]] = {
    "an MP4 with a script before its index": lambda: polyglots.mp4_before_its_index(polyglots.SCRIPT),
    "an MP4 with a script behind its end": lambda: clips.clip(audio=None) + polyglots.boxed(polyglots.SCRIPT),
}
"""What is taken as a video, of which pictures and sound alone are kept."""


def noise() -> Image.Image:
    """A picture that compresses badly."""
    return Image.effect_noise((2_400, 1_800), 40).convert("RGB")


def cut(content: bytes) -> bytes:
    """Nine tenths of it."""
    return content[: len(content) * 9 // 10]
