"""What is drawn and what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

ID_LENGTH_MAX = 512
"""Characters of a captcha's id; ours have 32, a vendor's session id may be long."""
ANSWER_LENGTH_MAX = 8192
"""Characters of an answer or of one further field: a vendor's signed blob is a few thousand."""
EXTRA_FIELDS_MAX = 8


@dataclass(frozen=True, repr=False)
class CaptchaAnswer:
    """What somebody says to a captcha. What `id`, `answer` and `extra` hold depends on the kind:

    | kind | id | answer | extra |
    |---|---|---|---|
    | picture | the id drawn | the characters | |
    | proof_of_work | empty, or the id drawn | the base64 payload of the ALTCHA widget | |
    | geetest | `lot_number` | `captcha_output` | `pass_token`, `gen_time` |
    | geetest_v3 | `geetest_challenge` | `geetest_validate` | `seccode` |
    | aliyun, first generation | `session_id` | `sig` (apps: empty) | `token`, `scene` (apps: none) |
    | aliyun, second generation | empty | `CaptchaVerifyParam` | |
    """

    kind: str
    id: str = ""
    answer: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)
    device: str = ""
    """What an app calls the device that it runs on: it proves nothing, and has a budget of its own."""

    def is_readable(self) -> bool:
        """Whether lengths and characters are such as an answer can have: all kinds travel in visible ASCII."""
        texts = [(self.id, ID_LENGTH_MAX), (self.answer, ANSWER_LENGTH_MAX)]
        texts += [(value, ANSWER_LENGTH_MAX) for value in self.extra.values()]
        return len(self.extra) <= EXTRA_FIELDS_MAX and all(
            len(text) <= length_max and text.isascii() and text.isprintable() for text, length_max in texts
        )


@dataclass(frozen=True)
class Challenge:
    """What a client needs to show or to compute. Of the last three, one is filled."""

    kind: str
    id: str = ""
    expires_at: datetime | None = None
    image: str = ""
    work: Mapping[str, Any] | None = None
    site: Mapping[str, Any] | None = None
