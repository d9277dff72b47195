"""Problems: what the interface answers when it does not do what was asked, always in one shape.

`error` says what was wrong, `where` names the header, field or path, `right` what would have been right; the status is
that of the error tree (400, 401, 403, 404, 409, 503). An unexpected fault says no more than a number to look for in the
log.
"""

from __future__ import annotations

import logging
import re
import secrets

import msgspec

from pulih.model.errors import ForbiddenMove, OutsideFailed, PulihError, RefusedInput

LOG = logging.getLogger("pulih.api")
# The sentences of this house end with what would be right; the last such part is taken.
_RIGHT = "; right would be "
_AT = re.compile(r"^(?P<error>.*) - at `(?:key in )?\$(?P<path>[^`]*)`$", re.DOTALL)
_FIELD = re.compile(r"^Object (?P<how>missing required|contains unknown) field (?P<field>\S+)$")
_EXPECTED = re.compile(r"^Expected (?P<right>.+?)(?:, got .*)?$", re.DOTALL)
_SHOWN = 200


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Why something was not done.

    Attributes:
        error: what was wrong.
        where: which header, field or path it was about, "" for the request as a whole.
        right: what would have been right, "" where the error says so.
        allowed: moves that the incident allows now; with 409 only.
    """

    error: str
    where: str = ""
    right: str = ""
    allowed: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET


class Wrong(RefusedInput):
    """A request that cannot be used, with all three parts of the answer.

    Args:
        status: of the answer.
        error, where, right: as in `Problem`.
    """

    def __init__(self, status: int, error: str, *, where: str, right: str) -> None:
        super().__init__(f"{error}{_RIGHT}{right}")
        self.status = status
        self.problem = Problem(error=error, where=where, right=right)


def missing(what: str, name: str, *, listed: str) -> Wrong:
    """Return the refusal of something that is not there.

    >>> missing("finding", "x", listed="/v1/findings").problem.right
    'one of those that GET /v1/findings lists'
    """
    return Wrong(404, f"There is no {what} {name[:60]!r}.", where="path", right=f"one of those that GET {listed} lists")


def misread(error: msgspec.MsgspecError, part: str) -> Wrong:
    """Return the refusal of a body or query that is not of its shape.

    Args:
        error: what the decoder says.
        part: "body" or "query".

    >>> found = misread(msgspec.ValidationError("Expected `int`, got `str` - at `$.version`"), "body").problem
    >>> found.error, found.where, found.right
    ('Expected int, got str', 'body.version', 'int')
    """
    said = str(error)
    placed = _AT.match(said)
    plain, path = (placed["error"], placed["path"]) if placed else (said, "")
    plain = plain.replace("`", "")[:_SHOWN]
    if field := _FIELD.match(plain):
        right = "a value for it" if field["how"].startswith("missing") else "nothing of that name"
        return Wrong(400, plain, where=f"{part}{path}.{field['field']}", right=right)
    expected = _EXPECTED.match(plain)
    right = expected["right"] if expected else "what /v1/openapi.json describes"
    return Wrong(400, plain, where=part + path.replace("...", ""), right=right)


def problem_of(error: Exception) -> tuple[int, Problem]:
    """Return status and body of the answer to an error; one that nobody foresaw is logged with a number.

    >>> problem_of(OutsideFailed("The disk is full."))[0]
    503
    """
    match error:
        case Wrong():
            return error.status, error.problem
        case ForbiddenMove():
            return 409, _split(error, allowed=error.allowed or msgspec.UNSET)
        case OutsideFailed():
            return 503, _split(error)
        case PulihError():
            return 400, _split(error)
        case _:
            number = secrets.token_hex(4)
            LOG.error("Fault %s", number, exc_info=error)
            return 500, Problem(error=f"Something broke in the desk; the log tells more under {number}.")


def _split(error: PulihError, *, allowed: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET) -> Problem:
    said, _, right = str(error).partition(_RIGHT)
    return Problem(error=said, right=right.rstrip("."), allowed=allowed)
