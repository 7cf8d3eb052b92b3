"""Forms: each name once, except for what an unescaped link leaves over."""

from __future__ import annotations

from io import BytesIO

import pytest

from config.kit.errors import MalformedBody
from config.kit.parsers import ExactFormParser, LooseFormParser


def test_a_name_that_stands_twice_is_refused() -> None:
    for parser in (ExactFormParser(), LooseFormParser()):
        with pytest.raises(MalformedBody):
            parser.parse(BytesIO(b"type=0&type=1"))
    with pytest.raises(MalformedBody):
        ExactFormParser().parse(BytesIO(b"token=a&token=b"))


def test_links_that_are_not_escaped_are_cut_at_their_token_and_two_tokens_say_nothing() -> None:
    loose = LooseFormParser()
    said = loose.parse(BytesIO("a=/x.jpg?e=1&token=p=&b=/y.jpg?e=2&token=q=&n=张".encode()))
    assert said == {"a": "/x.jpg?e=1", "b": "/y.jpg?e=2", "n": "张"}
    assert loose.parse(BytesIO(b"token=one")) == {"token": "one"}
