"""An S3 store for files that nobody but us may read."""

from __future__ import annotations

import base64
import hashlib
import io
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError
from django.core.files.base import File
from storages.backends.s3 import S3Storage

READ_BYTES = 64 * 1024


class PrivateS3(S3Storage):  # type: ignore[misc]  # django-storages has no types
    """One call for each act, so that a file is there whole or not at all; no URLs; "gone" is told from "refused"."""

    def url(self, name: str, *args: Any, **kwargs: Any) -> str:
        """No file of this store has an address. Raises ValueError, as Django's storages do."""
        raise ValueError("This file is not accessible via a URL.")

    def get_modified_time(self, name: str) -> datetime:
        """When it was written. Raises FileNotFoundError."""
        try:
            written: datetime = self._client.head_object(**self._place(name))["LastModified"]
        except ClientError as refused:
            raise _meaning(refused) from refused
        return written

    def readable_by_anybody(self, name: str) -> bool:
        """Whether the file is served to a request without credentials, by whatever ACL or policy allows it."""
        try:
            self.unsigned_connection.meta.client.get_object(**self._place(name))["Body"].close()
        except ClientError:
            return False
        return True

    def delete(self, name: str) -> None:
        """Remove it; no complaint where it is gone already. A bucket that is gone is another matter."""
        self._client.delete_object(**self._place(name))

    def open_at(self, name: str, offset: int) -> File[bytes]:
        """The file from that byte on; what is before it does not travel. Raises FileNotFoundError."""
        return self._answered(name, Range=f"bytes={offset}-")

    def _open(self, name: str, mode: str = "rb") -> File[bytes]:
        """The file, read as it is asked for."""
        return self._answered(name)

    def _answered(self, name: str, **asked: str) -> File[bytes]:
        """By a GET: a HEAD would not tell a missing file from a missing bucket."""
        try:
            body = self._client.get_object(**self._place(name), **asked)["Body"]
        except ClientError as refused:
            raise _meaning(refused) from refused
        return File(io.BufferedReader(_Body(body), READ_BYTES), name=name)

    def _save(self, name: str, content: Any) -> str:
        """One PUT with the checksum of what it holds: the server keeps these bytes or none. Read twice, a part at a time."""
        acl = {"ACL": self.default_acl} if self.default_acl else {}
        content.seek(0)
        checksum = hashlib.file_digest(content, "sha256")
        content.seek(0)
        self._client.put_object(
            **self._place(name),
            **acl,
            Body=content,
            ContentType="application/octet-stream",
            ChecksumAlgorithm="SHA256",
            ChecksumSHA256=base64.b64encode(checksum.digest()).decode(),
        )
        return name

    @property
    def _client(self) -> Any:
        return self.connection.meta.client

    def _place(self, name: str) -> dict[str, str]:
        return {"Bucket": self.bucket_name, "Key": self._normalize_name(name)}


class _Body(io.RawIOBase):
    """An answer of the server as a file. Its own `readinto` lets urllib3's exceptions through; its `read` does not."""

    def __init__(self, body: Any) -> None:
        super().__init__()
        self.body = body

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        part = self.body.read(len(buffer))
        buffer[: len(part)] = part
        return len(part)

    def readall(self) -> bytes:
        return bytes(self.body.read())

    def close(self) -> None:
        if not self.closed:
            self.body.close()
        super().close()


def _meaning(refused: ClientError) -> Exception:
    """A HEAD's answer has no body, and so its code is the status alone."""
    code = refused.response.get("Error", {}).get("Code", "")
    return FileNotFoundError("no such file") if code in {"NoSuchKey", "404"} else refused
