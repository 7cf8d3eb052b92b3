"""Pictures made by the tests: ID cards, and files that are not what they seem."""

from __future__ import annotations

import secrets
import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import Image, ImageDraw, ImageFont


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    """The image as a file."""
    target = BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()


def plain(width: int = 640, height: int = 400) -> Image.Image:
    """A picture that differs each time."""
    image = Image.new("RGB", (width, height), tuple(secrets.token_bytes(3)))
    ImageDraw.Draw(image).ellipse((40, 40, 240, 240), fill="white")
    return image


def jpeg(width: int = 640, height: int = 400) -> bytes:
    """A good JPEG."""
    return encoded(plain(width, height), "JPEG")


def png(width: int = 640, height: int = 400) -> bytes:
    """A good PNG."""
    return encoded(plain(width, height), "PNG")


def pdf(pages: int = 1) -> bytes:
    """A good PDF with pictures."""
    rest = [plain(120, 80) for _ in range(pages - 1)]
    return encoded(plain(), "PDF", save_all=True, append_images=rest)


def gps(*, orientation: int = 1) -> Image.Exif:
    """Where a photograph was taken, by what, and how the camera was held."""
    exif = Image.Exif()
    exif[0x010F] = "SpyCam"
    exif[0x0112] = orientation
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (25.0, 2.0, 13.37)
    return exif


def jpeg_with_gps() -> bytes:
    """A photograph that tells where it was taken, by what, and more."""
    exif = gps(orientation=6)
    return encoded(plain(640, 400), "JPEG", exif=exif, comment=b"secret-comment", icc_profile=b"secret-profile" * 20)


def png_bomb(width: int = 50_000, height: int = 50_000) -> bytes:
    """Few bytes that say to be 2,500 million pixels, with as much of the data as fits in a small file."""
    row = zlib.compress(bytes(1 + width // 8) * 400, 9)
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", row) + _chunk(b"IEND", b"")


def encrypted_pdf() -> bytes:
    """A PDF whose security handler asks for a password that nobody knows."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] >>",
        b"<< /Filter /Standard /V 1 /R 2 /O <" + b"41" * 32 + b"> /U <" + b"42" * 32 + b"> /P -4 >>",
    ]
    body, places = b"%PDF-1.4\n", []
    for number, text in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, text)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    identity = b"[<" + b"43" * 16 + b"> <" + b"43" * 16 + b">]"
    tail = b"trailer\n<< /Size 5 /Root 1 0 R /Encrypt 4 0 R /ID %s >>\nstartxref\n%d\n%%%%EOF" % (identity, len(body))
    return body + b"xref\n0 5\n0000000000 65535 f \n" + table + tail


def deflate_bomb_pdf() -> bytes:
    """A PDF whose one page's content inflates to 430 MB of drawing."""
    inner = zlib.compressobj(9)
    block = b"0 0 m 300 300 l S\n" * 60_000
    stream = b"".join(inner.compress(block) for _ in range(400)) + inner.flush()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Contents 4 0 R >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(stream), stream),
    ]
    body, places = b"%PDF-1.4\n", []
    for number, text in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, text)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    tail = b"trailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % len(body)
    return body + b"xref\n0 5\n0000000000 65535 f \n" + table + tail


def many_pages_pdf(pages: int) -> bytes:
    """A small PDF whose catalogue lists one page thousands of times."""
    kids = b"3 0 R " * pages
    return _pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [" + kids + b"] /Count %d >>" % pages,
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] >>",
    )


def nested_stream_pdf(depth: int = 12) -> bytes:
    """A PDF whose content is compressed many times over: a few hundred bytes that want to be gigabytes."""
    content = zlib.compress(b"0 0 m 300 300 l S\n" * 2_000_000, 9)
    for _ in range(depth - 1):
        content = zlib.compress(content, 9)
    filters = b"/FlateDecode " * depth
    return _pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Contents 4 0 R >>",
        b"<< /Length %d /Filter [%s] >>\nstream\n%s\nendstream" % (len(content), filters, content),
    )


