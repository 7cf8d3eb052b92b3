"""Uploads too large for memory: received into a file that has no name, so that nothing is left of it whatever happens."""

from __future__ import annotations

import tempfile
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

FILES_MAX = 1


class SpoolFull(RequestDataTooBig):
    """More came than the file may have."""

    def __init__(self, bytes_max: int) -> None:
        super().__init__()
        self.bytes_max = bytes_max


class SpoolHandler(FileUploadHandler):
    """Takes one file of a multipart body into a nameless temporary file, and no byte over the limit."""

    def __init__(self, request: Any = None, *, bytes_max: int) -> None:
        super().__init__(request)
        self.bytes_max = bytes_max
        self.received = self.files = 0
        self.spool: IO[bytes] | None = None

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file. Raises SpoolFull for a second one."""
        super().new_file(*args, **kwargs)
        self.files += 1
        if self.files > FILES_MAX:
            raise SpoolFull(self.bytes_max)
        self.spool = tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR, buffering=0)  # noqa: SIM115  # the request closes it

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write it down. Raises SpoolFull."""
        assert self.spool is not None
        self.received += len(raw_data)
        if self.received > self.bytes_max:
            self.upload_interrupted()
            raise SpoolFull(self.bytes_max)
        self.spool.write(raw_data)

    def file_complete(self, file_size: int) -> Any:
        """The file, from its beginning."""
        assert self.spool is not None
        self.spool.seek(0)
        return UploadedFile(
            file=self.spool, name=self.file_name, content_type=self.content_type, size=file_size, charset=self.charset
        )

    def upload_interrupted(self) -> None:
        """Forget what came."""
        if self.spool is not None:
            self.spool.close()
