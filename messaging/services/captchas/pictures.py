"""Pictures of a few characters, drawn by the library `captcha`."""

from __future__ import annotations

import base64
import secrets
import threading
from datetime import datetime, timedelta

from captcha.image import ImageCaptcha
from django.conf import settings

from config.kit.crypto import equal, keyed_hash
from messaging.models import CaptchaKind
from messaging.services.captchas.rows import keep_picture
from messaging.services.captchas.words import Challenge

ALPHABET = "ACEFHJKPRTWXY39"
"""Characters that nobody mistakes for one another in the library's font, tilted and warped. Of O/0/Q/D, 1/I/L, 2/Z, 5/S,
8/B, 6/G, U/V, M/N, A/4 and 1/7 at most one is drawn. One guess in 760,000 is right, and a picture takes one."""
CHARACTERS = 5
WIDTH_PIXELS, HEIGHT_PIXELS = 160, 60
ID_BYTES = 16


class _Pictures(ImageCaptcha):
    """The library's pictures, tilted a little less: legible to people, and tilt is no obstacle to programs."""

    lookup_table = [min(255, shade * 6) for shade in range(256)]
    """How strongly a shade of the ink covers the paper. The library's own table leaves dark ink almost transparent."""
    word_offset_dx = 0.1
    character_rotate = (-22, 22)
    character_warp_dx = (0.1, 0.2)
    character_warp_dy = (0.1, 0.2)


_pictures = _Pictures(width=WIDTH_PIXELS, height=HEIGHT_PIXELS, font_sizes=(40, 44, 48))
_drawing = threading.Lock()
"""One picture at a time in each process: a font's face is not for several threads, and a flood uses one core at most."""


def draw_picture(*, at: datetime) -> Challenge:
    """A new picture, waiting for its one answer."""
    picture_id = secrets.token_hex(ID_BYTES)
    answer = "".join(secrets.choice(ALPHABET) for _ in range(CHARACTERS))
    expires_at = at + timedelta(seconds=settings.CAPTCHA_LIFETIME_SECONDS)
    image = jpeg(answer)
    keep_picture(id=picture_id, answer_hash=hash_of(picture_id, answer), answer=answer, drawn_at=at, expires_at=expires_at)
    return Challenge(
        kind=CaptchaKind.PICTURE.value, id=picture_id, expires_at=expires_at, image=base64.b64encode(image).decode()
    )


def jpeg(text: str) -> bytes:
    """The text as a JPEG: dark on light, whatever the hue."""
    ink, paper = _colour(40, 120), _colour(238, 256)
    with _drawing:
        return _pictures.generate(text, format="JPEG", bg_color=paper, fg_color=ink).getvalue()


def _colour(shade_min: int, shade_end: int) -> tuple[int, int, int]:
    red, green, blue = (shade_min + secrets.randbelow(shade_end - shade_min) for _ in range(3))
    return red, green, blue


def hash_of(id: str, answer: str) -> bytes:
    """What is kept of an answer: capital or small letters are the same."""
    return keyed_hash("messaging.captcha.answer", id, answer.strip().upper())


def fits(id: str, answer: str, answer_hash: bytes) -> bool:
    """Whether this is the answer."""
    return equal(hash_of(id, answer), answer_hash)
