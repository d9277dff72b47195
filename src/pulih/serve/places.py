"""Where the public site is put: the desk's own folder, and every place of the settings."""

from __future__ import annotations

from pulih.adapters.config import DeskSettings, PublishTable
from pulih.adapters.publishers.folder import FolderPublisher
from pulih.adapters.publishers.rsync import RsyncPublisher, RsyncTarget
from pulih.adapters.publishers.s3 import S3Publisher, S3Target
from pulih.adapters.websub import WebSubPing
from pulih.model.errors import RefusedInput
from pulih.ports.publishing import Publisher
from pulih.serve.secrets import secret_in


def places_of(settings: DeskSettings) -> list[Publisher]:
    """Return a publisher for each [[publish]] of the settings, and behind them what tells the hub of feeds.

    Raises: RefusedInput when a secret cannot be read or a place lacks what it needs; OutsideFailed when what it needs
        is not installed.
    """
    hub, address = settings.site.hub, settings.site.address or settings.server.address
    told: list[Publisher] = [WebSubPing(hub, address)] if hub else []
    return [*(_place(one) for one in settings.publish), *told]


def _place(place: PublishTable) -> Publisher:
    name = f"{place.name} ({place.kind})"
    if place.kind == "folder" and place.folder is not None:
        return FolderPublisher(place.folder, name)
    if place.kind == "rsync" and place.key_file is not None:
        target = RsyncTarget(
            target=place.target,
            key=place.key_file,
            known_hosts=place.known_hosts_file,
            port=place.port,
            timeout_s=place.timeout_s,
        )
        return RsyncPublisher(target, name)
    if place.kind == "s3" and place.secret_file is not None:
        bucket = S3Target(
            bucket=place.bucket,
            key_id=place.access_key,
            secret=secret_in(place.secret_file),
            prefix=place.prefix,
            endpoint=place.endpoint,
            region=place.region,
            timeout_s=place.timeout_s,
        )
        return S3Publisher(bucket, name)
    raise RefusedInput(f"publish {place.name}: a place of kind {place.kind} lacks what it needs; see docs/config.md.")
