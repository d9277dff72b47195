"""What will I get? One subscriber's account behind a signed link: when, how long, by which clause, and how much.

Whoever opens too many links from one address waits. A link that is none, or over, says the same of both, and nothing of
anybody (requirement K3).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from litestar import Request, Response, get
from litestar.params import FromPath

from pulih.compensate.written import amount
from pulih.model.clock import MICROS
from pulih.ports.credit_desk import AccountTold
from pulih.web.frame.rendering import page
from pulih.web.frame.rooms import Language, rooms_of
from pulih.web.frame.threads import in_thread
from pulih.web.frame.visitor import visitor_of

AnyRequest = Request[Any, Any, Any]
_HEADERS: Final = {"cache-control": "no-store", "referrer-policy": "no-referrer", "x-robots-tag": "noindex"}


@get(["/kompensasi/{token:str}", "/en/credit/{token:str}"], include_in_schema=False)
@in_thread
def account(request: AnyRequest, token: FromPath[str]) -> Response[bytes]:
    """Show what one subscriber gets, and why."""
    rooms = rooms_of(request)
    visitor, now_us = visitor_of(request), rooms.clock.now_us()
    if "lang" not in request.query_params:
        visitor.language = "en" if request.url.path.startswith("/en/") else "id"
    language: Language = visitor.language
    wait_s = rooms.credit_tries.wait_s(visitor.network, now_us)
    if wait_s:
        return _page(request, 429, more={"retry-after": str(wait_s)}, wait_min=-(-wait_s // 60))
    rooms.credit_tries.note(visitor.network, now_us)
    link = rooms.credit_links.read(token, now_us) if rooms.credit_links is not None else None
    told: tuple[AccountTold, ...] = ()
    if link is not None and rooms.credits is not None:
        told = rooms.credits.account(link.incident, link.batch, link.subscriber)
    if link is None or not told:
        return _page(request, 404)
    return _page(
        request,
        200,
        told=[(one.lines_id if language == "id" else one.lines_en, _given(one, language)) for one in told],
        sums=_sums(told, language),
        incident=link.incident,
        until_us=link.until_s * MICROS,
    )


def _given(one: AccountTold, language: Language) -> str:
    return one.given_id if language == "id" else one.given_en


def _sums(told: tuple[AccountTold, ...], language: Language) -> list[str]:
    """Add up what is given in each currency or unit, as it is written."""
    sums: dict[str, int] = {}
    for one in told:
        if one.net:
            sums[one.currency] = sums.get(one.currency, 0) + one.net
    kinds = {one.currency: one for one in told}
    return [
        _given(kinds[currency], language)
        if net == kinds[currency].net
        else amount(net, currency, language, in_kind=not _is_money(kinds[currency]))
        for currency, net in sums.items()
    ]


def _is_money(one: AccountTold) -> bool:
    """Whether an amount is written as money, with its currency first."""
    return one.given_en.startswith(one.currency)


def _page(
    request: AnyRequest, status: int, *, more: Mapping[str, str] = MappingProxyType({}), **values: Any
) -> Response[bytes]:
    known: dict[str, Any] = {"told": [], "sums": [], "incident": "", "until_us": 0, "wait_min": 0}
    return page(request, "public/account.html", status=status, headers={**_HEADERS, **more}, **(known | values))
