"""The officer's name, number and moment stand across everything that the officer sees, and a person can read them."""

from __future__ import annotations

import operator
import re
import shutil
from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageChops, ImageDraw, ImageOps

from accounts.models import User
from accounts.services import staff
from kyc.models import Document
from kyc.services import applications, documents, reading, videos, watermark
from tests import factories_kyc as make
from tests.kyc import clips, pictures
from tests.kyc.conftest import signed_in
from tests.kyc.test_desk import image_links, taken

pytestmark = pytest.mark.django_db
CHINESE = "林艾達"
reads = pytest.mark.skipif(shutil.which("tesseract") is None, reason="Debian's tesseract is not installed: nobody reads here")


def officer(name: str = f"Lin Ai-Da {CHINESE}") -> User:
    """An officer with a name."""
    made = make.officer()
    staff.rename(user=made, name=name, by="test", reason="test")
    return made


def read(picture: Image.Image) -> str:
    """What stands in the picture, without spaces."""
    times = max(2, 2_000 // picture.width)
    large = ImageOps.autocontrast(picture.convert("L")).resize((picture.width * times, picture.height * times))
    return re.sub(r"\s", "", reading.letters(pictures.encoded(large, "JPEG", quality=95)) or "")


def stands(text: str, found: str) -> bool:
    """Whether the text was read, but for a letter or two in which a program errs."""
    return any(sum(map(operator.eq, text, found[start:])) >= len(text) - 2 for start in range(len(found)))


def added(clean: bytes, shown: bytes) -> Image.Image:
    """What one picture has that the other has not, black on white."""
    pair = [Image.open(BytesIO(content)).convert("L") for content in (clean, shown)]
    return ImageOps.invert(ImageOps.autocontrast(ImageChops.difference(*pair).point(lambda level: level if level > 8 else 0)))


@reads
def test_a_photograph_each_page_of_a_pdf_and_each_picture_of_a_video_bear_the_mark() -> None:
    user, mine = make.level_one(), officer("Ai-Da Lin")
    card = pictures.encoded(pictures.id_card(), "JPEG", quality=90)
    two_pages = [pictures.plain(1_240, 800) for _ in range(2)]
    documents.upload(user=user, kind="id_front", content=card)
    pdf = pictures.encoded(two_pages[0], "PDF", save_all=True, append_images=two_pages[1:])
    documents.upload(user=user, kind="id_back", content=pdf)
    documents.upload(user=user, kind="selfie", content=pictures.encoded(pictures.selfie(), "JPEG", quality=90))
    videos.upload(user=user, file=clips.file(clips.clip(width=1_280, height=720, seconds=1, audio=None)))
    case = applications.apply(user=user, level=2)
    browser = signed_in(mine)
    seen = {}
    for link in image_links(taken(browser, case)):
        number, page = re.search(r"documents/(\d+)/(?:pages/)?(\d+)", link).groups()
        document = Document.objects.get(public_id=number)
        found = read(added(documents.page(document, int(page)), browser.get(link).content))
        seen[document.kind, page] = stands(str(mine.uid), found) and stands("Ai-DaLin", found)
    assert {kind for kind, _ in seen} == {"id_front", "id_back", "selfie", "video"}
    assert ("id_back", "2") in seen
    assert all(seen.values()), seen


@reads
@pytest.mark.parametrize("ground", ["#101010", "#f4f4f4", "#8a6f52"])
def test_the_mark_is_read_on_dark_light_and_middle_grounds_as_it_stands(ground: str) -> None:
    page = pictures.encoded(Image.new("RGB", (1_600, 1_000), ground), "JPEG", quality=90)
    found = read(Image.open(BytesIO(watermark.drawn(page, text="Ai-Da Lin  420757795  2026-12-01 05:50 UTC"))))
    assert stands("420757795", found), found


@pytest.mark.skipif(watermark.font_for(CHINESE) is None, reason="no font of this machine has Chinese letters")
def test_a_chinese_name_is_drawn_in_its_letters_and_not_in_boxes() -> None:
    assert watermark.of(officer()).startswith(f"Lin Ai-Da {CHINESE}  ")
    page = pictures.encoded(Image.new("RGB", (600, 100), "white"), "JPEG", quality=90)
    shapes = {text: watermark.drawn(page, text=text) for text in (*CHINESE, watermark.NO_LETTER)}
    assert len(set(shapes.values())) == 4


def test_where_no_font_has_the_letters_the_officers_number_stands_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watermark, "FONTS", ())
    watermark.font_for.cache_clear()
    mine = officer()
    assert watermark.of(mine).startswith(f"Officer  {mine.uid}  ")
    assert watermark.words(mine.get_full_name(), mine).startswith(f"Lin Ai-Da {CHINESE}  {mine.uid}  ")
    watermark.font_for.cache_clear()


def test_the_mark_hides_nothing_that_is_to_be_read() -> None:
    plain = Image.new("RGB", (1_240, 780), "white")
    ImageDraw.Draw(plain).rectangle((100, 100, 1_100, 700), fill="#333")
    clean = pictures.encoded(plain, "JPEG", quality=90)
    marked, empty = (Image.open(BytesIO(watermark.drawn(clean, text=text))) for text in ("Ann  123456789", " "))
    change = ImageChops.difference(marked, empty)
    levels = np.asarray(change.convert("L"))
    assert 20 < int(levels.max()) < 128
