"""The application of the interface: /v1 for machines, /healthz, /readyz and /metrics for whoever watches the desk.

It stands beside the pages and has nothing of theirs: no cookies, no forms; only tokens let in. Reports and hooks come
in by the intake, a third application, and are described here with the rest.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from ipaddress import ip_address
from typing import Any, Literal

import anyio.to_thread
import msgspec
from litestar import Litestar, MediaType, Request, Response
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler
from litestar.types import ASGIApp

from pulih.model.person import TOKEN_ROLES, TokenRole, TokenView
from pulih.web.api.acting import ACTING
from pulih.web.api.caring import CARING
from pulih.web.api.crediting import CREDITING
from pulih.web.api.handing import HANDING
from pulih.web.api.health import Liveness
from pulih.web.api.learning import LEARNING
from pulih.web.api.measuring import MEASURING
from pulih.web.api.metrics import MeasuredLayer, Metrics
from pulih.web.api.openapi import description
from pulih.web.api.operation import Behind, Call, Operation, body_of, query_of
from pulih.web.api.planning import PLANNING
from pulih.web.api.problems import Problem, Wrong, problem_of
from pulih.web.api.reading import READING
from pulih.web.api.recovering import RECOVERING

AnyRequest = Request[Any, Any, Any]
Method = Literal["GET", "POST"]
Handler = Callable[[AnyRequest], Awaitable[Response[bytes]]]
OPERATIONS = (
    *READING,
    *RECOVERING,
    *ACTING,
    *PLANNING,
    *CARING,
    *HANDING,
    *CREDITING,
    *LEARNING,
    *MEASURING,
)
BODY_MAX = 256 * 1024
WATCHED = ("/healthz", "/readyz", "/metrics")
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
_HEADERS = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
_PUBLIC = {"cache-control": "public, max-age=300", "x-content-type-options": "nosniff"}


def takes(path: str) -> bool:
    """Return whether a path belongs to this application; those of the intake are asked for first.

    >>> takes("/v1/findings"), takes("/readyz"), takes("/console")
    (True, True, False)
    """
    return path.startswith("/v1/") or path == "/v1" or path in WATCHED


def build_api(behind: Behind, metrics: Metrics, *, heard_here: bool = False) -> ASGIApp:
    """Return the application of the interface.

    Args:
        behind: what it asks.
        metrics: what it tells at /metrics; its own requests are counted there too.
        heard_here: whether processes of this machine alone reach the desk, and no proxy is among them.
    """

    async def tell_description(_: AnyRequest) -> Response[bytes]:
        return Response(_document(), media_type=MediaType.JSON, headers=_PUBLIC)

    async def tell_liveness(_: AnyRequest) -> Response[bytes]:
        return _answer(Liveness())

    async def tell_readiness(request: AnyRequest) -> Response[bytes]:
        known = "authorization" in request.headers
        if known:
            await _bearer(behind, request, "viewer")
        readiness = await behind.health.look()
        return _answer(readiness if known else readiness.brief(), status=200 if readiness.ready else 503)

    async def tell_metrics(request: AnyRequest) -> Response[bytes]:
        if "authorization" in request.headers or not (heard_here and _is_of_this_machine(request)):
            await _bearer(behind, request, "viewer")
        text, kind = await anyio.to_thread.run_sync(metrics.written, request.headers.get("accept", ""))
        return Response(text, headers={**_HEADERS, "content-type": kind})

    routes = [
        _route("/v1/openapi.json", {"GET": tell_description}),
        _route("/healthz", {"GET": tell_liveness}),
        _route("/readyz", {"GET": tell_readiness}),
        _route("/metrics", {"GET": tell_metrics}),
        *(_shared(path, behind) for path in dict.fromkeys(one.path for one in OPERATIONS)),
    ]
    app = Litestar(
        route_handlers=routes,
        exception_handlers={Exception: _refused},
        openapi_config=None,
        request_max_body_size=BODY_MAX,
        logging_config=None,
    )
    return MeasuredLayer(app, metrics, "api")


def _is_of_this_machine(request: AnyRequest) -> bool:
    """Whether a process of this machine asks, for itself: a Prometheus beside the desk, which needs no token.

    A proxy on this machine asks for others, and is told by what it says of them too, where the settings name none.
    """
    if any(name in request.headers for name in _FORWARDED):
        return False
    try:
        return request.client is not None and ip_address(request.client.host).is_loopback
    except ValueError:
        return False


@cache
def _document() -> bytes:
    """Describe the interface; it is the same for every desk, and few ask."""
    return msgspec.json.encode(description(OPERATIONS))


def _shared(path: str, behind: Behind) -> HTTPRouteHandler:
    """Return the route of all calls of a path."""
    return _route(path, {one.method: _handler(behind, one) for one in OPERATIONS if one.path == path})


def _route(path: str, handlers: Mapping[Method, Handler]) -> HTTPRouteHandler:
    """Return a route of some methods; a part of its path in braces becomes a parameter of Litestar.

    Whoever watches a desk asks with HEAD as often: that is a GET whose body the server keeps back (RFC 9110, 9.3.2).
    """

    async def serve(request: AnyRequest) -> Response[bytes]:
        return await handlers["POST" if request.method == "POST" else "GET"](request)

    # Annotations of an inner function are looked up by Litestar where it was made; these stand for themselves.
    serve.__annotations__ = {"request": Request, "return": Response}
    methods: list[Method | Literal["HEAD"]] = [*handlers]
    if "GET" in handlers:
        methods.append("HEAD")
    return HTTPRouteHandler(path.replace("}", ":str}"), http_method=methods, status_code=200)(serve)


def _handler(behind: Behind, operation: Operation) -> Handler:
    async def handle(request: AnyRequest) -> Response[bytes]:
        token = await _bearer(behind, request, operation.role)
        query = query_of(operation, request.scope["query_string"])
        body = None
        if operation.body is not None:
            body = body_of(operation.body, request.headers.get("content-type", ""), await request.body())
        name = next(iter(request.path_params.values()), "")
        call = Call(token=token, name=name, query=query, body=body)
        answer = await anyio.to_thread.run_sync(operation.do, behind, call)
        return _answer(answer, status=operation.status)

    return handle


async def _bearer(behind: Behind, request: AnyRequest, role: TokenRole) -> TokenView:
    """Return what the token of a request lets its bearer do; raise Wrong when that does not suffice."""
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise Wrong(401, "There is no token.", where="header authorization", right="Authorization: Bearer TOKEN")
    token = await anyio.to_thread.run_sync(behind.allow, secret.strip())
    if token is None:
        raise Wrong(
            401,
            "The token is unknown, has ended or was taken back.",
            where="header authorization",
            right="a token that an admin made, under Settings or with pulih token create",
        )
    if TOKEN_ROLES.index(token.role) < TOKEN_ROLES.index(role):
        raise Wrong(
            403,
            f"The token is for the role {token.role}.",
            where="header authorization",
            right=f"a token for the role {role}, or one above it",
        )
    return token


def _refused(_: AnyRequest, error: Exception) -> Response[bytes]:
    """Answer an error in the one shape that all have."""
    if isinstance(error, HTTPException):
        return _of_litestar(error)
    status, problem = problem_of(error)
    headers = {"www-authenticate": 'Bearer realm="pulih"'} if status == 401 else {}
    return _answer(problem, status=status, headers=headers)


def _of_litestar(error: HTTPException) -> Response[bytes]:
    status = error.status_code
    if status == 404:
        problem = Problem(error="There is nothing here.", where="path", right="a path of /v1/openapi.json")
    elif status == 405:
        allowed = (error.headers or {}).get("allow", "")
        problem = Problem(error="The method is not allowed here.", where="method", right=allowed)
    elif status == 413:
        problem = Problem(error="The body is too long.", where="body", right=f"at most {BODY_MAX} bytes")
    else:
        problem = Problem(error=error.detail)
    return _answer(problem, status=status, headers=error.headers or {})


def _answer(said: msgspec.Struct, *, status: int = 200, headers: dict[str, str] | None = None) -> Response[bytes]:
    return Response(
        msgspec.json.encode(said),
        status_code=status,
        media_type=MediaType.JSON,
        headers={**_HEADERS, **(headers or {})},
    )
