"""Hints: what a machine notices about a document, for the officer to look at twice."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.db import connection
from PIL import Image, ImageDraw, ImageFilter

from config.kit import clock
from kyc.errors import ImagingBusy, StorageUnavailable
from kyc.models import Compared, Document, DocumentHints, HintState, ImagePrint, Likeness
from kyc.services import applications, documents, hint_work, hints, likeness, mrz, reading
from tests import factories_kyc as make
from tests.kyc import pictures, portraits

pytestmark = pytest.mark.django_db
SPECIMEN = """P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<
L898902C36UTO7408122F1204159ZE184226B<<<<<10
"""
"""The specimen of ICAO Doc 9303, part 4."""
SPECIMEN_CARD = "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<\n"


def jpeg(image: Image.Image, quality: int = 90) -> bytes:
    """The image as a file."""
    return pictures.encoded(image, "JPEG", quality=quality)


def uploaded(content: bytes, kind: str = "id_front", user: Any = None) -> Document:
    """A document that was looked at."""
    document = documents.upload(user=user or make.customer(), kind=kind, content=content)
    assert hint_work.look(document.pk)
    return document


def lines(document: Document) -> dict[str, bool]:
    """Each hint's name, and whether it warns."""
    return {line.name: line.warns for line in hints.of(document).lines}


def test_a_sharp_picture_warns_of_nothing_and_a_blurred_overexposed_small_one_does() -> None:
    card = pictures.id_card()
    good = uploaded(jpeg(card))
    assert {name: lines(good)[name] for name in ("resolution", "sharpness", "glare")} == {
        "resolution": False,
        "sharpness": False,
        "glare": False,
    }
    spoilt = card.filter(ImageFilter.GaussianBlur(9))
    ImageDraw.Draw(spoilt).ellipse((200, 200, 900, 700), fill="white")
    bad = uploaded(jpeg(spoilt.resize((600, 400))))
    assert {name: lines(bad)[name] for name in ("resolution", "sharpness", "glare")} == {
        "resolution": True,
        "sharpness": True,
        "glare": True,
    }
    assert hints.of(bad).warnings >= 3
    assert hints.warnings_of_cases([good.case_id, bad.case_id])[bad.case_id] == 1


def faces(content: bytes, kind: str) -> tuple[bool, str]:
    """Whether the hint of faces warns, and what it says."""
    (line,) = [one for one in hints.of(uploaded(content, kind=kind)).lines if one.name == "faces"]
    return line.warns, line.text


def two_people() -> Image.Image:
    """Side by side."""
    both = Image.new("RGB", (1_400, 700))
    both.paste(portraits.portrait(700), (0, 0))
    both.paste(portraits.portrait(700), (700, 0))
    return both


@pytest.mark.parametrize(
    ("picture", "kind", "told"),
    [
        (portraits.portrait, "selfie", (False, "One face found")),
        (pictures.id_card, "id_front", (False, "One face found")),
        (two_people, "selfie", (False, "2 faces found")),
        (lambda: portraits.portrait(covered=True), "selfie", (True, "No face found")),
        (pictures.bank_book, "selfie", (True, "No face found")),
        (lambda: pictures.id_card(back=True), "id_back", (False, "No face found")),
    ],
)
def test_a_face_is_found_where_one_is_and_its_absence_warns_where_one_is_due(
    picture: Callable[[], Image.Image], kind: str, told: tuple[bool, str]
) -> None:
    assert faces(jpeg(picture()), kind) == told


def test_another_customers_picture_is_known_again_when_it_was_scaled_and_compressed() -> None:
    card = pictures.id_card()
    first = uploaded(jpeg(card))
    own = uploaded(jpeg(card), kind="second_id", user=first.user)
    assert not hints.of(own).neighbours
    again = uploaded(jpeg(card.resize((900, 624)), quality=60))
    stranger = uploaded(jpeg(pictures.selfie()))
    assert {found.document_id for found in hints.of(again).neighbours} == {first.public_id, own.public_id}
    assert [found.case_id for found in hints.of(first).neighbours] == [again.case.public_id]
    assert not hints.of(stranger).neighbours
    assert lines(again)["likeness"]


def test_every_print_within_seven_bits_is_found_and_none_beyond() -> None:
    document = uploaded(pictures.jpeg())
    chance = random.Random(7)
    for distance in (0, 1, 3, 7, 8, 12):
        bits = chance.getrandbits(64)
        near = bits
        for bit in chance.sample(range(64), distance):
            near ^= 1 << bit
        likeness.note(document, f"{bits:016x}")
        found = likeness.near(near, user_id=0)
        assert found == ([(document.pk, distance)] if distance <= likeness.DISTANCE_MAX else [])
    assert ImagePrint.objects.count() == 1


def test_near_prints_are_found_through_the_bands_indexes() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        facts = {f"near_{n}": [1, 2] for n in range(4)}
        cursor.execute("EXPLAIN " + likeness.NEAR, {**facts, "bits": 5, "user": 1, "most": 7, "limit": 50})
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert all(f"kyc_image_print_band_{n}" in plan for n in range(4))


