"""A token that a source signs itself, as Google and Apple ask of programs (JSON Web Token).

Source: RFC 7519 (JWT), RFC 7515 (JWS), RFC 7518, 3.3 (RS256) and 3.4 (ES256).
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from pulih.model.errors import RefusedInput

Key = EllipticCurvePrivateKey | RSAPrivateKey


def signing_key(pem: str, name: str) -> Key:
    """Return the private key of a text in PEM.

    Args:
        pem: of a key without a password, RSA or of the curve P-256.
        name: of the source, for the refusal.

    Raises: RefusedInput when it is none; the words of it are not repeated.
    """
    try:
        key = load_pem_private_key(pem.encode(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise RefusedInput(
            f"{name}: its key is none; right would be a private key in PEM, without a password."
        ) from None
    if isinstance(key, RSAPrivateKey) or (
        isinstance(key, EllipticCurvePrivateKey) and isinstance(key.curve, SECP256R1)
    ):
        return key
    raise RefusedInput(f"{name}: its key is of another kind; right would be an RSA key, or one of the curve P-256.")


def signed_token(claims: Mapping[str, Any], key: Key, **named: str) -> str:
    """Return a token in the compact form.

    Args:
        claims: what it says.
        key: signs it; the way follows from its kind.
        named: further fields of the header, such as `kid`.
    """
    header = {"alg": "RS256" if isinstance(key, RSAPrivateKey) else "ES256", "typ": "JWT", **named}
    said = f"{_written(msgspec.json.encode(header))}.{_written(msgspec.json.encode(dict(claims)))}"
    if isinstance(key, RSAPrivateKey):
        signature = key.sign(said.encode(), PKCS1v15(), SHA256())
    else:
        first, second = decode_dss_signature(key.sign(said.encode(), ECDSA(SHA256())))
        signature = first.to_bytes(32, "big") + second.to_bytes(32, "big")
    return f"{said}.{_written(signature)}"


def _written(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
