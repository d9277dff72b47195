"""Telegram: what people write to the desk's bot: reports of trouble, "it works again", and to be told (L1, T4).

Telegram keeps a message for a day, until it is asked for what comes after it; that is asked when the message is kept.
A bot has one asker only: where people subscribe with the same bot, their commands are handed on (`Means.talk`), and
what is no command is a report. Telegram's answer is read update by update, which its libraries do not: of one that
they cannot read they would ask again for ever.

Source: Telegram Bot API, getUpdates (offset, timeout), sendMessage.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from pulih.adapters.sources.people._platform import Platform
from pulih.adapters.sources.people._updates import Answer, Pressed, Said, updates_read
from pulih.adapters.sources.people._words import Words
from pulih.communicate.chat_commands import read_command
from pulih.communicate.chat_reports import (
    asked_later,
    how_to_report,
    not_asked,
    noted_answer,
    noted_back,
    read_back,
    reported,
)
from pulih.communicate.speech import Pair
from pulih.model.clock import DAY_S, HOUR_S, MICROS, iso
from pulih.model.errors import OutsideFailed, RefusedInput
from pulih.ports.sources import Batch, Item, Later, Means, SourceKind

_TOKEN: Final = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]{20,100}")
_HELD_S: Final = 25.0
# An answer without messages that comes at once is a peer that does not hold the question.
_PAUSE_S: Final = 1.0
_KEPT_US: Final = DAY_S * MICROS
_CHATS_MAX: Final = 10_000
_MESSAGES_MAX: Final = 100
_WANTED: Final = ["message", "edited_message", "callback_query"]
# Telegram takes some thirty messages a second.
_ASKED_AT_ONCE: Final = 25
# Statuses of a chat that takes no message: whoever wrote has blocked the bot, or the chat is gone.
_BLOCKED: Final = frozenset({"400", "403"})
_NOT_REACHED: Final = frozenset({"ConnectError", "ConnectTimeout"})
# What stands behind the question's id in the data of a button.
_YES, _NO = "y", "n"
# A method of Telegram and what it is told.
_Call = tuple[str, dict[str, Any]]


class TelegramSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which bot to listen with.

    Attributes:
        token_file: holds its token, as BotFather gave it.
        operator: whose customers write to it, where they name none.
        answers: whether a report is answered with thanks and how to say that it is over, once an hour in a chat.
        asks: whether who complained is asked, once, if it works again when a repair is claimed.
        held_s: seconds for which Telegram holds a question.
        api: where its interface is reached; an own Bot API server, or Telegram's.
    """

    token_file: str
    operator: str = ""
    answers: bool = True
    asks: bool = True
    held_s: Annotated[float, Meta(ge=1, le=50, description="1 to 50 seconds")] = _HELD_S
    api: str = "https://api.telegram.org"


class _Lately(msgspec.Struct, frozen=True):
    """What is remembered of a chat for a day, and nowhere written: whom it complained of, when it was thanked."""

    at_us: int
    operator: str
    thanked_us: int


