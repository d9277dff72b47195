"""Reads a published timeline from outside: over HTTP, or from a folder of the site, with bounds on what it takes.

Nothing that is read is trusted here; `communicate/proof_audit` says what it is worth.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

import httpx
import msgspec

from pulih.communicate.tiles import Tile, hashes, tiles, unbundled
from pulih.model.bulletin import Bulletin
from pulih.model.errors import OutsideFailed, RefusedInput

# Path below the site's root to its content; None when there is no such file.
Reading = Callable[[str], bytes | None]
_TIMEOUT_S: Final = 20.0
_FILE_BYTES_MAX: Final = 64 << 20
# A timeline of more entries is none that this command should fetch whole.
_ENTRIES_MAX: Final = 1_000_000


def site_reading(site: str) -> Reading:
    """Return what reads the files of a site.

    Args:
        site: its address, or a folder that it is published in.

    Raises: RefusedInput when it is neither.
    """
    folder = Path(site)
    if folder.is_dir():
        return lambda path: _in_folder(folder, path)
    if not site.startswith(("https://", "http://")):
        raise RefusedInput(f"{site} is neither a web address nor a folder; give one such as https://status.example.id")
    client = httpx.Client(timeout=_TIMEOUT_S, follow_redirects=True, max_redirects=3)
    return lambda path: _over_http(client, f"{site.rstrip('/')}/{path}")


def needed(read: Reading, path: str) -> bytes:
    """Return a file that must be there. Raises: RefusedInput when it is not; OutsideFailed."""
    octets = read(path)
    if octets is None:
        raise RefusedInput(f"There is no {path} on this site; a site whose timeline is proved has one.")
    return octets


def read_entries(read: Reading, size: int) -> list[bytes]:
    """Return the first `size` entries. Raises: RefusedInput when they are not all there; OutsideFailed."""
    entries = [one for tile in _leaf_tiles(size) for one in unbundled(_tile(read, tile.entries_path()))]
    return entries[:size]


def read_leaf_hashes(read: Reading, size: int) -> list[bytes]:
    """Return the hashes of the first `size` entries. Raises: RefusedInput when some are missing; OutsideFailed."""
    return [one for tile in _leaf_tiles(size) for one in hashes(_tile(read, tile.path()))][:size]


def read_bulletin(read: Reading) -> Bulletin | None:
    """Return what the pages are made of, None when the site does not show it. Raises: RefusedInput; OutsideFailed."""
    octets = read("bulletin.json")
    if octets is None:
        return None
    try:
        return msgspec.json.decode(octets, type=Bulletin)
    except msgspec.MsgspecError as problem:
        raise RefusedInput(f"bulletin.json of this site is no bulletin ({problem}).") from None


def _leaf_tiles(size: int) -> list[Tile]:
    if size > _ENTRIES_MAX:
        raise RefusedInput(f"The head speaks of {size:,} entries; more than {_ENTRIES_MAX:,} are not fetched.")
    return [tile for tile in tiles(size) if tile.level == 0]


def _tile(read: Reading, path: str) -> bytes:
    """Return a tile; a partial one that is gone is in the full one meanwhile."""
    octets = read(f"tlog/{path}")
    if octets is None:
        octets = read(f"tlog/{path.partition('.p/')[0]}")
    if octets is None:
        raise RefusedInput(f"There is no tlog/{path} on this site; if the timeline grew just now, ask once more.")
    return octets


def _in_folder(folder: Path, path: str) -> bytes | None:
    try:
        return (folder / path).read_bytes()
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return None
    except OSError as problem:
        raise OutsideFailed(f"{folder / path} cannot be read ({problem.strerror}).") from None


def _over_http(client: httpx.Client, address: str) -> bytes | None:
    try:
        with client.stream("GET", address) as answer:
            if answer.status_code in {404, 410}:
                return None
            answer.raise_for_status()
            return _bounded(answer, address)
    except httpx.HTTPError as problem:
        raise OutsideFailed(f"{address} could not be read ({problem}); ask again when the site answers.") from None


def _bounded(answer: httpx.Response, address: str) -> bytes:
    content = bytearray()
    for part in answer.iter_bytes():
        content += part
        if len(content) > _FILE_BYTES_MAX:
            raise RefusedInput(
                f"{address} has more than {_FILE_BYTES_MAX >> 20} MiB; no file of a timeline is so long."
            )
    return bytes(content)
