"""The journal keeps frames in order, word for word, until their day expires, and never a number twice."""

from __future__ import annotations

import stat
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pulih.adapters.journal.keys import DayKeys
from pulih.adapters.journal.log import SegmentJournal
from pulih.model.clock import DAY_S, MICROS, to_micros
from pulih.model.errors import RefusedInput
from pulih.ports.intake import Frame

DAY_US = DAY_S * MICROS
NOON_US = to_micros(datetime(2025, 10, 3, 12, tzinfo=UTC))


def opened(folder: Path, *, segment_bytes: int = 1 << 20, ledger_at: int = 0) -> SegmentJournal:
    for name in ("journal", "keys"):
        (folder / name).mkdir(exist_ok=True)
    keys = DayKeys(folder / "keys")
    return SegmentJournal(folder / "journal", keys, ledger_at=ledger_at, segment_bytes=segment_bytes)


def segments(folder: Path) -> list[Path]:
    return sorted((folder / "journal").glob("*.seg"))


def test_frames_come_back_word_for_word_and_in_order(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    kept = [journal.append([b'{"id":"%d"}' % number, b"\xf0\x9f\x98\x80"], NOON_US + number) for number in range(5)]
    assert kept == [1, 2, 3, 4, 5] and journal.last() == 5
    expected = [Frame(n, NOON_US + n - 1, (b'{"id":"%d"}' % (n - 1), b"\xf0\x9f\x98\x80")) for n in kept]
    for reader in (journal, opened(tmp_path)):
        assert list(reader.frames(0)) == expected
        assert list(reader.frames(3)) == expected[3:]
        assert (reader.frame(2), reader.frame(0), reader.frame(6)) == (expected[1], None, None)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.lists(st.binary(max_size=300).map(lambda b: b.replace(b"\n", b"")), min_size=1), st.integers(0, 9)
        ),
        max_size=12,
    ),
    st.integers(60, 2000),
    st.data(),
)
def test_wherever_segments_end_and_whenever_it_is_opened_again_nothing_changes(
    tmp_path_factory: pytest.TempPathFactory,
    drawn: list[tuple[list[bytes], int]],
    segment_bytes: int,
    data: st.DataObject,
) -> None:
    folder = tmp_path_factory.mktemp("journal")
    journal = opened(folder, segment_bytes=segment_bytes)
    expected = []
    for number, (reports, days) in enumerate(drawn, start=1):
        assert journal.append(reports, NOON_US + days * DAY_US) == number
        expected.append(Frame(number, NOON_US + days * DAY_US, tuple(reports)))
        if data.draw(st.booleans()):
            journal.close()
            journal = opened(folder, segment_bytes=segment_bytes, ledger_at=number)
        after = data.draw(st.integers(0, number))
        assert list(journal.frames(after)) == expected[after:]
    journal.close()