class Telegram:
    """Listens with one bot; see `ports.sources.Source`."""

    def __init__(self, settings: TelegramSettings, means: Means) -> None:
        self._settings, self._means = settings, means
        # To the bot of one operator people write without its name; so nothing needs to be named.
        self._words = (
            Words(means.name, means.filters or (settings.operator,)) if means.filters or settings.operator else None
        )
        self._platform = Platform(means, "Telegram", settings.api)
        self._asks = means.asks if settings.asks else None
        self._lately: dict[str, _Lately] = {}

    async def listen(self, cursor: str) -> AsyncIterator[Batch]:
        """Yield what is written; see `ports.sources.Source.listen`."""
        loop = asyncio.get_running_loop()
        onward, gap = self._begin(cursor)
        while True:
            asked_s = loop.time()
            more = await self._ask()
            asked: dict[str, Any] = {"timeout": 0 if more else int(self._settings.held_s), "allowed_updates": _WANTED}
            asked |= {"limit": _MESSAGES_MAX} | ({"offset": onward} if onward else {})
            answer = await self._called("getUpdates", asked)
            said, refused, next_one = updates_read(self._platform.read(answer, Answer).result)
            onward = max(onward, next_one)
            batch, answers = await self._heard(said)
            cursor = f"{onward}@{self._means.clock.now_us() // MICROS}"
            yield msgspec.structs.replace(batch, cursor=cursor, refused=tuple(refused), gap=gap)
            gap = ""
            # Whoever is thanked for a report is so when it is kept.
            for method, told in answers:
                # Blocked by who wrote, or Telegram is away: what was asked for is done, and asking again tells it.
                with contextlib.suppress(OutsideFailed, RefusedInput):
                    await self._called(method, told)
            if not next_one and not more:
                pause_s = min(self._settings.held_s, _PAUSE_S)
                await asyncio.sleep(max(0.0, asked_s + pause_s - loop.time()))

    async def close(self) -> None:
        """Give connections back."""
        await self._platform.close()

    def _begin(self, cursor: str) -> tuple[int, str]:
        """Return the number to go on from, 0 for whatever Telegram keeps, and why something may be missing."""
        number, _, moment = cursor.partition("@")
        if not (number.isascii() and number.isdecimal() and moment.isascii() and moment.isdecimal()):
            return 0, ""
        last_us, kept_us = int(moment) * MICROS, self._means.clock.now_us() - _KEPT_US
        lost = f"Telegram keeps messages a day; from {iso(last_us)} to {iso(kept_us)} may be missing"
        return int(number), lost if last_us < kept_us else ""

    async def _called(self, method: str, asked: dict[str, Any]) -> bytes:
        token = self._means.secret(self._settings.token_file)
        if _TOKEN.fullmatch(token) is None:
            raise RefusedInput(
                f"{self._means.name}: the token of the Telegram bot is none; right would be what BotFather gave, "
                "digits:letters"
            )
        # So long Telegram may hold the question, and then take to answer.
        timeout_s = self._settings.held_s + 15.0
        return (await self._platform.ask("POST", f"/bot{token}/{method}", json=asked, timeout=timeout_s)).body

    async def _ask(self) -> bool:
        """Ask who is to be asked now; return whether there may be more of them."""
        if self._asks is None:
            return False
        due = await self._asks.due(_ASKED_AT_ONCE)
        for one in due:
            if not await self._asks.mark(one.id):
                continue
            row = [{"text": text, "callback_data": one.id + mark} for text, mark in ((one.yes, _YES), (one.no, _NO))]
            told = {"chat_id": one.chat, "text": one.text, "reply_markup": {"inline_keyboard": [row]}}
            try:
                await self._called("sendMessage", told)
            except (OutsideFailed, RefusedInput) as problem:
                if problem.values.get("status") in _BLOCKED:
                    continue
                # What may have been sent counts as asked; what was surely not is due again.
                if isinstance(problem, (Later, RefusedInput)) or problem.values.get("why") in _NOT_REACHED:
                    await self._asks.take_back(one.id)
                raise
        return len(due) == _ASKED_AT_ONCE

    async def _pressed(self, said: Said, pressed: Pressed) -> tuple[Item | None, list[_Call]]:
        """Return what a button reports, and what is done in the chat; pressed again it is the same report."""
        question, answer = pressed.data[:-1], pressed.data[-1:]
        heard = [("answerCallbackQuery", {"callback_query_id": pressed.call})]
        if self._asks is None or answer not in {_YES, _NO} or not said.private:
            return None, heard
        about = await self._asks.about(question, said.chat)
        if about is None:
            return None, heard
        back = answer == _YES
        item = Item(
            id=f"asked/{question}",
            at_us=self._means.clock.now_us(),
            author=said.author,
            kind="recovered" if back else "complaint",
            operator=about.operator,
            service=about.service,
            symptom=None if back else about.symptom,
            place=about.place,
        )
        thanks = noted_answer(back=back)[1 if said.language == "en" else 0]
        # The buttons go with the text.
        edited = {"chat_id": said.chat, "message_id": pressed.message, "text": thanks}
        return item, [*heard, ("editMessageText", edited)]

    async def _heard(self, said: Sequence[Said]) -> tuple[Batch, list[_Call]]:
        """Do what people ask for; return what they report, and what they are answered."""
        items, filters, answers = list[Item](), dict[str, None](), list[_Call]()
        # Telegram tells no bot what was deleted: changing them is how somebody takes words back. They are forgotten,
        # and the report stays the one that was counted.
        edited = tuple(one.id for one in said if one.edited)
        for one in said:
            if one.edited:
                continue
            if one.pressed is not None:
                item, calls = await self._pressed(one, one.pressed)
                items += [item] if item is not None else []
                answers += calls
                continue
            found = self._words.found(one.text) if self._words else ()
            # A group talks of much; only what names an operator is meant for the desk.
            if not one.private and not found:
                continue
            filters.update(dict.fromkeys(found))
            item, answer = await self._one(one, found)
            if item is not None:
                items.append(item)
            if answer and one.private:
                answers.append(("sendMessage", {"chat_id": one.chat, "text": answer}))
        return Batch(items=tuple(items), deleted=edited, filters=tuple(filters)), answers

    async def _one(self, said: Said, found: Sequence[str]) -> tuple[Item | None, str]:
        """Return what a message reports, None for nothing, and the answer to it, "" for none."""
        known = self._lately.get(said.chat)
        remembered = known.operator if known and said.at_us - known.at_us < _KEPT_US else self._settings.operator
        made = Item(id=said.id, at_us=said.at_us, author=said.author)
        if said.private and (back := read_back(said.text)) is not None:
            place = back.place
            told = msgspec.structs.replace(made, kind="recovered", operator=remembered, place=place)
            return told, self._in(said, noted_back())
        answer, command = "", read_command(said.text)
        if self._asks is not None and said.private and command is not None:
            # Alone it ends the questions too; "stop, internet mati" is a report.
            alone = len(said.text.split()) == 1
            if command.kind == "start" or alone:
                await self._asks.stopped(said.chat, stopped=command.kind == "stop")
            if command.kind == "stop" and alone and self._means.talk is None:
                return None, self._in(said, not_asked())
        if said.text.startswith("/") and (command is None or self._means.talk is None or not said.private):
            return None, self._in(said, how_to_report())
        if said.private and self._means.talk is not None:
            spoken = await self._means.talk("telegram", said.chat, said.text, said.language)
            answer = spoken.answer
            if not spoken.complaint:
                return None, answer
        if self._asks is not None and said.private:
            await self._asks.complained(said.chat, said.author, said.language)
        thanks = self._thanks(said, found[0] if found else remembered)
        # A name in the text is for the reader to weigh; only where there is none is it whose bot this is.
        return msgspec.structs.replace(made, text=said.text, operator="" if found else remembered), answer or thanks

    def _thanks(self, said: Said, operator: str) -> str:
        """Return the thanks for a report, "" when they were said lately; note whom the chat complains of."""
        known = self._lately.pop(said.chat, None)
        due = known is None or said.at_us - known.thanked_us >= HOUR_S * MICROS
        thanked_us = said.at_us if due or known is None else known.thanked_us
        self._lately[said.chat] = _Lately(said.at_us, operator, thanked_us)
        while len(self._lately) > _CHATS_MAX:
            del self._lately[next(iter(self._lately))]
        if not due:
            return ""
        return self._in(said, reported()) + (self._in(said, asked_later()) if self._asks is not None else "")

    def _in(self, said: Said, pair: Pair) -> str:
        if not self._settings.answers:
            return ""
        return pair[1] if said.language == "en" else pair[0]


KIND = SourceKind(
    name="telegram",
    settings=TelegramSettings,
    open=Telegram,
    says="What people write to the desk's bot on Telegram: reports, that it works again, and to be told of outages.",
    verified="the package telegram-test-api, and written answers of a real HTTP server; "
    "not verified against the vendor",
    away="what was written in the last day; Telegram keeps no more",
    filters=lambda own, wanted: wanted or ((own.operator,) if own.operator else ()),
)
