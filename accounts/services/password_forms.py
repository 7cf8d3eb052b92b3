"""The wire forms of a password: how each is derived from the text, and what it looks like on the wire.

| form | what a client sends |
|---|---|
| plain | the text (native; exx, whose clients encrypt it on the way) |
| md5 | MD5 of the text in UTF-8, 32 hex digits |
| md5_salted | MD5 of the text with the public salt behind it, 32 hex digits |
| sha256 | SHA-256 of the text in UTF-8, 64 hex digits |

None of the digests protects anything by itself, which is why Argon2id stands over each of them; a digest is the password
of its own door and of no other. docs/decisions/0005-one-password-many-forms.md
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings

from accounts.models.passwords import Form

LENGTH_MIN = 8
LENGTH_MAX = 128
"""Characters of the text."""
BYTES_MAX = 512
"""Bytes in UTF-8: what is fed to the hash, whatever the characters are."""


def _md5(text: bytes) -> str:
    return hashlib.md5(text, usedforsecurity=False).hexdigest()


@dataclass(frozen=True)
class _Digest:
    """One form that is a digest of the text."""

    shape: re.Pattern[str]
    derive: Callable[[bytes], str]


DIGESTS = {
    Form.MD5: _Digest(re.compile(r"[0-9a-f]{32}", re.ASCII), _md5),
    Form.MD5_SALTED: _Digest(
        re.compile(r"[0-9a-f]{32}", re.ASCII), lambda text: _md5(text + settings.PASSWORD_MD5_SALT.encode())
    ),
    Form.SHA256: _Digest(re.compile(r"[0-9a-f]{64}", re.ASCII), lambda text: hashlib.sha256(text).hexdigest()),
}


@dataclass(frozen=True, repr=False)
class Given:
    """A password as a client sent it: the form that the client's dialect prescribes, and the text on the wire."""

    form: Form
    text: str

    def __repr__(self) -> str:
        return f"Given(form={self.form!r})"

    @property
    def is_plain(self) -> bool:
        """Whether the text itself is known, from which every form follows."""
        return self.form == Form.PLAIN

    @property
    def is_well_formed(self) -> bool:
        """Whether any stored password could be this: a text within the limits, or a digest of the form's length."""
        if self.is_plain:
            return len(self.text) <= LENGTH_MAX and len(_written(self.text)) <= BYTES_MAX
        return DIGESTS[self.form].shape.fullmatch(self.text.lower()) is not None

    def as_form(self, form: Form) -> bytes | None:
        """What is hashed of this password in a form; None where it can't be known, or is no password at all."""
        if not self.is_well_formed or not (self.is_plain or form == self.form):
            return None
        if not self.is_plain:
            return self.text.lower().encode("ascii")
        text = _written(self.text)
        return text if form == Form.PLAIN else DIGESTS[form].derive(text).encode("ascii")

    def means(self, other: str) -> bool:
        """Whether this is the password `other`, case aside where the text is known."""
        if self.is_plain:
            return _written(self.text.casefold()) == _written(other.casefold())
        return any(self.as_form(self.form) == plain(spelled).as_form(self.form) for spelled in (other, other.lower()))


def plain(text: str) -> Given:
    """A password whose text is known."""
    return Given(Form.PLAIN, text)


def _written(text: str) -> bytes:
    """NFC in UTF-8: what looks the same on two keyboards is the same."""
    return unicodedata.normalize("NFC", text[: LENGTH_MAX + 1]).encode("utf-8", "surrogatepass")[: BYTES_MAX + 1]
