"""The child process that reads customers' files. Run as a script; imports nothing of ours.

A file from outside meets decoders written in C only here: with 512 MiB of address space, 3 seconds of CPU, no network
(an empty network namespace where the kernel lets us), no second process, no open file but the two it was given, and no
way to get a third (`RLIMIT_NOFILE` is 3 before the first decoder sees a byte, so that sockets and files alike fail).
It reads the upload from descriptor 0 and writes one line of JSON and the page JPEGs to descriptor 1.
"""

from __future__ import annotations

import ctypes
import importlib
import json
import os
import resource
import sys
import warnings
from io import BytesIO
from typing import Any

MEMORY_BYTES_MAX = 512 * 1024 * 1024
CPU_SECONDS_MAX = 3
OUTPUT_BYTES_MAX = 32 * 1024 * 1024
INPUT_BYTES_MAX = 5 * 1024 * 1024
PIXELS_MAX = 25_000_000
SIDE_PIXELS_MIN = 200
PAGE_COUNT_MAX = 20
STORED_SIDE_PIXELS_MAX = 2_000
"""Pixels of the longer side of a stored page: small print of a card stays legible."""
PDF_SCALE_MAX = 200 / 72
"""200 dots per inch."""
JPEG_QUALITY = 88
CLONE_NEWNET, CLONE_NEWUSER = 0x40000000, 0x10000000
PR_SET_NO_NEW_PRIVS = 38
FOREIGN_MARKS = (b"<script", b"<html", b"<!doctype", b"<iframe", b"<svg ", b"<svg>", b"<?php", b"__halt_compiler")
"""What no photograph and no scan contains; in one it is the second face of a file made to be two things."""
PDF_MARK = b"%pdf-"
PACKED_MARKS = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c")
"""Archives whose readers look for them anywhere. Source: RAR 5.0 archive format; 7zFormat.txt."""
PLACED_MARKS = ((257, b"ustar"), (32_769, b"CD001"))
"""Archives that are known by bytes at a place of their own: tar and ISO 9660."""
ZIP_END, ZIP_ENTRY, ZIP_64 = b"PK\x05\x06", b"PK\x01\x02", b"PK\x06\x07"
ZIP_END_BYTES, ZIP_64_BYTES, ZIP_COMMENT_BYTES_MAX = 22, 20, 65_535
PDF_END = b"%%EOF"
PDF_END_BYTES = 1_024
"""A whole PDF says within so many of its last bytes that it ends. Source: PDF 1.7, implementation note 18."""


class Refused(Exception):
    """The file is not taken; the argument is the cause's word."""


def confine(*, cpu_seconds: int = CPU_SECONDS_MAX, output_bytes: int = OUTPUT_BYTES_MAX) -> None:
    """Give up everything that reading a picture doesn't need."""
    limits = {
        resource.RLIMIT_AS: MEMORY_BYTES_MAX,
        resource.RLIMIT_CPU: cpu_seconds,
        resource.RLIMIT_FSIZE: output_bytes,
        resource.RLIMIT_CORE: 0,
    }
    for limit, value in limits.items():
        resource.setrlimit(limit, (value, value))
    os.nice(5)
    libc = ctypes.CDLL(None, use_errno=True)
    if hasattr(libc, "prctl"):
        libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if hasattr(libc, "unshare") and libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0:
        libc.unshare(CLONE_NEWNET)
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))


def close_the_door(*, but: int = 2) -> None:
    """From here on nothing can be opened: no file, no socket, no pipe. Call when every import is done.

    `but` is a descriptor that stays open, though it could not be opened any more.
    """
    os.closerange(3, but)
    os.closerange(but + 1, 4096)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))


def sniff(content: bytes) -> str:
    """The media type by the first bytes. Raises Refused."""
    if not content:
        raise Refused("empty")
    if len(content) > INPUT_BYTES_MAX:
        raise Refused("too_large")
    if content.startswith(b"\xff\xd8\xff"):
        kind = "image/jpeg"
    elif content.startswith(b"\x89PNG\r\n\x1a\n"):
        kind = "image/png"
    elif content.startswith(b"%PDF-"):
        kind = "application/pdf"
    else:
        raise Refused("foreign_type")
    if is_two_faced(content, pdf=kind == "application/pdf"):
        raise Refused("two_faced")
    return kind


def is_two_faced(content: bytes, *, pdf: bool = False) -> bool:
    """Whether a browser, a reader of PDF or an unpacker would take this for something of its own.

    What isn't noticed here does no harm either, because no byte of it is kept: see `encode`.
    """
    lowered = content.lower()
    if any(mark in lowered for mark in FOREIGN_MARKS) or (PDF_MARK in lowered and not pdf):
        return True
    if any(mark in content for mark in PACKED_MARKS) or any(content[at:].startswith(mark) for at, mark in PLACED_MARKS):
        return True
    return ends_in_zip(content)


