"""Proofs: that a delivery comes from whoever shares a secret with us, as each system shows it.

A proof is made over the very bytes that came in. Every secret is tried to the end, in constant time, so that a secret
can be exchanged while the old one still holds, and an answer tells nothing about how near a guess came. A proof with
a moment in it is good for five minutes; a delivery that comes again within them has ids that are known, and is a
repeat (requirement L2).

Source: Standard Webhooks 1.0.0; the documentation of Zendesk, Chatwoot, Zammad and Meta (docs/api.md names the pages);
RFC 2104, RFC 6750, RFC 7617.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from pulih.listen.hooks.hooked import moment
from pulih.listen.hooks.signature import signature
from pulih.model.errors import RefusedInput

# Names of headers in small letters.
Headers = Mapping[str, str]
# Headers, body, secrets, now in seconds since 1970 UTC; raises Unproven.
Proof = Callable[[Headers, bytes, Sequence[str], float], None]

TOLERANCE_S = 300
# A sender signs with two keys while it exchanges one; nobody needs more than these.
SIGNATURES_MOST = 8


class Unproven(RefusedInput):
    """A delivery does not show that it comes from its sender (HTTP 401)."""


def standard(headers: Headers, body: bytes, secrets: Sequence[str], now_s: float) -> None:
    """Check the three headers of Standard Webhooks, version v1 (HMAC-SHA256).

    Raises: Unproven.

    >>> headers = {"webhook-id": "msg_1", "webhook-timestamp": "100", "webhook-signature": "v1,AAAA"}
    >>> standard(headers, b"{}", ["x" * 24], 100)
    Traceback (most recent call last):
    pulih.web.hooks.proofs.Unproven: No signature in "webhook-signature" belongs to this body and a secret of the hook.
    """
    name, sent = _header(headers, "webhook-id"), _header(headers, "webhook-timestamp")
    given = _header(headers, "webhook-signature").split()[:SIGNATURES_MOST]
    if not sent.isascii() or not sent.isdecimal() or len(sent) > 12:
        raise Unproven('The header "webhook-timestamp" is no number; right would be seconds since 1970 UTC.')
    _be_fresh(int(sent), now_s, "webhook-timestamp")
    good = [signature(secret, name, sent, body) for secret in secrets]
    _belong(given, good, "webhook-signature")


def zendesk(headers: Headers, body: bytes, secrets: Sequence[str], now_s: float) -> None:
    """Check the signature of Zendesk: HMAC-SHA256 over its timestamp and the body, in base64.

    Raises: Unproven.
    """
    sent = _header(headers, "x-zendesk-webhook-signature-timestamp")
    given = _header(headers, "x-zendesk-webhook-signature")
    _be_fresh(_seconds(sent, "x-zendesk-webhook-signature-timestamp"), now_s, "x-zendesk-webhook-signature-timestamp")
    good = [base64.b64encode(hmac.digest(secret.encode(), sent.encode() + body, "sha256")) for secret in secrets]
    _belong([given], good, "x-zendesk-webhook-signature")


def chatwoot(headers: Headers, body: bytes, secrets: Sequence[str], now_s: float) -> None:
    """Check the signature of Chatwoot: HMAC-SHA256 over its timestamp, a dot and the body, in hex; or a token.

    Versions before signatures came show who they are by a name and password in the address they post to.

    Raises: Unproven.
    """
    if "x-chatwoot-signature" not in headers:
        token(headers, body, secrets, now_s)
        return
    sent = _header(headers, "x-chatwoot-timestamp")
    _be_fresh(_seconds(sent, "x-chatwoot-timestamp"), now_s, "x-chatwoot-timestamp")
    _be_hex(headers, "x-chatwoot-signature", f"{sent}.".encode() + body, secrets)


def whatsapp(headers: Headers, body: bytes, secrets: Sequence[str], _: float) -> None:
    """Check the signature of Meta: HMAC-SHA256 over the body with the secret of the app, in hex.

    It holds no moment; that nothing counts twice rests on the ids of the messages.

    Raises: Unproven.
    """
    _be_hex(headers, "x-hub-signature-256", body, secrets)


def zammad(headers: Headers, body: bytes, secrets: Sequence[str], now_s: float) -> None:
    """Check the signature of Zammad: HMAC-SHA1 over the body, in hex; or the token that it can send instead.

    It holds no moment; that nothing counts twice rests on the ids of the articles. An HMAC is not weakened by the
    collisions that SHA-1 is known for (RFC 6194, 3.3).

    Raises: Unproven.
    """
    if "x-hub-signature" not in headers:
        token(headers, body, secrets, now_s)
        return
    _be_hex(headers, "x-hub-signature", body, secrets, way="sha1")


def token(headers: Headers, _: bytes, secrets: Sequence[str], __: float) -> None:
    """Check a secret that is sent as it is: `Authorization: Bearer`, or as the password of `Basic`.

    It says who posts and nothing about the body, so it is only as good as the TLS around it.

    Raises: Unproven.

    >>> token({"authorization": "Bearer s3cret"}, b"", ["s3cret"], 0)
    """
    scheme, *rest = _header(headers, "authorization").split(maxsplit=1) or [""]
    given = "".join(rest).strip()
    if scheme.lower() == "basic":
        given = _password(given)
    elif scheme.lower() != "bearer":
        raise Unproven('The header "authorization" is neither "Bearer" nor "Basic" with the secret of the hook.')
    _belong([given], [secret.encode() for secret in secrets], "authorization")


PROOFS: Mapping[str, Proof] = {
    "standard": standard,
    "alertmanager": token,
    "zammad": zammad,
    "zendesk": zendesk,
    "chatwoot": chatwoot,
    "whatsapp": whatsapp,
}


def same(given: str, secret: str) -> bool:
    """Return whether two secrets are one, in constant time.

    >>> same("a", "a"), same("a", "")
    (True, False)
    """
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), secret.encode("utf-8", "surrogatepass"))


def _header(headers: Headers, name: str) -> str:
    value = headers.get(name, "")
    if not value:
        raise Unproven(f'The header "{name}" is missing.')
    return value


def _seconds(written: str, name: str) -> float:
    """Return a moment as seconds since 1970 UTC, whether written as such or as ISO 8601."""
    if written.isascii() and written.isdecimal() and len(written) <= 12:
        return int(written)
    said = moment(written)
    if not said:
        raise Unproven(f'The header "{name}" is no moment; right would be ISO 8601 or seconds since 1970 UTC.')
    return datetime.fromisoformat(said).timestamp()


def _be_fresh(sent_s: float, now_s: float, name: str) -> None:
    if abs(now_s - sent_s) > TOLERANCE_S:
        side = "old" if sent_s < now_s else "early"
        raise Unproven(f'The moment in "{name}" is too {side}; right would be within {TOLERANCE_S} s of our clock.')


def _be_hex(headers: Headers, name: str, signed: bytes, secrets: Sequence[str], *, way: str = "sha256") -> None:
    good = [f"{way}={hmac.digest(secret.encode(), signed, way).hex()}".encode() for secret in secrets]
    _belong([_header(headers, name)], good, name)


def _belong(given: Iterable[str], good: Sequence[bytes], name: str) -> None:
    """Refuse unless one of `given` is one of `good`; all are compared, whichever fits."""
    fits = [hmac.compare_digest(one.encode("utf-8", "surrogatepass"), other) for one in given for other in good]
    if not any(fits):
        raise Unproven(f'No signature in "{name}" belongs to this body and a secret of the hook.')


def _password(encoded: str) -> str:
    try:
        return base64.b64decode(encoded.strip(), validate=True).decode().partition(":")[2]
    except (binascii.Error, ValueError):
        raise Unproven('The header "authorization" is "Basic" without a name and password in base64.') from None
