"""Pictures made by the tests: ID cards, and what else customers hand in."""

from __future__ import annotations

import secrets
from io import BytesIO
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from tests.kyc import portraits


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
        card.paste(portraits.portrait(430), (770, 180))
    for row, (label, text) in enumerate(lines):
        pen.text((60, 190 + row * 135), label, fill="#777", font=_font(34))
        pen.text((60, 232 + row * 135), text, fill="#222", font=_font(56))
    return _on_desk(card)


def selfie() -> Image.Image:
    """A face that holds a card."""
    photo = Image.new("RGB", (1_400, 1_800), "#8fa3ad")
    photo.paste(portraits.portrait(1_100), (150, 60))
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
