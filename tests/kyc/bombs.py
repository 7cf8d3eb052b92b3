"""Files that want more than they weigh: pixels, pages, frames, passes without end."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

from PIL import Image, PngImagePlugin

from tests.kyc import pictures

LAUGHS = 10
"""Forms that each form of a laughing PDF draws, and how deep they go."""


def png(width: int = 50_000, height: int = 50_000) -> bytes:
    """Few bytes that say to be 2,500 million pixels, with as much of the data as fits in a small file."""
    row = zlib.compress(bytes(1 + width // 8) * 400, 9)
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", row) + _chunk(b"IEND", b"")


def talkative_png() -> bytes:
    """A picture of a few kilobytes with a remark of 400 megabytes."""
    words = PngImagePlugin.PngInfo()
    remark = zlib.compressobj(9)
    packed = b"".join(remark.compress(bytes(1_000_000)) for _ in range(400)) + remark.flush()
    words.add(b"zTXt", b"Comment\0\0" + packed)
    return pictures.encoded(pictures.plain(), "PNG", pnginfo=words)


def patient_jpeg(scans: int = 4_000) -> bytes:
    """A picture of 25 million pixels that comes in thousands of passes, each of which touches all of them."""
    flat = pictures.encoded(Image.new("L", (5_000, 4_992)), "JPEG", progressive=True)
    last = flat.rindex(b"\xff\xda")
    return flat[:-2] + flat[last:-2] * scans + flat[-2:]


def many_frames_gif(frames: int = 10_000) -> bytes:
    """A GIF of many frames, which is no type that we take."""
    first = pictures.encoded(Image.new("P", (16, 16)), "GIF")
    frame = first[first.index(b"\x2c") : -1]
    return first[:-1] + frame * (frames - 1) + b";"


def many_frames_png(frames: int = 10_000) -> bytes:
    """A PNG that says to be an animation of many frames: the first one is a picture like others."""
    whole = pictures.png()
    at = whole.index(b"IDAT") - 4
    return whole[:at] + _chunk(b"acTL", struct.pack(">II", frames, 0)) + whole[at:]


def many_pages_pdf(pages: int = 10_000) -> bytes:
    """A small PDF whose catalogue lists one page thousands of times."""
    kids = b"3 0 R " * pages
    return pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [" + kids + b"] /Count %d >>" % pages,
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] >>",
    )


def nested_stream_pdf(depth: int = 12) -> bytes:
    """A PDF whose content is compressed many times over: a few hundred bytes that want to be gigabytes."""
    content = zlib.compress(b"0 0 m 300 300 l S\n" * 2_000_000, 9)
    for _ in range(depth - 1):
        content = zlib.compress(content, 9)
    return one_page_pdf(content, b"/Filter [%s]" % (b"/FlateDecode " * depth))


def deflated_pdf() -> bytes:
    """A PDF whose one page's content inflates to 430 MB of drawing."""
    inner = zlib.compressobj(9)
    block = b"0 0 m 300 300 l S\n" * 60_000
    content = b"".join(inner.compress(block) for _ in range(400)) + inner.flush()
    return one_page_pdf(content, b"/Filter /FlateDecode")


def laughing_pdf() -> bytes:
    """A PDF whose page draws a form ten times that draws a form ten times, and so on: ten thousand million lines."""
    names = b"".join(b"/F%d %d 0 R " % (deep, 5 + deep) for deep in range(LAUGHS))
    resources = b"/Resources << /XObject << %s >> >>" % names
    forms = []
    for deep in range(LAUGHS):
        drawn = b"/F%d Do " % (deep + 1) * LAUGHS if deep + 1 < LAUGHS else b"0 0 m 300 300 l S "
        head = b"<< /Type /XObject /Subtype /Form /BBox [0 0 300 300] %s /Length %d >>" % (resources, len(drawn))
        forms.append(head + b"\nstream\n" + drawn + b"\nendstream")
    return one_page_pdf(b"/F0 Do", b"", resources, *forms)


def endless_tree_pdf() -> bytes:
    """A PDF whose list of pages contains itself."""
    return pdf(b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>")


def vast_picture_pdf() -> bytes:
    """A PDF whose page shows a picture of 2,500 million pixels, again and again."""
    row = zlib.compress(bytes(6_250) * 400, 9)
    head = b"<< /Type /XObject /Subtype /Image /Width 50000 /Height 50000 /ColorSpace /DeviceGray /BitsPerComponent 8 "
    image = head + b"/Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (len(row), row)
    resources = b"/Resources << /XObject << /I 5 0 R >> >>"
    return one_page_pdf(b"300 0 0 300 0 0 cm " + b"/I Do " * 12, b"", resources, image)


def vast_page_pdf() -> bytes:
    """A PDF of one page of seven metres, times the unit that it names."""
    return pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 2000000 2000000] /UserUnit 75000 >>",
    )


def encrypted_pdf() -> bytes:
    """A PDF whose security handler asks for a password that nobody knows."""
    identity = b"[<" + b"43" * 16 + b"> <" + b"43" * 16 + b">]"
    return pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] >>",
        b"<< /Filter /Standard /V 1 /R 2 /O <" + b"41" * 32 + b"> /U <" + b"42" * 32 + b"> /P -4 >>",
        trailer=b"/Encrypt 4 0 R /ID " + identity,
    )


def one_page_pdf(content: bytes, filters: bytes, resources: bytes = b"", *objects: bytes) -> bytes:
    """A PDF of one page with this content; further objects count from 5."""
    return pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Contents 4 0 R %s >>" % resources,
        b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), filters, content),
        *objects,
    )


def pdf(*objects: bytes, trailer: bytes = b"", head: bytes = b"") -> bytes:
    """A PDF of these objects, numbered from 1, the first the catalogue."""
    body, places = BytesIO(), []
    body.write(b"%PDF-1.7\n" + head)
    for number, text in enumerate(objects, start=1):
        places.append(body.tell())
        body.write(b"%d 0 obj\n%s\nendobj\n" % (number, text))
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size, at = len(objects) + 1, body.tell()
    body.write(b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table))
    body.write(b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF" % (size, trailer, at))
    return body.getvalue()


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
