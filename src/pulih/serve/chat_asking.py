"""Asking in chats, joined: for each source whose settings say so, who complained there and whom to ask."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from pulih.adapters.config import DeskSettings
from pulih.adapters.journal.sealing import DaySeal
from pulih.adapters.sources.people.telegram import TelegramSettings
from pulih.adapters.sql.chat_store import SqlChatStore
from pulih.adapters.sql.signal_store import SqlSignalStore
from pulih.model.subscription import Language
from pulih.ports.clock import Clock
from pulih.ports.sources import AskedAbout, Asks, ChatQuestion, Talk
from pulih.serve.knowledge import Known
from pulih.serve.storage import Storage
from pulih.service.chat_questions import ChatQuestions, Near
from pulih.service.incidents import Incidents


def asked_in(settings: DeskSettings) -> tuple[str, ...]:
    """Return the names of the sources in which people who complained are asked whether it works again."""
    return tuple(one.name for one in settings.source if isinstance(one.own, TelegramSettings) and one.own.asks)


class Chats:
    """What the desk does in chats: it talks, and asks in each of these sources.

    Args:
        storage, known, signals, incidents: of the desk.
        secret: the desk's, the key of pseudonyms.
        talk: does what people ask for in a chat.
    """

    def __init__(
        self,
        storage: Storage,
        secret: bytes,
        known: Known,
        signals: SqlSignalStore,
        *,
        incidents: Incidents,
        talk: Talk,
    ) -> None:
        self.talk = talk
        self._store, self._seal, self._secret = SqlChatStore(storage.desk), DaySeal(storage.keys), secret
        self._signals, self._incidents = signals, incidents
        self._near = Near(known.catalogue.on_network, known.gazetteer.ancestors)

    def asks(self, source: str, clock: Clock) -> Asks:
        """Return what asks in the chats of a source."""
        questions = ChatQuestions(
            source,
            self._store,
            self._signals,
            incidents=self._incidents,
            clock=clock,
            seal=self._seal,
            key=self._secret,
            near=self._near,
        )
        return InThreads(questions)


class InThreads:
    """Asks beside the event loop, which the database must not keep waiting; see `ports.sources.Asks`."""

    def __init__(self, questions: ChatQuestions) -> None:
        self._questions = questions

    async def complained(self, chat: str, author: str, language: Language) -> None:
        """Note that somebody complained in a chat."""
        await asyncio.to_thread(self._questions.complained, chat, author, language)

    async def stopped(self, chat: str, *, stopped: bool) -> None:
        """Note that a chat wants no question, or wants them again."""
        await asyncio.to_thread(self._questions.stop, chat, stopped=stopped)

    async def due(self, most: int) -> Sequence[ChatQuestion]:
        """Return what is to be asked now."""
        found = await asyncio.to_thread(self._questions.due, most)
        return [
            ChatQuestion(id=one.id, chat=one.chat, text=one.words.text, yes=one.words.yes, no=one.words.no)
            for one in found
        ]

    async def mark(self, question: str) -> bool:
        """Note before a question is sent that it is."""
        return await asyncio.to_thread(self._questions.mark, question)

    async def take_back(self, question: str) -> None:
        """Note that the platform did not take a question."""
        await asyncio.to_thread(self._questions.take_back, question)

    async def about(self, question: str, chat: str) -> AskedAbout | None:
        """Return what a question to a chat was about."""
        found = await asyncio.to_thread(self._questions.answered, question, chat)
        if found is None:
            return None
        return AskedAbout(operator=found.operator, service=found.service, symptom=found.symptom, place=found.region)
