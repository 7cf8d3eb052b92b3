"""Customers of bhex who show who they are."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from kyc.models import Case
from tests import factories_kyc
from tests.dialects.bhex import people
from tests.dialects.bhex.people import Browser, Person
from tests.kyc import pictures


def picture(content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile("me.png", pictures.png() if content is None else content, content_type="image/png")


def image(browser: Browser, path: str = "/api/user/verify/upload_image") -> str:
    """The address of a new image."""
    answer = browser.upload(path, {"upload_image_file": picture()})
    assert answer.status_code == 200, answer.content
    return str(answer.json()["url"])


def typed(person: Person, **changes: Any) -> dict[str, Any]:
    """What the customer types and shows, without a second factor. None leaves a parameter out."""
    fields = {
        "nationality": "TW", "first_name": "林", "second_name": "美華", "gender": "2", "card_type": "1",
        "card_no": factories_kyc.id_number(), "card_front_url": "", "card_hand_url": "",
    }  # fmt: skip
    for name in ("card_front_url", "card_hand_url"):
        if name not in changes:
            fields[name] = image(person.browser)
    return {name: value for name, value in {**fields, **changes}.items() if value is not None}


def proof(person: Person) -> dict[str, Any]:
    return {"auth_type": 1, **people.own_code(person, 10)}


def verify(person: Person, **changes: Any) -> Any:
    """Hand it in as the web client does: nothing is escaped."""
    return person.browser.post("/api/user/verify", {**typed(person, **changes), **proof(person)})


def user_of(person: Person) -> User:
    return User.objects.get(phone=person.phone)


def case_of(person: Person) -> Case:
    return Case.objects.filter(user=user_of(person), level=2).latest("id")


def info(person: Person, **headers: str) -> dict[str, Any]:
    answer = person.browser.post("/user/verify_info", **headers)
    assert answer.status_code == 200, answer.content
    return dict(answer.json())
