"""The key that signs the timeline: made at first use, kept in the data folder, readable by its owner alone.

The file is one line as Go's `note` tools write it, and holds the timeline's name too: the name is part of every
signature, so it stays even when the desk moves to another address.
"""

from __future__ import annotations

import secrets
import stat
from pathlib import Path
from urllib.parse import urlsplit

from pulih.adapters.data_folder import KEY_BYTES, write_private
from pulih.adapters.disk_errors import disk_refused
from pulih.communicate.signed_note import PLAIN, SignerKey, check_name, signer_key
from pulih.model.errors import OutsideFailed


def timeline_key(path: Path, *, address: str) -> SignerKey:
    """Return the key of a desk's timeline; it is made when there is none.

    Args:
        path: of its file.
        address: where the desk is reached, from which a new timeline has its name; "" when unknown.

    Raises: OutsideFailed when the disk refuses, or others may read the file; RefusedInput when it holds no key.
    """
    return kept_key(path, _origin(address), what="the key of the timeline")


def kept_key(path: Path, name: str, *, what: str) -> SignerKey:
    """Return the signing key of a file; it is made when there is none.

    Args:
        path: of its file.
        name: of a new key.
        what: it is, in words.

    Raises: OutsideFailed when the disk refuses, or others may read the file; RefusedInput when it holds no key.
    """
    if not path.exists():
        key = SignerKey(check_name(name), PLAIN, secrets.token_bytes(KEY_BYTES))
        write_private(path, f"{key.text()}\n".encode())
    try:
        mode, line = path.stat().st_mode, path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise disk_refused(error, path, doing=f"reading {what}") from None
    if mode & 0o077:
        raise OutsideFailed(
            f"{path}: others than its owner may read {what} (mode {stat.S_IMODE(mode):04o}), "
            f"and could sign in the desk's name. Close it with: chmod 600 {path}"
        )
    return signer_key(line)


def _origin(address: str) -> str:
    """Return the name of a new timeline: its address without the scheme, or one by chance."""
    parts = urlsplit(address)
    place = f"{parts.netloc}{parts.path}".strip("/") if parts.netloc else f"pulih-{secrets.token_hex(4)}"
    return f"{place}/tlog"
