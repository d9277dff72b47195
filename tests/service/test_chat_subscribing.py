"""Whoever writes to the bot is told of their place, and of nothing once they say stop (T4)."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from outbox_database import made_database
from subscriptions import NOW_US, queued

from pulih.adapters.sql.outbox_store import SqlOutbox
from pulih.adapters.sql.subscription_store import SqlSubscriptionStore
from pulih.communicate.chat_commands import read_command
from pulih.service.chat_subscribing import ChatSubscribing

REGIONS = {"31": "DKI Jakarta", "32.73": "Kota Bandung"}


class SetClock:
    at_us = NOW_US - 1_000_000_000

    def now_us(self) -> int:
        return self.at_us


class World:
    def __init__(self, folder: Path) -> None:
        engine = made_database(folder)
        self.store, self.outbox, self.clock = SqlSubscriptionStore(engine), SqlOutbox(engine), SetClock()
        self.chat = ChatSubscribing(
            self.store,
            self.clock,
            b"k" * 32,
            desk="Meja",
            find_region=lambda name: next(
                (code for code, one in REGIONS.items() if one.casefold() == name.casefold()), ""
            ),
            regions=REGIONS,
        )

    def says(self, text: str, address: str = "42", language: str = "id") -> str:
        return self.chat.answer("telegram", address, text, language)  # type: ignore[arg-type]

    def topics(self) -> dict[str, tuple[str, ...]]:
        return {one.address: one.topics.regions for one in self.store.active("telegram")}


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_who_names_a_place_is_told_of_it_and_can_choose_another(world: World) -> None:
    assert "di DKI Jakarta" in world.says("/start dki jakarta")
    assert world.topics() == {"42": ("31",)}
    assert "in Kota Bandung" in world.says("START Kota Bandung", language="en")
    assert world.topics() == {"42": ("32.73",)}
    assert "semua gangguan" in world.says("MULAI")
    assert world.topics() == {"42": ()}


def test_a_word_about_the_place_is_queued_for_the_chat_and_no_other_word(world: World) -> None:
    world.says("MULAI DKI Jakarta")
    assert world.outbox.queue(queued("n1", regions=("32",)), [], NOW_US) == 0
    assert world.outbox.queue(queued("n2", regions=("31",)), [], NOW_US) == 1


@pytest.mark.parametrize("text", ["/stop", "BERHENTI", "stop.", "Berhenti langganan", "/stop@pulih_bot", "Unsubscribe"])
def test_who_says_stop_is_forgotten_and_saying_it_twice_is_no_harm(world: World, text: str) -> None:
    world.says("MULAI")
    assert "dihapus" in world.says(text) or "hapus" in world.says(text)
    assert world.topics() == {}
    assert "hapus" in world.says(text)


def test_an_unknown_place_subscribes_to_nothing_and_says_what_would_be_right(world: World) -> None:
    assert "Atlantis" in world.says("MULAI Atlantis")
    assert "bot kabar gangguan" in world.says("sinyal mati di tebet")
    assert world.topics() == {}


def test_a_chat_that_writes_on_and_on_is_answered_with_silence_and_can_still_end_it(world: World) -> None:
    answers = [world.says("MULAI") for _ in range(25)]
    assert [bool(one) for one in answers] == [True] * 20 + [False] * 5
    assert world.says("MULAI", address="43")
    assert world.says("BERHENTI")
    assert world.topics() == {"43": ()}


@given(st.text(max_size=200))
def test_nothing_that_is_written_breaks_the_reading_and_a_place_stays_short(text: str) -> None:
    command = read_command(text)
    assert command is None or len(command.place) <= 80


def test_a_command_among_complaints_is_done_and_is_no_complaint(world: World) -> None:
    heard = world.chat.hear("whatsapp", "+6281200000001", "MULAI Kota Bandung", "id")
    assert "di Kota Bandung" in heard.answer and not heard.complaint
    assert [one.address for one in world.store.active("whatsapp")] == ["+6281200000001"]
    heard = world.chat.hear("whatsapp", "+6281200000001", "berhenti.", "id")
    assert "tidak akan menerima" in heard.answer and not heard.complaint
    assert world.store.active("whatsapp") == []


@pytest.mark.parametrize(
    "text",
    ["mati", "mulai tadi pagi internet mati", "berhenti total internetnya", "Stop kontak aman tapi sinyal hilang"],
)
def test_a_complaint_that_begins_like_a_command_stays_a_complaint_and_is_not_answered(world: World, text: str) -> None:
    heard = world.chat.hear("whatsapp", "+6281200000001", text, "id")
    assert (heard.answer, heard.complaint) == ("", True)
    assert world.store.active("whatsapp") == []


def test_who_is_subscribed_can_end_it_in_any_words_and_what_they_say_is_still_heard(world: World) -> None:
    world.chat.hear("whatsapp", "+6281200000001", "MULAI", "id")
    heard = world.chat.hear("whatsapp", "+6281200000001", "Berhenti kirim pesan ke saya", "id")
    assert heard.answer and heard.complaint and world.store.active("whatsapp") == []


def test_a_place_that_was_mistyped_is_answered(world: World) -> None:
    heard = world.chat.hear("whatsapp", "+6281200000001", "MULAI Bandng", "id")
    assert "Bandng" in heard.answer and heard.complaint
