"""Answers: what the intake says over HTTP, as JSON, and which status each refusal has."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

import msgspec

from pulih.listen.refusal import Refusal
from pulih.model.errors import ForbiddenMove, OutsideFailed, PulihError, RefusedInput
from pulih.service.accepting import Outcome
from pulih.web.hooks.door import UnknownHook
from pulih.web.hooks.proofs import Unproven

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_RIGHT: Final = "; right would be "
# Where to look, for errors that do not say so themselves.
_WHERE: Final = ((UnknownHook, "path"), (Unproven, "headers"), (OutsideFailed, "the desk"), (PulihError, "body"))


class Barred(RefusedInput):
    """A request is refused before its reports are looked at, with a status of its own.

    Args:
        status: 400 to 499.
        error, where, right: what was wrong, where in the request, and what would be right.
        headers: that belong to the status, such as Allow.
    """

    def __init__(
        self, status: int, error: str, *, where: str, right: str, headers: tuple[tuple[bytes, bytes], ...] = ()
    ) -> None:
        super().__init__(f"{where}: {error}{_RIGHT}{right}.")
        self.status = status
        self.error = error
        self.where = where
        self.right = right
        self.headers = headers


class Fault(msgspec.Struct, frozen=True):
    """The body of every refusal: what was wrong, where, and what would be right."""

    error: str
    where: str
    right: str


class RefusedLine(msgspec.Struct, frozen=True):
    """One line of a batch that was not taken, and why."""

    line: int
    error: str


class Receipt(msgspec.Struct, frozen=True):
    """The body of a 202: what became of the reports, all of it on the disk."""

    accepted: int
    repeated: int
    late: int
    refused: tuple[RefusedLine, ...]


_encode = msgspec.json.Encoder().encode

# What nearly every single report is answered with, made once.
_ONE: Final = Outcome(accepted=1)
_ONE_TEXT: Final = _encode(Receipt(1, 0, 0, ()))
# No browser reads an answer as something else than it is, and nothing on the way keeps it.
_ALWAYS: Final = ((b"x-content-type-options", b"nosniff"), (b"cache-control", b"no-store"))
_ONE_HEADERS: Final = (
    (b"content-type", b"application/json"),
    (b"content-length", str(len(_ONE_TEXT)).encode()),
    *_ALWAYS,
)
_ONE_START: Final = {"type": "http.response.start", "status": 202, "headers": _ONE_HEADERS}
_ONE_BODY: Final = {"type": "http.response.body", "body": _ONE_TEXT}


async def send_receipt(send: Send, outcome: Outcome, refused: tuple[Refusal, ...], *, status: int = 202) -> None:
    """Answer 202, or what a sender understands better."""
    if status == 202 and not refused and outcome == _ONE:
        await send(_ONE_START)
        await send(_ONE_BODY)
        return
    lines = tuple(RefusedLine(one.line, one.error) for one in refused)
    body = _encode(Receipt(outcome.accepted, outcome.repeated, outcome.late, lines))
    await send_body(send, status, body)


async def send_problem(send: Send, problem: PulihError) -> None:
    """Answer an error with its status, and its sentence in parts."""
    status, headers = _status(problem)
    await send_body(send, status, _encode(fault_of(problem)), headers)


async def send_body(
    send: Send,
    status: int,
    body: bytes,
    headers: tuple[tuple[bytes, bytes], ...] = (),
    *,
    kind: bytes = b"application/json",
) -> None:
    """Answer with a body, JSON unless `kind` says otherwise."""
    length = (b"content-length", str(len(body)).encode())
    told = [(b"content-type", kind), length, *_ALWAYS, *headers]
    await send({"type": "http.response.start", "status": status, "headers": told})
    await send({"type": "http.response.body", "body": body})


async def send_empty(send: Send, status: int, headers: tuple[tuple[bytes, bytes], ...]) -> None:
    """Answer with headers alone."""
    await send({"type": "http.response.start", "status": status, "headers": [*_ALWAYS, *headers]})
    await send({"type": "http.response.body", "body": b""})


def fault_of(problem: PulihError) -> Fault:
    """Return the parts of an error's sentence.

    >>> fault_of(RefusedInput("id: missing; right would be a string."))
    Fault(error='id: missing', where='body', right='a string.')
    """
    if isinstance(problem, Barred):
        return Fault(problem.error, problem.where, problem.right)
    error, _, right = str(problem).partition(_RIGHT)
    return Fault(error, next(where for kind, where in _WHERE if isinstance(problem, kind)), right or "see error")


def _status(problem: PulihError) -> tuple[int, tuple[tuple[bytes, bytes], ...]]:
    if isinstance(problem, Barred):
        return problem.status, problem.headers
    if isinstance(problem, Unproven):
        return 401, ()
    if isinstance(problem, UnknownHook):
        return 404, ()
    if isinstance(problem, ForbiddenMove):
        return 409, ()
    if isinstance(problem, OutsideFailed):
        return 503, ((b"retry-after", b"1"),)
    return 400, ()
