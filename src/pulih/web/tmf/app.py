"""The TM Forum interfaces over HTTP: paths, tokens, bodies and lists, as TMF630 has them.

An application of its own, since these specifications refuse in a shape of their own; tokens are those of /v1.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from pulih.interchange.addresses import with_origin
from pulih.interchange.asking import asked_of, selected
from pulih.interchange.kinds import ROOTS
from pulih.interchange.merging import without_nulls
from pulih.interchange.older import fitted
from pulih.interchange.shapes import Document, check, refuse_empty
from pulih.model.actor import Actor, through_token
from pulih.model.errors import RefusedInput
from pulih.model.person import TOKEN_ROLES, TokenRole, TokenView
from pulih.service.interchange.shelf import NotThere, Sender
from pulih.web.intake.answers import Barred
from pulih.web.intake.body import Bodies, Departed
from pulih.web.tmf.answers import Answer, refused, send_answer
from pulih.web.tmf.resources import Resource

BODY_MAX: Final = 256 << 10
_READING_MAX: Final = 16 << 20
_JSON: Final = "application/json"
_MERGE: Final = "application/merge-patch+json"
_PLACE: Final = "header Authorization"


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """One request: what it is about, the id behind it ("" for the list), and all that came with it."""

    resource: Resource
    path: str
    number: str
    method: str
    query: str
    kind: str
    wanted: str
    body: bytes
    origin: str


class TmfApp:
    """The application.

    Args:
        resources: what can be asked, by path.
        allow: what the secret of a token lets its bearer do, None when it is none.
        address: of the desk, without a slash at the end; "" takes the one that the caller used.
    """

    def __init__(
        self, resources: Mapping[str, Resource], allow: Callable[[str], TokenView | None], *, address: str = ""
    ) -> None:
        self._resources, self._allow, self._address = resources, allow, address
        self._bodies = Bodies(BODY_MAX, _READING_MAX)

    @staticmethod
    def takes(path: str) -> bool:
        """Tell whether a path is of these interfaces.

        >>> TmfApp.takes("/tmf-api/alarm/v4/alarm"), TmfApp.takes("/v1/findings")
        (True, False)
        """
        return path.startswith(tuple(f"{root}/" for root in ROOTS))

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        try:
            answer = await self._answer(scope, receive)
        except Departed:
            return
        except Exception as problem:
            answer = refused(problem)
        await send_answer(send, answer)

    async def _answer(self, scope: Any, receive: Any) -> Answer:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        path, number, resource = self._meant(scope["path"])
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        if method == "OPTIONS":
            return Answer(status=204, headers={"allow": ", ".join([*_methods(resource, number), "OPTIONS"])})
        _refuse_method(resource, method, number)
        token = await self._bearer(headers.get("authorization", ""))
        _refuse_role(token, resource, method)
        body = await self._bodies.read(receive, headers.get("content-length", "").encode("latin-1"))
        asked = Asked(
            resource=resource,
            path=path,
            number=number,
            method=method,
            query=scope["query_string"].decode("latin-1"),
            kind=headers.get("content-type", ""),
            wanted=headers.get("accept", "").strip().lower(),
            body=body,
            origin=self._address or f"{scope.get('scheme', 'http')}://{headers.get('host', '')}",
        )
        return await asyncio.to_thread(_done, asked, token)

    def _meant(self, path: str) -> tuple[str, str, Resource]:
        # A slash at the end means the same list.
        path = path.removesuffix("/")
        whole = self._resources.get(path)
        if whole is not None:
            return path, "", whole
        above, _, number = path.rpartition("/")
        found = self._resources.get(above)
        # What has neither a list nor single ones behind it has no path below it.
        if found is None or not number or (found.get is None and found.remove is None):
            raise NotThere("path: there is nothing here; right would be a path of the specification.")
        return above, number, found

    async def _bearer(self, written: str) -> TokenView:
        scheme, _, secret = written.partition(" ")
        headers = ((b"www-authenticate", b'Bearer realm="pulih"'),)
        if scheme.lower() != "bearer" or not secret.strip():
            raise Barred(401, "there is no token", where=_PLACE, right="Bearer TOKEN", headers=headers)
        token = await asyncio.to_thread(self._allow, secret.strip())
        if token is None:
            right = "a token that an admin made, under Settings or with pulih token create"
            raise Barred(401, "the token is unknown, over or taken back", where=_PLACE, right=right, headers=headers)
        return token


def _methods(resource: Resource, number: str) -> list[str]:
    one, many = number != "", number == ""
    there = {
        "GET": resource.get is not None if one else resource.found is not None,
        "POST": many and resource.create is not None,
        "PATCH": one and resource.change is not None,
        "DELETE": one and resource.remove is not None,
    }
    return [name for name, is_there in there.items() if is_there]


def _refuse_method(resource: Resource, method: str, number: str) -> None:
    allowed = _methods(resource, number)
    if method not in allowed:
        right = ", ".join(allowed)
        headers = ((b"allow", right.encode()),)
        raise Barred(405, "the method is not taken here", where="method", right=right or "none", headers=headers)


def _refuse_role(token: TokenView, resource: Resource, method: str) -> None:
    least: TokenRole = "viewer" if method == "GET" else "duty"
    enough = TOKEN_ROLES.index(token.role) >= TOKEN_ROLES.index(least)
    if enough or (token.role == "source" and method != "GET" and resource.by_source):
        return
    also = ", or source" if method != "GET" and resource.by_source else ""
    right = f"a token for the role {least}, or one above it{also}"
    raise Barred(403, f"the token is for the role {token.role}", where=_PLACE, right=right)


def _done(asked: Asked, token: TokenView) -> Answer:
    """Do what was asked, in a thread."""
    resource, sender = asked.resource, _sender(token)
    if asked.method == "GET":
        return _found(asked)
    if asked.method == "DELETE" and resource.remove is not None:
        resource.remove(asked.number, sender)
        return Answer(status=204)
    sent = _body(asked)
    if asked.method == "POST" and resource.create is not None and resource.sent is not None:
        sent = check(fitted(sent, resource.sent) if resource.older else sent, resource.sent)
        if resource.change is None:
            # A task that says nothing of whom or what it is about does nothing; what is kept may say so little.
            refuse_empty(sent, resource.sent.needed)
        made = _told(asked, resource.create(sent, sender))
        # A listener has no address in its body, and is removed at one.
        gone_at = f"{asked.origin}{asked.path}/{made['id']}" if resource.remove is not None and "id" in made else ""
        address = made.get("href", gone_at)
        return Answer(status=201, body=made, headers=({"location": address} if address else {}) | _vary(resource))
    if resource.change is None or resource.changed is None:
        raise NotThere("path: there is nothing here; right would be a path of the specification.")
    if resource.older:
        sent = fitted(sent, resource.changed)
    # Null takes an attribute away, for who says that they mean it so (RFC 7386).
    check(without_nulls(sent) if _kind(asked) == _MERGE else sent, resource.changed)
    return Answer(status=200, body=_told(asked, resource.change(asked.number, sent, sender)), headers=_vary(resource))


def _found(asked: Asked) -> Answer:
    wanted, resource = asked_of(asked.query), asked.resource
    if asked.number and resource.get is not None:
        one = _told(asked, resource.get(asked.number))
        return Answer(status=200, body=selected(one, wanted, bare=resource.bare), headers=_vary(resource))
    found = resource.found(wanted) if resource.found is not None else None
    if found is None:
        raise NotThere("path: there is nothing here; right would be a path of the specification.")
    told = [selected(_told(asked, one), wanted, bare=resource.bare) for one in found.documents]
    counts = {"X-Total-Count": str(found.total), "X-Result-Count": str(len(told))}
    return Answer(status=200, body=told, headers=counts | _vary(resource))


def _told(asked: Asked, document: Document) -> Document:
    """Return a document as the caller wants it: addresses of this desk, and a number that identifies it as a text."""
    told = with_origin(document, asked.origin)
    # Whoever generates a client from the specification asks for the media type that it names, with its charset.
    return {**told, "id": str(told["id"])} if asked.resource.numbered and asked.wanted == _JSON else told


def _vary(resource: Resource) -> dict[str, str]:
    """Return the header that tells caches that answers differ by what is asked for."""
    return {"vary": "accept"} if resource.numbered else {}


def _body(asked: Asked) -> Document:
    kind = _kind(asked)
    if asked.body and kind not in ({_JSON, _MERGE} if asked.method == "PATCH" else {_JSON}):
        raise Barred(415, "the body is not said to be JSON", where="header Content-Type", right=_JSON)
    try:
        sent = msgspec.json.decode(asked.body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise RefusedInput("body: it is no JSON; right would be a JSON object.") from None
    except RecursionError:
        raise RefusedInput("body: it is nested too deeply; right would be what the specification has.") from None
    if not isinstance(sent, dict):
        raise RefusedInput("body: it is no JSON object; right would be one.")
    return sent


def _kind(asked: Asked) -> str:
    return asked.kind.partition(";")[0].strip().lower()


def _sender(token: TokenView) -> Sender:
    if token.role == "source":
        return Sender(actor=None, name=f"{token.name} [{token.id}]", source=token.source, token=token.id)
    name = through_token(token.made_by, f"{token.name} [{token.id}]")
    return Sender(actor=Actor(name, token.role), name=name, source=token.source)
