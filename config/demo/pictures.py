"""Pictures of documents as a phone would take them: drawn, lit unevenly, a little askew, with EXIF, as JPEG or PNG."""

from __future__ import annotations

import io
import random
from functools import cache

from PIL import Image, ImageDraw, ImageFilter, ImageFont

PHOTO_SIZE = (1600, 1200)
CARD_SIZE = (1180, 744)
"""Pixels; the proportions of an ID-1 card (ISO/IEC 7810)."""
INK = (38, 44, 60)


def card_front(name: str, number: str, birthday: str, seed: int) -> bytes:
    """A photograph of the front of an identity card."""
    card = _card((222, 234, 240))
    draw = ImageDraw.Draw(card)
    draw.text((60, 40), "REPUBLIC OF SAMPLES   IDENTITY CARD", font=_font(42), fill=(30, 70, 120))
    card.paste(_portrait((300, 380), seed), (70, 190))
    for row, (label, value) in enumerate((("Name", name), ("Born", birthday), ("Number", number), ("Sex", "-"))):
        draw.text((430, 200 + row * 105), label, font=_font(26), fill=(110, 120, 130))
        draw.text((430, 232 + row * 105), value, font=_font(46), fill=INK)
    draw.text((70, 640), f"I<SMP{number}<<<<<<<<<<<<<<<", font=_font(40), fill=INK)
    return _photographed(card, seed, "JPEG")


def card_back(number: str, address: str, seed: int) -> bytes:
    """A photograph of its back, as PNG."""
    card = _card((236, 230, 218))
    draw = ImageDraw.Draw(card)
    for row, line in enumerate(("Residence", address, "", "Issued 2021-03-04   Sample City", f"Serial {number[::-1]}")):
        draw.text((70, 80 + row * 80), line, font=_font(40), fill=INK)
    for bar in range(70):
        if random.Random(seed + bar).random() < 0.6:  # noqa: S311  # a picture
            draw.rectangle((70 + bar * 15, 560, 78 + bar * 15, 690), fill=INK)
    return _photographed(card, seed + 1, "PNG")


def selfie(name: str, seed: int) -> bytes:
    """A photograph of somebody who holds the card."""
    photo = Image.new("RGB", (1200, 1600), (196, 202, 208))
    photo.paste(_portrait((900, 1100), seed), (150, 120))
    card = _card((222, 234, 240)).resize((590, 372))
    ImageDraw.Draw(card).text((30, 30), name, font=_font(40), fill=INK)
    photo.paste(card.rotate(7, expand=True, fillcolor=(150, 120, 100)), (300, 1150))
    return _saved(_lit(photo, seed + 2), "JPEG")


def _card(colour: tuple[int, int, int]) -> Image.Image:
    card = Image.new("RGB", CARD_SIZE, colour)
    draw = ImageDraw.Draw(card)
    for line in range(0, CARD_SIZE[0], 24):
        draw.line((line, 0, line + 200, CARD_SIZE[1]), fill=tuple(max(0, part - 9) for part in colour), width=2)
    draw.rounded_rectangle((6, 6, CARD_SIZE[0] - 7, CARD_SIZE[1] - 7), radius=36, outline=(120, 130, 140), width=4)
    return card


def _portrait(size: tuple[int, int], seed: int) -> Image.Image:
    chance = random.Random(seed)  # noqa: S311  # a picture
    width, height = size
    skin, hair, cloth = (
        (chance.randint(150, 230), chance.randint(110, 180), 110),
        (60, 45, 35),
        (40, 70, chance.randint(80, 160)),
    )
    portrait = Image.new("RGB", size, (208, 214, 222))
    draw = ImageDraw.Draw(portrait)
    draw.ellipse((width * 0.05, height * 0.68, width * 0.95, height * 1.5), fill=cloth)
    draw.ellipse((width * 0.22, height * 0.10, width * 0.78, height * 0.78), fill=hair)
    draw.ellipse((width * 0.27, height * 0.18, width * 0.73, height * 0.76), fill=skin)
    for eye in (0.39, 0.61):
        draw.ellipse((width * (eye - 0.03), height * 0.42, width * (eye + 0.03), height * 0.46), fill=INK)
    draw.arc((width * 0.40, height * 0.52, width * 0.60, height * 0.66), 20, 160, fill=(120, 50, 50), width=max(3, width // 90))
    return portrait


def _photographed(card: Image.Image, seed: int, form: str) -> bytes:
    chance = random.Random(seed)  # noqa: S311  # a picture
    table = _noise(PHOTO_SIZE, 22).convert("RGB").point(lambda level: int(level * 0.55) + 35)
    turned = card.convert("RGBA").rotate(chance.uniform(-5, 5), expand=True, resample=Image.Resampling.BICUBIC)
    table.paste(turned, ((PHOTO_SIZE[0] - turned.width) // 2, (PHOTO_SIZE[1] - turned.height) // 2), turned)
    return _saved(_lit(table, seed), form)


def _lit(photo: Image.Image, seed: int) -> Image.Image:
    """Brighter on one side, a little soft, a little grainy."""
    light = Image.linear_gradient("L").rotate(90 * (seed % 4)).resize(photo.size).point(lambda level: 205 + level // 6)
    shaded = Image.composite(photo, Image.new("RGB", photo.size, (18, 18, 22)), light)
    grain = _noise(photo.size, 14).convert("RGB")
    return Image.blend(shaded, grain, 0.05).filter(ImageFilter.GaussianBlur(0.7))


@cache
def _noise(size: tuple[int, int], strength: int) -> Image.Image:
    """Drawn once for each size: it is what takes longest."""
    return Image.effect_noise(size, strength)


def _saved(photo: Image.Image, form: str) -> bytes:
    out = io.BytesIO()
    if form == "PNG":
        photo.quantize(96).save(out, "PNG")
    else:
        exif = Image.Exif()
        exif[0x0110], exif[0x0131] = "Sample phone", "camera 1.0"
        photo.save(out, "JPEG", quality=84, exif=exif)
    return out.getvalue()


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
