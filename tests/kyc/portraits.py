"""Portraits made by the tests: shaded, grained and lit from a side like a photograph, and of nobody."""

from __future__ import annotations

from PIL import Image, ImageChops, ImageDraw, ImageFilter

SKIN, LIGHT, SHADE, HAIR, LIPS = "#dcb596", "#ecc9ad", "#a97f63", "#33261d", "#9c5a50"


def portrait(side: int = 900, *, covered: bool = False) -> Image.Image:
    """A face from the front, `side` pixels each way; `covered` by something dark from brow to chin."""
    image = Image.new("RGB", (side, side), "#9aa4ad")
    pen = ImageDraw.Draw(image)
    x, y, width, height = side // 2, int(side * 0.52), int(side * 0.24), int(side * 0.33)

    def oval(dx: float, dy: float, wide: float, high: float, fill: str) -> None:
        """An oval; its place and size in parts of the head's half width and half height."""
        cx, cy, a, b = x + dx * width, y + dy * height, wide * width, high * height
        pen.ellipse((cx - a, cy - b, cx + a, cy + b), fill=fill)

    oval(0, 2.0, 1.75, 0.98, "#3d4656")
    pen.rectangle((x - width * 0.45, y + height * 0.7, x + width * 0.45, side), fill=SHADE)
    oval(0, -0.18, 1.16, 1.08, HAIR)
    oval(0, 0, 1, 1, SKIN)
    for turn in (-1, 1):
        _eye(pen, (x + turn * 0.43 * width, y - 0.17 * height), width, height)
        oval(turn * 0.5, 0.25, 0.3, 0.18, LIGHT)
    pen.polygon(
        [(x, y - height * 0.2), (x - width * 0.17, y + height * 0.27), (x + width * 0.17, y + height * 0.27)], fill=LIGHT
    )
    oval(0, 0.30, 0.18, 0.04, SHADE)
    oval(0, 0.55, 0.36, 0.07, LIPS)
    oval(0, 0.72, 0.25, 0.05, "#c39a7c")
    if covered:
        pen.rectangle((x - width * 1.1, y - height * 0.45, x + width * 1.1, y + height), fill="#26303a")
    return photographed(image)


def _eye(pen: ImageDraw.ImageDraw, place: tuple[float, float], width: float, height: float) -> None:
    x, y = place
    for wide, high, fill in ((0.30, 0.13, SHADE), (0.21, 0.065, "#f1ece6"), (0.1, 0.062, HAIR)):
        pen.ellipse((x - wide * width, y - high * height, x + wide * width, y + high * height), fill=fill)
    brow = y - height * 0.18
    pen.line((x - width * 0.28, brow, x + width * 0.28, brow), fill=HAIR, width=int(height * 0.06))


def photographed(image: Image.Image) -> Image.Image:
    """As a camera would see it: soft, with grain, and brighter on one side."""
    soft = image.filter(ImageFilter.GaussianBlur(image.width * 0.006))
    light = Image.linear_gradient("L").rotate(90).resize(image.size).point(lambda value: 205 + value * 50 // 255)
    lit = ImageChops.multiply(soft, Image.merge("RGB", [light] * 3))
    grain = Image.effect_noise(image.size, 14)
    return ImageChops.add(lit, Image.merge("RGB", [grain] * 3), offset=-128)
