"""A small client of our HTTP interface for tests."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client


class Api:
    """Speaks JSON to the product in process: `api.post("/api/v1/sessions", {...}, token=…, lang="zh-TW")`."""

    def __init__(self, ip: str = "127.0.0.1", token: str | None = None) -> None:
        self.client = Client(raise_request_exception=False)
        self.ip = ip
        self.token = token

    def call(self, method: str, path: str, body: Any = None, *, token: str | None = None, raw: bytes | None = None,
             content_type: str = "application/json", lang: str | None = None, ip: str | None = None,
             headers: dict[str, str] | None = None) -> Any:  # fmt: skip
        """One request; `raw` is sent as it is, anything else as JSON."""
        sent = dict(headers or {})
        if token or self.token:
            sent["Authorization"] = f"Bearer {token or self.token}"
        if lang:
            sent["Accept-Language"] = lang
        payload = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        return self.client.generic(method, path, payload, content_type=content_type, headers=sent, REMOTE_ADDR=ip or self.ip)

    def get(self, path: str, **kwargs: Any) -> Any:
        """GET."""
        return self.call("GET", path, **kwargs)

    def post(self, path: str, body: Any = None, **kwargs: Any) -> Any:
        """POST a JSON body."""
        return self.call("POST", path, {} if body is None else body, **kwargs)

    def put(self, path: str, body: Any = None, **kwargs: Any) -> Any:
        """PUT a JSON body."""
        return self.call("PUT", path, {} if body is None else body, **kwargs)

    def patch(self, path: str, body: Any = None, **kwargs: Any) -> Any:
        """PATCH with a JSON body."""
        return self.call("PATCH", path, {} if body is None else body, **kwargs)

    def delete(self, path: str, body: Any = None, **kwargs: Any) -> Any:
        """DELETE, with a JSON body where one is given."""
        return self.call("DELETE", path, body, **kwargs)

    def upload(self, path: str, fields: dict[str, Any], *, token: str | None = None) -> Any:
        """POST a multipart form."""
        headers = {"Authorization": f"Bearer {token or self.token}"} if token or self.token else {}
        return self.client.post(path, fields, headers=headers, REMOTE_ADDR=self.ip)
