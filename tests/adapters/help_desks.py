"""Help desks that answer as their platforms document it, for the contract of sources that ask them."""

from __future__ import annotations

import time
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from direct_sources import Asked
from test_direct_contract import AnsweringPeer, Held, hold_answering

from pulih.adapters.sources.contract import hold
from pulih.adapters.sources.people import chatwoot, zammad, zendesk

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


def chatwoot_message(number: int, text: str | None, at_s: int, **more: Any) -> dict[str, Any]:
    """Return a message as `messages` shows it."""
    sender = {"id": 77, "name": "Sari", "type": "contact", "email": "sari@example.com", "phone_number": None}
    return {
        "id": number, "content": text, "inbox_id": 2, "conversation_id": 312, "message_type": 0, "content_type": "text",
        "status": "sent", "content_attributes": {}, "created_at": at_s, "private": False, "source_id": None,
        "sender": sender, **more,
    }  # fmt: skip


def chatwoot_conversation(number: int, text: str, at_s: int, **more: Any) -> dict[str, Any]:
    """Return a conversation as the list of them shows it, with its messages beside it, of which no list holds all."""
    shown = {"id": number, "status": "open", "inbox_id": 2, "last_activity_at": at_s, "created_at": at_s, "labels": []}
    return {**shown, "all": [chatwoot_message(5_000 + number, text, at_s)], **more}


def chatwoot_answers(asked: Asked, conversations: list[Any]) -> Any:
    """Return what Chatwoot answers, given the conversations of its account 3."""
    assert asked.headers["api_access_token"]
    where = asked.path.removeprefix("/api/v1/accounts/3/conversations")
    if where.endswith("/messages"):
        found = [one for one in conversations if f"/{one['id']}/messages" == where]
        if not found:
            return 404, {"error": "Resource could not be found"}, {}
        before = int(asked.query.get("before", 1 << 40))
        return {"meta": {}, "payload": [one for one in found[0]["all"] if one == "?" or one["id"] < before][-20:]}
    assert where == "" and (asked.query["status"], asked.query["assignee_type"]) == ("all", "all")
    latest = sorted(conversations, key=lambda one: -int(one.get("last_activity_at", 1 << 40)))
    start = (int(asked.query["page"]) - 1) * 25
    shown = [{key: value for key, value in one.items() if key != "all"} for one in latest[start : start + 25]]
    return {"data": {"meta": {"all_count": len(conversations)}, "payload": shown}}


async def chatwoot_messages(_: Path, held: Held = hold) -> None:
    """Hold the source `chatwoot` to what is to be held."""
    peer = AnsweringPeer(chatwoot_conversation, chatwoot_answers, {"id": "x"})
    keys = {"account": 3, "token_file": "key"}
    await hold_answering(held, chatwoot.KIND, peer, lambda address: {**keys, "address": address})


def zendesk_ticket(number: int, subject: str, at_s: int, **more: Any) -> dict[str, Any]:
    """Return a ticket as the export shows it, with its comments beside it, which no export holds."""
    at = _written(at_s).replace(".000Z", "Z")
    ticket = {"id": number, "subject": subject, "description": "dari pagi", "requester_id": 8, "submitter_id": 8}
    shown = {**ticket, "status": "open", "created_at": at, "updated_at": at, "via": {"channel": "web"}}
    return {**shown, "comments": [zendesk_comment(9_000 + number, "dari pagi", at_s)], **more}


def zendesk_comment(number: int, body: str, at_s: int, **more: Any) -> dict[str, Any]:
    """Return a comment as `comments` shows it."""
    at = _written(at_s).replace(".000Z", "Z")
    return {"id": number, "type": "Comment", "author_id": 8, "body": body, "public": True, "created_at": at, **more}


def zendesk_answers(asked: Asked, tickets: list[Any], *, now_s: float) -> Any:
    """Return what Zendesk answers, given its tickets; an export must begin a minute ago."""
    if asked.path.endswith("/comments.json"):
        assert asked.query["include"] == "users"
        found = [one for one in tickets if f"/api/v2/tickets/{one['id']}/comments.json" == asked.path]
        if not found:
            return 404, {"error": "RecordNotFound", "description": "Not found"}, {}
        start = int(asked.query.get("page[after]", 0))
        end = start + int(asked.query["page[size]"])
        users = [{"id": 8, "role": "end-user"}, {"id": 5, "role": "agent"}]
        meta = {"has_more": end < len(found[0]["comments"]), "after_cursor": str(end)}
        return {"comments": found[0]["comments"][start:end], "users": users, "meta": meta}
    assert asked.path == "/api/v2/incremental/tickets/cursor.json"
    since, _, start = asked.query.get("cursor", asked.query.get("start_time", "")).partition("-")
    if int(since) > now_s - 60:
        return 422, {"error": "StartTimeTooRecent", "description": "Too recent start_time."}, {}
    fit = [one for one in tickets if one["updated_at"] >= _written(int(since)).replace(".000Z", "Z")]
    shown = sorted(fit, key=lambda one: str(one["updated_at"]))[int(start or 0) :][:100]
    end = int(start or 0) + len(shown)
    listed = [{key: value for key, value in one.items() if key != "comments"} for one in shown]
    return {"tickets": listed, "after_cursor": f"{since}-{end}", "end_of_stream": end == len(fit)}


async def zendesk_tickets(_: Path, held: Held = hold) -> None:
    """Hold the source `zendesk` to what is to be held."""
    peer = AnsweringPeer(
        zendesk_ticket,
        lambda asked, said: zendesk_answers(asked, said, now_s=time.time()),
        {"id": [], "updated_at": "9", "comments": []},
    )
    keys = {"user": "noc@example.id", "token_file": "key"}
    await hold_answering(held, zendesk.KIND, peer, lambda address: {**keys, "address": address})


KINDS: dict[str, Callable[..., Coroutine[Any, Any, None]]] = {
    "zammad": zammad_tickets,
    "zendesk": zendesk_tickets,
    "chatwoot": chatwoot_messages,
}
