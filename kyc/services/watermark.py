"""The officer's name across an image, so that a screenshot tells whose screen it was.

Reads only JPEGs that our own encoder wrote, so it may run in the web process.
"""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from PIL import Image, ImageDraw, ImageFont

from config.kit import clock

if TYPE_CHECKING:
    from accounts.models import User

PLACES = ((0.05, 0.015), (0.52, 0.34), (0.04, 0.66), (0.45, 0.955))
"""Where each line begins, in parts of the width and the height: along the edges, and twice across."""
SHADES = ((0, 0, 0, 96), (255, 255, 255, 104))
"""Dark and light, so that the text is seen on any ground; faint enough to read through."""
LINES_IN_WIDTH = 56
SIZE_MIN = 14
FONTS = (
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
)
"""Where systems keep fonts that know more than Latin letters; a name is drawn in the first that knows all of it."""
ANY_SIZE = 24
NO_LETTER = "\U0010ffff"
"""What no font has: it is drawn as the font draws whatever it does not know."""


def of(officer: User) -> str:
    """What stands across an image that this officer looks at; the name where a font here knows its letters."""
    name = officer.get_full_name()
    return words(name if font_for(name) is not None else "Officer", officer)


def words(name: str, officer: User) -> str:
    """Name, number and moment: the whole name where a browser draws it."""
    return f"{name}  {officer.uid}  {clock.now():%Y-%m-%d %H:%M} UTC"


def drawn(jpeg: bytes, *, text: str) -> bytes:
    """The image with the text across it in a few places."""
    with Image.open(BytesIO(jpeg), formats=("JPEG",)) as opened:
        image = opened.convert("RGBA")
    font = _font(font_for(text) or "", max(SIZE_MIN, image.width // LINES_IN_WIDTH))
    mark = Image.new("RGBA", image.size)  # a sheet of its own: text drawn onto the image would not be faint
    pen = ImageDraw.Draw(mark)
    widest = max(0.0, 1 - pen.textlength(text, font=font) / image.width - 0.01)
    for x, y in PLACES:
        for offset, shade in enumerate(SHADES):
            place = (image.width * min(x, widest) + offset, image.height * y + offset)
            pen.text(place, text, font=font, fill=shade)
    target = BytesIO()
    Image.alpha_composite(image, mark).convert("RGB").save(target, "JPEG", quality=85)
    return target.getvalue()


@lru_cache(maxsize=1_000)
def font_for(text: str) -> str | None:
    """The file of the first font that has every letter of the text; empty for Pillow's own, None where none has."""
    files = (path for path in (*settings.WATERMARK_FONTS, *FONTS) if Path(path).is_file())
    return next((path for path in ("", *files) if _has(path, text)), None)


def _has(path: str, text: str) -> bool:
    font = _font(path, ANY_SIZE)
    unknown = bytes(font.getmask(NO_LETTER))
    return all(letter.isspace() or bytes(font.getmask(letter)) not in {unknown, b""} for letter in text)


def _font(path: str, size: int) -> Any:
    return ImageFont.truetype(path, size) if path else ImageFont.load_default(size=size)
