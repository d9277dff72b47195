"""S3-compatible object storage: pages as objects with their media type, several at once, those that are there left out.

Object storage packs nothing when asked, so what only browsers read is put packed with its encoding; feeds and JSON are
put plain, since not every program that reads them unpacks. Source: Amazon S3 API reference (PutObject, DeleteObjects,
ListObjectsV2); the entity tag of an object that was put in one part is its MD5.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import msgspec

from pulih.adapters.publishers.packing import checked, is_for_browsers, kind_of, packed
from pulih.model.errors import OutsideFailed
from pulih.ports.publishing import Pages, Published

if TYPE_CHECKING:
    from collections.abc import Iterable

# As many as DeleteObjects takes.
_GONE_MAX: Final = 1_000
_AT_ONCE: Final = 8
CACHE: Final = "public, max-age=30, stale-if-error=86400"


class S3Target(msgspec.Struct, frozen=True, kw_only=True):
    """Where to, and as whom.

    Attributes:
        bucket: name of the bucket; `prefix` before every path, without a slash at the end, "" for none.
        endpoint: address of the storage, "" for Amazon's own.
        region: its region.
        key_id, secret: the access key.
        timeout_s: how long one request may take.
    """

    bucket: str
    key_id: str
    secret: str
    prefix: str = ""
    endpoint: str = ""
    region: str = "us-east-1"
    timeout_s: float = 20.0


class S3Publisher:
    """Puts pages into a bucket, which must be there.

    Args:
        target: which.
        name: what the console calls it; the bucket when not told.

    Raises: OutsideFailed when boto3 is not installed.
    """

    def __init__(self, target: S3Target, name: str = "") -> None:
        self._target = target
        self._name = name or f"s3 {target.bucket}/{target.prefix}".rstrip("/")
        self._client = _client(target)
        self._tags: dict[str, str] | None = None

    @property
    def name(self) -> str:
        """What the console calls it."""
        return self._name

    def put(self, pages: Pages, gone: Collection[str]) -> Published:
        """Put pages and take others away; see `Publisher`.

        Raises: OutsideFailed when the storage does not take everything.
        """
        from boto3.exceptions import Boto3Error  # noqa: PLC0415 -- an extra
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 -- an extra

        try:
            there = self._there()
            with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="s3") as crew:
                octets = [done for done in crew.map(lambda page: self._put(there, *page), pages.items()) if done]
            for part in _parts([checked(path) for path in gone], _GONE_MAX):
                self._take_away(there, part)
        except (Boto3Error, BotoCoreError, ClientError) as error:
            raise OutsideFailed(f"{self._name}: {_said(error)}; it is tried again.") from None
        return Published(len(octets), len(gone), sum(octets))

    def _put(self, there: dict[str, str], path: str, content: bytes) -> int:
        """Put one page that is not there like that already; return how many bytes went over."""
        small = packed(path, content) if is_for_browsers(path) else None
        body = content if small is None else small
        tag = hashlib.md5(body, usedforsecurity=False).hexdigest()
        if there.get(path) == tag:
            return 0
        encoding = {} if small is None else {"ContentEncoding": "gzip"}
        self._client.put_object(
            Bucket=self._target.bucket,
            Key=self._key(checked(path)),
            Body=body,
            ContentType=kind_of(path),
            CacheControl=CACHE,
            **encoding,
        )
        there[path] = tag
        return len(body)

    def _take_away(self, there: dict[str, str], paths: Sequence[str]) -> None:
        objects = [{"Key": self._key(path)} for path in paths]
        answer = self._client.delete_objects(Bucket=self._target.bucket, Delete={"Objects": objects, "Quiet": True})
        for refused in answer.get("Errors", ()):
            raise OutsideFailed(
                f"{self._name}: {refused.get('Key')} stays: {refused.get('Message')}; it is tried again."
            )
        for path in paths:
            there.pop(path, None)

    def _there(self) -> dict[str, str]:
        """Return the entity tags of what is there; it is asked once, and remembered from then on."""
        if self._tags is None:
            before = self._key("")
            listed = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._target.bucket, Prefix=before)
            self._tags = {
                one["Key"].removeprefix(before): one["ETag"].strip('"')
                for answer in listed
                for one in answer.get("Contents", ())
            }
        return self._tags

    def _key(self, path: str) -> str:
        return f"{self._target.prefix}/{path}" if self._target.prefix else path


def _client(target: S3Target) -> Any:
    try:
        import boto3  # noqa: PLC0415 -- an extra
        from botocore.config import Config  # noqa: PLC0415 -- an extra
    except ImportError:
        raise OutsideFailed("Publishing to S3 needs boto3, which is not installed: pip install 'pulih[s3]'") from None
    session = boto3.session.Session(
        aws_access_key_id=target.key_id, aws_secret_access_key=target.secret, region_name=target.region
    )
    return session.client(
        "s3",
        endpoint_url=target.endpoint or None,
        config=Config(
            connect_timeout=min(10.0, target.timeout_s),
            read_timeout=target.timeout_s,
            retries={"max_attempts": 2, "mode": "standard"},
            max_pool_connections=_AT_ONCE,
        ),
    )


def _said(error: Exception) -> str:
    return " ".join(str(error).split())[:300].rstrip(".")


def _parts(paths: Iterable[str], most: int) -> Iterator[list[str]]:
    left = iter(paths)
    while part := list(islice(left, most)):
        yield part
