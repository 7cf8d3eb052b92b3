"""In which mode we run, and the one reading of the environment that all settings share."""

from __future__ import annotations

from pathlib import Path

from config.environment import Environment

BASE_DIR = Path(__file__).resolve().parents[2]
env = Environment()

MODE = env.choice("QUAESTOR_MODE", ("development", "test", "production"), default="development")
PRODUCTION, DEVELOPMENT, TESTING = (mode == MODE for mode in ("production", "development", "test"))
VAR_DIR = Path(env.text("QUAESTOR_VAR", default=str(BASE_DIR / "var")))
