"""A vendor for machines that know none: `pass` passes, everything else is refused."""

from __future__ import annotations

from typing import Any

from messaging.verifiers.base import Answered, VerifierRefused

PASS = "pass"  # noqa: S105  # the word that development takes for a solved captcha; production has no such verifier


class DevelopmentVerifier:
    """Stands in for each vendor whose keys are not set, never in production."""

    def site(self, *, ip: str) -> dict[str, Any]:
        """Nothing to start."""
        return {"development": PASS}

    def check(self, answered: Answered, *, ip: str) -> str:
        """Whether the answer is `pass`; where only an id came, that. It may come again."""
        if (answered.answer or answered.id) != PASS:
            raise VerifierRefused("not the word")
        return ""
