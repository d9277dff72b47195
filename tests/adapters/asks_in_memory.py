"""Who is asked in chats, kept in memory: a small stand-in for the desk's own asking, with what it was told."""

from __future__ import annotations

from collections.abc import Sequence

from pulih.model.subscription import Language
from pulih.ports.sources import AskedAbout, ChatQuestion

ABOUT = AskedAbout(operator="biznet", service="fixed_broadband", symptom="no_internet", place="31.74")


class AsksInMemory:
    """Has each question put once.

    Attributes:
        waiting: questions that are due.
        chats: of each chat that complained, its author and language.
        stops: what chats said of wanting questions, in order.
        given: questions by their ids that were put.
    """

    def __init__(self) -> None:
        self.waiting: list[ChatQuestion] = []
        self.chats: dict[str, tuple[str, Language]] = {}
        self.stops: list[tuple[str, bool]] = []
        self.given: dict[str, ChatQuestion] = {}

    def put(self, *chats: int) -> None:
        """Have chats be asked."""
        for chat in chats:
            one = ChatQuestion(id=f"{chat:016x}", chat=str(chat), text="Sudah normal lagi?", yes="Sudah", no="Belum")
            self.waiting.append(one)

    async def complained(self, chat: str, author: str, language: Language) -> None:
        self.chats[chat] = author, language

    async def stopped(self, chat: str, *, stopped: bool) -> None:
        self.stops.append((chat, stopped))

    async def due(self, most: int) -> Sequence[ChatQuestion]:
        return self.waiting[:most]

    async def mark(self, question: str) -> bool:
        found = next((one for one in self.waiting if one.id == question), None)
        if found is None or question in self.given:
            return False
        self.waiting.remove(found)
        self.given[question] = found
        return True

    async def take_back(self, question: str) -> None:
        self.waiting.append(self.given.pop(question))

    async def about(self, question: str, chat: str) -> AskedAbout | None:
        found = self.given.get(question)
        return ABOUT if found is not None and found.chat == chat else None
