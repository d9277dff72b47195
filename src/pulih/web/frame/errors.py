"""What is said when something can not be done: what it is, why, and what to do, as a page, a part or JSON."""

from __future__ import annotations

import logging
import secrets
from typing import Any
from urllib.parse import quote, urlsplit

from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.types import ExceptionHandlersMap

from pulih.model.errors import ForbiddenMove, OutsideFailed, PulihError, RefusedInput
from pulih.web.frame.guards import ForeignForm, NotAllowed, NotSignedIn, Sent
from pulih.web.frame.kept_words import wrote
from pulih.web.frame.rendering import page
from pulih.web.frame.visitor import visitor_of
from pulih.web.frame.words import words

AnyRequest = Request[Any, Any, Any]
LOG = logging.getLogger("pulih.web")
# Which page a status has; the others share that of their hundred.
KINDS = {400: "refused", 401: "forbidden", 403: "forbidden", 404: "missing", 405: "missing", 409: "conflict",
         429: "hurry", 503: "outside"}  # fmt: skip


def handlers() -> ExceptionHandlersMap:
    """Return who answers which error, for the whole application."""
    return {
        NotSignedIn: _not_signed_in,
        NotAllowed: _not_allowed,
        ForeignForm: _foreign,
        RefusedInput: _refused,
        ForbiddenMove: lambda request, error: told(request, 409, said(request, error)),
        OutsideFailed: lambda request, error: told(request, 503, said(request, error)),
        HTTPException: _of_litestar,
        Exception: _unexpected,
    }


def told(request: AnyRequest, status: int, message: str, *, kind: str = "", sent: Sent = ()) -> Response[Any]:
    """Say what was wrong.

    Args:
        request: what was asked.
        status: of the answer, 400 to 599.
        message: what was wrong, where, and what would be right.
        kind: which of the designed states it is; "" = the one of the status.
        sent: fields of the form, where the page offers to send it again.
    """
    if _wants_json(request):
        return Response({"error": message}, status_code=status)
    chosen = kind or KINDS.get(status, "broken" if status >= 500 else "refused")
    if chosen == "refused" and request.method == "GET":
        # Nothing was filled in: whoever is here followed a link.
        chosen = "link"
    template, headers = "frame/problem.html", {}
    if request.headers.get("hx-request"):
        template = "frame/problem_part.html"
        # The part stands above the page that sent the form, which keeps what was written in it.
        headers = {"hx-retarget": "#trouble", "hx-reselect": ".state-error", "hx-reswap": "innerHTML"}
    return page(
        request, template, status=status, headers=headers, kind=chosen, message=message, status_code=status, sent=sent,
        wrote=wrote(words(visitor_of(request).language), sent),
    )  # fmt: skip


def said(request: AnyRequest, error: PulihError) -> str:
    """Return what an error says in the reader's language, where web/words has its sentence, else as it is."""
    say = words(visitor_of(request).language)
    key = f"refusal.{error.key}"
    return say(key, **error.values) if error.key and say.has(key) and not _wants_json(request) else str(error)


def waiting(error: PulihError) -> dict[str, str]:
    """Return the header that tells a program when to try again, of a refusal that says how many minutes to wait.

    >>> waiting(RefusedInput("Wait.", key="report.wait", n=2)), waiting(RefusedInput("No.", key="report.choice"))
    ({'retry-after': '120'}, {})
    """
    return {"retry-after": str(60 * int(str(error.values["n"])))} if error.key.endswith(".wait") else {}


def _refused(request: AnyRequest, error: RefusedInput) -> Response[Any]:
    wait = waiting(error)
    answer = told(request, 429 if wait else 400, said(request, error))
    answer.headers.update(wait)
    return answer


def _foreign(request: AnyRequest, error: ForeignForm) -> Response[Any]:
    """Say whether the session is over or is another one, and keep what was sent."""
    if not error.sent or _wants_json(request):
        return told(request, 403, _usual(request, "foreign"), kind="foreign")
    person = visitor_of(request).person
    kind = "another" if person else "over"
    message = _usual(request, kind, name=person.name if person else "")
    return told(request, 403, message, kind=kind, sent=error.sent)


def _not_allowed(request: AnyRequest, error: NotAllowed) -> Response[Any]:
    say = words(visitor_of(request).language)
    only = error.needed == "admin"
    needs = say(f"problem.forbidden.needs{'_admin' if only else ''}", role=say(f"role.{error.needed}"))
    return told(request, 403, str(error) if _wants_json(request) else needs)


def _usual(request: AnyRequest, kind: str, **values: object) -> str:
    return words(visitor_of(request).language)(f"problem.{kind}.usual", **values)


def _not_signed_in(request: AnyRequest, error: PulihError) -> Response[Any]:
    if _wants_json(request):
        return Response({"error": str(error)}, status_code=401)
    if request.headers.get("hx-request"):
        # A part of a page was asked for; the way back is to the page.
        shown = urlsplit(request.headers.get("hx-current-url", "")).path
        return Response(b"", status_code=401, headers={"hx-redirect": f"/sign-in?next={quote(shown or '/console')}"})
    way = f"/sign-in?next={quote(request.url.path)}"
    return Response(b"", status_code=303, headers={"location": way})


def _of_litestar(request: AnyRequest, error: HTTPException) -> Response[Any]:
    kind = KINDS.get(error.status_code, "refused" if error.status_code < 500 else "outside")
    return told(request, error.status_code, error.detail if _wants_json(request) else _usual(request, kind))


def _unexpected(request: AnyRequest, error: Exception) -> Response[Any]:
    number = secrets.token_hex(4)
    # Of the path only its first word: one-time links hold a secret behind it.
    LOG.error("Fault %s at %s /%s", number, request.method, request.url.path.split("/")[1], exc_info=error)
    return told(request, 500, _usual(request, "broken", number=number))


def _wants_json(request: AnyRequest) -> bool:
    return request.url.path.startswith("/v1/") or request.headers.get("accept", "").startswith("application/json")
