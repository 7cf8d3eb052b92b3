"""An S3 store for files that nobody but us may read."""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError
from django.core.files.base import ContentFile
from storages.backends.s3 import S3Storage


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

    def _open(self, name: str, mode: str = "rb") -> ContentFile[bytes]:
        """The whole file, by a GET: a HEAD would not tell a missing file from a missing bucket."""
        try:
            content: bytes = self._client.get_object(**self._place(name))["Body"].read()
        except ClientError as refused:
            raise _meaning(refused) from refused
        return ContentFile(content, name=name)

    def _save(self, name: str, content: Any) -> str:
        """One PUT with the checksum of what it holds: the server keeps these bytes or none."""
        body: bytes = content.read()
        acl = {"ACL": self.default_acl} if self.default_acl else {}
        self._client.put_object(
            **self._place(name),
            **acl,
            Body=body,
            ContentType="application/octet-stream",
            ChecksumAlgorithm="SHA256",
            ChecksumSHA256=base64.b64encode(hashlib.sha256(body).digest()).decode(),
        )
        return name

    @property
    def _client(self) -> Any:
        return self.connection.meta.client

    def _place(self, name: str) -> dict[str, str]:
        return {"Bucket": self.bucket_name, "Key": self._normalize_name(name)}


def _meaning(refused: ClientError) -> Exception:
    """A HEAD's answer has no body, and so its code is the status alone."""
    code = refused.response.get("Error", {}).get("Code", "")
    return FileNotFoundError("no such file") if code in {"NoSuchKey", "404"} else refused
