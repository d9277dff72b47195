"""Intake: takes `POST /v1/reports` and `POST /v1/hooks/{source}`, an ASGI application with no framework below it.

A report is decoded once, in the event loop, and its sender waits there until a commit that holds it is on the disk.
No thread is asked for a single report; only bodies that would keep the loop from others are read in one beside it
(requirements L1, L2, P3).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final
from urllib.parse import parse_qsl

import msgspec

from pulih.listen.hooks.hooked import Hooked
from pulih.listen.payload import Parcel, PayloadReader
from pulih.model.errors import PulihError, RefusedInput
from pulih.model.person import TokenView
from pulih.ports.clock import Clock
from pulih.service.accepting import Accepting, Outcome
from pulih.web.hooks.door import Hooks
from pulih.web.intake.answers import Barred, Receive, Scope, Send, send_body, send_empty, send_problem, send_receipt
from pulih.web.intake.body import Bodies, Departed, unzipped
from pulih.web.intake.gate import Gate
from pulih.web.intake.mailbox import Mailbox

REPORTS: Final = "/v1/reports"
HOOKS: Final = "/v1/hooks/"
# Anybody may begin to send a delivery, and only its end proves who it is of.
HOOK_BYTES_MAX: Final = 1 << 20
HOOKS_BYTES_MAX: Final = 16 << 20
# A body of this size is read in some milliseconds, during which nobody else is heard.
_LOOP_BYTES_MAX: Final = 64 << 10
_JSON: Final = b"application/json"
_LINES: Final = frozenset({b"application/x-ndjson", b"application/ndjson", b"application/jsonl"})

_encode = msgspec.json.Encoder().encode
# Does what is asked for among what people wrote to a hook, and returns what may be a complaint; in a thread.
Talk = Callable[[Sequence[Hooked]], Sequence[Hooked]]
# A body, the desk's clock, the only source that may be in it or "".
_Read = Callable[[bytes, int, str], Parcel]


class IntakeApp:
    """The intake of a desk, for one event loop.

    Args:
        accepting: started.
        reader: the same as that of `accepting`.
        clock: the desk's.
        allow: see `Gate`.
        hooks: of the desk.
        world_s: the clock of the world, seconds since 1970 UTC, which proofs of hooks are judged by.
        talk: does what is asked for by those who write to the desk's number; without it all is a complaint.
    """

    def __init__(
        self,
        accepting: Accepting,
        reader: PayloadReader,
        clock: Clock,
        *,
        allow: Callable[[str], TokenView | None],
        hooks: Hooks,
        world_s: Callable[[], float],
        talk: Talk = list,
    ) -> None:
        self._accepting = accepting
        self._reader = reader
        self._clock = clock
        self._gate = Gate(allow)
        self._hooks, self.calls = hooks, hooks.calls
        self._world_s = world_s
        self._talk = talk
        self._bodies = Bodies()
        self._hook_bodies = Bodies(HOOK_BYTES_MAX, HOOKS_BYTES_MAX)
        self._mailbox: Mailbox | None = None
        self._beside = ThreadPoolExecutor(2, "intake")

    @staticmethod
    def takes(path: str) -> bool:
        """Return whether a path is of the intake.

        >>> IntakeApp.takes("/v1/reports"), IntakeApp.takes("/v1/findings")
        (True, False)
        """
        return path == REPORTS or path.startswith(HOOKS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        try:
            if scope["method"] == "OPTIONS" and self.takes(scope["path"]):
                allow = b"POST, OPTIONS" if scope["path"] == REPORTS else b"POST, GET, OPTIONS"
                await send_empty(send, 204, ((b"allow", allow),))
            elif scope["path"] == REPORTS:
                await self._reports(scope, receive, send)
            elif scope["path"].startswith(HOOKS):
                await self._hook(scope, receive, send)
            else:
                right = f"{REPORTS} or {HOOKS}SOURCE"
                raise Barred(404, "there is nothing at this address", where="path", right=right)
        except PulihError as problem:
            await send_problem(send, problem)
        except Departed:
            return

    def close(self) -> None:
        """Let go of the threads."""
        self._beside.shutdown()

    async def _reports(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "POST":
            raise _only(b"POST")
        bearer = kind = coding = length = b""
        for name, value in scope["headers"]:
            if name == b"authorization":
                bearer = value
            elif name == b"content-type":
                kind = value
            elif name == b"content-encoding":
                coding = value.lower()
            elif name == b"content-length":
                length = value
        view = await self._gate.bearer(bearer)
        lines, zipped = _form(kind, coding)
        body = await self._bodies.read(receive, length)
        read = self._reader.batch if lines else self._reader.one
        if zipped or len(body) > _LOOP_BYTES_MAX:
            parcel = await self._read_beside(read, body, zipped=zipped, only=view.source)
        else:
            parcel = read(body, self._clock.now_us(), view.source)
        await self._settle(parcel, send, alone=not lines)

    async def _read_beside(self, read: _Read, body: bytes, *, zipped: bool, only: str) -> Parcel:
        now_us = self._clock.now_us()

        def unpacked_and_read() -> Parcel:
            return read(unzipped(body) if zipped else body, now_us, only)

        return await asyncio.get_running_loop().run_in_executor(self._beside, unpacked_and_read)

    async def _settle(self, parcel: Parcel, send: Send, *, alone: bool, status: int = 202) -> None:
        """Hand a parcel in, wait until it is on the disk, and say so."""
        if self._mailbox is None:
            self._mailbox = Mailbox(asyncio.get_running_loop())
        future, told = self._mailbox.slot()
        self._accepting.submit(parcel, told)
        settled = await future
        if isinstance(settled, PulihError):
            raise settled
        if alone and parcel.refused and not parcel.refused[0].sound:
            raise RefusedInput(parcel.refused[0].error)
        await send_receipt(send, settled, parcel.refused, status=status)

    async def _hook(self, scope: Scope, receive: Receive, send: Send) -> None:
        source = scope["path"].removeprefix(HOOKS)
        if scope["method"] == "GET":
            query = dict(parse_qsl(scope["query_string"].decode("latin-1")))
            answer = self._hooks.challenge(source, query).encode()
            await send_body(send, 200, answer, kind=b"text/plain; charset=utf-8")
            return
        if scope["method"] != "POST":
            raise _only(b"POST, GET")
        try:
            await self._delivery(source, scope, receive, send)
        except RefusedInput as problem:
            self.calls.refuse(source, str(problem), self._clock.now_us())
            raise

    async def _delivery(self, source: str, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        body = await self._hook_bodies.read(receive, headers.get("content-length", "").encode("latin-1"))
        told: Sequence[Hooked] = await asyncio.to_thread(self._hooks.heard, source, headers, body, self._world_s())
        if self._hooks.talks(source) and (said := [one for one in told if not one.unfit]):
            unfit = [one for one in told if one.unfit]
            told = [*await asyncio.to_thread(self._talk, said), *unfit]
        if not told:
            # A receipt, an answer of an agent, or a command that was done: taken, and nobody's complaint.
            self.calls.take(source, (), self._clock.now_us())
            await send_receipt(send, Outcome(), (), status=self._hooks.status(source))
            return
        parcel = _with_reasons(
            self._reader.batch(b"\n".join([_encode(one) for one in told]), self._clock.now_us()), told
        )
        for one in parcel.refused:
            self.calls.refuse(source, one.error, self._clock.now_us())
        await self._settle(parcel, send, alone=False, status=self._hooks.status(source))
        self.calls.take(source, [one.at_us for one in parcel.heard], self._clock.now_us())


def _with_reasons(parcel: Parcel, told: Sequence[Hooked]) -> Parcel:
    """Return the parcel of a delivery with what was wrong with its unfit parts; as reports they only lack an id."""
    refused = [
        msgspec.structs.replace(one, error=told[one.line - 1].unfit) if told[one.line - 1].unfit else one
        for one in parcel.refused
    ]
    return msgspec.structs.replace(parcel, refused=tuple(refused))


def _form(kind: bytes, coding: bytes) -> tuple[bool, bool]:
    """Return whether a body has a report a line, and whether it is packed."""
    if coding not in (b"", b"gzip", b"identity"):
        raise Barred(415, "the body is packed in an unknown way", where="header Content-Encoding", right="gzip")
    if kind == _JSON or not kind:
        return False, coding == b"gzip"
    plain = kind.partition(b";")[0].strip().lower()
    if plain != _JSON and plain not in _LINES:
        right = "application/json for one report, application/x-ndjson for a report a line"
        raise Barred(415, "the body is of an unknown type", where="header Content-Type", right=right)
    return plain in _LINES, coding == b"gzip"


def _only(methods: bytes) -> Barred:
    allow = ((b"allow", methods),)
    return Barred(405, "the method is not taken here", where="method", right=methods.decode(), headers=allow)
