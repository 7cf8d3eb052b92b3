"""The officer's name across an image, so that a screenshot tells whose screen it was.

Reads only JPEGs that our own encoder wrote, so it may run in the web process.
"""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

ROWS = 4
"""Lines of text over the height of the image."""
SHADES = ((0, 0, 0, 70), (255, 255, 255, 90))
"""Dark and light, so that the text is seen on any ground; faint enough to read through."""


def drawn(jpeg: bytes, *, text: str) -> bytes:
    """The image with the text across it in a few places."""
    with Image.open(BytesIO(jpeg), formats=("JPEG",)) as opened:
        image = opened.convert("RGB")
    font = ImageFont.load_default(size=max(14, image.width // 48))
    pen = ImageDraw.Draw(image, "RGBA")
    for row in range(ROWS):
        left = image.width * (0.06 if row % 2 else 0.42)
        top = image.height * (row + 0.5) / ROWS
        for offset, shade in enumerate(SHADES):
            pen.text((left + offset, top + offset), text, font=font, fill=shade)
    target = BytesIO()
    image.save(target, "JPEG", quality=85)
    return target.getvalue()
