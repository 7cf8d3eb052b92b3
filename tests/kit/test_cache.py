"""The cache on PostgreSQL counts without losing one, from any number of threads."""

from __future__ import annotations

import threading
import time

import pytest
from django.core.cache import cache
from django.db import connection


@pytest.mark.usefixtures("real_db")
def test_sixteen_threads_count_every_one() -> None:
    added = []

    def count() -> None:
        for _ in range(25):
            added.append(cache.add("hits", 0, 60))
            cache.incr("hits")
        connection.close()

    threads = [threading.Thread(target=count) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert cache.get("hits") == 400
    assert added.count(True) == 1


@pytest.mark.django_db
def test_values_come_back_expire_and_go() -> None:
    cache.set("a", {"b": [1]}, 60)
    cache.set("n", 5, None)
    assert (cache.get("a"), cache.get("n"), cache.get("none", 7)) == ({"b": [1]}, 5, 7)
    cache.set("short", 1, 0.01)
    time.sleep(0.05)  # the database's clock must pass the expiry
    assert cache.get("short") is None
    cache.delete("a")
    assert cache.get("a") is None
    with pytest.raises(ValueError, match="not found"):
        cache.incr("none")
