"""The bot asks who complained, once, with two buttons; a button is a report that counts once (R1, L1)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import pytest
from asks_in_memory import AsksInMemory
from platform_peer import said
from telegram_peer import TOKEN, TelegramPeer
from test_telegram_source import _heard, _post, _quiet, strangers_telegram

from pulih.adapters.sources.contract import tried_means
from pulih.adapters.sources.people.telegram import Telegram, TelegramSettings
from pulih.communicate.chat_reports import not_asked, noted_answer, reported
from pulih.model.errors import OutsideFailed, RefusedInput
from pulih.ports.sources import Batch, Item, Later

__all__ = ["strangers_telegram"]


def opened(address: str, book: AsksInMemory, **more: Any) -> Telegram:
    settings = TelegramSettings(**{"token_file": "t", "held_s": 0.02, "api": address, **more})
    means = tried_means("telegram", secrets={"t": TOKEN}, filters=("Biznet",))
    return Telegram(settings, msgspec.structs.replace(means, asks=book))


def with_bot(work: Callable[[TelegramPeer, AsksInMemory, Telegram], Awaitable[None]], **more: Any) -> None:
    async def run() -> None:
        peer, asks = TelegramPeer(), AsksInMemory()
        await peer.heal()
        source = opened(peer.web.address, asks, **more)
        try:
            await work(peer, asks, source)
        finally:
            await source.close()
            await peer.cut()

    asyncio.run(asyncio.wait_for(run(), 60))


def items_of(batches: list[Batch]) -> list[Item]:
    return [item for batch in batches for item in batch.items]


def test_who_complained_in_a_chat_of_their_own_is_noted_and_told_that_they_will_be_asked() -> None:
    async def work(peer: TelegramPeer, asks: AsksInMemory, source: Telegram) -> None:
        peer.write("Biznet mati", 42)
        peer.write("Biznet mati", 43, kind="group")
        peer.write("NORMAL", 44)
        await _quiet(source)
        assert asks.chats == {"42": ("49", "id")}
        assert peer.sent[0][1].startswith(reported()[0]) and "BERHENTI" in peer.sent[0][1]

    with_bot(work)


def test_a_question_has_two_buttons_and_what_is_pressed_counts_once_for_what_was_asked() -> None:
    async def work(peer: TelegramPeer, asks: AsksInMemory, source: Telegram) -> None:
        asks.put(42, 43)
        heard = await _quiet(source)
        yes, no = (data for _, data in peer.buttons["42"])
        assert [text for text, _ in peer.buttons["42"]] == ["Sudah", "Belum"]
        assert max(len(yes), len(no)) <= 64
        peer.press(yes, 42)
        peer.press(no, 42)
        peer.press(peer.buttons["43"][1][1], 43)
        items = items_of(await _quiet(source, heard[-1].cursor))
        told = [(one.id, one.kind, one.author, one.symptom) for one in items]
        first, second = f"asked/{yes[:-1]}", f"asked/{peer.buttons['43'][0][1][:-1]}"
        assert told == [
            (first, "recovered", "49", None),
            (first, "complaint", "49", "no_internet"),
            (second, "complaint", "50", "no_internet"),
        ]
        assert {(one.operator, one.service, one.place) for one in items} == {("biznet", "fixed_broadband", "31.74")}
        edited = [told["text"] for method, told in peer.done if method == "editMessageText"]
        assert edited[:2] == [noted_answer(back=True)[0], noted_answer(back=False)[0]]
        assert sum(method == "answerCallbackQuery" for method, _ in peer.done) == 3

    with_bot(work)


@pytest.mark.parametrize(("data", "chat", "kind"), [
    ("000000000000002ay", 43, "private"), ("ffffffffffffffffy", 42, "private"), ("000000000000002ax", 42, "private"),
    ("y", 42, "private"), ("000000000000002ay", 42, "group"),
])  # fmt: skip
def test_a_button_that_nobody_was_asked_with_reports_nothing(data: str, chat: int, kind: str) -> None:
    async def work(peer: TelegramPeer, asks: AsksInMemory, source: Telegram) -> None:
        asks.put(42)
        heard = await _quiet(source)
        peer.press(data, chat, kind=kind)
        assert items_of(await _quiet(source, heard[-1].cursor)) == []
        assert [method for method, _ in peer.done] == ["answerCallbackQuery"]

    with_bot(work)


def test_many_are_asked_one_after_another_and_each_once() -> None:
    async def work(peer: TelegramPeer, asks: AsksInMemory, source: Telegram) -> None:
        asks.put(*range(100, 160))
        heard = await _heard(source.listen(""), lambda _: len(peer.sent) >= 60)
        await _quiet(source, heard[-1].cursor)
        assert sorted(chat for chat, _ in peer.sent) == [str(chat) for chat in range(100, 160)]

    with_bot(work)


def test_what_telegram_does_not_take_for_now_is_asked_later_and_who_blocked_the_bot_is_let_be() -> None:
    async def work(peer: TelegramPeer, asks: AsksInMemory, source: Telegram) -> None:
        asks.put(42, 43, 44)
        peer.ahead = [said({"ok": False}, 403), said({"ok": False, "parameters": {"retry_after": 3}}, 429)]
        with pytest.raises(Later):
            await _quiet(source)
        assert sorted(one.chat for one in asks.waiting) == ["43", "44"]
        await _quiet(source)
        assert sorted(chat for chat, _ in peer.sent) == ["43", "44"]

    with_bot(work)


def test_what_may_have_been_sent_counts_as_asked_and_what_was_surely_not_is_due_again() -> None:
    async def work(peer: TelegramPeer, asks: AsksInMemory, source: Telegram) -> None:
        asks.put(42, 43)
        peer.ahead = [said({"ok": False}, 502)]
        with pytest.raises(OutsideFailed):
            await _quiet(source)
        assert [one.chat for one in asks.waiting] == ["43"]
        await peer.expire()
        with pytest.raises(RefusedInput, match="refuses the token"):
            await _quiet(source)
        await peer.renew()
        await peer.cut()
        with pytest.raises(OutsideFailed, match="does not answer"):
            await _quiet(source)
        await peer.heal()
        await _quiet(source)
        assert [chat for chat, _ in peer.sent] == ["43"]

    with_bot(work)


def test_stop_alone_ends_the_questions_and_is_no_report_and_begin_wants_them_again() -> None:
    async def work(peer: TelegramPeer, asks: AsksInMemory, source: Telegram) -> None:
        for text in ("BERHENTI", "stop, Biznet mati terus", "MULAI"):
            peer.write(text)
        items = items_of(await _quiet(source))
        assert asks.stops == [("42", True), ("42", False)]
        assert peer.sent[0] == ("42", not_asked()[0])
        assert [one.text for one in items] == ["stop, Biznet mati terus", "MULAI"]

    with_bot(work)


def test_a_store_that_fails_leaves_a_pressed_button_with_telegram() -> None:
    class Failing(AsksInMemory):
        async def about(self, question: str, chat: str) -> None:
            raise OutsideFailed("The disk is full.")

    async def run() -> None:
        peer, asks = TelegramPeer(), Failing()
        await peer.heal()
        source = opened(peer.web.address, asks)
        peer.press("000000000000002ay")
        with pytest.raises(OutsideFailed, match="disk is full"):
            await _quiet(source)
        assert len(peer.kept) == 1
        await source.close()
        await peer.cut()

    asyncio.run(asyncio.wait_for(run(), 60))


def test_nobody_is_asked_where_the_settings_say_so() -> None:
    async def work(peer: TelegramPeer, asks: AsksInMemory, source: Telegram) -> None:
        asks.put(42)
        peer.write("Biznet mati")
        await _quiet(source)
        assert (len(asks.waiting), asks.chats) == (1, {})
        assert peer.sent == [("42", reported()[0])]

    with_bot(work, asks=False)


def test_a_bot_of_telegram_test_api_asks_and_hears_which_button_was_pressed(strangers_telegram: str) -> None:
    person = {"id": 6, "first_name": "Ayu", "is_bot": False, "language_code": "id"}
    chat = {"id": 6, "type": "private", "first_name": "Ayu"}

    async def run() -> list[Batch]:
        asks = AsksInMemory()
        source = opened(strangers_telegram, asks)
        try:
            asks.put(6)
            heard = await _quiet(source)
            told = await asyncio.to_thread(_post, strangers_telegram, "getUpdates", {"token": TOKEN, "chatId": 6})
            [question] = [one for one in told["result"] if "reply_markup" in one["message"]]
            [[yes, _]] = question["message"]["reply_markup"]["inline_keyboard"]
            below = {"message_id": question["messageId"], "date": int(time.time()), "chat": chat}
            pressed = {"botToken": TOKEN, "from": person, "message": below, "data": yes["callback_data"]}
            await asyncio.to_thread(_post, strangers_telegram, "sendCallback", pressed)
            return await _heard(source.listen(heard[-1].cursor), lambda batches: bool(batches[-1].items))
        finally:
            await source.close()

    [item] = items_of(asyncio.run(asyncio.wait_for(run(), 60)))
    assert (item.kind, item.operator, item.place, item.author) == ("recovered", "biznet", "31.74", "6")