def test_the_work_is_done_once_and_a_late_worker_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    document = documents.upload(user=make.customer(), kind="selfie", content=pictures.jpeg())
    late = hint_work._claim(document.pk)
    assert late is not None
    assert not hint_work.look(document.pk)
    with time_machine.travel(clock.now() + timedelta(seconds=hint_work.LEASE_SECONDS + 1)):
        second = hint_work._claim(None)
        assert second is not None
        hint_work._finish(late, document, None)
        assert DocumentHints.objects.get(document=document).state == HintState.RUNNING
        hint_work._work(second)
    hint_work._finish(late, document, None)
    row = DocumentHints.objects.get(document=document)
    assert (row.state, row.tries) == (HintState.DONE, 2)
    assert hint_work.sweep() == 0
    assert not hint_work.look(document.pk)


@pytest.mark.parametrize("trouble", [StorageUnavailable, ImagingBusy])
def test_a_silent_store_or_a_busy_machine_is_asked_again_and_given_up_in_the_end(
    trouble: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    document = documents.upload(user=make.customer(), kind="selfie", content=pictures.jpeg())

    def silent(*_: object) -> bytes:
        raise trouble

    monkeypatch.setattr(documents, "page", silent)
    for number in range(hint_work.TRIES_MAX + 1):
        with time_machine.travel(clock.now() + timedelta(seconds=(hint_work.LEASE_SECONDS + 1) * number)):
            hint_work.look(document.pk)
    assert DocumentHints.objects.get(document=document).state == HintState.FAILED
    assert hints.of(document).failed


def test_a_picture_that_is_gone_is_given_up_at_once() -> None:
    user = make.customer()
    first = documents.upload(user=user, kind="selfie", content=pictures.jpeg())
    documents.upload(user=user, kind="selfie", content=pictures.jpeg())
    hint_work.look(first.pk)
    assert DocumentHints.objects.get(document=first).state == HintState.FAILED
    assert not Likeness.objects.exists()


@pytest.mark.parametrize(("text", "number"), [(SPECIMEN, "L898902C3"), (SPECIMEN_CARD, "D23145890")])
def test_the_specimens_of_icao_are_read_and_their_check_digits_hold(text: str, number: str) -> None:
    zone = mrz.find("UTOPIA\n\n" + text)
    assert zone is not None
    assert (zone.number, zone.birthday, zone.checks) == (number, "740812", True)
    spoilt = mrz.find(text.replace("740812", "740813"))
    assert spoilt is not None
    assert not spoilt.checks
    assert mrz.find("no zone at all") is None


def test_what_was_read_is_compared_and_never_kept() -> None:
    person = make.personal_data(id_number="L898902C3", birthday=date(1974, 8, 12))
    assert reading.compared(SPECIMEN, person) == reading.Comparison(Compared.EQUAL, Compared.EQUAL, mrz_checks=True)
    other = make.personal_data(id_number="L898902C4", birthday=date(1974, 8, 12))
    assert reading.compared(SPECIMEN, other).mrz == Compared.DIFFERS
    card = make.personal_data(id_number="A123456789")
    assert reading.compared("Number\nA 123 456-789", card).number == Compared.EQUAL
    assert reading.compared("Number\nA987654321\n", card).number == Compared.DIFFERS
    assert reading.compared("Name\nLIN", card) == reading.Comparison(Compared.UNREAD, Compared.UNREAD, mrz_checks=None)


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="TESSERACT IS NOT INSTALLED: reading numbers is NOT tested")
@pytest.mark.parametrize(("printed", "compared"), [("A123456789", Compared.EQUAL), ("A198765432", Compared.DIFFERS)])
def test_the_typed_number_is_looked_for_on_the_card(printed: str, compared: Compared) -> None:
    user = make.level_one(id_number="A123456789")
    document = uploaded(jpeg(pictures.id_card(number=printed)), user=user)
    row = DocumentHints.objects.get(document=document)
    assert row.number == compared
    assert lines(document)["number"] == (compared == Compared.DIFFERS)
    for value in DocumentHints.objects.filter(pk=row.pk).values().get().values():
        assert printed not in str(value)


def test_a_document_that_came_before_the_number_is_looked_at_again_when_the_case_is_handed_in() -> None:
    user = make.customer()
    document = uploaded(jpeg(pictures.id_card(number="A123456789")), user=user)
    make.level_one(user, id_number="A123456789")
    make.upload_all(user, "id_back", "selfie")
    applications.apply(user=user, level=2)
    row = DocumentHints.objects.get(document=document)
    assert (row.state, row.tries) == (HintState.DUE, 0)
    assert hint_work.look(document.pk)


def test_without_tesseract_the_comparison_is_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    user = make.level_one()
    assert "number" not in lines(uploaded(pictures.jpeg(), user=user))
    assert Image.open(BytesIO(pictures.jpeg())).format == "JPEG"
