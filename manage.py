#!/usr/bin/env python
"""Django's command line. With nothing set it joins the product that `make run` runs in this directory."""

from __future__ import annotations

import os
import sys

from config.embedded.environment import adopt
from config.embedded.places import here


def main() -> None:
    """Run the command named on the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    placed = adopt(here()) or bool(os.environ.get("DATABASE_URL"))
    try:
        from django.core.management import execute_from_command_line
        from django.db import OperationalError
    except ImportError:
        sys.exit("Django is not installed here: run `make run` once, or call .venv/bin/python manage.py")
    try:
        execute_from_command_line(sys.argv)
    except OperationalError as error:
        if placed:
            raise
        sys.exit(f"No product runs in this directory (`make run`), and DATABASE_URL is not set.\n{error}")


if __name__ == "__main__":
    main()
