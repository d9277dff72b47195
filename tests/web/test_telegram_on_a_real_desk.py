"""People report and subscribe with one bot: a whole desk asks Telegram once for both, and counts reports alone."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from desk_here import desk_here
from listening_in_memory import wait_for
from telegram_peer import TOKEN, TelegramPeer

from pulih.adapters.config import DeskSettings, ReadingTable, SiteTable
from pulih.adapters.config.channel_tables import TelegramTable
from pulih.adapters.config.source_tables import SourceTable
from pulih.adapters.data_folder import DataFolder
from pulih.adapters.sources.people.telegram import TelegramSettings
from pulih.communicate.chat_commands import started
from pulih.communicate.chat_reports import asked_later, reported
from pulih.serve.clocks import WorldClock
from pulih.serve.listening import shares_bot


@contextmanager
def telegram() -> Iterator[TelegramPeer]:
    """Yield a Bot API that runs in a thread of its own."""
    peer, loop = TelegramPeer(), asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(peer.heal(), loop).result(10)
        yield peer
    finally:
        asyncio.run_coroutine_threadsafe(peer.cut(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def settings_for(folder: Path, api: str, token: str = TOKEN) -> DeskSettings:
    (folder / "bot.token").write_text(TOKEN)
    (folder / "source.token").write_text(token)
    own = TelegramSettings(token_file="source.token", api=api, held_s=0.02)
    source = SourceTable(
        name="chat", kind="telegram", filters=("Smartfren",), allow_networks=("127.0.0.0/8",), own=own, folder=folder
    )
    bot = TelegramTable(token_file=folder / "bot.token", api=api)
    return DeskSettings(source=(source,), telegram=bot, reading=ReadingTable(workers=1), site=SiteTable(on=False))


def test_reports_are_counted_commands_are_done_and_one_asks_for_both(tmp_path: Path) -> None:
    with telegram() as peer, DataFolder(tmp_path / "desk") as folder:
        peer.write("Smartfren mati total di Tebet, internet tidak bisa dari pagi")
        peer.write("MULAI", 43)
        desk = desk_here(folder, settings_for(tmp_path, peer.web.address), WorldClock())
        desk.start()
        wait_for(lambda: {"42", "43"} <= {chat for chat, _ in peer.sent}, 60)
        wait_for(lambda: any(one.source == "chat" and one.counted == 1 for one in desk.live.sources()), 60)
        assert set(peer.sent) == {("42", reported()[0] + asked_later()[0]), ("43", started("")[0])}
        assert desk.post.now().readers["telegram"] == 1
        desk.stop()
        asked = [json.loads(one.body) for one in peer.web.seen if one.path.endswith("/getUpdates")]
        assert all("limit" in one for one in asked), "the bot of the subscriptions asked besides the source"


@pytest.mark.parametrize(("token", "shared"), [(TOKEN, True), ("654321:" + TOKEN.partition(":")[2], False)])
def test_a_source_shares_the_bot_whose_token_it_has(tmp_path: Path, token: str, shared: bool) -> None:
    settings = settings_for(tmp_path, "http://127.0.0.1:1", token)
    assert shares_bot(settings.source[0], settings) is shared


def test_a_source_whose_token_is_not_there_shares_nothing(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, "http://127.0.0.1:1")
    (tmp_path / "source.token").unlink()
    assert not shares_bot(settings.source[0], settings)
