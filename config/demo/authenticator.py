"""An authenticator app in the hand of somebody who may type each code once."""

from __future__ import annotations

import threading
import time

from config.embedded.totp import STEP_SECONDS, code_now

AHEAD_STEPS = 1
"""The server takes the code of the next step too, for clocks that are fast."""


class Authenticator:
    """Shows codes, each once and in rising order; waits for a new step where the present ones are spent."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self.spent = int(time.time()) // STEP_SECONDS - 1
        self.lock = threading.Lock()

    def code(self) -> str:
        """A code that was not shown before. Waits for up to half a minute."""
        with self.lock:
            step = max(self.spent + 1, int(time.time()) // STEP_SECONDS)
            self.spent = step
        while int(time.time()) // STEP_SECONDS + AHEAD_STEPS < step:
            time.sleep(0.2)
        return code_now(self.secret, at=step * STEP_SECONDS)
