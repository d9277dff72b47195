"""Operation: one call of the interface, described once; what it takes is checked and documented from the same structs.

So the description under /v1/openapi.json and what really happens cannot drift apart, and every refusal has one shape.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Literal, TypeVar
from urllib.parse import parse_qsl

import msgspec

from pulih.model.person import TokenRole, TokenView
from pulih.ports.clock import Clock
from pulih.service.care import Care
from pulih.service.credit_desk import CreditDesk
from pulih.service.credit_links import CreditLinks
from pulih.service.incidents import Incidents
from pulih.service.learning import Learning
from pulih.service.live.desk import LiveDesk
from pulih.service.recovery import Recoveries
from pulih.web.api.health import Health
from pulih.web.api.problems import Wrong, misread

Part = TypeVar("Part", bound=msgspec.Struct)
# No call has more parameters.
_FIELDS_MOST = 16
_WHOLE = re.compile(r"\A-?(?:0|[1-9][0-9]{0,9})\Z")


class Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a call takes that takes nothing."""


class Behind(msgspec.Struct, frozen=True, kw_only=True):
    """What the interface asks; every method may block and is called in a thread.

    Attributes:
        clock: the desk's clock.
        allow: what the secret of a token lets its bearer do, None when it is none.
        live: what is heard and found now.
        incidents: what people manage.
        health: what is looked at to say whether the desk is ready.
        care: answers agents, None where a desk runs without; `recoveries` judges the end of incidents.
        credits: works credits out and keeps the books; `credit_links` makes links to one account; None without.
        learning: records of incidents and what people learn from them, None where a desk runs without.
        keep_calendar: takes a calendar of planned changes by its name, and returns what of it cannot be used.
        address: of the public site, without a slash at the end, "" when it has none; `desk` that of the desk itself.
    """

    clock: Clock
    allow: Callable[[str], TokenView | None]
    live: LiveDesk
    incidents: Incidents
    health: Health = Health()
    care: Care | None = None
    recoveries: Recoveries | None = None
    credits: CreditDesk | None = None
    credit_links: CreditLinks | None = None
    learning: Learning | None = None
    keep_calendar: Callable[[str, bytes], list[str]]
    address: str = ""
    desk: str = ""


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """One call: who calls, the last part of the path that names something (or ""), query and body as their structs."""

    token: TokenView
    name: str
    query: Any
    body: Any


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """One call of the interface.

    Attributes:
        id: how clients that are made from the description name it.
        method, path: where it is; `{finding}` or `{incident}` in the path names one thing.
        role: what a token must let its bearer do at least.
        summary, description: what it is for.
        query, body: structs that it takes; the body None without one.
        answer, status: struct and status when it was done.
        refusals: statuses of refusals of its own, beside those that every call has.
        examples: an answer, and a body, as they look.
        do: does it.
    """

    id: str
    method: Literal["GET", "POST"]
    path: str
    role: TokenRole
    summary: str
    description: str
    answer: type[msgspec.Struct]
    do: Callable[[Behind, Call], msgspec.Struct]
    query: type[msgspec.Struct] = Nothing
    body: type[msgspec.Struct] | None = None
    status: int = 200
    refusals: tuple[int, ...] = ()
    examples: Mapping[str, Any] = {}


def query_of(operation: Operation, written: bytes) -> msgspec.Struct:
    """Return the query of a call.

    Args:
        operation: which call.
        written: the query string as it came.

    Raises: Wrong when a parameter is unknown, given twice, or of another shape.
    """
    try:
        pairs = parse_qsl(written.decode("latin-1"), keep_blank_values=True, max_num_fields=_FIELDS_MOST)
    except ValueError:
        raise Wrong(400, "The query has too many parameters.", where="query", right=f"at most {_FIELDS_MOST}") from None
    if len(dict(pairs)) < len(pairs):
        raise Wrong(400, "A parameter stands in the query twice.", where="query", right="each parameter once")
    numbers = _numbers(operation.query)
    given = {name: int(value) if name in numbers and _WHOLE.match(value) else value for name, value in pairs}
    try:
        return msgspec.convert(given, operation.query)
    except msgspec.ValidationError as error:
        raise misread(error, "query") from None


def body_of(shape: type[Part], kind: str, body: bytes) -> Part:
    """Return the body of a call.

    Args:
        shape: struct to read it into.
        kind: the content type that was sent, "" without one.
        body: as it came.

    Raises: Wrong when it is no JSON, or of another shape.
    """
    if kind.partition(";")[0].strip().lower() != "application/json":
        raise Wrong(
            415, "The body is not said to be JSON.", where="header content-type", right="Content-Type: application/json"
        )
    try:
        return msgspec.json.decode(body, type=shape)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise misread(
            error if isinstance(error, msgspec.MsgspecError) else msgspec.DecodeError("Not UTF-8"), "body"
        ) from None
    except RecursionError:
        raise Wrong(
            400, "The body is nested too deeply.", where="body", right="what /v1/openapi.json describes"
        ) from None


@cache
def _numbers(shape: type[msgspec.Struct]) -> frozenset[str]:
    """Return the names of the parameters that are whole numbers; in a query they are written as words."""
    properties = msgspec.json.schema_components([shape])[1][shape.__name__].get("properties", {})
    return frozenset(
        name
        for name, schema in properties.items()
        if schema.get("type") == "integer" or all(isinstance(one, int) for one in schema.get("enum", [""]))
    )
