"""KYC_STORAGE_URL: what it may say, and that what it may not is refused without its secret."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.document_store import document_store


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("ftp://key:word-of-mine@host/kyc", "s3://… is due"),
        ("s3://key:word-of-mine@host", "names no bucket"),
        ("s3://key@host/kyc", "both the key and the secret"),
        ("s3:///kyc", "the region is needed"),
        ("s3://key:word-of-mine@host:word/kyc", "no URL and no path"),
        ("s3://key:word-of-mine@host/kyc?tsl=1", "nobody knows the options tsl"),
        ("s3://key:word-of-mine@host/kyc?acl=public-read", "never public"),
    ],
)
def test_an_address_that_can_not_be_used_is_refused_without_its_secret(url: str, complaint: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=complaint) as refused:
        document_store(url)
    assert "word-of-mine" not in str(refused.value)
    assert "word-of-mine" not in repr(document_store("s3://key:word-of-mine@host/kyc"))
