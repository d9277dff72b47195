"""Help desks that answer as their platforms document it, for the contract of sources that ask them."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from direct_sources import Asked
from test_direct_contract import AnsweringPeer, Held, hold_answering

from pulih.adapters.sources.contract import hold
from pulih.adapters.sources.people import zammad

PAGE = 100


def _written(at_s: int) -> str:
    return datetime.fromtimestamp(at_s, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def zammad_ticket(number: int, title: str, at_s: int, **more: Any) -> dict[str, Any]:
    """Return a ticket as `tickets/search` shows it, with its articles beside it, which no answer holds."""
    article = {
        "id": 1_000 + number, "ticket_id": number, "sender": "Customer", "internal": False, "origin_by_id": 8,
        "body": "dari <b>pagi</b>", "content_type": "text/html", "created_at": _written(at_s),
    }  # fmt: skip
    ticket = {"id": number, "title": title, "customer_id": 8, "group": "Care", "state": "open", "article_count": 1}
    return {**ticket, "created_at": _written(at_s), "updated_at": _written(at_s), "articles": [article], **more}


def zammad_answers(asked: Asked, tickets: list[Any]) -> Any:
    """Return what Zammad answers, given its tickets."""
    if asked.path.startswith("/api/v1/ticket_articles/by_ticket/"):
        wanted = int(asked.path.rpartition("/")[2])
        found = [one for one in tickets if one["id"] == wanted]
        return found[0]["articles"] if found else (404, {"error": "Couldn't find Ticket"}, {})
    assert asked.path == "/api/v1/tickets/search"
    assert (asked.query["sort_by"], asked.query["order_by"], asked.query["expand"]) == ("updated_at", "asc", "true")
    assert asked.query["condition[ticket.updated_at][operator]"] == "after (absolute)"
    since = asked.query["condition[ticket.updated_at][value]"]
    fit = sorted((one for one in tickets if one["updated_at"] >= since), key=lambda one: str(one["updated_at"]))
    start = (int(asked.query["page"]) - 1) * PAGE
    shown = fit[start : start + int(asked.query["per_page"])]
    return [{key: value for key, value in one.items() if key != "articles"} for one in shown]


async def zammad_tickets(_: Path, held: Held = hold) -> None:
    """Hold the source `zammad` to what is to be held."""
    peer = AnsweringPeer(zammad_ticket, zammad_answers, {"id": "x", "updated_at": "9", "articles": []})
    await hold_answering(held, zammad.KIND, peer, lambda address: {"address": address, "token_file": "key"})


KINDS: dict[str, Callable[..., Coroutine[Any, Any, None]]] = {"zammad": zammad_tickets}
