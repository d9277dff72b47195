"""People report to the desk's bot on Telegram, say that it works again, and subscribe in the same chat (L1, L2, T4)."""

from __future__ import annotations

import asyncio
import json
import logging
import shutil
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import msgspec
import pytest
from channel_peers import free_port
from platform_peer import Answered, said
from telegram_peer import TOKEN, TelegramPeer

from pulih.adapters.sources.contract import Trial, hold, tried_means
from pulih.adapters.sources.people._updates import updates_read
from pulih.adapters.sources.people.telegram import Telegram, TelegramSettings
from pulih.communicate.chat_reports import how_to_report, noted_back, reported
from pulih.model.errors import OutsideFailed, RefusedInput
from pulih.ports.sources import Batch, Later, Spoken, Talk

NODE = Path(__file__).resolve().parents[1] / "node"


def _with_telegram(work: Callable[[TelegramPeer], Awaitable[None]]) -> None:
    async def run() -> None:
        peer = TelegramPeer()
        await peer.heal()
        try:
            await work(peer)
        finally:
            for source in OPENED:
                await source.close()
            OPENED.clear()
            await peer.cut()

    asyncio.run(asyncio.wait_for(run(), 60))


# What a test listens with; closed at its end.
OPENED: list[Telegram] = []


def _opened(
    address: str, *, token: str = TOKEN, talk: Talk | None = None, filters: tuple[str, ...] = ("Biznet",), **more: Any
) -> Telegram:
    settings = TelegramSettings(**{"token_file": "t", "held_s": 0.02, "api": address, **more})
    means = msgspec.structs.replace(tried_means("telegram", secrets={"t": token}, filters=filters), talk=talk)
    OPENED.append(Telegram(settings, means))
    return OPENED[-1]


async def _heard(batches: AsyncIterator[Batch], enough: Callable[[list[Batch]], bool]) -> list[Batch]:
    heard = list[Batch]()
    try:
        async for batch in batches:
            heard.append(batch)
            if enough(heard):
                break
    finally:
        await batches.aclose()  # type: ignore[attr-defined]
    return heard


async def _quiet(source: Telegram, cursor: str = "") -> list[Batch]:
    """Listen until nothing more comes."""
    return await _heard(source.listen(cursor), lambda told: len(told) > 1 and not (told[-1].items or told[-1].refused))


def test_a_bot_is_listened_to_as_the_contract_says() -> None:
    async def work(peer: TelegramPeer) -> None:
        await hold(Trial(open=lambda: _opened(peer.web.address), peer=peer, secret=TOKEN))

    _with_telegram(work)


def test_words_that_were_changed_are_taken_back_and_the_report_is_counted_and_thanked_once() -> None:
    async def work(peer: TelegramPeer) -> None:
        peer.write("Biznet mati, hubungi 08123456789")
        peer.edit("Biznet mati, hubungi 08123456789", "Biznet mati di Tebet")
        peer.write("normal", 43)
        peer.edit("normal", "belum")
        [first, *_] = await _quiet(_opened(peer.web.address))
        assert [item.kind for item in first.items] == ["complaint", "recovered"]
        assert first.deleted == tuple(item.id for item in first.items)
        assert len(peer.sent) == 2

    _with_telegram(work)


def test_a_report_is_thanked_once_an_hour_and_only_after_it_was_kept() -> None:
    async def work(peer: TelegramPeer) -> None:
        peer.write("Biznet mati dari pagi")
        batches = _opened(peer.web.address).listen("")
        first = await anext(batches)  # type: ignore[arg-type]
        assert [item.text for item in first.items] == ["Biznet mati dari pagi"] and peer.sent == []
        await anext(batches)  # type: ignore[arg-type]
        peer.write("masih mati juga")
        peer.write("Biznet is down", 43, language="en-GB")
        await _heard(batches, lambda told: not told[-1].items and len(told) > 2)
        assert peer.sent == [("42", reported()[0]), ("43", reported()[1])]

    _with_telegram(work)


def test_that_it_works_again_is_said_of_what_was_reported() -> None:
    async def work(peer: TelegramPeer) -> None:
        peer.write("Biznet mati")
        peer.write("sudah normal lagi di Tebet")
        peer.write("normal", 43)
        [first, *_] = await _quiet(_opened(peer.web.address, operator="Halo"))
        assert [(item.kind, item.text, item.operator, item.place) for item in first.items] == [
            ("complaint", "Biznet mati", "", ""),
            ("recovered", "", "Biznet", "Tebet"),
            ("recovered", "", "Halo", ""),
        ]
        assert ("42", noted_back()[0]) in peer.sent

    _with_telegram(work)