def many_frames_gif(frames: int) -> bytes:
    """A GIF of many frames, which is no type that we take."""
    first = encoded(Image.new("P", (16, 16)), "GIF")
    frame = first[first.index(b"\x2c") : -1]
    return first[:-1] + frame * (frames - 1) + b";"


def _pdf(*objects: bytes) -> bytes:
    body, places = b"%PDF-1.4\n", []
    for number, text in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, text)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    tail = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (size, len(body))
    return body + b"xref\n0 %d\n0000000000 65535 f \n" % size + table + tail


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def id_card(
    *, name: str = "LIN MEI-HUA", number: str = "A123456789", birthday: str = "1990-02-28", back: bool = False
) -> Image.Image:
    """A card that looks like one, on a desk, a little turned."""
    card = Image.new("RGB", (1_240, 780), "#f6efe3")
    pen = ImageDraw.Draw(card)
    pen.rectangle((0, 0, 1_240, 130), fill="#9b2335")
    pen.text((40, 38), "REPUBLIC OF EXAMPLE" if not back else "HOUSEHOLD REGISTER", fill="white", font=_font(54))
    if back:
        lines = [("Father", "LIN CHIH-MING"), ("Mother", "CHEN YU-TING"), ("Address", "7 Zhongshan N. Rd., Taipei")]
    else:
        lines = [("Name", name), ("Birthday", birthday), ("Number", number), ("Sex", "F")]
        face(pen, (900, 420), 150)
    for row, (label, text) in enumerate(lines):
        pen.text((60, 190 + row * 135), label, fill="#777", font=_font(34))
        pen.text((60, 232 + row * 135), text, fill="#222", font=_font(56))
    return _on_desk(card)


def face(pen: ImageDraw.ImageDraw, centre: tuple[int, int], radius: int) -> None:
    """A face, simply."""
    x, y = centre
    pen.rectangle((x - radius - 40, y - radius - 60, x + radius + 40, y + radius + 80), fill="#cfd8e3")
    pen.ellipse((x - radius, y - radius - 30, x + radius, y + radius), fill="#2b1d14")
    pen.ellipse((x - radius + 25, y - radius + 20, x + radius - 25, y + radius), fill="#e8b98f")
    for side in (-1, 1):
        pen.ellipse((x + side * 50 - 14, y - 25, x + side * 50 + 14, y + 3), fill="#222")
    pen.arc((x - 50, y + 20, x + 50, y + 90), 20, 160, fill="#a33", width=8)


def selfie() -> Image.Image:
    """A face that holds a card."""
    photo = Image.new("RGB", (1_400, 1_800), "#8fa3ad")
    pen = ImageDraw.Draw(photo)
    face(pen, (700, 620), 380)
    card = id_card().resize((620, 450))
    photo.paste(card, (390, 1_180))
    return photo


def bank_book(*, account: str = "012345678901") -> Image.Image:
    """The first page of a bank book."""
    page = Image.new("RGB", (1_300, 900), "#e9f2ec")
    pen = ImageDraw.Draw(page)
    pen.text((70, 60), "EXAMPLE BANK", fill="#14532d", font=_font(72))
    for row, text in enumerate(("Holder  LIN MEI-HUA", f"Account  {account}", "Bank 812   Branch 0023")):
        pen.text((70, 240 + row * 150), text, fill="#1f2937", font=_font(58))
    return _on_desk(page)


def _on_desk(card: Image.Image) -> Image.Image:
    desk = Image.effect_noise((card.width + 260, card.height + 260), 18).convert("RGB")
    turned = card.rotate(2.5, expand=True, fillcolor="#808080", resample=Image.Resampling.BICUBIC)
    desk.paste(turned, (100, 90))
    return desk


def _font(size: int) -> Any:
    return ImageFont.load_default(size=size)
