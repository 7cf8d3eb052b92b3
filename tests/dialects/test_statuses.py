"""Whatever goes wrong below a path, it is told in the words of the dialect that owns it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from config.kit.errors import Throttled
from config.kit.views import DialectView

ROADS = {
    "native": ("GET", "/api/v1/countries", {"type", "title", "status", "slug", "detail"}),
    "bhex": ("GET", "/api/basic/countries", {"code", "msg"}),
    "bitflex": ("POST", "/v1/country/list", {"code", "message", "data"}),
    "bitgin": ("GET", "/v1/allTickers", {"code", "msg", "time", "data", "success"}),
    "exx": ("GET", "/api/web/v2_2/getPubTag", {"resMsg", "datas"}),
    "spot": ("GET", "/api/spot/v1/common/rate/list", {"code", "msg", "data", "success"}),
}
"""Dialect → an address of its own that asks for no sign-in, and what each of its refusals consists of."""


@pytest.mark.django_db
@pytest.mark.parametrize("name", ROADS)
def test_every_status_speaks_the_dialect_that_owns_the_path(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    method, path, shape = ROADS[name]

    def told(status: int, method: str = method, path: str = path, raw: bytes = b"") -> Any:
        client = Client(raise_request_exception=False)
        answer = client.generic(method, path, raw, content_type="application/json")
        assert (answer.status_code, shape - set(answer.json())) == (status, set()), answer.content
        return answer

    told(404, path=f"{path.rpartition('/')[0]}/nowhere")
    told(405, method="DELETE")
    told(413, method="POST", raw=b"x" * (2 * 1024 * 1024))
    with monkeypatch.context() as patched:
        patched.setattr(DialectView, "_count", lambda *_: (_ for _ in ()).throw(Throttled(retry_after=7)))
        assert told(429).headers["Retry-After"] == "7"
    with monkeypatch.context() as patched:
        patched.setattr(DialectView, "_answer", lambda *_: 1 // 0)
        assert b"division" not in told(500).content
