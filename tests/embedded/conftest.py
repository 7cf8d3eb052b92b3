"""Real servers and real processes in directories of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from config.embedded import isolation
from config.embedded.cluster import Cluster
from config.embedded.places import ROOT, Places


@pytest.fixture
def places(tmp_path: Path) -> Places:
    made = Places(ROOT, tmp_path / "var")
    made.prepare()
    return made


@pytest.fixture
def cluster(places: Places) -> Iterator[Cluster]:
    made = Cluster(places, isolation.choose())
    made.start()
    yield made
    made.stop()
