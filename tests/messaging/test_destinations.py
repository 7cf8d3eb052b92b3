"""One written form for each mailbox and each phone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.kit.errors import DomainError
from messaging.errors import InvalidEmail, InvalidPhone
from messaging.services.destinations import country_prefix, mailbox, mask, normalise_email, normalise_phone


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("ada@example.com", "ada@example.com"),
        ("  Ada@Example.COM ", "ada@example.com"),
        ("ａｄａ＠ｅｘａｍｐｌｅ．ｃｏｍ", "ada@example.com"),
        ("ada+tag@example.com", "ada+tag@example.com"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("ada@XN--BCHER-KVA.example", "ada@xn--bcher-kva.example"),
        ("ada@例子。测试", "ada@xn--fsqu00a.xn--0zwm56d"),
    ],
)
def test_an_email_address_has_one_written_form(typed: str, stored: str) -> None:
    assert normalise_email(typed) == stored
    assert normalise_email(stored) == stored


@pytest.mark.parametrize(
    "typed",
    [
        "", "@", "ada", "ada@", "@example.com", "ada@example", "ada@127.0.0.1", "ada@[127.0.0.1]", "a da@example.com",
        "ada@exa mple.com", "ada\n@example.com", "ada@example.com\nBcc: eve@example.com", "ada\0@example.com",
        "ada@@example.com", "a@b@example.com", ".ada@example.com", "ada..b@example.com", '"ada"@example.com',
        "ädä@example.com", "ada@-example.com", "ada@example..com", f"{'a' * 65}@example.com",
        f"ada@{'a' * 64}.com", f"ada@{'a.' * 130}com", "ada@example.com,eve@example.com", "<ada@example.com>",
        "\ud800@example.com", "ada@\ud800.com", "x" * 100_000,
    ],
)  # fmt: skip
def test_what_is_no_email_address_is_refused(typed: str) -> None:
    with pytest.raises(InvalidEmail):
        normalise_email(typed)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("+886912345678", "+886912345678"),
        (" +886 912-345-678 ", "+886912345678"),
        ("＋８８６９１２３４５６７８", "+886912345678"),
        ("+886 (0)912 345 678", "+886912345678"),
        ("+86 138 0013 8000", "+8613800138000"),
        ("+1 (415) 555-2671", "+14155552671"),
    ],
)
def test_a_phone_has_one_written_form(typed: str, stored: str) -> None:
    assert normalise_phone(typed) == stored


@pytest.mark.parametrize(
    "typed",
    ["", "+", "0912345678", "886912345678", "+0912345678", "+999123456789", "+886abc", "+8869", "+886912345678x",
     "+19005551234", "+٨٨٦٩١٢٣٤٥٦٧٨", "+886912345678\0", "1" * 10_000],
)  # fmt: skip
def test_what_is_no_phone_that_takes_messages_is_refused(typed: str) -> None:
    with pytest.raises(InvalidPhone):
        normalise_phone(typed)


@given(st.text(max_size=80))
def test_any_text_is_normalised_once_for_all_or_refused(typed: str) -> None:
    for normalise in (normalise_email, normalise_phone):
        try:
            stored = normalise(typed)
        except DomainError:
            continue
        assert normalise(stored) == stored
        assert stored.isascii()


def test_tagged_addresses_share_a_mailbox_and_stay_apart_as_identities() -> None:
    assert mailbox("email", "ada+one@example.com") == mailbox("email", "ada@example.com") == "ada@example.com"
    assert normalise_email("ada+one@example.com") != normalise_email("ada@example.com")
    assert mailbox("email", "+ada@example.com") == "+ada@example.com"
    assert mailbox("sms", "+886912345678") == "+886912345678"


def test_masks_show_enough_to_recognise_and_no_more() -> None:
    assert mask("email", "ada@example.com") == "a***a@example.com"
    assert mask("email", "ab@example.com") == "a***@example.com"
    assert mask("sms", "+886912345678") == "+886******678"
    assert country_prefix("+886912345678") == "+886"
