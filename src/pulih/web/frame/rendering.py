"""Rendering a page: a template, the words of the reader's language, and what every page needs."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode
from zoneinfo import ZoneInfo

from jinja2 import Environment, FunctionLoader, StrictUndefined
from litestar import Request, Response
from litestar.datastructures import Cookie

from pulih.model.person import ROLES, Role
from pulih.web.frame.assets import asset
from pulih.web.frame.moments import Moments
from pulih.web.frame.navigation import items, sharing
from pulih.web.frame.rooms import Language, rooms_of
from pulih.web.frame.visitor import FORM_S, Visitor, cookie, visitor_of
from pulih.web.frame.words import words

# Templates below it are pages that anybody may see.
_PUBLIC: Final = "public/"
AnyRequest = Request[Any, Any, Any]


def page(
    request: AnyRequest,
    template: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    cookies: tuple[Cookie, ...] = (),
    **values: object,
) -> Response[bytes]:
    """Render a template of web/templates for whoever asks.

    Every template has `t` (words), `lang`, `when` (moments), `person`, `visitor`, `names`, `settings`, `path`,
    `asset`, `may(role)`, `csrf()` for forms, `navigation`, the pages `sharing` its way, whether it is
    `public`, and `made_up`: whether it is that, and of a simulation.

    Args:
        request: the request that is answered.
        template: as `people/sign_in.html`; one that does not extend `frame/base.html` is a part of a page.
        status: of the answer.
        headers, cookies: set beside those of every page.
        values: what the template needs besides.

    Raises: TemplateNotFound, UndefinedError when the template asks for what nobody gave.
    """
    visitor = visitor_of(request)
    public = template.startswith(_PUBLIC)
    made_up = public and rooms_of(request).simulated()
    known = {**_known(request, visitor), "public": public, "made_up": made_up}
    text = environment().get_template(template).render(**known, **values)
    set_now = list(cookies)
    if visitor.fresh:
        set_now.append(cookie(rooms_of(request).settings, "form", visitor.form, age_s=FORM_S))
    sent = dict(headers or {})
    body = text.encode()
    # Only pages without a secret in them are packed: the length of a packed secret can tell it (BREACH).
    if visitor.person is None and not visitor.fresh and not visitor.form and _takes_gzip(request):
        body = gzip.compress(body, mtime=0)
        sent |= {"content-encoding": "gzip", "vary": "accept-encoding, cookie"}
    return Response(body, media_type="text/html", status_code=status, headers=sent, cookies=set_now)


@cache
def environment() -> Environment:
    """Return the templates: everything escaped, everything unknown an error."""
    made = Environment(
        loader=FunctionLoader(_source),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters["service_name"] = lambda service, say: say(f"public.service.{service}")
    made.filters["region_name"] = lambda code, names: names.region(code)
    return made


def _source(name: str) -> str | None:
    file = files("pulih.web").joinpath("templates", *name.split("/"))
    return file.read_text(encoding="utf-8") if file.is_file() else None


def _known(request: AnyRequest, visitor: Visitor) -> dict[str, object]:
    rooms = rooms_of(request)
    lang = visitor.language

    def may(role: Role) -> bool:
        return visitor.person is not None and ROLES.index(visitor.person.role) >= ROLES.index(role)

    def in_language(language: Language) -> str:
        query = [(key, value) for key, value in parse_qsl(request.url.query) if key != "lang"]
        return f"{request.url.path}?{urlencode([*query, ('lang', language)])}"

    return {
        "t": words(lang),
        "lang": lang,
        "in_language": in_language,
        "when": Moments(lang, ZoneInfo(rooms.settings.zone), rooms.clock.now_us()),
        "person": visitor.person,
        "visitor": visitor,
        "names": rooms.names,
        "settings": rooms.settings,
        "path": request.url.path,
        "asset": asset,
        "may": may,
        "csrf": visitor.csrf,
        "navigation": [item for item in items() if may(item.role)],
        "sharing": sharing(request.url.path, may) if visitor.person else (),
    }


def _takes_gzip(request: AnyRequest) -> bool:
    return "gzip" in request.headers.get("accept-encoding", "")
