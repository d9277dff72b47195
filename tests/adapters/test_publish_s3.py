"""Pages in object storage: moto's real server, which speaks S3 over HTTP."""

from __future__ import annotations

import gzip
import itertools
from collections.abc import Iterator
from typing import Any

import boto3
import httpx
import pytest
from moto.server import ThreadedMotoServer
from msgspec.structs import replace
from publisher_contract import LONG, PAGES, check

from pulih.adapters.publishers.s3 import S3Publisher, S3Target
from pulih.model.errors import OutsideFailed

_NUMBERS = itertools.count()


@pytest.fixture(scope="module")
def storage() -> Iterator[str]:
    """The address of a storage."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def target(storage: str) -> S3Target:
    """A new bucket that everybody may read."""
    name = f"status-{next(_NUMBERS)}"
    asked: dict[str, Any] = {"region_name": "us-east-1", "endpoint_url": storage}
    client = boto3.client("s3", aws_access_key_id="id", aws_secret_access_key="secret", **asked)
    client.create_bucket(Bucket=name, ACL="public-read")
    return S3Target(bucket=name, key_id="id", secret="secret", endpoint=storage)


def objects(target: S3Target) -> dict[str, dict[str, Any]]:
    """Return what is in the bucket, by key, as the storage tells it."""
    client = boto3.client(
        "s3",
        aws_access_key_id="id",
        aws_secret_access_key="secret",
        region_name="us-east-1",
        endpoint_url=target.endpoint,
    )
    keys = [one["Key"] for one in client.list_objects_v2(Bucket=target.bucket).get("Contents", ())]
    return {key: client.get_object(Bucket=target.bucket, Key=key) for key in keys}


@pytest.mark.parametrize("prefix", ["", "www/status"])
def test_object_storage_keeps_the_contract_of_publishers(target: S3Target, prefix: str) -> None:
    target = replace(target, prefix=prefix)
    before = f"{prefix}/" if prefix else ""

    def read(path: str) -> bytes | None:
        found = objects(target).get(before + path)
        if found is None:
            return None
        body: bytes = found["Body"].read()
        return gzip.decompress(body) if found.get("ContentEncoding") == "gzip" else body

    check(S3Publisher(target), read)


def test_pages_are_put_packed_and_what_machines_read_is_not(target: S3Target) -> None:
    S3Publisher(target).put({"index.html": LONG, "history.atom": LONG}, ())
    there = objects(target)
    page, feed = there["index.html"], there["history.atom"]
    assert (page["ContentType"], page["ContentEncoding"]) == ("text/html; charset=utf-8", "gzip")
    assert (feed["ContentType"], feed.get("ContentEncoding")) == ("application/atom+xml; charset=utf-8", None)
    assert page["CacheControl"] == "public, max-age=30, stale-if-error=86400"


def test_after_a_restart_only_what_is_not_there_like_that_is_put(target: S3Target) -> None:
    S3Publisher(target).put(PAGES, ())
    later = S3Publisher(target)
    assert later.put(PAGES, ()).put == 0
    assert later.put({**PAGES, "index.html": LONG + b"!"}, ()).put == 1


def test_a_bucket_that_is_not_there_is_told_in_a_sentence(target: S3Target) -> None:
    publisher = S3Publisher(replace(target, bucket="not-there"), "cdn (s3)")
    with pytest.raises(OutsideFailed, match=r"cdn \(s3\): .*NoSuchBucket.*; it is tried again\."):
        publisher.put(PAGES, ())


def test_a_storage_that_does_not_answer_is_told_without_its_secret(target: S3Target) -> None:
    away = replace(target, endpoint="http://127.0.0.1:1", secret="rahasia-sekali", timeout_s=1)
    with pytest.raises(OutsideFailed) as told:
        S3Publisher(away).put(PAGES, ())
    assert "rahasia" not in str(told.value)


def test_the_storage_of_these_tests_is_a_server(storage: str) -> None:
    assert httpx.get(f"{storage}/moto-api/").status_code == 200
