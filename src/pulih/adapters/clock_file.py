"""Clock file: how far a desk's clock was when it was last seen, so that a start by a wrong clock is noticed."""

from __future__ import annotations

from pathlib import Path

import msgspec

from pulih.adapters.data_folder import write_private
from pulih.adapters.disk_errors import disk_refused
from pulih.model.errors import OutsideFailed


class LastSeen(msgspec.Struct, frozen=True):
    """When a desk was last seen.

    Attributes:
        at_us: by its own clock, microseconds since 1970 UTC.
        offset_us: what its clock was ahead of the time that had passed since the machine was started.
        boot: names that run of the machine, "" where it has no name.
    """

    at_us: int
    offset_us: int
    boot: str


def read_last_seen(path: Path) -> LastSeen | None:
    """Return when the desk of a folder was last seen, None when nobody noted it.

    Raises: OutsideFailed when the file cannot be read or is damaged.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=LastSeen)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise disk_refused(error, path, doing="reading when the desk was last seen") from None
    except msgspec.MsgspecError as error:
        raise OutsideFailed(
            f"{path}: this does not say when the desk was last seen ({error}). See that the machine's clock is right, "
            "then remove the file."
        ) from None


def keep_last_seen(path: Path, seen: LastSeen) -> None:
    """Note when the desk was last seen. Raises OutsideFailed."""
    write_private(path, msgspec.json.encode(seen))
