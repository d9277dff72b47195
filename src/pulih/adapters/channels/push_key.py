"""The key with which the desk shows push services who it is (VAPID); made at its first use, and kept by the desk alone.

A browser's subscription is bound to the public half of it: with another key, no subscription works any more, so it is
part of every backup.

Source: RFC 8292.
"""

from __future__ import annotations

import base64
import stat
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from pulih.adapters.data_folder import write_private
from pulih.adapters.disk_errors import disk_refused
from pulih.model.errors import OutsideFailed


def push_key(path: Path) -> bytes:
    """Return the private key in a file, as PEM; it is made when there is none.

    Raises: OutsideFailed when the disk refuses, others may read the file, or no such key is in it.
    """
    if not path.exists():
        made = ec.generate_private_key(ec.SECP256R1())
        write_private(
            path,
            made.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            ),
        )
    try:
        mode, pem = path.stat().st_mode, path.read_bytes()
    except OSError as error:
        raise disk_refused(error, path, doing="reading the key of web push") from None
    if mode & 0o077:
        raise OutsideFailed(
            f"{path}: others than its owner may read the key of web push (mode {stat.S_IMODE(mode):04o}). "
            f"Close it with: chmod 600 {path}"
        )
    try:
        public_push_key(pem)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise OutsideFailed(
            f"{path}: no private key on the curve P-256 is in this file. Bring it back from a backup (pulih restore)."
        ) from None
    return pem


def public_push_key(pem: bytes) -> str:
    """Return the public half of a key as browsers are told it (`applicationServerKey`): base64url without padding.

    Args:
        pem: as `push_key` returns it.

    Raises: ValueError, TypeError when it is no such key.
    """
    key = serialization.load_pem_private_key(pem, password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise TypeError("a private key on the curve P-256 is wanted")
    point = key.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()
