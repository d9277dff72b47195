"""Each source where people speak to the operator itself is held to the shared contract, against a peer that fails."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from call_log_peer import LogPeer
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cut_wire import CutWire, cut_wire
from direct_sources import Asked, answering
from dovecot_server import Dovecot, dovecot
from message_centre import GARBLED, MessageCentre, messages

from pulih.adapters.sources.contract import Trial, hold, tried_means
from pulih.adapters.sources.people import (
    app_reviews,
    call_log,
    email,
    freshdesk,
    play_reviews,
    rss,
    sms,
    tmf621,
)
from pulih.ports.sources import SourceKind

# What is done with a trial.
Held = Callable[[Trial], Coroutine[Any, Any, None]]
SECRET = "rahasia9"
NUMBERS = itertools.count(1)


class AnsweringPeer:
    """A peer over HTTP that tells everything it was told, in a shape that a test gives.

    Args:
        shaped: makes one thing that was said, from its number, text and moment in seconds.
        listed: makes the answer to a request, of all that was said, the newest first.
        garbled: one thing that cannot be read.
    """

    def __init__(
        self, shaped: Callable[[int, str, int], Any], listed: Callable[[Asked, list[Any]], Any], garbled: Any
    ) -> None:
        self._shaped, self._listed, self._garbled = shaped, listed, garbled
        self._said: list[Any] = []
        self._texts: dict[str, Any] = {}
        self.wire: CutWire | None = None
        self._lets_in = True

    def __call__(self, asked: Asked) -> tuple[int, Any, dict[str, str]]:
        if not self._lets_in:
            return 401, {"error": "invalid_token"}, {}
        if asked.path == "/token":
            return 200, {"access_token": SECRET, "expires_in": 3600}, {}
        told = self._listed(asked, list(reversed(self._said)))
        return told if isinstance(told, tuple) else (200, told, {})

    async def say(self, text: str) -> None:
        self._texts[text] = self._shaped(next(NUMBERS), text, int(time.time()))
        self._said.append(self._texts[text])

    async def repeat(self, text: str) -> None:
        self._said.append(self._texts[text])

    async def say_late(self, text: str) -> None:
        self._texts[text] = self._shaped(next(NUMBERS), text, int(time.time()) - 20)
        self._said.append(self._texts[text])

    async def expire(self) -> None:
        self._lets_in = False

    async def renew(self) -> str:
        self._lets_in = True
        return ""

    async def garble(self) -> None:
        self._said.append(self._garbled)

    async def restart(self) -> None:
        await self.cut()
        await self.heal()

    async def cut(self) -> None:
        assert self.wire is not None
        await asyncio.to_thread(self.wire.cut)

    async def freeze(self) -> None:
        assert self.wire is not None
        self.wire.freeze()

    async def heal(self) -> None:
        assert self.wire is not None
        self.wire.heal()

    async def delete(self, text: str) -> None:
        raise NotImplementedError


async def hold_answering(
    held: Held, kind: SourceKind, peer: AnsweringPeer, keys: Callable[[str], dict[str, Any]], *secrets: str
) -> None:
    """Try a source that asks over HTTP, over a wire that is cut.

    Args:
        held: what is done with the trial.
        kind: of the source.
        peer: what it asks.
        keys: its settings, of the address of the wire.
        secrets: what it is given as "key".
    """
    with answering(peer) as server, cut_wire(server.server_address[1]) as wire:
        peer.wire = wire
        address = f"http://127.0.0.1:{wire.port}"
        # Eight are asked at the same time; more often, they would wait for the processor and not for each other.
        settings = kind.settings(**{"every_s": 0.2, **keys(address)})
        known = {"key": secrets[0].replace("ADDRESS", address) if secrets else SECRET}
        await held(
            Trial(
                open=lambda: kind.open(settings, tried_means(secrets=known)),
                peer=peer,
                secret=SECRET,
                cannot=frozenset({"delete"}),
            )
        )


def pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


async def play(_: Path, held: Held = hold) -> None:
    def shaped(number: int, text: str, at_s: int) -> Any:
        words = {"text": text, "lastModified": {"seconds": str(at_s)}, "starRating": 1, "reviewerLanguage": "id"}
        return {"reviewId": f"gp:{number}", "comments": [{"userComment": words}]}

    peer = AnsweringPeer(shaped, lambda _, said: {"reviews": said}, {"reviewId": 7})
    account = {
        "client_email": "a@b",
        "private_key": pem(rsa.generate_private_key(65537, 2048)),
        "token_uri": "ADDRESS/token",
    }
    keys = {"package": "id.example", "key_file": "key"}
    await hold_answering(
        held, play_reviews.KIND, peer, lambda address: {**keys, "address": address}, json.dumps(account)
    )


async def apple(_: Path, held: Held = hold) -> None:
    def shaped(number: int, text: str, at_s: int) -> Any:
        words = {"rating": 1, "title": text, "createdDate": datetime.fromtimestamp(at_s, UTC).isoformat()}
        return {"type": "customerReviews", "id": str(number), "attributes": words}

    peer = AnsweringPeer(shaped, lambda _, said: {"data": said, "links": {"self": "x"}}, {"id": 7})
    keys = {"app": "1", "key_id": "K", "issuer": "I", "key_file": "key"}
    key = pem(ec.generate_private_key(ec.SECP256R1()))
    await hold_answering(held, app_reviews.KIND, peer, lambda address: {**keys, "address": address}, key)


async def tickets(_: Path, held: Held = hold) -> None:
    def shaped(number: int, text: str, at_s: int) -> Any:
        at = datetime.fromtimestamp(at_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        told = {"id": number, "subject": text, "description_text": "", "spam": False}
        return {**told, "created_at": at, "updated_at": at}

    def listed(asked: Asked, said: list[Any]) -> Any:
        return list(reversed(said)) if asked.query["page"] == "1" else []

    peer = AnsweringPeer(shaped, listed, {"id": "x"})
    await hold_answering(held, freshdesk.KIND, peer, lambda address: {"address": address, "key_file": "key"})


async def trouble_tickets(_: Path, held: Held = hold) -> None:
    def shaped(number: int, text: str, at_s: int) -> Any:
        at = datetime.fromtimestamp(at_s, UTC).isoformat()
        return {"id": str(number), "description": text, "creationDate": at, "lastUpdate": at, "ticketType": "complaint"}

    def listed(asked: Asked, said: list[Any]) -> Any:
        first = int(asked.query["offset"])
        return said[::-1][first : first + int(asked.query["limit"])]

    peer = AnsweringPeer(shaped, listed, {"id": 7})
    await hold_answering(held, tmf621.KIND, peer, lambda address: {"address": f"{address}/v4", "token_file": "key"})


async def feed(_: Path, held: Held = hold) -> None:
    def shaped(number: int, text: str, at_s: int) -> Any:
        at = datetime.fromtimestamp(at_s, UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
        return f"<item><guid>id{number}</guid><title>{text}</title><pubDate>{at}</pubDate></item>"

    def listed(_: Asked, said: list[Any]) -> Any:
        feed = f'<?xml version="1.0"?><rss version="2.0"><channel><title>K</title>{"".join(said)}</channel></rss>'
        return 200, feed.encode(), {"Content-Type": "application/rss+xml"}

    peer = AnsweringPeer(shaped, listed, "<item></item>")
    await hold_answering(held, rss.KIND, peer, lambda address: {"address": f"{address}/feed"})


class MailPeer:
    """A mailbox at a real server behind a wire."""

    def __init__(self, server: Dovecot, wire: CutWire) -> None:
        self._server, self.wire = server, wire
        self._mails: dict[str, bytes] = {}

    async def say(self, text: str, *, late_s: int = 0) -> None:
        mail = EmailMessage()
        mail["From"], mail["Message-ID"] = "sari@example.id", f"<{next(NUMBERS)}@example.id>"
        mail["Date"] = datetime.now(UTC) - timedelta(seconds=late_s)
        mail.set_content(text)
        self._mails[text] = mail.as_bytes()
        self._server.deliver(self._mails[text])

    async def say_late(self, text: str) -> None:
        await self.say(text, late_s=3_600)

    async def repeat(self, text: str) -> None:
        self._server.deliver(self._mails[text])

    async def expire(self) -> None:
        self._server.let_in("another")
        await self.cut()
        await self.heal()

    async def renew(self) -> str:
        self._server.let_in("sandi")
        return ""

    async def garble(self) -> None:
        self._server.deliver(b"\xff\xfe\x00 bukan surat")

    async def restart(self) -> None:
        await asyncio.to_thread(self._server.end)
        await asyncio.to_thread(self._server.begin)

    async def cut(self) -> None:
        self.wire.cut()

    async def freeze(self) -> None:
        self.wire.freeze()

    async def heal(self) -> None:
        self.wire.heal()

    async def delete(self, text: str) -> None:
        raise NotImplementedError


async def mail(_: Path, held: Held = hold) -> None:
    with dovecot() as server, cut_wire(server.port) as wire:
        settings = email.Settings(
            host="127.0.0.1", port=wire.port, user="care", password_file="key", tls="none", wait_s=5
        )
        trial = Trial(
            open=lambda: email.KIND.open(settings, tried_means(secrets={"key": "sandi"})),
            peer=MailPeer(server, wire),
            secret="sandi",
            cannot=frozenset({"delete"}),
        )
        await held(trial)


class CentrePeer:
    """A message centre that keeps what is not acknowledged."""

    def __init__(self, centre: MessageCentre) -> None:
        self._centre = centre

    async def say(self, text: str) -> None:
        self._centre.give(*messages(text))

    async def repeat(self, text: str) -> None:
        self._centre.give(*messages(text))

    async def expire(self) -> None:
        self._centre.refuses = 0x0E
        await self.restart()

    async def renew(self) -> str:
        self._centre.refuses = 0
        return ""

    async def garble(self) -> None:
        self._centre.give(GARBLED)

    async def restart(self) -> None:
        await self._centre.end()
        await self._centre.begin()

    async def cut(self) -> None:
        await self._centre.end()

    async def heal(self) -> None:
        await self._centre.begin()

    async def delete(self, text: str) -> None:
        raise NotImplementedError


async def short_messages(_: Path, held: Held = hold) -> None:
    centre = MessageCentre()
    await centre.begin()
    settings = sms.Settings(
        host="127.0.0.1", port=centre.port, system_id="pulih", password_file="key", tls=False, enquire_s=0.2
    )
    trial = Trial(
        open=lambda: sms.KIND.open(settings, tried_means(secrets={"key": SECRET})),
        peer=CentrePeer(centre),
        secret=SECRET,
        cannot=frozenset({"delete"}),
    )
    try:
        await held(trial)
    finally:
        await centre.end()


async def calls(folder: Path, held: Held = hold) -> None:
    settings = call_log.Settings(file=folder / "calls.csv", every_s=0.02, zone="WIB")
    trial = Trial(
        open=lambda: call_log.KIND.open(settings, tried_means()),
        peer=LogPeer(folder / "calls.csv"),
        cannot=frozenset({"delete"}),
    )
    await held(trial)


KINDS: dict[str, Callable[..., Coroutine[Any, Any, None]]] = {
    "play_reviews": play,
    "app_reviews": apple,
    "freshdesk": tickets,
    "tmf621": trouble_tickets,
    "rss": feed,
    "email": mail,
    "sms": short_messages,
    "call_log": calls,
}


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, BaseException | None]:
    """What came of holding each of them to the contract, all at the same time since they mostly wait."""

    async def run() -> dict[str, BaseException | None]:
        folder = tmp_path_factory.mktemp("held")
        ends = await asyncio.gather(*(held(folder) for held in KINDS.values()), return_exceptions=True)
        return dict(zip(KINDS, ends, strict=True))

    return asyncio.run(run())


@pytest.mark.parametrize("kind", KINDS)
def test_each_source_of_direct_words_keeps_the_contract(outcomes: dict[str, BaseException | None], kind: str) -> None:
    if (problem := outcomes[kind]) is not None:
        raise problem