def test_a_frame_holds_something_and_not_too_much(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    for reports in ([], [b"a" * (64 << 20)]):
        with pytest.raises(RefusedInput, match="1 report at least and 67,108,864 bytes at most"):
            journal.append(reports, NOON_US)
    assert journal.last() == 0


def test_what_was_written_cannot_be_read_without_the_key(tmp_path: Path) -> None:
    opened(tmp_path).append([b"internet mati total di Setiabudi"] * 9, NOON_US)
    [segment] = segments(tmp_path)
    assert b"Setiabudi" not in segment.read_bytes()
    for path in (segment, *(tmp_path / "keys").iterdir()):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_every_day_has_a_key_and_a_segment_of_its_own(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    for days in (0, 0, 1, 2):
        journal.append([b"mati"], NOON_US + days * DAY_US)
    assert len(segments(tmp_path)) == 3
    assert sorted(path.name[:10] for path in (tmp_path / "keys").iterdir()) == [
        "2025-10-03",
        "2025-10-04",
        "2025-10-05",
    ]


def test_days_that_expired_are_gone_for_good_and_numbers_go_on(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    for days in range(4):
        journal.append([b"mati"], NOON_US + days * DAY_US)
    midnight_us = NOON_US // DAY_US * DAY_US
    assert journal.expire(midnight_us + 2 * DAY_US - 1) == 1
    assert journal.expire(midnight_us + 2 * DAY_US) == 1
    for reader in (journal, opened(tmp_path, ledger_at=4)):
        assert [frame.number for frame in reader.frames(0)] == [3, 4]
        assert (reader.frame(1), reader.frame(2)) == (None, None)
    assert len(segments(tmp_path)) == len(list((tmp_path / "keys").iterdir())) == 2


def test_a_clock_that_is_wrong_for_a_while_drops_no_key_and_a_desk_that_stood_still_drops_them_in_an_hour(
    tmp_path: Path,
) -> None:
    opened(tmp_path).append([b"mati"], NOON_US)
    passed_s = 0.0
    keys = DayKeys(tmp_path / "keys", monotonic_s=lambda: passed_s)
    journal = SegmentJournal(tmp_path / "journal", keys)
    for days in range(1, 6):
        journal.append([b"mati"], NOON_US + days * DAY_US)
    year_us = NOON_US + 365 * DAY_US
    assert journal.expire(year_us) == 0
    passed_s = 3_000
    assert journal.expire(NOON_US) == 0
    passed_s = 5_000
    assert journal.expire(year_us) == 0
    assert len(list(journal.frames(0))) == 6
    passed_s = 9_000
    assert journal.expire(year_us) == 6
    assert list(journal.frames(0)) == []


def test_numbers_never_begin_again_though_all_has_expired(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    journal.append([b"mati"], NOON_US)
    journal.append([b"mati"], NOON_US)
    assert journal.expire(NOON_US + 9 * DAY_US) == 1
    assert (journal.last(), list(journal.frames(0)), journal.frame(2)) == (2, [], None)
    again = opened(tmp_path)
    assert again.append([b"nyala"], NOON_US + 9 * DAY_US) == 3
    assert [frame.number for frame in opened(tmp_path).frames(0)] == [3]


def test_a_day_that_comes_again_after_it_expired_has_another_key(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    journal.append([b"mati"], NOON_US)
    journal.append([b"mati"], NOON_US + DAY_US)
    journal.expire(NOON_US + DAY_US)
    journal.append([b"lagi"], NOON_US)
    for reader in (journal, opened(tmp_path)):
        assert [(frame.number, frame.reports) for frame in reader.frames(0)] == [(2, (b"mati",)), (3, (b"lagi",))]


def test_a_clock_that_jumps_a_year_ahead_and_back_loses_nothing(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    moments = [NOON_US, NOON_US + 365 * DAY_US, NOON_US - 2 * DAY_US, NOON_US + 1]
    for at_us in moments:
        journal.append([b"mati"], at_us)
    for reader in (journal, opened(tmp_path)):
        assert [frame.received_us for frame in reader.frames(0)] == moments


def test_frames_can_be_read_while_others_are_written(tmp_path: Path) -> None:
    journal = opened(tmp_path, segment_bytes=2_000)
    seen: list[int] = []

    def follow() -> None:
        while len(seen) < 300:
            seen.extend(frame.number for frame in journal.frames(len(seen)))

    reader = threading.Thread(target=follow)
    reader.start()
    for number in range(1, 301):
        journal.append([b"frame %d" % number], NOON_US)
    reader.join(timeout=60)
    assert seen == list(range(1, 301))


def test_many_segments_are_read_without_remembering_where_all_frames_lie(tmp_path: Path) -> None:
    journal = opened(tmp_path, segment_bytes=64)
    for number in range(60):
        journal.append([b"frame %d" % number], NOON_US)
    assert len(segments(tmp_path)) == 60
    reader = opened(tmp_path)
    assert [frame.number for frame in reader.frames(0)] == list(range(1, 61))
    assert sum(segment.offsets is not None for segment in reader._segments) <= 17
