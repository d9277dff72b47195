"""Help desks that also call by are asked for what their calls lost; what comes both ways has one id (L1, L2)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from direct_sources import (
    NOW_US,
    SECRET,
    AnsweringServer,
    Asked,
    answering,
    hears,
    items,
    last_cursor,
    means,
    opened,
    refusals,
    texts,
    told_between,
)
from help_desks import (
    KINDS,
    chatwoot_answers,
    chatwoot_conversation,
    chatwoot_message,
    zammad_answers,
    zammad_ticket,
    zendesk_answers,
    zendesk_comment,
    zendesk_ticket,
)
from hook_payloads import CHATWOOT, ZAMMAD, ZENDESK_COMMENT, ZENDESK_TICKET
from hypothesis import given
from hypothesis import strategies as st
from test_ticket_sources import JSON

from pulih.adapters.config import check_config
from pulih.adapters.sources.kinds import kind_of
from pulih.adapters.sources.people import chatwoot, zammad, zendesk
from pulih.listen.hooks.hooked import Delivery, Hooked
from pulih.listen.hooks.kinds import ADAPTERS
from pulih.listen.hooks.zammad import Ticket
from pulih.listen.hooks.zendesk import Detail
from pulih.model.errors import OutsideFailed, RefusedInput
from pulih.ports.sources import Item

NOW_S = NOW_US // 1_000_000
HOUR_US = 3_600_000_000


@pytest.mark.parametrize("kind", KINDS)
def test_a_help_desk_is_asked_as_the_contract_says(kind: str, tmp_path: Path) -> None:
    asyncio.run(KINDS[kind](tmp_path))


class Desk:
    """A Zammad with some tickets."""

    def __init__(self) -> None:
        self.tickets: list[Any] = []
        self.next: list[tuple[int, Any, dict[str, str]]] = []

    def __call__(self, asked: Asked) -> tuple[int, Any, dict[str, str]]:
        if self.next:
            return self.next.pop(0)
        if asked.headers.get("authorization") != f"Token token={SECRET}":
            return 403, {"error": "Invalid BasicAuth credentials"}, {}
        told = zammad_answers(asked, self.tickets)
        return told if isinstance(told, tuple) else (200, told, {})


@pytest.fixture
def desk() -> Iterator[tuple[Desk, AnsweringServer]]:
    """A Zammad on this machine."""
    made = Desk()
    with answering(made) as server:
        yield made, server


def zammad_source(server: AnsweringServer, **more: Any) -> Any:
    given = {"address": server.address, "token_file": "token", "every_s": 0.02, "operator": "smartfren", **more}
    return opened(zammad.KIND, means(secrets=given.pop("secrets", None)), **given)


def once(batches: list[Any]) -> bool:
    return bool(batches[-1].cursor)


def article(number: int, at_s: int, **more: Any) -> dict[str, Any]:
    return {**zammad_ticket(number - 1_000, "", at_s)["articles"][0], "body": f"kata {number}", **more}


def told_by(hooked: Hooked) -> tuple[str, str, str]:
    return hooked.id, hooked.text, hooked.author


def shown(item: Item) -> tuple[str, str, str]:
    return item.id, item.text, item.author


def test_what_zammad_tells_by_hook_and_what_it_answers_is_the_same_report(desk: Any) -> None:
    made, server = desk
    ticket, written = ZAMMAD["ticket"], ZAMMAD["article"]
    made.tickets = [{**ticket, "articles": [written]}]
    [hooked] = ADAPTERS["zammad"](msgspec.json.encode(ZAMMAD), Delivery(source="here"))
    [item] = items(hears(zammad_source(server, operator=""), str(NOW_US - HOUR_US), enough=once))
    assert shown(item) == told_by(hooked)


def test_each_article_of_a_customer_is_heard_and_none_of_agents_the_system_or_long_ago(desk: Any) -> None:
    made, server = desk
    made.tickets = [
        zammad_ticket(
            7,
            "Internet mati",
            NOW_S - 60,
            articles=[
                article(1, NOW_S - 86_400),
                article(2, NOW_S - 90),
                article(3, NOW_S - 80, sender="Agent"),
                article(4, NOW_S - 70, sender="System"),
                article(5, NOW_S - 65, internal=True),
                article(6, NOW_S - 60, origin_by_id=None),
                "?",
            ],
        )
    ]
    heard = hears(zammad_source(server), str(NOW_US - HOUR_US), enough=once)
    assert [(one.id, one.text, one.operator) for one in items(heard)] == [
        ("article:2", "kata 2", "smartfren"),
        ("article:6", "kata 6", "smartfren"),
    ]
    assert items(heard)[1].author == "here:8" and len(refusals(heard)) == 1
    assert last_cursor(heard) == str(NOW_US - 60_000_000)


def test_a_ticket_that_changes_between_two_pages_pushes_no_other_out_of_sight(desk: Any) -> None:
    made, server = desk
    made.tickets = [zammad_ticket(number, f"mati {number}", NOW_S - 3_000 + number) for number in range(1, 251)]

    def change(batches: list[Any]) -> None:
        if len(batches) == 50:
            made.tickets[0]["updated_at"] = made.tickets[1]["updated_at"] = "2025-10-03T01:47:59.000Z"

    heard = hears(zammad_source(server), str(NOW_US - HOUR_US), enough=once, between=change)
    assert {one.id for one in items(heard)} == {f"article:{1_000 + number}" for number in range(1, 251)}


def test_a_desk_that_ends_before_its_first_round_is_read_goes_on_from_where_it_began(desk: Any) -> None:
    made, server = desk
    made.tickets = [zammad_ticket(number, f"mati {number}", NOW_S) for number in (1, 2, 3)]
    [first] = hears(zammad_source(server), "", enough=1)
    assert (texts([first]), first.cursor) == (["mati 1. dari pagi"], str(NOW_US))
    heard = hears(zammad_source(server), first.cursor, enough=once)
    assert [one.id for one in items(heard)] == ["article:1001", "article:1002", "article:1003"]


def test_more_tickets_of_one_second_than_a_page_holds_are_all_heard(desk: Any) -> None:
    made, server = desk
    made.tickets = [zammad_ticket(number, f"mati {number}", NOW_S - 60) for number in range(1, 251)]
    heard = hears(zammad_source(server), str(NOW_US - HOUR_US), enough=once)
    assert {one.id for one in items(heard)} == {f"article:{1_000 + number}" for number in range(1, 251)}


def test_a_ticket_that_is_deleted_while_it_is_read_stops_nothing_and_a_wrong_token_does(desk: Any) -> None:
    made, server = desk
    made.tickets = [zammad_ticket(1, "hilang", NOW_S - 60), zammad_ticket(2, "ada", NOW_S - 50)]
    made.next = [(200, [{**one, "articles": 0} for one in made.tickets], {}), (404, {"error": "no ticket"}, {})]
    assert texts(hears(zammad_source(server), str(NOW_US - HOUR_US), enough=once)) == ["ada. dari pagi"]
    for broken in ((502, b"", {}), (0, b"", {}), (200, {"tickets": [1]}, {})):
        made.next = [broken]
        with pytest.raises(OutsideFailed):
            hears(zammad_source(server))
    with pytest.raises(RefusedInput, match="Zammad does not let the desk in"):
        hears(zammad_source(server, secrets={"token": "lama"}))


def test_what_was_written_at_zammad_in_an_earlier_hour_can_be_heard_again(desk: Any) -> None:
    made, server = desk
    made.tickets = [zammad_ticket(1, "satu", NOW_S - 5_400), zammad_ticket(2, "dua", NOW_S - 60)]
    told = told_between(zammad_source(server), NOW_US - 2 * HOUR_US, NOW_US - HOUR_US)
    assert texts(told) == ["satu. dari pagi"]


@given(articles=st.lists(JSON, max_size=3))
def test_any_json_among_articles_of_zammad_is_read_or_told(articles: list[Any]) -> None:
    raw = [msgspec.Raw(msgspec.json.encode(one)) for one in articles]
    page = zammad.page_of(Ticket(id=1), raw, "here", operator="", since_us=0)
    assert len(page.items) + len(page.refused) <= len(articles)


@pytest.fixture
def chats() -> Iterator[tuple[list[Any], AnsweringServer]]:
    """A Chatwoot on this machine, with its conversations."""
    conversations = list[Any]()

    def answers(asked: Asked) -> tuple[int, Any, dict[str, str]]:
        told = chatwoot_answers(asked, conversations)
        return told if isinstance(told, tuple) else (200, told, {})

    with answering(answers) as server:
        yield conversations, server


def chatwoot_source(server: AnsweringServer, **more: Any) -> Any:
    given = {"address": server.address, "account": 3, "token_file": "token", "every_s": 0.02}
    return opened(chatwoot.KIND, means(), **{**given, **more})


def test_what_chatwoot_tells_by_hook_and_what_it_answers_is_the_same_report(chats: Any) -> None:
    conversations, server = chats
    at_s = NOW_S - 60
    event = {**CHATWOOT, "created_at": at_s}
    shown_there = {**event, "message_type": 0}
    conversations.append(chatwoot_conversation(312, "", at_s, all=[shown_there]))
    [hooked] = ADAPTERS["chatwoot"](msgspec.json.encode(event), Delivery(source="here"))
    [item] = items(hears(chatwoot_source(server), str(NOW_US - HOUR_US), enough=once))
    assert shown(item) == told_by(hooked)


def test_each_message_of_a_customer_is_heard_over_pages_and_none_of_agents_or_long_ago(chats: Any) -> None:
    conversations, server = chats
    long_ago = [chatwoot_message(number, "lama", NOW_S - 9_000) for number in range(1, 30)]
    new = [chatwoot_message(number, f"kata {number}", NOW_S - 600 + number) for number in range(30, 90)]
    others = [
        chatwoot_message(90, "jawaban", NOW_S - 500, message_type=1),
        chatwoot_message(91, "catatan", NOW_S - 500, private=True),
        chatwoot_message(92, "ditugaskan", NOW_S - 500, message_type=2),
        chatwoot_message(93, None, NOW_S - 500),
        "?",
    ]
    conversations += [
        chatwoot_conversation(1, "", NOW_S - 500, all=[*long_ago, *new, *others]),
        chatwoot_conversation(2, "dari yang lama", NOW_S - 9_000),
        *(chatwoot_conversation(number, f"mati {number}", NOW_S - 400) for number in range(3, 63)),
    ]
    heard = hears(chatwoot_source(server, operator="smartfren"), str(NOW_US - HOUR_US), enough=once)
    assert set(texts(heard)) == {f"kata {n}" for n in range(30, 90)} | {f"mati {n}" for n in range(3, 63)}
    assert {one.operator for one in items(heard)} == {"smartfren"} and len(refusals(heard)) >= 1
    assert last_cursor(heard) == str(NOW_US - 400_000_000)
    # What stands before the last new message of long ago is not asked for.
    assert sum(one.path.endswith("/1/messages") for one in server.asked) == 4


@given(messages=st.lists(JSON, max_size=3))
def test_any_json_among_messages_of_chatwoot_is_read_or_told(messages: list[Any]) -> None:
    page = chatwoot.page_of(
        [msgspec.Raw(msgspec.json.encode(one)) for one in messages], "here", operator="", since_us=0
    )
    assert len(page.items) + len(page.refused) <= len(messages)


@pytest.fixture
def exported() -> Iterator[tuple[list[Any], AnsweringServer]]:
    """A Zendesk on this machine, with its tickets."""
    tickets = list[Any]()

    def answers(asked: Asked) -> tuple[int, Any, dict[str, str]]:
        told = zendesk_answers(asked, tickets, now_s=NOW_S)
        return told if isinstance(told, tuple) else (200, told, {})

    with answering(answers) as server:
        yield tickets, server


def zendesk_source(server: AnsweringServer, **more: Any) -> Any:
    given = {"address": server.address, "user": "noc@example.id", "token_file": "token", "every_s": 0.02}
    return opened(zendesk.KIND, means(), **{**given, **more})


def test_what_zendesk_tells_by_hook_and_what_it_answers_are_the_same_reports(exported: Any) -> None:
    tickets, server = exported
    detail, comment = ZENDESK_TICKET["detail"], ZENDESK_COMMENT["event"]["comment"]
    people = {"author_id": int(detail["requester_id"])}
    tickets.append(
        {
            **detail,
            "id": 5158,
            "requester_id": int(detail["requester_id"]),
            "updated_at": "2025-10-03T03:05:00Z",
            "comments": [
                zendesk_comment(1, detail["description"], 0, created_at=detail["created_at"], **people),
                zendesk_comment(int(comment["id"]), comment["body"], 0, created_at=ZENDESK_COMMENT["time"], **people),
            ],
        }
    )
    hooked = [
        told_by(one)
        for event in (ZENDESK_TICKET, ZENDESK_COMMENT)
        for one in ADAPTERS["zendesk"](msgspec.json.encode(event), Delivery(source="here"))
    ]
    assert [shown(one) for one in items(hears(zendesk_source(server), str(NOW_US - HOUR_US), enough=once))] == hooked


def test_tickets_and_comments_of_customers_are_heard_over_pages_and_none_of_staff_or_long_ago(exported: Any) -> None:
    tickets, server = exported
    written = [zendesk_comment(number, f"kata {number}", NOW_S - 600 + number) for number in range(1, 131)]
    others = [
        zendesk_comment(200, "jawaban", NOW_S - 400, author_id=5),
        zendesk_comment(201, "catatan", NOW_S - 400, public=False),
        "?",
    ]
    tickets += [
        zendesk_ticket(
            1,
            "lama",
            NOW_S - 90_000,
            updated_at="2025-10-03T01:40:00Z",
            comments=[
                zendesk_comment(0, "dari pagi", NOW_S - 90_000),
                *written,
                *others,
            ],
        ),
        zendesk_ticket(2, "dihapus", NOW_S - 300, status="deleted"),
        *(zendesk_ticket(number, f"mati {number}", NOW_S - 300) for number in range(3, 203)),
    ]
    heard = hears(zendesk_source(server, operator="smartfren"), str(NOW_US - HOUR_US), enough=once)
    assert {one.id for one in items(heard)} == {f"comment:{n}" for n in range(1, 131)} | {
        f"ticket:{n}" for n in range(3, 203)
    }
    assert len(refusals(heard)) == 1 and last_cursor(heard) == str(NOW_US - 300_000_000)
    # Only the ticket that went on is looked into.
    assert sum(one.path.endswith("/comments.json") for one in server.asked) == 2


def test_an_export_begins_a_minute_ago_at_the_latest(exported: Any) -> None:
    tickets, server = exported
    tickets.append(zendesk_ticket(1, "baru saja", NOW_S - 10))
    heard = hears(zendesk_source(server), str(NOW_US - 20_000_000), enough=once)
    assert texts(heard) == ["baru saja. dari pagi"] and int(server.asked[0].query["start_time"]) <= NOW_S - 60


@given(comments=st.lists(JSON, max_size=3))
def test_any_json_among_comments_of_zendesk_is_read_or_told(comments: list[Any]) -> None:
    page = zendesk.Comments(comments=[msgspec.Raw(msgspec.json.encode(one)) for one in comments])
    told, refused = zendesk.comments_of(page, Detail(id=1), "here", first=False)
    assert len(told) + len(refused) <= len(comments)


TABLES = {
    "zendesk": 'address = "https://x.zendesk.com"\nuser = "noc@example.id"\ntoken_file = "secret"\n',
    "zammad": 'address = "https://care.example.id"\ntoken_file = "secret"\n',
    "chatwoot": 'address = "https://chat.example.id"\naccount = 1\ntoken_file = "secret"\n',
}


def faults(folder: Path, kind: str, adapter: str, name: str = "care") -> list[str]:
    (folder / "secret").write_text("0123456789abcdef0123456789")
    (folder / "secret").chmod(0o600)
    path = folder / "pulih.toml"
    hook = f'[[hook]]\nsource = "care"\nadapter = "{adapter}"\nsecret_file = "secret"\n'
    path.write_text(f'{hook}[[source]]\nname = "{name}"\nkind = "{kind}"\n{TABLES[kind]}')
    return [one.what for one in check_config(path, kind_of)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_hook_and_a_source_of_one_platform_may_have_one_name_and_of_two_may_not(kind: str, tmp_path: Path) -> None:
    assert faults(tmp_path, kind, kind) == []
    assert faults(tmp_path, kind, "standard", "lain") == []
    [fault] = faults(tmp_path, kind, "standard")
    assert "'care' is the name of something else that is heard" in fault
