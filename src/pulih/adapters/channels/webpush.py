"""Web push: a notification to a browser, encrypted for it alone, through its maker's push service (requirement T4).

The address of a message is the browser's subscription as JSON, as `PushSubscription.toJSON()` gives it. The browser's
script gets JSON: `title`, `body`, `url`, `lang` and `tag`, and where there are such `stop` (page that ends the
subscription) and `arrived` (to be posted to at once). The tag is the message's id and so is the topic, so that a
second copy takes the place of the first, at the push service as on the screen.

Source: RFC 8030 (push), RFC 8188 and 8291 (encryption), RFC 8292 (who sends).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import msgspec

from pulih.adapters.channels.missing import missing
from pulih.adapters.channels.posting import Poster, outcome_of
from pulih.model.errors import OutsideFailed, RefusedInput
from pulih.ports.channels import ChannelKind, Message, Outcome

if TYPE_CHECKING:
    from py_vapid import Vapid02

# Whoever was offline for longer reads the page; yesterday's word would mislead.
TTL_S: Final = 6 * 3600
# Push services take 4,096 bytes (RFC 8030, 7.2); encryption adds 86 of a header, 16 of a tag and 1 of padding.
PLAIN_BYTES_MAX: Final = 4096 - 103
_PROOF_S: Final = 12 * 3600
_PROOF_LEFT_S: Final = 3600
_ORIGINS_MAX: Final = 64
# The push service forgot the subscription (404, 410), or says what it never takes (400, 413).
_REFUSALS: Final = frozenset({400, 404, 410, 413})
_GONE: Final = frozenset({404, 410})


class _Keys(msgspec.Struct, frozen=True):
    p256dh: str
    auth: str


class _Subscription(msgspec.Struct, frozen=True):
    endpoint: str
    keys: _Keys


class _Notification(msgspec.Struct, frozen=True, omit_defaults=True):
    title: str
    body: str
    url: str
    lang: str
    tag: str
    stop: str = ""
    arrived: str = ""


class WebPush:
    """Encrypts a message for a browser and hands it to its push service.

    Args:
        key: the desk's private key, as `push_key` returns it.
        contact: where a push service reaches the desk's people: mailto: or https:.
        poster: takes the bytes over.
        now_s: the clock of the world, seconds since 1970 UTC.

    Raises: OutsideFailed when the package is missing.
    """

    def __init__(self, key: bytes, contact: str, poster: Poster, *, now_s: Callable[[], float] = time.time) -> None:
        try:
            from py_vapid import Vapid02  # noqa: PLC0415 -- optional
            from pywebpush import WebPusher, WebPushException  # noqa: PLC0415 -- optional
        except ImportError:
            raise missing("Web push", "push") from None
        self._vapid: Vapid02 = Vapid02.from_pem(key)
        self._pusher, self._unusable = WebPusher, WebPushException
        self._contact, self._poster, self._now_s = contact, poster, now_s
        # Who sends, signed anew for each push service before it ends: origin, (until when, header).
        self._proofs: dict[str, tuple[float, str]] = {}

    @property
    def kind(self) -> ChannelKind:
        """Return what it carries."""
        return "push"

    async def send(self, message: Message) -> Outcome:
        """Try once to hand over a message."""
        try:
            subscription = _subscription(message.address)
            headers = {
                "authorization": self._proof(subscription.endpoint),
                "content-encoding": "aes128gcm",
                "content-type": "application/octet-stream",
                "ttl": str(TTL_S),
                "urgency": "high",
                "topic": _topic(message.id),
            }
            answer = await self._poster.post(subscription.endpoint, self._encrypted(subscription, message), headers)
        except RefusedInput as refusal:
            return Outcome("refused", str(refusal))
        except OutsideFailed as failure:
            return Outcome("later", str(failure))
        return outcome_of(answer, refusals=_REFUSALS, gone=_GONE)

    async def close(self) -> None:
        """Give connections back."""
        await self._poster.close()

    def _encrypted(self, subscription: _Subscription, message: Message) -> bytes:
        said = _Notification(message.subject, message.text, message.link, message.language, message.id)
        plain = msgspec.json.encode(msgspec.structs.replace(said, stop=message.stop, arrived=message.arrived))
        if len(plain) > PLAIN_BYTES_MAX:
            raise RefusedInput(f"it has {len(plain):,} bytes, and push takes {PLAIN_BYTES_MAX:,}")
        try:
            encoded = self._pusher(msgspec.to_builtins(subscription)).encode(plain, "aes128gcm")
        except (self._unusable, ValueError):
            # The point is on no curve.
            raise _no_subscription() from None
        return bytes(encoded["body"])

    def _proof(self, endpoint: str) -> str:
        """Return the header that says who sends to a push service."""
        parts = urlsplit(endpoint)
        origin, now_s = f"{parts.scheme}://{parts.netloc}", self._now_s()
        until_s, proof = self._proofs.get(origin, (0.0, ""))
        if until_s - now_s < _PROOF_LEFT_S:
            if len(self._proofs) >= _ORIGINS_MAX:
                self._proofs.clear()
            until_s = now_s + _PROOF_S
            claims = {"aud": origin, "exp": int(until_s), "sub": self._contact}
            proof = str(self._vapid.sign(claims)["Authorization"])
            self._proofs[origin] = (until_s, proof)
        return proof


def _subscription(written: str) -> _Subscription:
    try:
        subscription = msgspec.json.decode(written, type=_Subscription)
        point, shared = _decoded(subscription.keys.p256dh), _decoded(subscription.keys.auth)
    except (msgspec.MsgspecError, UnicodeError, ValueError):
        raise _no_subscription() from None
    if len(point) != 65 or point[0] != 4 or len(shared) != 16:
        raise _no_subscription()
    return subscription


def _decoded(written: str) -> bytes:
    padded = written.rstrip("=") + "=" * (-len(written.rstrip("=")) % 4)
    try:
        return base64.b64decode(padded, altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from None


def _no_subscription() -> RefusedInput:
    return RefusedInput("its address is no push subscription; right would be what PushSubscription.toJSON() gives")


def _topic(name: str) -> str:
    """Return a topic of 32 letters of base64url, as RFC 8030, 5.4 asks, the same for the same message."""
    return base64.urlsafe_b64encode(hashlib.sha256(name.encode()).digest()[:24]).decode()
