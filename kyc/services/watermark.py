"""The officer's name across an image, so that a screenshot tells whose screen it was.

Reads only JPEGs that our own encoder wrote, so it may run in the web process.
"""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

PLACES = ((0.05, 0.015), (0.52, 0.34), (0.04, 0.66), (0.45, 0.955))
"""Where each line begins, in parts of the width and the height: along the edges, and twice across."""
SHADES = ((0, 0, 0, 48), (255, 255, 255, 56))
"""Dark and light, so that the text is seen on any ground; faint enough to read through."""


def drawn(jpeg: bytes, *, text: str) -> bytes:
    """The image with the text across it in a few places."""
    with Image.open(BytesIO(jpeg), formats=("JPEG",)) as opened:
        image = opened.convert("RGB")
    font = ImageFont.load_default(size=max(12, image.width // 56))
    pen = ImageDraw.Draw(image, "RGBA")
    for x, y in PLACES:
        for offset, shade in enumerate(SHADES):
            pen.text((image.width * x + offset, image.height * y + offset), text, font=font, fill=shade)
    target = BytesIO()
    image.save(target, "JPEG", quality=85)
    return target.getvalue()
