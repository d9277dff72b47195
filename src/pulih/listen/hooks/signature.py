"""Signature: how Standard Webhooks signs a delivery; the same for what comes in and for what goes out.

Source: Standard Webhooks 1.0.0, signature scheme; RFC 2104.
"""

from __future__ import annotations

import base64
import binascii
import hmac

from pulih.model.errors import RefusedInput

PREFIX = "whsec_"
# Shorter keys can be tried out; Standard Webhooks asks for 24 bytes and no more than 64.
SECRET_BYTES_MIN = 24


def key_of(secret: str) -> bytes:
    """Return the bytes of a secret of Standard Webhooks: what follows "whsec_" in base64, else the letters themselves.

    Raises: RefusedInput when it is too short, or no base64 follows the prefix.

    >>> key_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").hex()[:8]
    '31f290f6'
    """
    if not secret.startswith(PREFIX):
        key = secret.encode()
    else:
        try:
            key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
        except (binascii.Error, ValueError):
            raise RefusedInput(f'A secret that begins with "{PREFIX}" goes on in base64; this one does not.') from None
    if len(key) < SECRET_BYTES_MIN:
        raise RefusedInput(f"A secret has {len(key)} bytes; at least {SECRET_BYTES_MIN} would be right.")
    return key


def signature(secret: str, name: str, sent: str, body: bytes) -> bytes:
    """Return the signature of a delivery, version v1 (HMAC-SHA256), as it stands in the header.

    Args:
        secret: shared with the other side, as `key_of` takes it.
        name: id of the delivery, the same however often it is tried.
        sent: seconds since 1970 UTC, in digits.
        body: the very bytes that are sent.

    Raises: RefusedInput when the secret is none.

    >>> signature("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330",
    ...           b'{"test": 2432232314}')
    b'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
    """
    signed = b".".join((name.encode(), sent.encode(), body))
    return b"v1," + base64.b64encode(hmac.digest(key_of(secret), signed, "sha256"))
