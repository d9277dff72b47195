"""Chat store, in SQL: who complained in which chat, and which question each was asked (ports.chats)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

import msgspec
from sqlalchemy import Engine, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from pulih.adapters.sql.chat_tables import chats, questions
from pulih.adapters.sql.engine import reading, writing
from pulih.ports.chats import Chat, ChatQuestion

# So many authors are looked for at once; databases bound the parameters of a statement.
_AT_ONCE: Final = 500


class SqlChatStore:
    """Keeps chats and questions in the desk's database.

    Args:
        engine: an upgraded database of the role "desk".
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._put: Any = sqlite.insert if engine.dialect.name == "sqlite" else postgresql.insert

    def note(self, chat: Chat) -> None:
        """Keep a chat, instead of what was kept of it."""
        told = msgspec.structs.asdict(chat)
        put = self._put(chats).values(**told)
        kept = {name: put.excluded[name] for name in told if name not in {"source", "key"}}
        with writing(self._engine) as connection:
            connection.execute(put.on_conflict_do_update(index_elements=["source", "key"], set_=kept))

    def chat(self, source: str, key: str) -> Chat | None:
        """Return a chat."""
        with reading(self._engine) as connection:
            row = connection.execute(select(chats).where(chats.c.source == source, chats.c.key == key)).mappings()
            return next((Chat(**one) for one in row), None)

    def of_authors(self, source: str, authors: Collection[str]) -> Mapping[str, Chat]:
        """Return the chats of some authors by author."""
        wanted, found = sorted({one for one in authors if one}), dict[str, Chat]()
        with reading(self._engine) as connection:
            for first in range(0, len(wanted), _AT_ONCE):
                some = wanted[first : first + _AT_ONCE]
                asked = select(chats).where(chats.c.source == source, chats.c.author.in_(some))
                found |= {row["author"]: Chat(**row) for row in connection.execute(asked).mappings()}
        return found

    def asked(self, source: str, claim: str) -> frozenset[str]:
        """Return the keys of the chats that were asked after a claim."""
        wanted = select(questions.c.key).where(questions.c.source == source, questions.c.claim == claim)
        with reading(self._engine) as connection:
            return frozenset(connection.execute(wanted).scalars())

    def ask(self, question: ChatQuestion) -> bool:
        """Keep a question; False when that chat was asked after that claim before."""
        put = self._put(questions).values(**msgspec.structs.asdict(question))
        with writing(self._engine) as connection:
            done = connection.execute(put.on_conflict_do_nothing(index_elements=["source", "claim", "key"]))
            return bool(done.rowcount == 1)

    def question(self, question_id: str) -> ChatQuestion | None:
        """Return a question."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(questions).where(questions.c.id == question_id)).mappings()
            return next((ChatQuestion(**one) for one in rows), None)

    def take_back(self, question_id: str) -> None:
        """Forget a question that was not put."""
        with writing(self._engine) as connection:
            connection.execute(delete(questions).where(questions.c.id == question_id))

    def expire(self, before_us: int) -> None:
        """Forget chats that complained, and questions that were asked, before a moment; who stopped is kept."""
        with writing(self._engine) as connection:
            connection.execute(delete(chats).where(chats.c.at_us < before_us, chats.c.stopped.is_(False)))
            connection.execute(delete(questions).where(questions.c.at_us < before_us))