def test_what_names_nobody_is_of_whom_the_chat_complained_or_whose_bot_it_is() -> None:
    async def work(peer: TelegramPeer) -> None:
        for text, chat in (("Biznet mati", 42), ("masih mati", 42), ("internet mati", 43)):
            peer.write(text, chat)
        [first, *_] = await _quiet(_opened(peer.web.address, operator="Halo"))
        assert [item.operator for item in first.items] == ["", "Biznet", "Halo"]

    _with_telegram(work)


def test_commands_are_handed_on_and_are_no_reports() -> None:
    asked = list[tuple[str, str, str, str]]()

    async def talk(channel: str, chat: str, text: str, language: str) -> Spoken:
        asked.append((channel, chat, text, language))
        return Spoken("Anda berlangganan.", complaint=False) if text == "MULAI Tebet" else Spoken("", complaint=True)

    async def work(peer: TelegramPeer) -> None:
        peer.write("MULAI Tebet")
        peer.write("Biznet mati", 43, language="en")
        peer.write("/help", 44)
        [first, *_] = await _quiet(_opened(peer.web.address, talk=talk))
        assert [item.text for item in first.items] == ["Biznet mati"]
        assert asked == [("telegram", "42", "MULAI Tebet", "id"), ("telegram", "43", "Biznet mati", "en")]
        assert peer.sent == [("42", "Anda berlangganan."), ("43", reported()[1]), ("44", how_to_report()[0])]

    _with_telegram(work)


def test_a_store_that_fails_leaves_the_message_with_telegram() -> None:
    async def talk(*_: str) -> Spoken:
        raise OutsideFailed("The database is locked.")

    async def work(peer: TelegramPeer) -> None:
        peer.write("MULAI")
        with pytest.raises(OutsideFailed, match="locked"):
            await _quiet(_opened(peer.web.address, talk=talk))
        assert len(peer.kept) == 1

    _with_telegram(work)


def test_a_group_is_heard_only_where_it_names_an_operator_and_never_answered() -> None:
    async def work(peer: TelegramPeer) -> None:
        peer.write("makan siang di mana?", -100, kind="supergroup")
        peer.write("", -100, kind="supergroup", caption="Biznet mati lagi")
        peer.write("/start", -100, kind="supergroup")
        [first, *_] = await _quiet(_opened(peer.web.address))
        assert [item.text for item in first.items] == ["Biznet mati lagi"] and peer.sent == []

    _with_telegram(work)


def test_an_answer_that_cannot_be_sent_stops_nobody() -> None:
    async def work(peer: TelegramPeer) -> None:
        peer.write("Biznet mati")
        batches = _opened(peer.web.address).listen("")
        await anext(batches)  # type: ignore[arg-type]
        peer.ahead = [said({"ok": False, "description": "Forbidden: bot was blocked by the user"}, 403)]
        await anext(batches)  # type: ignore[arg-type]
        assert peer.kept == [] and peer.sent == []

    _with_telegram(work)


def test_what_telegram_keeps_no_more_is_told_as_a_gap() -> None:
    async def work(peer: TelegramPeer) -> None:
        old_s = int(time.time()) - 2 * 86_400
        [first, *_] = await _quiet(_opened(peer.web.address), f"7@{old_s}")
        assert first.gap.startswith("Telegram keeps messages a day; from 20")
        [first, *_] = await _quiet(_opened(peer.web.address), f"7@{old_s + 2 * 86_400 - 600}")
        assert first.gap == "" and first.cursor.startswith("7@")

    _with_telegram(work)


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (said({"ok": False, "description": "Conflict: terminated by other getUpdates request"}, 409), OutsideFailed),
        (said({"ok": False, "parameters": {"retry_after": 17}}, 429, Retry_After="17"), Later),
        (said({"ok": False, "description": "Bad Gateway"}, 502), OutsideFailed),
        (said({"ok": False}), OutsideFailed),
        (Answered(body=b"<html>a proxy</html>"), OutsideFailed),
        (said({"ok": False, "description": "Unauthorized"}, 401), RefusedInput),
    ],
)
def test_each_refusal_of_telegram_says_what_it_means_without_the_token(
    answer: Answered, problem: type[Exception], caplog: pytest.LogCaptureFixture
) -> None:
    async def work(peer: TelegramPeer) -> None:
        peer.ahead = [answer]
        with pytest.raises(problem) as raised:
            await _quiet(_opened(peer.web.address))
        assert TOKEN not in str(raised.value)

    with caplog.at_level(logging.DEBUG):
        _with_telegram(work)
    assert TOKEN not in caplog.text


