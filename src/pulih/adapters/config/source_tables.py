"""What may be set of a source that the desk listens to by itself: keys that all share, and those of its kind."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

# Names of tables hold letters that names of sources may have; both say where something was heard.
SourceName = Annotated[
    str,
    Meta(
        pattern=r"\A[a-z0-9][a-z0-9._-]{0,63}\Z",
        description="small letters, digits, dots, dashes and underscores, at most 64 of them, such as bluesky",
    ),
]


class SourceTable(msgspec.Struct, frozen=True, kw_only=True):
    """One source that the desk listens to by itself.

    `own` are the keys of its kind, `folder` is that of pulih.toml, from which paths of secrets go on; neither is a key.
    """

    name: SourceName
    kind: Annotated[str, Meta(min_length=1, description="a kind of source: pulih sources lists them")]
    allow_networks: Annotated[
        tuple[str, ...],
        Meta(description='networks that are not public and that it may reach, such as ["10.20.0.0/16"]'),
    ] = ()
    filters: Annotated[
        tuple[str, ...], Meta(description='what it is to let through, such as ["smartfren", "axis"]')
    ] = ()
    budget: Annotated[
        float,
        Meta(ge=0, le=1_000_000_000, description="paid kinds only: what it may cost in a month, such as 50"),
    ] = 0.0
    own: msgspec.Struct | None = None
    folder: Path = Path()


# Keys that every source has.
SHARED = frozenset(SourceTable.__struct_fields__) - {"own", "folder"}
