"""The desk listens by itself: everything once, from where it was kept, patiently, and with what is wrong in sight."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator

import msgspec
import pytest
from listening_in_memory import READER, ListeningDesk, ScriptedSource, said, wait_for

from pulih.listen.payload import TEXT_CHARS_MAX, report_of
from pulih.model.clock import MICROS
from pulih.model.errors import OutsideFailed, RefusedInput
from pulih.ports.sources import Batch, Item, Later, SpendReached
from pulih.service.listening.lines import PARCEL_BYTES_MAX, parcels_of
from pulih.service.listening.one_source import SourceState


def test_what_a_source_yields_is_accepted_under_its_name_and_the_cursor_kept_with_it() -> None:
    source = ScriptedSource(said("1", "2", cursor="b"), said("2", "3", cursor="c"))
    with ListeningDesk(mail=source) as desk:
        wait_for(lambda: desk.ledger.cursor("mail") == "c")
        [count] = desk.ledger.counts()
        assert (count.source, count.counted, count.repeated) == ("mail", 3, 1)
        wait_for(lambda: desk.state() == "listening")
    assert source.closed == 1
    assert desk.state() == "ended"


def test_the_next_batch_is_asked_for_when_the_last_is_on_the_disk_and_not_before() -> None:
    source = ScriptedSource(said("1", cursor="a"), said("2", cursor="b"))
    desk = ListeningDesk(mail=source)
    desk.journal.gate.clear()
    with desk:
        wait_for(lambda: source.yielded == 1)
        time.sleep(0.05)
        assert source.yielded == 1
        desk.journal.gate.set()
        wait_for(lambda: source.yielded == 2)


def test_what_could_not_be_kept_is_handed_in_again_and_the_source_waits() -> None:
    source = ScriptedSource(said("1", cursor="a"), said("2", cursor="b"))
    desk = ListeningDesk(mail=source)
    desk.journal.fail = OutsideFailed("The disk is full.")
    desk.awake.clear()
    with desk:
        wait_for(lambda: desk.says() == "The disk is full.")
        assert (source.yielded, desk.ledger.cursor("mail")) == (1, "")
        desk.journal.fail = None
        desk.awake.set()
        wait_for(lambda: desk.ledger.cursor("mail") == "b")
        assert desk.ledger.counts()[0].counted == 2
        assert source.asked == [""]


def test_a_failure_is_waited_for_longer_each_time_until_something_comes() -> None:
    down = OutsideFailed("It is away.")
    source = ScriptedSource(down, down, down, said("1", cursor="a"), down, said("2", cursor="b"))
    with ListeningDesk(mail=source) as desk:
        wait_for(lambda: desk.ledger.cursor("mail") == "b")
    assert desk.waits == [1.0, 2.0, 4.0, 1.0]
    assert source.asked == ["", "", "", "", "a"]
    assert (source.opened, source.closed) == (1, 1)


def test_a_peer_that_asks_to_come_later_is_left_alone_so_long() -> None:
    source = ScriptedSource(Later("Too many requests.", 900.0), Later("Once more.", 1e9), said("1", cursor="a"))
    with ListeningDesk(mail=source) as desk:
        wait_for(lambda: desk.ledger.cursor("mail") == "a")
    assert desk.waits == [900.0, 86_400.0]


def test_a_spent_budget_is_waited_out_until_the_next_month() -> None:
    source = ScriptedSource(SpendReached("The budget is used up."))
    desk = ListeningDesk(mail=source)
    # 2025-10-03T01:48:00Z
    desk.awake.clear()
    with desk:
        wait_for(lambda: desk.state() == "spent")
        assert desk.waits == [28 * 86_400 + (22 * 60 + 12) * 60.0]
        again_us = desk.listening.one("mail").standing.again_us
        assert again_us == desk.clock.now_us() + int(desk.waits[0]) * MICROS
        assert desk.listening.trouble() == "mail: The budget is used up."


def test_what_only_a_person_can_mend_is_shown_and_looked_at_again_ten_minutes_later() -> None:
    wrong = RefusedInput("The token is wrong; right would be a new one.")
    source = ScriptedSource(wrong, wrong, said("1", cursor="b"))
    other = ScriptedSource(said("1", cursor="a"))
    desk = ListeningDesk(mail=source, chat=other)
    desk.awake.clear()
    with desk:
        wait_for(lambda: desk.state() == "refused" and desk.ledger.cursor("chat") == "a")
        assert desk.says() == "The token is wrong; right would be a new one."
        assert desk.listening.trouble() == f"mail: {desk.says()}"
        assert desk.listening.one("mail").standing.again_us == desk.clock.now_us() + 600 * MICROS
        assert (source.asked, desk.waits) == ([""], [600.0])
        desk.awake.set()
        wait_for(lambda: desk.ledger.cursor("mail") == "b" and desk.state() == "listening")
    # Made anew each time, so that what it read from files when it was made is read again.
    assert (desk.waits, source.opened, source.closed) == ([600.0, 600.0], 3, 3)


def test_what_nobody_foresaw_is_shown_without_its_own_words_and_tried_again_ten_minutes_later() -> None:
    source = ScriptedSource(KeyError("https://example.com/?token=s3cr3t"), said("1", cursor="a"))
    desk = ListeningDesk(mail=source)
    desk.awake.clear()
    with desk:
        wait_for(lambda: desk.state() == "failed")
        assert "KeyError" in desk.says()
        assert "listening_in_memory.py" in desk.says()
        assert "s3cr3t" not in desk.says()
        desk.awake.set()
        wait_for(lambda: desk.ledger.cursor("mail") == "a")
    assert desk.waits == [600.0]
    assert (source.opened, source.closed) == (2, 2)


def test_a_failure_of_tasks_within_a_source_is_the_failure_that_it_holds() -> None:
    away = ExceptionGroup("unhandled errors in a TaskGroup", [OutsideFailed("It is away.")])
    with ListeningDesk(mail=ScriptedSource(away, said("1", cursor="a"))) as desk:
        wait_for(lambda: desk.ledger.cursor("mail") == "a")
    assert desk.waits == [1.0]


def test_a_source_whose_library_cancels_itself_is_tried_again() -> None:
    source = ScriptedSource(asyncio.CancelledError(), said("1", cursor="a"))
    with ListeningDesk(mail=source) as desk:
        wait_for(lambda: desk.ledger.cursor("mail") == "a")
    assert desk.waits == [600.0]


def test_a_sign_of_life_keeps_its_cursor_and_counts_nothing() -> None:
    with ListeningDesk(mail=ScriptedSource(Batch(cursor="a", filters=("xl",)))) as desk:
        wait_for(lambda: desk.ledger.cursor("mail") == "a")
        assert desk.ledger.counts() == []
        wait_for(lambda: desk.state() == "listening")
        [one] = desk.listening.now()
        assert one.past.sign_us == desk.clock.now_us()
        assert one.past.item_us is None
        assert [(one.name, one.liveness) for one in one.filters] == [("xl", "unknown")]


def test_signs_of_life_that_come_at_once_do_not_each_write_where_they_go_on() -> None:
    signs = [Batch(cursor=str(number)) for number in range(500)]
    source = ScriptedSource(*signs, said("1"))
    with ListeningDesk(mail=source) as desk:
        wait_for(lambda: desk.ledger.counts() != [])
        assert desk.ledger.cursor("mail") == "499"
        assert source.yielded == 501


def test_what_cannot_be_read_is_refused_and_counted_by_the_name_of_its_source() -> None:
    batch = Batch(cursor="a", refused=("A frame that is no JSON.",), items=(Item(id="", text="no id"), Item(id="1")))
    with ListeningDesk(mail=ScriptedSource(batch)) as desk:
        wait_for(lambda: desk.ledger.cursor("mail") == "a")
        [count] = desk.ledger.counts()
        assert (count.source, count.heard, count.counted, count.refused) == ("mail", 3, 1, 2)
        wait_for(lambda: desk.listening.one("mail").past.refused == ("A frame that is no JSON.",))


def test_what_is_taken_back_is_forgotten_before_the_desk_goes_on_behind_it() -> None:
    source = ScriptedSource(said("1", "2", cursor="a", deleted=["2", "never heard"]))
    with ListeningDesk(mail=source) as desk:
        wait_for(lambda: desk.ledger.cursor("mail") == "a")
        assert desk.forgot == [{READER.key("mail", "2")}]
        assert set(desk.store.texts) == {READER.key("mail", "2")}
        assert desk.ledger.counts()[0].counted == 2


def test_who_is_gone_takes_with_them_what_was_heard_of_them() -> None:
    source = ScriptedSource(said("1", "2", cursor="a"), Batch(cursor="b", gone=("sari", "budi")), said("3", cursor="c"))
    with ListeningDesk(mail=source) as desk:
        desk.theirs = {READER.key("mail", "2")}
        wait_for(lambda: desk.ledger.cursor("mail") == "c")
        assert desk.gone == [("mail", "sari", "budi")]
        assert set(desk.store.texts) == desk.theirs
        assert desk.ledger.counts()[0].counted == 3


def test_what_is_taken_back_before_it_is_said_counts_without_its_words() -> None:
    source = ScriptedSource(
        said("1", cursor="a", deleted=["late"]), Batch(deleted=("later",)), said("late", "later", "2", cursor="b")
    )
    with ListeningDesk(mail=source) as desk:
        wait_for(lambda: desk.ledger.cursor("mail") == "b")
        kept = [report_of(line) for frame in desk.journal.kept for line in frame.reports]
        assert {one.id: one.text for one in kept} == {
            "1": "internet mati 1",
            "late": None,
            "later": None,
            "2": "internet mati 2",
        }
        assert desk.ledger.counts()[0].counted == 4


def test_how_a_source_spoke_is_known_after_a_restart() -> None:
    with ListeningDesk(mail=ScriptedSource(said("1", cursor="a", filters=["xl"]))) as desk:
        wait_for(lambda: desk.state() == "listening")
    past = desk.store.kept["mail"]
    assert (past.item_us, past.filters[0].name, sum(count for _, count in past.hours)) == (desk.clock.now_us(), "xl", 1)


def test_listening_ends_at_once_whatever_its_sources_do() -> None:
    waiting: SourceState = "waiting"
    desk = ListeningDesk(mail=ScriptedSource(OutsideFailed("away")), chat=ScriptedSource())
    desk.awake.clear()
    with desk:
        wait_for(lambda: desk.state() == waiting)
        began = time.monotonic()
        desk.listening.stop()
        assert time.monotonic() - began < 3
    assert {one.standing.state for one in desk.listening.now()} == {"ended"}


def test_listening_ends_at_once_though_a_thread_of_a_source_still_waits_for_a_name_server() -> None:
    held, looking = threading.Event(), threading.Event()

    def look_up() -> None:
        looking.set()
        held.wait(20)

    class Looking(ScriptedSource):
        async def listen(self, cursor: str) -> AsyncIterator[Batch]:
            await asyncio.to_thread(look_up)
            yield Batch(cursor=cursor)

    with ListeningDesk(mail=Looking()) as desk:
        assert looking.wait(10)
        began = time.monotonic()
        desk.listening.stop()
        assert time.monotonic() - began < 2
        held.set()


def test_a_source_that_nobody_knows_is_refused_by_name() -> None:
    with pytest.raises(RefusedInput, match="no source 'post'"):
        ListeningDesk(mail=ScriptedSource()).listening.one("post")


def test_lines_are_those_of_a_posted_report_cut_to_what_one_may_hold() -> None:
    item = Item(
        id="7" * 300, at_us=0, text="a" * 9_000, author="b" * 300, place="Bandung", symptom="slow", kind="alarm"
    )
    batch = Batch(items=(item, *(Item(id=str(number)) for number in range(4_500))))
    parcels = list(parcels_of(batch, "mail", READER, 0))
    assert [len(parcel.heard) for parcel in parcels] == [2_000, 2_000, 501]
    assert not any(parcel.refused for parcel in parcels)
    report = report_of(parcels[0].heard[0].line)
    assert (len(report.id), len(report.text or ""), len(report.author or "")) == (64, TEXT_CHARS_MAX, 200)
    assert (report.place, report.symptom, report.kind) == ("Bandung", "slow", "alarm")
    bare = report_of(parcels[0].heard[1].line)
    assert msgspec.structs.replace(bare, id="") == msgspec.structs.replace(
        report_of(b'{"id":"x","source":"mail"}'), id=""
    )


def test_no_item_is_so_odd_that_it_holds_up_or_hides_the_others() -> None:
    now_us = 1_764_150_000 * MICROS
    odd = (
        Item(id="half\ud800", text="mati \ud83d", author="\udcff", operator="\udcff", place="\udcff"),
        Item(id="half\ud801", text="mati"),
        Item(id="ahead", at_us=now_us + 3600 * MICROS, text="mati"),
        Item(id="never", at_us=10**30, text="mati"),
        Item(id="before", at_us=-(10**30), text="mati"),
        Item(id="plain", at_us=now_us, text="mati"),
    )
    [parcel] = parcels_of(Batch(items=odd), "mail", READER, now_us)
    assert (len(parcel.heard), parcel.refused) == (6, ())
    assert len({one.key for one in parcel.heard}) == 6
    assert [one.at_us for one in parcel.heard] == [None, None, None, None, 0, now_us]
    assert report_of(parcel.heard[0].line).text == "mati ?"


def test_half_letters_that_a_source_tells_hold_up_no_other_and_can_be_kept() -> None:
    half = "\ud800"
    told = Batch(refused=(half,), gap=half, filters=(half,), deleted=(half,), gone=(half,), items=(Item(id="1"),))
    mail = ScriptedSource(told, OutsideFailed(f"{half} is away."), said("2", cursor="a"))
    with ListeningDesk(mail=mail, x=ScriptedSource(said("3", cursor="b"))) as desk:
        wait_for(lambda: desk.ledger.cursor("mail") == "a")
        past = desk.listening.one("mail").past
    assert (past.refused, past.missing[0].why, past.filters[0].name) == (("?",), "?", "?")
    # All of it is written together, so that one would keep the others from being known after a restart.
    assert msgspec.json.encode([desk.store.kept["mail"], desk.store.kept["x"]])


@pytest.mark.parametrize("cursor", ["\ud800", "a\0b"])
def test_a_cursor_that_no_database_keeps_is_told_and_ends_no_other_source(cursor: str) -> None:
    mail = ScriptedSource(said("1", cursor=cursor))
    with ListeningDesk(mail=mail, x=ScriptedSource(said("3", cursor="b"))) as desk:
        wait_for(lambda: desk.says() != "" and desk.ledger.cursor("x") == "b")
        assert "no database keeps" in desk.says()
        assert desk.ledger.cursor("mail") == ""


def test_a_batch_of_long_texts_comes_in_parcels_that_the_journal_can_hold() -> None:
    batch = Batch(items=tuple(Item(id=str(number), text="\U0001f622" * TEXT_CHARS_MAX) for number in range(500)))
    parcels = list(parcels_of(batch, "mail", READER, 0))
    assert sum(len(parcel.heard) for parcel in parcels) == 500
    assert max(sum(len(one.line) for one in parcel.heard) for parcel in parcels) <= PARCEL_BYTES_MAX
