"""Sets the mode before Django's settings are read; loaded by pytest ahead of everything (`-p tests.environment`)."""

from __future__ import annotations

import os

os.environ["QUAESTOR_MODE"] = "test"
os.environ.setdefault("DATABASE_URL", "postgresql://quaestor@127.0.0.1:5432/quaestor")
