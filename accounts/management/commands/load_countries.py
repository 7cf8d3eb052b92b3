"""`manage.py load_countries`: write the list of countries; again changes nothing."""

from __future__ import annotations

from typing import Any

import pycountry
from tqdm import tqdm

from accounts.services import countries
from config.kit.commands import WritingCommand


class Command(WritingCommand):
    """Loads all countries of ISO 3166-1 with phone areas and names."""

    help = "Load all ISO countries with phone areas and names in en, zh-CN and zh-TW. Safe to run again."
    example = "load_countries"

    def handle(self, *args: Any, **options: Any) -> None:
        """Load and say how many."""
        quiet = options["verbosity"] == 0
        with tqdm(total=len(pycountry.countries), unit=" countries", disable=True if quiet else None) as bar:
            number = countries.load(step=lambda: bar.update() and None)
        if not quiet:
            self.stdout.write(f"{number} countries")
