"""A whole desk asks who complained to its bot whether it works again, once, through a restart, and hears the answer."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from desk_here import desk_here
from listening_in_memory import wait_for
from telegram_peer import TOKEN, TelegramPeer

from pulih.adapters.config import DeskSettings, ReadingTable, SiteTable
from pulih.adapters.config.source_tables import SourceTable
from pulih.adapters.data_folder import DataFolder
from pulih.adapters.sources.people.telegram import TelegramSettings
from pulih.model.actor import Actor
from pulih.model.clock import MICROS
from pulih.model.entry import ClaimedFixed, Confirmed, Opened
from pulih.model.incident import Incident
from pulih.model.scope import Scope
from pulih.ports.live import Answered
from pulih.serve.clocks import WorldClock
from pulih.serve.desk import Desk

SARI = Actor("sari", "duty")
TEBET = Scope(operator="biznet", region="31")


@contextmanager
def bot() -> Iterator[TelegramPeer]:
    """A Bot API in an event loop of its own."""
    peer, loop = TelegramPeer(), asyncio.new_event_loop()
    runs = threading.Thread(target=loop.run_forever, daemon=True)
    runs.start()
    asyncio.run_coroutine_threadsafe(peer.heal(), loop).result(30)
    try:
        yield peer
    finally:
        asyncio.run_coroutine_threadsafe(peer.cut(), loop).result(30)
        loop.call_soon_threadsafe(loop.stop)
        runs.join(30)
        loop.close()


@contextmanager
def running(folder: Path, peer: TelegramPeer) -> Iterator[Desk]:
    own = TelegramSettings(token_file="bot.token", api=peer.web.address, held_s=1)
    table = SourceTable(name="bot", kind="telegram", own=own, folder=folder, allow_networks=("127.0.0.0/8",))
    settings = DeskSettings(source=(table,), reading=ReadingTable(workers=1), site=SiteTable(on=False))
    with DataFolder(folder / "desk") as data:
        desk = desk_here(data, settings, WorldClock())
        desk.start()
        try:
            yield desk
        finally:
            desk.stop()


def act(desk: Desk, incident: Incident, fact: Any) -> Incident:
    now = desk.incidents.get(incident.id)
    assert now is not None
    return desk.incidents.act(incident.id, fact, actor=SARI, version=now.version, reason="diperiksa")


def answers(desk: Desk, incident: Incident) -> list[Answered]:
    """What recovery is judged by, of what people answered."""
    return list(desk.recoveries._view.heard(incident, desk._clock.now_us()).answers)


def test_who_complained_is_asked_once_through_a_restart_and_the_answer_is_evidence_once(tmp_path: Path) -> None:
    (tmp_path / "bot.token").write_text(TOKEN)
    (tmp_path / "bot.token").chmod(0o600)
    with bot() as peer:
        with running(tmp_path, peer) as desk:
            onset_us = desk._clock.now_us() - 600 * MICROS
            peer.write("internet Biznet di Tebet mati total", 42)
            peer.write("internet Biznet di Bandung mati total", 43)
            opened = desk.incidents.open(
                Opened(operator="biznet", onset_us=onset_us, scopes=(TEBET,)), actor=SARI, reason="ramai"
            )
            incident = act(desk, opened, Confirmed())
            wait_for(lambda: len(answers(desk, incident)) == 2, 90)
            act(desk, incident, ClaimedFixed())
            wait_for(lambda: "42" in peer.buttons, 60)
            assert peer.buttons["42"][0][0] == "Sudah normal"
        asked = len(peer.sent)
        with running(tmp_path, peer) as desk:
            # Pressed twice, as by a thumb that trembles.
            for _ in range(2):
                peer.press(peer.buttons["42"][0][1], 42)
            wait_for(lambda: any(one.back for one in answers(desk, incident)), 90)
            wait_for(lambda: not peer.kept or len(peer.done) >= 4, 60)
            told = answers(desk, incident)
            assert [(one.back, one.operator) for one in told if one.back] == [(True, "biznet")]
            [back] = [one for one in told if one.back]
            assert back.author == next(one.author for one in told if not one.back and one.region == back.region)
        assert len(peer.sent) == asked and "43" not in peer.buttons
