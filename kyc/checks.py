"""Start-up checks: the document storage must take a file before the first customer brings one."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register


@register(Tags.files, deploy=True)
def storage_takes_files(**_: Any) -> list[CheckMessage]:
    """Write, read and delete one small file in the storage of the documents."""
    from kyc.services import storage_check

    found = storage_check.finding()
    return [Error(found.message, id="kyc.E001")] if found else []
