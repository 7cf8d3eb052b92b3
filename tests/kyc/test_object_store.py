"""The documents in a store that speaks S3: kept whole or not at all, refused clearly, swept, tried at start."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import boto3
import pytest
from botocore.response import StreamingBody
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from moto.server import ThreadedMotoServer

from config.document_store import document_store
from config.kit.objects import READ_BYTES
from kyc import tasks
from kyc.errors import StorageUnavailable
from kyc.models import Document
from kyc.services import documents, links, segments, storage, storage_check, sweep, videos
from tests import factories_kyc as make
from tests.client import Api
from tests.kyc import clips, pictures

pytestmark = pytest.mark.django_db
BUCKET = "documents"
OUTSIDE = os.environ.get("TEST_S3_SERVER", "")
KEY, SECRET = os.environ.get("TEST_S3_KEY", "key"), os.environ.get("TEST_S3_SECRET", "s/ecret")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """An S3 server on a port of this machine; answers host:port. TEST_S3_SERVER names another one that is to pass."""
    if OUTSIDE:
        yield OUTSIDE
        return
    serving = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    serving.start()
    host, port = serving.get_host_and_port()
    yield f"{host}:{port}"
    serving.stop()


@pytest.fixture
def bucket(server: str, settings: Any) -> Any:
    """An empty bucket, which the product uses; a client that looks into it from outside."""
    client = boto3.client(
        "s3", endpoint_url=f"http://{server}", region_name="eu-west-1", aws_access_key_id=KEY, aws_secret_access_key=SECRET
    )
    client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    use(settings, server)
    yield client
    for key in keys(client):
        client.delete_object(Bucket=BUCKET, Key=key)
    client.delete_bucket(Bucket=BUCKET)


def use(settings: Any, server: str, place: str = f"{BUCKET}/of/customers") -> None:
    url = f"s3://{quote(KEY, safe='')}:{quote(SECRET, safe='')}@{server}/{place}?region=eu-west-1&tls=0"
    settings.STORAGES = {**settings.STORAGES, "kyc": document_store(url).backend}


def product_client() -> Any:
    """The client with which the product itself speaks to the server."""
    store: Any = storages["kyc"]
    return store.connection.meta.client


def keys(client: Any) -> list[str]:
    return [entry["Key"] for entry in client.list_objects_v2(Bucket=BUCKET).get("Contents", [])]


def test_a_file_comes_back_is_private_and_sealed_and_goes(bucket: Any) -> None:
    user = make.customer()
    name = storage.store(user.pk, b"a passport")
    (key,) = keys(bucket)
    assert key == f"of/customers/{name}"
    assert b"passport" not in bucket.get_object(Bucket=BUCKET, Key=key)["Body"].read()
    grants = bucket.get_object_acl(Bucket=BUCKET, Key=key)["Grants"]
    assert [grant["Grantee"]["Type"] for grant in grants] == ["CanonicalUser"]
    if not OUTSIDE:  # not every server keeps the checksum that it was sent
        assert bucket.head_object(Bucket=BUCKET, Key=key, ChecksumMode="ENABLED")["ChecksumSHA256"]
    assert storage.load(user.pk, name) == b"a passport"
    assert storage.shards() == [name[:2]]
    assert storage.names_in(name[:2]) == [name]
    with pytest.raises(ValueError, match="not accessible"):
        storages["kyc"].url(name)
    storage.delete(name)
    storage.delete(name)
    assert keys(bucket) == []
    with pytest.raises(FileNotFoundError):
        storage.load(user.pk, name)
    with pytest.raises(FileNotFoundError):
        storage.modified_at(name)


class Watched:
    """A file that notes how much is read of it at once."""

    def __init__(self, file: Any, reads: list[int]) -> None:
        self.file, self.reads = file, reads

    def read(self, size: int = -1) -> Any:
        self.reads.append(size)
        return self.file.read(size)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)


def test_a_long_file_goes_there_and_comes_back_piece_by_piece(bucket: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    user, client = make.customer(), product_client()
    content = bytes(range(256)) * 4 * 1_024 * 6 + b"end"
    put, get = client.put_object, client.get_object
    reads: list[int] = []
    bodies: list[Any] = []

    def seen_put(**request: Any) -> Any:
        return put(**{**request, "Body": Watched(request["Body"], reads)})

    def seen_get(**request: Any) -> Any:
        answer = get(**request)
        bodies.append(answer["Body"])
        return answer

    monkeypatch.setattr(client, "put_object", seen_put)
    monkeypatch.setattr(client, "get_object", seen_get)
    name = storage.store_long(user.pk, io.BytesIO(content))
    assert reads
    assert all(0 <= size <= segments.PIECE_BYTES for size in reads)
    pieces = storage.load_long(user.pk, name)
    assert bodies[0].tell() == 0
    first = next(pieces)
    assert bodies[0].tell() <= 2 * segments.SEALED_PIECE_BYTES + READ_BYTES
    assert first + b"".join(pieces) == content
    assert sum(1 for _ in storage.load_long(user.pk, name)) == 7
    assert b"".join(storage.load_long(user.pk, name, place=5)) == content[5 * segments.PIECE_BYTES :]
    assert bodies[-1].tell() <= 2 * segments.SEALED_PIECE_BYTES


def test_a_video_lies_in_the_bucket_and_one_that_is_cut_off_on_its_way_does_not_serve(
    bucket: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = videos.upload(user=make.customer(), file=clips.file(clips.clip(audio=None)))
    assert len(keys(bucket)) == 2
    assert links.stored(document).content[4:8] == b"ftyp"
    client = product_client()
    get = client.get_object

    def cut_off(**request: Any) -> Any:
        answer = get(**request)
        answer["Body"] = StreamingBody(io.BytesIO(answer["Body"].read()[:100]), answer["ContentLength"])
        return answer

    monkeypatch.setattr(client, "get_object", cut_off)
    with pytest.raises(StorageUnavailable):
        links.stored(document)
    with pytest.raises(StorageUnavailable):
        documents.page(document, 1)


def test_a_wrong_bucket_is_an_outage_and_not_a_missing_file(bucket: Any, server: str, settings: Any) -> None:
    user = make.customer()
    name = storage.store(user.pk, b"a passport")
    use(settings, server, "another")
    for act in (lambda: storage.store(user.pk, b"x"), lambda: storage.load(user.pk, name), storage.shards):
        with pytest.raises(StorageUnavailable):
            act()


def test_a_customer_uploads_and_sees_the_page_again_and_an_outage_leaves_nothing(
    bucket: Any, server: str, settings: Any
) -> None:
    user = make.customer()
    document = documents.upload(user=user, kind="selfie", content=pictures.jpeg())
    assert documents.page(document, 1).startswith(b"\xff\xd8\xff")
    assert len(keys(bucket)) == 1
    gone = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    gone.start()
    host, port = gone.get_host_and_port()
    gone.stop()
    use(settings, f"{host}:{port}")
    before = Document.objects.count()
    with pytest.raises(StorageUnavailable):
        documents.upload(user=user, kind="selfie", content=pictures.jpeg())
    assert Document.objects.count() == before
    with pytest.raises(StorageUnavailable):
        sweep.orphans()
    found = storage_check.finding()
    assert found is not None
    assert (found.lasting, "does not answer" in found.message) == (False, True)
    storage_check.at_start()  # tells of it, and starts
    use(settings, server)
    assert documents.page(document, 1), "the former document is as it was"


def test_a_server_that_stops_after_the_put_was_begun_leaves_no_row_and_the_sweep_takes_the_file(
    bucket: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = product_client()
    put = client.put_object

    def kept_but_unanswered(**request: Any) -> None:
        put(**request)
        raise ConnectionResetError

    monkeypatch.setattr(client, "put_object", kept_but_unanswered)
    monkeypatch.setattr(client, "delete_object", lambda **_: (_ for _ in ()).throw(ConnectionRefusedError()))
    with pytest.raises(StorageUnavailable):
        documents.upload(user=make.customer(), kind="selfie", content=pictures.jpeg())
    assert not Document.objects.exists()
    assert len(keys(bucket)) == 1
    monkeypatch.undo()
    assert sweep.orphans() == 0, "it may belong to an upload that goes on"
    monkeypatch.setattr(sweep, "ORPHAN_AGE_SECONDS_MIN", -1)
    assert sweep.orphans() == 1
    assert keys(bucket) == []


def test_the_sweep_pages_through_a_long_folder_and_keeps_what_a_row_names(bucket: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    document = documents.upload(user=make.customer(), kind="selfie", content=pictures.jpeg())
    shard = str(document.storage_name)[:2]
    for number in range(12):
        bucket.put_object(Bucket=BUCKET, Key=f"of/customers/{shard}/{shard}{number:046x}", Body=b"orphan")
    bucket.put_object(Bucket=BUCKET, Key=f"elsewhere/{shard}/kept", Body=b"not ours")
    client = product_client()
    monkeypatch.setattr(client, "_make_api_call", _small_pages(client._make_api_call))
    monkeypatch.setattr(sweep, "ORPHAN_AGE_SECONDS_MIN", -1)
    assert sweep.orphans() == 12
    assert keys(bucket) == [f"elsewhere/{shard}/kept", f"of/customers/{document.storage_name}"]


def _small_pages(call: Any) -> Any:
    def small(operation: str, request: dict[str, Any]) -> Any:
        return call(operation, {**request, "MaxKeys": 5} if operation.startswith("ListObjects") else request)

    return small


def test_an_upload_over_http_lies_in_the_bucket_and_a_lost_bucket_answers_503(bucket: Any, server: str, settings: Any) -> None:
    api = Api(token=make.token_of(make.customer()))

    def upload() -> Any:
        file = SimpleUploadedFile("passport.jpg", pictures.jpeg())
        return api.upload("/api/v1/kyc/documents", {"kind": "selfie", "file": file})

    assert upload().status_code == 201
    document = Document.objects.get()
    assert keys(bucket) == [f"of/customers/{document.storage_name}"]
    use(settings, server, "another")
    refused = upload()
    assert (refused.status_code, refused.json()["slug"]) == (503, "kyc.storage_unavailable")
    assert refused["Retry-After"] == "30"
    assert list(Document.objects.all()) == [document]
    assert len(keys(bucket)) == 1


def test_the_check_at_start_names_what_is_wrong(bucket: Any, server: str, settings: Any) -> None:
    said = io.StringIO()
    call_command("check_storage", stdout=said)
    assert "shows them to nobody else" in said.getvalue()
    assert keys(bucket) == []
    use(settings, server, "another")
    with pytest.raises(CommandError, match="its bucket does not exist"):
        call_command("check_storage")
    with pytest.raises(ImproperlyConfigured, match="its bucket does not exist"):
        storage_check.at_start()
    with pytest.raises(SystemExit, match="its bucket does not exist"):
        tasks.try_storage()


@pytest.mark.skipif(bool(OUTSIDE), reason="not every server shows anything to anybody, whatever its ACL says")
def test_the_check_at_start_sees_a_store_that_shows_files_to_anybody(bucket: Any, settings: Any) -> None:
    kyc = settings.STORAGES["kyc"]
    settings.STORAGES = {**settings.STORAGES, "kyc": {**kyc, "OPTIONS": {**kyc["OPTIONS"], "default_acl": "public-read"}}}
    with pytest.raises(ImproperlyConfigured, match="shows its files to anybody"):
        storage_check.at_start()
    assert keys(bucket) == []
