"""Answers: what the TM Forum interfaces say over HTTP, and how they refuse, in the shape of their specifications.

Source: the definition Error of TMF621, TMF642 and TMF656 v4; TMF630 for the headers of a list.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from pulih.interchange.shapes import Document
from pulih.model.errors import ForbiddenMove, OutsideFailed, PulihError, RefusedInput
from pulih.service.interchange.shelf import NotThere
from pulih.web.intake.answers import Barred, Send

LOG = logging.getLogger("pulih.tmf")
_RIGHT: Final = "; right would be "
_KIND: Final = (b"content-type", b"application/json;charset=utf-8")
_ALWAYS: Final = ((b"x-content-type-options", b"nosniff"), (b"cache-control", b"no-store"))


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What is answered: status, body (None for none), and headers beside the usual ones."""

    status: int
    body: Document | list[Document] | None = None
    headers: Mapping[str, str] = {}


async def send_answer(send: Send, answer: Answer) -> None:
    """Send an answer."""
    body = b"" if answer.body is None else msgspec.json.encode(answer.body)
    length = () if answer.status == 204 else ((b"content-length", b"%d" % len(body)),)
    own = tuple((name.encode(), value.encode("latin-1", "replace")) for name, value in answer.headers.items())
    await send({"type": "http.response.start", "status": answer.status, "headers": [_KIND, *length, *_ALWAYS, *own]})
    await send({"type": "http.response.body", "body": body})


def refused(problem: Exception) -> Answer:
    """Return the answer to what was not done."""
    status, headers = _status(problem)
    if isinstance(problem, Barred):
        said, right = f"{problem.where}: {problem.error}", problem.right
    elif isinstance(problem, PulihError):
        said, _, right = str(problem).partition(_RIGHT)
    else:
        number = secrets.token_hex(4)
        LOG.error("Fault %s", number, exc_info=problem)
        said, right = f"Something broke in the desk; the log tells more under {number}.", ""
    fault: dict[str, Any] = {"code": str(status), "reason": said, "status": str(status), "@type": "Error"}
    if right:
        fault["message"] = f"Right would be {right}"
    return Answer(status=status, body=fault, headers=headers)


def _status(problem: Exception) -> tuple[int, dict[str, str]]:
    match problem:
        case Barred():
            return problem.status, {name.decode(): value.decode() for name, value in problem.headers}
        case NotThere():
            return 404, {}
        case ForbiddenMove():
            return 409, {}
        case RefusedInput():
            return 400, {}
        case OutsideFailed():
            return 503, {"retry-after": "1"}
        case _:
            return 500, {}
