"""Accepting answers when a commit that holds the reports is on the disk, and never before (requirements L2, P2)."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from intake_in_memory import MemoryJournal, MemoryLedger, SetClock

from pulih.listen.payload import LATE_AFTER_US, Cursor, Parcel, PayloadReader
from pulih.listen.refusal import Refusal
from pulih.model.clock import iso
from pulih.model.errors import OutsideFailed, PulihError, RefusedInput
from pulih.service import accepting as room
from pulih.service.accepting import Accepting, Outcome
from pulih.service.heard_frames import HeardFrame, heard_frames

READER = PayloadReader(b"a secret of some length")


class Desk:
    """What accepting stands on, and itself."""

    def __init__(self) -> None:
        self.journal, self.ledger, self.clock = MemoryJournal(), MemoryLedger(), SetClock()
        self.accepting = Accepting(self.journal, self.ledger, self.clock, READER)

    def parcel(self, *ids: str, source: str = "form", at_us: int | None = None) -> Parcel:
        lines = [
            msgspec.json.encode({"id": one, "source": source, "at": None if at_us is None else iso(at_us)})
            for one in ids
        ]
        return READER.batch(b"\n".join(lines), self.clock.now_us())

    def restarted(self) -> Accepting:
        """Return what a new process would make of the same journal and ledger."""
        self.accepting = Accepting(self.journal, self.ledger, self.clock, READER)
        self.accepting.start()
        return self.accepting


@pytest.fixture
def desk() -> Iterator[Desk]:
    """Give a desk that accepts."""
    made = Desk()
    made.accepting.start()
    yield made
    made.journal.gate.set()
    made.accepting.close()


def test_what_became_of_each_report_is_told(desk: Desk) -> None:
    assert desk.accepting.accept(desk.parcel("1", "2", "1")) == Outcome(accepted=2, repeated=1)
    assert desk.accepting.accept(desk.parcel("2", "3")) == Outcome(accepted=1, repeated=1)
    old_us = desk.clock.now_us() - LATE_AFTER_US - 1
    assert desk.accepting.accept(desk.parcel("4", at_us=old_us)) == Outcome(late=1)
    [count] = desk.ledger.counts()
    assert (count.heard, count.counted, count.repeated, count.late, count.refused) == (6, 3, 2, 1, 0)


def test_the_last_cursor_of_each_source_is_kept_with_what_was_committed_with_it(desk: Desk) -> None:
    desk.journal.gate.clear()
    told: list[object] = []
    for number in range(3):
        parcel = desk.parcel(str(number), source="mail")
        desk.accepting.submit(msgspec.structs.replace(parcel, cursor=Cursor("mail", str(number))), told.append)
    desk.accepting.submit(Parcel((), cursor=Cursor("chat", "a")), told.append)
    desk.journal.gate.set()
    wait_for(lambda: len(told) == 4)
    assert told == [Outcome(accepted=1)] * 3 + [Outcome()]
    assert desk.ledger.cursors == {"mail": "2", "chat": "a"}


def test_a_cursor_is_not_kept_where_what_was_heard_before_it_is_not(desk: Desk) -> None:
    desk.journal.fail = OutsideFailed("The disk is full.")
    parcel = msgspec.structs.replace(desk.parcel("1", source="mail"), cursor=Cursor("mail", "1"))
    with pytest.raises(OutsideFailed):
        desk.accepting.accept(parcel)
    assert desk.ledger.cursor("mail") == ""


def test_nothing_is_told_while_the_journal_writes(desk: Desk) -> None:
    told: list[object] = []
    desk.journal.gate.clear()
    desk.accepting.submit(desk.parcel("1"), told.append)
    time.sleep(0.05)
    assert told == []
    desk.journal.gate.set()
    wait_for(lambda: told == [Outcome(accepted=1)])


def test_what_comes_while_the_disk_is_busy_is_committed_together(desk: Desk) -> None:
    told: list[object] = []
    desk.journal.gate.clear()
    for number in range(50):
        desk.accepting.submit(desk.parcel(str(number)), told.append)
    desk.journal.gate.set()
    wait_for(lambda: len(told) == 50)
    assert len(desk.journal.kept) <= 2
    assert sum(len(frame.reports) for frame in desk.journal.kept) == 50


def test_each_sender_of_a_group_is_told_of_its_own_reports(desk: Desk) -> None:
    told: dict[int, object] = {}
    desk.journal.gate.clear()
    parcels = [desk.parcel("a"), desk.parcel("b", "a"), desk.parcel("a", "b", "c"), Parcel((), ())]
    for number, parcel in enumerate(parcels):
        desk.accepting.submit(parcel, lambda outcome, number=number: told.update({number: outcome}))
    desk.journal.gate.set()
    wait_for(lambda: len(told) == 4)
    expected = [Outcome(1), Outcome(1, 1), Outcome(1, 2), Outcome()]
    assert [told[number] for number in range(4)] == expected


def test_refused_lines_are_counted_though_nothing_is_written_for_them(desk: Desk) -> None:
    desk.accepting.accept(desk.parcel("1"))
    refused = (Refusal(1, "form", "no"), Refusal(2, "form", "no"), Refusal(3, "invented", "no"), Refusal(4, "", "no"))
    assert desk.accepting.accept(Parcel((), refused)) == Outcome()
    counts = {one.source: one.refused for one in desk.ledger.counts()}
    assert counts == {"": 2, "form": 2}
    assert desk.journal.last() == 1


def test_a_failing_disk_is_told_to_those_who_waited_and_the_next_are_accepted(desk: Desk) -> None:
    desk.journal.fail = OutsideFailed("the disk is full")
    with pytest.raises(OutsideFailed, match="full"):
        desk.accepting.accept(desk.parcel("1"))
    assert desk.accepting.trouble() == "the disk is full"
    desk.journal.fail = None
    assert desk.accepting.accept(desk.parcel("1")) == Outcome(accepted=1)
    assert desk.accepting.trouble() == ""


@pytest.mark.parametrize("failure", [OutsideFailed("no room"), ZeroDivisionError("nobody foresaw this")])
def test_a_frame_that_the_ledger_could_not_take_is_taken_before_the_next(desk: Desk, failure: Exception) -> None:
    desk.ledger.fail = failure
    with pytest.raises(OutsideFailed, match=str(failure)):
        desk.accepting.accept(desk.parcel("1", "2"))
    with pytest.raises(OutsideFailed, match=str(failure)):
        desk.accepting.accept(desk.parcel("3"))
    assert desk.journal.last() == 1
    desk.ledger.fail = None
    assert desk.accepting.accept(desk.parcel("2", "3")) == Outcome(accepted=1, repeated=1)
    assert [one.counted for one in desk.ledger.accepted(0, 9)] == [(0, 1), (1,)]


def test_a_start_takes_in_what_only_the_journal_has_with_the_clock_of_then(desk: Desk) -> None:
    received_us = desk.clock.now_us()
    edge_us = received_us - LATE_AFTER_US
    desk.accepting.accept(desk.parcel("1", "1"))
    desk.accepting.accept(desk.parcel("2", at_us=edge_us))
    desk.accepting.accept(desk.parcel("3", at_us=edge_us - 1))
    before = (desk.ledger.counts(), desk.ledger.accepted(0, 9))
    desk.accepting.close()
    desk.ledger = MemoryLedger()
    desk.clock.at_us += 3 * LATE_AFTER_US
    desk.restarted()
    assert (desk.ledger.counts(), desk.ledger.accepted(0, 9)) == before
    assert desk.accepting.accept(desk.parcel("1")) == Outcome(repeated=1)


def test_a_clock_that_jumps_back_takes_nothing_from_what_is_accepted(desk: Desk) -> None:
    desk.accepting.accept(desk.parcel("1"))
    desk.clock.at_us -= 10 * LATE_AFTER_US
    assert desk.accepting.accept(desk.parcel("2", "1")) == Outcome(accepted=1, repeated=1)


def test_more_than_may_wait_is_refused_at_once_and_taken_later(desk: Desk) -> None:
    told: list[object] = []
    desk.journal.gate.clear()
    parcel = desk.parcel("1")
    desk.accepting.submit(parcel, told.append)
    wait_for(lambda: not desk.accepting._waiting)
    for _ in range(room.WAITING_PARCELS_MAX):
        desk.accepting.submit(parcel, told.append)
    with pytest.raises(OutsideFailed, match="More reports wait for the disk than may wait; send the same again"):
        desk.accepting.submit(parcel, told.append)
    desk.journal.gate.set()
    wait_for(lambda: len(told) == room.WAITING_PARCELS_MAX + 1)
    assert desk.accepting.accept(parcel) == Outcome(repeated=1)


def test_bytes_that_wait_are_bounded_too_but_one_parcel_always_finds_room(desk: Desk) -> None:
    text = "a" * 7_000
    big = READER.batch(
        b"\n".join(msgspec.json.encode({"id": str(n), "source": "form", "text": text}) for n in range(3_000)), 0
    )
    told: list[object] = []
    desk.journal.gate.clear()
    desk.accepting.submit(big, told.append)
    wait_for(lambda: not desk.accepting._waiting)
    for _ in range(3):
        desk.accepting.submit(big, told.append)
    with pytest.raises(OutsideFailed, match="More reports wait"):
        desk.accepting.submit(big, told.append)
    desk.journal.gate.set()
    wait_for(lambda: len(told) == 4)
    # Each was a frame of its own: two would have been more than is committed at once.
    assert [len(frame.reports) for frame in desk.journal.kept] == [3_000] * 4


def test_a_sender_that_invents_sources_is_told_to_stop(desk: Desk) -> None:
    for number in range(room.SOURCES_MAX):
        desk.accepting.submit(desk.parcel("1", source=f"s{number}"), ignored)
    with pytest.raises(RefusedInput, match="the desk knows 4,096 sources already; right would be"):
        desk.accepting.accept(desk.parcel("1", source="one more"))
    assert desk.accepting.accept(desk.parcel("2", source="s7")) == Outcome(accepted=1)


def test_closing_commits_what_waits_and_refuses_what_comes(desk: Desk) -> None:
    told: list[object] = []
    desk.journal.gate.clear()
    for number in range(10):
        desk.accepting.submit(desk.parcel(str(number)), told.append)
    closing = threading.Thread(target=desk.accepting.close)
    closing.start()
    wait_for(lambda: desk.accepting._closing)
    with pytest.raises(OutsideFailed, match="being stopped"):
        desk.accepting.submit(desk.parcel("11"), told.append)
    desk.journal.gate.set()
    closing.join()
    assert told == [Outcome(accepted=1)] * 10
    assert desk.ledger.settled > 0


def test_a_closed_desk_opened_again_goes_on(desk: Desk) -> None:
    desk.accepting.accept(desk.parcel("1"))
    desk.accepting.close()
    assert desk.restarted().accept(desk.parcel("1", "2")) == Outcome(accepted=1, repeated=1)


def test_the_ledger_is_settled_soon_after_a_commit_though_nothing_follows(desk: Desk) -> None:
    before = desk.ledger.settled
    desk.accepting.accept(desk.parcel("1"))
    wait_for(lambda: desk.ledger.settled > before)


def test_listeners_hear_of_commits_that_brought_reports(desk: Desk) -> None:
    heard: list[int] = []
    desk.accepting.on_accepted(lambda: heard.append(desk.ledger.position()))
    desk.accepting.accept(desk.parcel("1"))
    desk.accepting.accept(Parcel((), (Refusal(1, "", "no"),)))
    wait_for(lambda: heard == [1])


def test_heard_frames_join_what_counts_with_what_it_says(desk: Desk) -> None:
    first, second = desk.parcel("1", "2", "1"), desk.parcel("2")
    desk.accepting.accept(first)
    desk.accepting.accept(second)
    desk.accepting.accept(desk.parcel("4"))
    now_us = desk.clock.now_us()
    lines = [one.line for one in first.heard]
    joined = list(heard_frames(desk.journal, desk.ledger, 0, 2))
    assert joined == [HeardFrame(1, now_us, ((0, lines[0]), (1, lines[1]))), HeardFrame(2, now_us, ())]
    assert [frame.number for frame in heard_frames(desk.journal, desk.ledger, 2, 9)] == [3]
    assert list(heard_frames(desk.journal, desk.ledger, 3, 9)) == []


def test_an_expired_frame_is_passed_by_and_those_behind_it_are_read(desk: Desk) -> None:
    desk.accepting.accept(desk.parcel("1"))
    desk.clock.at_us += 2 * LATE_AFTER_US
    desk.accepting.accept(desk.parcel("2"))
    desk.journal.expire(desk.clock.now_us() - LATE_AFTER_US)
    frames = list(heard_frames(desk.journal, desk.ledger, 0, 9))
    assert [(frame.number, frame.received_us is None, len(frame.reports)) for frame in frames] == [
        (1, True, 0), (2, False, 1),
    ]  # fmt: skip


@settings(max_examples=50)
@given(st.lists(st.lists(st.integers(0, 9).map(str), min_size=1, max_size=5), max_size=8))
def test_however_reports_are_handed_in_counters_balance_and_each_id_counts_once(drawn: list[list[str]]) -> None:
    desk = Desk()
    desk.accepting.start()
    told: list[Outcome | PulihError] = []
    for ids in drawn:
        desk.accepting.submit(desk.parcel(*ids), told.append)
    desk.accepting.close()
    assert all(isinstance(outcome, Outcome) for outcome in told)
    assert sum(outcome.accepted for outcome in told if isinstance(outcome, Outcome)) == len(set().union(*drawn, ()))
    for count in desk.ledger.counts():
        assert count.heard == count.counted + count.refused + count.repeated + count.late


def ignored(_: object) -> None:
    return


def wait_for(done: object) -> None:
    assert callable(done)
    last = time.monotonic() + 30
    while not done():
        assert time.monotonic() < last
        time.sleep(0.002)
