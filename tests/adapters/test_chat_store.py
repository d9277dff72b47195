"""What is kept of chats comes out as it went in, a chat is asked once after a claim, and what is over goes."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest

from pulih.adapters.sql.chat_store import SqlChatStore
from pulih.adapters.sql.engine import open_engine
from pulih.adapters.sql.upgrading import upgrade
from pulih.ports.chats import Chat, ChatQuestion

CHAT = Chat(source="bot", key="k1", author="a1", sealed=b"\x00sealed", at_us=50)
QUESTION = ChatQuestion(
    id="q1", source="bot", key="k1", claim="20251126-abcd/60", operator="biznet", service="fixed_broadband",
    symptom="no_internet", region="31.74", at_us=70,
)  # fmt: skip


@pytest.fixture
def store(database_url: str) -> Iterator[SqlChatStore]:
    engine = open_engine(database_url, "desk")
    upgrade(engine, "desk")
    yield SqlChatStore(engine)
    engine.dispose()


def test_a_chat_is_kept_once_and_found_by_who_complained(store: SqlChatStore) -> None:
    later = msgspec.structs.replace(CHAT, at_us=60, sealed=b"new")
    for one in (CHAT, later, msgspec.structs.replace(CHAT, source="other")):
        store.note(one)
    assert store.chat("bot", "k1") == later
    assert store.chat("bot", "k2") is None
    many = [f"nobody{number}" for number in range(1_200)]
    assert store.of_authors("bot", [*many, "a1", ""]) == {"a1": later}


def test_a_chat_is_asked_once_after_a_claim_and_again_when_that_was_taken_back(store: SqlChatStore) -> None:
    assert store.ask(QUESTION)
    assert not store.ask(msgspec.structs.replace(QUESTION, id="q2"))
    assert store.ask(msgspec.structs.replace(QUESTION, id="q3", claim="20251126-abcd/90", service=None))
    assert (store.question("q1"), store.question("q2")) == (QUESTION, None)
    assert store.asked("bot", QUESTION.claim) == {"k1"}
    store.take_back("q1")
    assert store.asked("bot", QUESTION.claim) == frozenset()
    assert store.ask(msgspec.structs.replace(QUESTION, id="q2"))


def test_what_is_over_goes_and_who_stopped_stays(store: SqlChatStore) -> None:
    store.note(CHAT)
    store.note(Chat(source="bot", key="k2", at_us=1, stopped=True))
    store.ask(QUESTION)
    store.expire(50)
    assert store.chat("bot", "k1") is not None and store.question("q1") is not None
    store.expire(100)
    assert store.chat("bot", "k1") is None and store.question("q1") is None
    stopped = store.chat("bot", "k2")
    assert stopped is not None and stopped.stopped