def test_a_token_that_is_none_is_not_sent_anywhere() -> None:
    async def work(peer: TelegramPeer) -> None:
        with pytest.raises(RefusedInput, match="right would be what BotFather gave") as refused:
            await _quiet(_opened(peer.web.address, token="../../secret"))
        assert "secret" not in str(refused.value) and peer.web.seen == []

    _with_telegram(work)


def test_a_filter_that_is_none_is_refused() -> None:
    with pytest.raises(RefusedInput, match="is empty"):
        Telegram(TelegramSettings(token_file="t"), tried_means(filters=("",)))


@pytest.mark.parametrize(
    "update", ["7", "{}", '{"update_id": "x"}', '{"update_id": 5, "message": {"date": "now"}}', "[]"]
)
def test_an_update_that_cannot_be_read_is_told_and_the_next_is_read(update: str) -> None:
    good = {"update_id": 9, "message": {"message_id": 1, "date": 2, "chat": {"id": 3}, "text": "mati"}}
    told, refused, onward = updates_read([msgspec.Raw(update.encode()), msgspec.Raw(json.dumps(good).encode())])
    assert [one.id for one in told] == ["3/1"] and len(refused) == 1 and onward == 10


def test_what_bots_write_is_not_heard() -> None:
    sender = {"id": 1, "is_bot": True}
    update = {"update_id": 9, "message": {"message_id": 1, "date": 2, "chat": {"id": 3}, "text": "x", "from": sender}}
    assert updates_read([msgspec.Raw(json.dumps(update).encode())]) == ([], [], 10)


@pytest.fixture(scope="module")
def strangers_telegram(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The Bot API of the package telegram-test-api, in a process of its own."""
    assert (NODE / "node_modules" / "telegram-test-api").exists(), "telegram-test-api is missing: make peers"
    node = shutil.which("node")
    assert node, "node is missing: make peers"
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with (tmp_path_factory.mktemp("telegram") / "log").open("wb") as log:
        process = subprocess.Popen([node, str(NODE / "telegram_server.cjs"), str(port)], stdout=log, stderr=log)
        try:
            _ask_until_it_answers(address, process)
            yield address
        finally:
            process.kill()
            process.wait()


def _ask_until_it_answers(address: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(1_000):
        assert process.poll() is None, "telegram-test-api ended"
        try:
            _post(address, "getUpdatesHistory", {"token": TOKEN})
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise AssertionError("telegram-test-api did not begin in time")


def _post(address: str, path: str, body: dict[str, Any]) -> Any:
    asked = Request(f"{address}/{path}", json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urlopen(asked, timeout=10) as answer:
        return json.loads(answer.read())


def test_a_bot_of_telegram_test_api_hears_reports_and_answers_them(strangers_telegram: str) -> None:
    """That server forgets what it has handed over once, so only hearing and answering are tried on it."""
    person = {"botToken": TOKEN, "date": int(time.time()), "chat": {"id": 5, "type": "private", "first_name": "Ayu"}}
    person |= {"from": {"id": 5, "first_name": "Ayu", "is_bot": False, "language_code": "id"}}

    async def run() -> list[Batch]:
        source = _opened(strangers_telegram)
        try:
            for text in ("Biznet mati dari pagi", "NORMAL"):
                await asyncio.to_thread(_post, strangers_telegram, "sendMessage", {**person, "text": text})
            return await _quiet(source)
        finally:
            await source.close()
            OPENED.clear()

    heard = asyncio.run(asyncio.wait_for(run(), 60))
    items = [item for batch in heard for item in batch.items]
    assert [(item.kind, item.text, item.operator) for item in items] == [
        ("complaint", "Biznet mati dari pagi", ""),
        ("recovered", "", "Biznet"),
    ]
    told = _post(strangers_telegram, "getUpdates", {"token": TOKEN, "chatId": 5})["result"]
    assert [one["message"]["text"] for one in told] == [reported()[0], noted_back()[0]]
