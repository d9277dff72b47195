"""What asking in chats needs of the outside: who complained in which chat, and which question each was asked."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

import msgspec

from pulih.model.reading import Service, Symptom


class Chat(msgspec.Struct, frozen=True, kw_only=True):
    """A chat in which somebody complained.

    Attributes:
        source: the source that listens there.
        key: keyed digest of the chat's address.
        author: the pseudonym of who complained, as their reports have it; "" of one that wants no question.
        sealed: the address and the language, under the key of a day; b"" of one that wants no question.
        at_us: when they complained last, or said that they want no question, microseconds since 1970 UTC.
        stopped: whether they want no question.
    """

    source: str
    key: str
    author: str = ""
    sealed: bytes = b""
    at_us: int
    stopped: bool = False


class ChatQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """One question that one chat was asked after one claim: of which operator, service, region and symptom."""

    id: str
    source: str
    key: str
    claim: str
    operator: str
    service: Service | None = None
    symptom: Symptom
    region: str
    at_us: int


class ChatStore(Protocol):
    """Keeps chats and questions; any thread may call it. All raise OutsideFailed when it cannot be used."""

    def note(self, chat: Chat) -> None:
        """Keep a chat, instead of what was kept of it."""
        ...

    def chat(self, source: str, key: str) -> Chat | None:
        """Return a chat."""
        ...

    def of_authors(self, source: str, authors: Collection[str]) -> Mapping[str, Chat]:
        """Return the chats of some authors by author."""
        ...

    def asked(self, source: str, claim: str) -> frozenset[str]:
        """Return the keys of the chats that were asked after a claim."""
        ...

    def ask(self, question: ChatQuestion) -> bool:
        """Keep a question; False when that chat was asked after that claim before."""
        ...

    def question(self, question_id: str) -> ChatQuestion | None:
        """Return a question."""
        ...

    def take_back(self, question_id: str) -> None:
        """Forget a question that was not put."""
        ...

    def expire(self, before_us: int) -> None:
        """Forget chats that complained, and questions that were asked, before a moment; who stopped is kept."""
        ...