def ends_in_zip(content: bytes) -> bool:
    """Whether the last bytes are the directory of a ZIP, which may stand behind anything. Source: APPNOTE.TXT 4.3.16."""
    at = content.rfind(ZIP_END, max(0, len(content) - ZIP_END_BYTES - ZIP_COMMENT_BYTES_MAX))
    if at < 0 or at + ZIP_END_BYTES > len(content):
        return False
    size = int.from_bytes(content[at + 12 : at + 16], "little")
    starts = max(0, at - size)
    return content[starts : starts + 4] == ZIP_ENTRY or content[max(0, at - ZIP_64_BYTES) : at].startswith(ZIP_64)


def read_image(content: bytes, media_type: str) -> list[Any]:
    """The first frame, upright, without a trace of metadata."""
    from PIL import Image, ImageOps

    load_plugins()
    Image.MAX_IMAGE_PIXELS = PIXELS_MAX
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    close_the_door()
    formats = ("JPEG", "MPO") if media_type == "image/jpeg" else ("PNG",)
    try:
        image = Image.open(BytesIO(content), formats=formats)
        if image.width * image.height > PIXELS_MAX:
            raise Refused("too_many_pixels")
        if min(image.size) < SIDE_PIXELS_MIN:
            raise Refused("too_small")
        share = STORED_SIDE_PIXELS_MAX / max(image.size)  # a square would ask for more than is kept
        image.draft("RGB", (int(image.width * share), int(image.height * share)))
        image.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused("too_many_pixels") from None
    try:
        upright = ImageOps.exif_transpose(image)
    except Exception:  # noqa: BLE001  # see below
        upright = image  # a broken EXIF block says nothing about which way is up
    return [flatten(upright)]


def load_plugins() -> None:
    """Import what Pillow would import when it meets a file: afterwards the door is closed."""
    import PIL.Image

    for plugin in ("JpegImagePlugin", "MpoImagePlugin", "PngImagePlugin", "TiffImagePlugin"):
        importlib.import_module(f"PIL.{plugin}")
    PIL.Image.preinit()


def flatten(image: Any) -> Any:
    """RGB on white, no larger than what is stored."""
    from PIL import Image

    if image.mode.startswith("I"):
        image = image.point(lambda value: value / 256).convert("L")
    if image.mode in {"P", "PA", "LA", "RGBA", "La", "RGBa"}:
        image = image.convert("RGBA")
    elif image.mode != "RGB":
        image = image.convert("RGB")
    side = STORED_SIDE_PIXELS_MAX
    image.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=2.0)
    if image.mode == "RGBA":
        white = Image.new("RGB", image.size, "white")
        white.paste(image, mask=image.getchannel("A"))
        image = white
    return image


def read_pdf(content: bytes) -> list[Any]:
    """Each page as a picture: what a script or a form in it would do is not done."""
    import pypdfium2
    from pypdfium2 import raw

    if PDF_END not in content.rstrip(b"\0\t\n\r ")[-PDF_END_BYTES:]:
        raise Refused("broken")  # the reader would show what there is of it
    load_plugins()
    close_the_door()
    try:
        pdf = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as problem:
        locked = getattr(problem, "err_code", None) in {raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY}
        raise Refused("encrypted" if locked else "broken") from None
    if len(pdf) == 0:
        raise Refused("broken")
    if len(pdf) > PAGE_COUNT_MAX:
        raise Refused("too_many_pages")
    images = []
    for index in range(len(pdf)):
        page = pdf[index]
        width, height = page.get_size()
        if not (1 <= width <= 20_000 and 1 <= height <= 20_000):
            raise Refused("broken")
        scale = min(PDF_SCALE_MAX, STORED_SIDE_PIXELS_MAX / max(width, height))
        images.append(page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB"))
        page.close()
    return images


def encode(image: Any) -> bytes:
    """A plain JPEG without EXIF, profile or comment."""
    image.info.clear()
    target = BytesIO()
    image.save(target, "JPEG", quality=JPEG_QUALITY)
    return target.getvalue()


def answer(head: dict[str, Any], body: bytes = b"") -> None:
    """One line of JSON, then the pages."""
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + body)
    sys.stdout.buffer.flush()


def main() -> None:
    """Read, re-encode, answer."""
    confine()
    content = sys.stdin.buffer.read(INPUT_BYTES_MAX + 1)
    try:
        media_type = sniff(content)
        images = read_pdf(content) if media_type == "application/pdf" else read_image(content, media_type)
        pages = [(image.width, image.height, encode(image)) for image in images]
    except Refused as refusal:
        answer({"cause": str(refusal)})
    except MemoryError:
        answer({"cause": "too_costly"})
    except Exception:  # noqa: BLE001  # whatever a decoder raises, the file is to blame
        answer({"cause": "broken"})
    else:
        head = [{"width": width, "height": height, "length": len(page)} for width, height, page in pages]
        answer({"source": media_type, "pages": head}, b"".join(page for _, _, page in pages))


if __name__ == "__main__":
    main()
