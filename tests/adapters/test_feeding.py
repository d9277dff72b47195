"""Feeding: a file gets into a desk once, whatever is cut when, and goes on as it grows."""

from __future__ import annotations

import gzip
import io
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from small_desk import TOKEN, SmallDesk, small_desk

from pulih.adapters import feeding
from pulih.adapters.desk_client import DeskClient
from pulih.adapters.feeding import Feed, Sent, send_file, tail_file
from pulih.adapters.files.columns import ColumnWishes
from pulih.adapters.followed_file import StoppedFollowingError
from pulih.model.errors import OutsideFailed, RefusedInput

NOW_US = 1_759_500_000_000_000
HEADER = "time,text,operator\n"


def _row(number: int, text: str = "internet mati total") -> str:
    return f"2025-10-03T08:{number // 60 % 60:02}:{number % 60:02}Z,{text} nomor {number},indihome\n"


def _client(desk: SmallDesk, patience_s: float = 5.0, token: str = TOKEN) -> DeskClient:
    return DeskClient(desk.address, token, patience_s=patience_s, sleep=lambda wait_s: time.sleep(min(wait_s, 0.01)))


def _send(path: Path, desk: SmallDesk, patience_s: float = 5.0) -> Sent:
    return send_file(str(path), Feed(_client(desk, patience_s), position=path.with_suffix(".position")), now_us=NOW_US)


def test_a_file_gets_in_with_its_columns_as_a_backtest_reads_them(tmp_path: Path) -> None:
    path = tmp_path / "tickets.csv"
    path.write_text(
        "ticket_id;created_at;keluhan;kota;provider\n"
        + "".join(f"T{n};03/10/2025 15:{n:02};wifi mati dari pagi {n};Bandung;IndiHome\n" for n in range(10, 30))
    )
    with small_desk() as desk:
        feed = Feed(_client(desk), ColumnWishes(zone="WIB"))
        assert send_file(str(path), feed, now_us=NOW_US) == Sent(rows=20, accepted=20)
        assert desk.reports[("tickets.csv", "T10")] == {
            "id": "T10",
            "source": "tickets.csv",
            "at": "2025-10-03T08:10:00Z",
            "text": "wifi mati dari pagi 10",
            "operator": "IndiHome",
            "place": "Bandung",
        }


def test_lines_in_the_shape_of_the_intake_get_in_with_the_service_and_the_symptom_that_they_name(
    tmp_path: Path,
) -> None:
    told = {"id": "7", "source": "loket", "at": "2025-10-03T08:10:00Z", "text": "mati total dari pagi"}
    named = {"service": "fixed_broadband", "symptom": "los_red", "kind": "recovered"}
    path = tmp_path / "reports.jsonl"
    path.write_text(json.dumps(told | named) + "\n" + json.dumps(told | {"id": "8"}) + "\n")
    with small_desk() as desk:
        assert _send(path, desk) == Sent(rows=2, accepted=2)
        assert [desk.reports[("loket", own_id)] for own_id in "78"] == [told | named, told | {"id": "8"}]


def test_a_column_of_services_in_other_words_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "tickets.csv"
    path.write_text("time,text,service\n" + "".join(_row(n).replace("indihome", "Broadband") for n in range(3)))
    with small_desk() as desk:
        _send(path, desk)
        assert all("service" not in one for one in desk.reports.values())


def test_sending_a_file_again_sends_nothing_and_without_a_position_counts_nothing_twice(tmp_path: Path) -> None:
    path = tmp_path / "posts.csv"
    path.write_text(HEADER + "".join(_row(number) for number in range(40)))
    with small_desk() as desk:
        assert _send(path, desk) == Sent(rows=40, accepted=40)
        assert _send(path, desk) == Sent(skipped=40)
        assert desk.calls == 1
        path.with_suffix(".position").unlink()
        assert _send(path, desk) == Sent(rows=40, repeated=40)
        assert len(desk.reports) == 40


def test_equal_rows_are_different_reports_and_stay_the_same_ones(tmp_path: Path) -> None:
    path = tmp_path / "posts.csv"
    path.write_text(HEADER + _row(1) * 5 + _row(2))
    with small_desk() as desk:
        assert _send(path, desk).accepted == 6
        path.with_suffix(".position").unlink()
        assert _send(path, desk) == Sent(rows=6, repeated=6)


def test_what_was_appended_is_sent_behind_what_was_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "posts.csv"
    path.write_text(HEADER + "".join(_row(number) for number in range(40)))
    with small_desk() as desk:
        _send(path, desk)
        with path.open("a") as file:
            file.write(_row(0) + _row(41))
        # The first of them is the second row of its content, and that shows only in the rows before.
        assert _send(path, desk) == Sent(rows=2, accepted=2, skipped=40)
        assert len(desk.reports) == 42


def test_another_file_under_the_name_is_sent_from_its_start(tmp_path: Path) -> None:
    path = tmp_path / "posts.csv"
    path.write_text(HEADER + "".join(_row(number) for number in range(40)))
    with small_desk() as desk:
        _send(path, desk)
        path.unlink()
        path.write_text(HEADER + "".join(_row(number, "sinyal hilang") for number in range(50)))
        assert _send(path, desk) == Sent(rows=50, accepted=50)


def test_a_desk_that_goes_away_in_the_middle_loses_nothing_and_counts_nothing_twice(tmp_path: Path) -> None:
    path = tmp_path / "posts.csv"
    count = 2 * feeding.BATCH_ROWS + 100
    path.write_text(HEADER + "".join(_row(number) for number in range(count)))
    with small_desk() as desk:
        # The second batch is kept, and the answer lost; then nothing works for a while.
        desk.answers = [202, "cut", *[503] * 1000]
        with pytest.raises(OutsideFailed, match=r"could not take the reports for 1.4 s \(status 503"):
            _send(path, desk, patience_s=1.4)
        desk.answers = []
        sent = _send(path, desk)
        assert sent.skipped == feeding.BATCH_ROWS
        assert (sent.repeated, sent.accepted) == (feeding.BATCH_ROWS, 100)
        assert len(desk.reports) == count


def test_a_desk_that_is_busy_is_asked_again_after_the_time_it_names() -> None:
    waited: list[float] = []
    with small_desk() as desk:
        desk.answers = [503, (429, {"Retry-After": "7"}), 500, (503, {"Retry-After": "9999"})]
        client = DeskClient(desk.address, TOKEN, patience_s=600, sleep=waited.append)
        assert client.send([b'{"id": "1", "source": "s", "text": "mati"}']).accepted == 1
    assert waited == [0.5, 7.0, 2.0, 60.0]


def test_rows_that_nobody_can_use_are_counted_with_their_reasons(tmp_path: Path) -> None:
    path = tmp_path / "posts.csv"
    path.write_text(HEADER + _row(1) + "nonsense,text,x\n2025-10-03T08:00:00Z,refuse me,indihome\n" + _row(2))
    with small_desk() as desk:
        sent = _send(path, desk)
    assert (sent.rows, sent.accepted, sent.refused) == (4, 2, 2)
    assert sent.reasons == ("row 3: time not readable", "row 3 without the header: told to refuse it")


def test_standard_input_and_packed_files_are_sent_too(tmp_path: Path) -> None:
    content = (HEADER + "".join(_row(number) for number in range(30))).encode()
    (tmp_path / "posts.csv.gz").write_bytes(gzip.compress(content, mtime=0))
    with small_desk() as desk:
        assert _send(tmp_path / "posts.csv.gz", desk).accepted == 30
        feed = Feed(_client(desk), source="call-centre", position=tmp_path / "none")
        assert send_file("-", feed, now_us=NOW_US, stdin=io.BytesIO(content)).accepted == 30
        assert {source for source, _ in desk.reports} == {"posts.csv.gz", "call-centre"}
    assert not (tmp_path / "none").exists()


def test_a_pipe_is_sent_and_has_no_position(tmp_path: Path) -> None:
    pipe = tmp_path / "posts.csv"
    os.mkfifo(pipe)
    content = (HEADER + "".join(_row(number) for number in range(30))).encode()
    writer = threading.Thread(target=pipe.write_bytes, args=(content,), daemon=True)
    writer.start()
    with small_desk() as desk:
        assert _send(pipe, desk).accepted == 30
    assert not pipe.with_suffix(".position").exists()


def test_a_long_text_and_a_long_id_are_made_to_fit(tmp_path: Path) -> None:
    path = tmp_path / "posts.jsonl"
    path.write_text(f'{{"id": "{"9" * 900}", "time": "2025-10-03T08:00:00Z", "text": "{"mati " * 9000}"}}\n')
    with small_desk() as desk:
        assert _send(path, desk).accepted == 1
        (report,) = desk.reports.values()
    assert len(report["text"]) == 8000
    assert report["id"].startswith("content:")


def test_a_wrong_token_is_told_and_not_tried_again() -> None:
    with small_desk() as desk:
        with pytest.raises(RefusedInput, match=r"does not accept this token \(this token is not known\).*pulih token"):
            _client(desk, token="other").send([b"{}"])
        assert desk.calls == 1


def test_a_redirect_is_told_and_the_token_goes_nowhere_else() -> None:
    with small_desk() as desk, small_desk() as other:
        desk.answers = [(307, {"Location": other.address + "/v1/reports"})]
        with pytest.raises(RefusedInput, match=r"sends on to http://127.0.0.1"):
            _client(desk).send([b"{}"])
        assert other.calls == 0


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("http://desk.example.id", "readable for everybody on the way"),
        ("http://10.0.0.5:8000", "readable for everybody on the way"),
        ("desk.example.id", "is no web address"),
        ("https://desk.example.id/console", "the address of the desk alone"),
    ],
)
def test_an_address_that_is_not_safe_or_none_is_refused(address: str, why: str) -> None:
    with pytest.raises(RefusedInput, match=why):
        DeskClient(address, TOKEN, patience_s=1)


def test_an_address_without_encryption_may_be_asked_for() -> None:
    assert DeskClient("http://10.0.0.5:8000/", TOKEN, patience_s=1, plain=True) is not None


def test_a_token_with_a_line_end_is_no_token() -> None:
    with pytest.raises(RefusedInput, match="the token is none"):
        DeskClient("https://desk.example.id", "abc\r\nX: y", patience_s=1)


@contextmanager
def _tailing(path: Path, desk: SmallDesk) -> Iterator[Callable[[], None]]:
    """Follow a file in a thread; yields how to stop it."""
    stopping = threading.Event()
    failed: list[BaseException] = []
    feed = Feed(_client(desk), position=path.with_suffix(".position"))

    def run() -> None:
        try:
            tail_file(path, feed, now_us=lambda: NOW_US, stopping=stopping, look_s=0.02)
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()

    def stop() -> None:
        stopping.set()
        thread.join(5)

    try:
        yield stop
    finally:
        stop()
    assert failed == []
    assert not thread.is_alive()


def _until(true: Callable[[], bool], within_s: float = 5.0) -> None:
    end_s = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < end_s, "this did not happen in time"
        time.sleep(0.01)


def _append(path: Path, content: str) -> None:
    with path.open("a") as file:
        file.write(content)


def test_a_file_is_followed_from_before_it_is_there(tmp_path: Path) -> None:
    path = tmp_path / "posts.csv"
    with small_desk() as desk, _tailing(path, desk):
        time.sleep(0.05)
        _append(path, HEADER)
        time.sleep(0.05)
        _append(path, _row(1) + _row(2))
        _until(lambda: len(desk.reports) == 2)
        _append(path, _row(3)[:20])
        time.sleep(0.08)
        assert len(desk.reports) == 2
        _append(path, _row(3)[20:] + _row(4))
        _until(lambda: len(desk.reports) == 4)
        assert sorted(report["text"][-1] for report in desk.reports.values()) == ["1", "2", "3", "4"]


def test_following_goes_on_where_it_stopped(tmp_path: Path) -> None:
    path = tmp_path / "posts.jsonl"
    line = '{{"time": "2025-10-03T08:00:00Z", "text": "mati total {0}"}}\n'
    _append(path, line.format(1))
    with small_desk() as desk:
        with _tailing(path, desk):
            _until(lambda: len(desk.reports) == 1)
        _append(path, line.format(2) + line.format(1))
        with _tailing(path, desk):
            _until(lambda: len(desk.reports) == 3)
        assert desk.batches == [1, 2]


def test_a_file_that_is_put_away_is_read_to_its_end_and_its_successor_from_its_start(tmp_path: Path) -> None:
    path = tmp_path / "posts.csv"
    _append(path, HEADER + _row(1) + _row(2))
    with small_desk() as desk, _tailing(path, desk):
        _until(lambda: len(desk.reports) == 2)
        path.rename(tmp_path / "posts.csv.1")
        _append(tmp_path / "posts.csv.1", _row(3))
        time.sleep(0.08)
        _append(path, HEADER + "".join(_row(number) for number in range(10, 16)))
        _until(lambda: len(desk.reports) == 9)
        _append(path, _row(20))
        _until(lambda: len(desk.reports) == 10)


def test_a_file_of_which_nothing_can_be_used_ends_following_with_the_reason(tmp_path: Path) -> None:
    path = tmp_path / "posts.csv"
    _append(path, "name,colour\nfirst,red\nsecond,blue\n")
    with small_desk() as desk, pytest.raises(RefusedInput, match="--time"):
        tail_file(path, Feed(_client(desk)), now_us=lambda: NOW_US, stopping=threading.Event(), look_s=0.02)


def test_a_file_that_is_emptied_in_place_is_read_from_its_start(tmp_path: Path) -> None:
    path = tmp_path / "posts.csv"
    _append(path, HEADER + "".join(_row(number) for number in range(20)))
    with small_desk() as desk, _tailing(path, desk):
        _until(lambda: len(desk.reports) == 20)
        path.write_text("")
        time.sleep(0.08)
        _append(path, HEADER + _row(50) + _row(51))
        _until(lambda: len(desk.reports) == 22)


def test_a_file_larger_than_its_first_look_is_followed_too(tmp_path: Path) -> None:
    path = tmp_path / "posts.csv"
    _append(path, HEADER + "".join(_row(number, "panjang sekali " * 10) for number in range(1500)))
    assert path.stat().st_size > 3 * (1 << 16)
    with small_desk() as desk, _tailing(path, desk):
        _until(lambda: len(desk.reports) == 1500, within_s=15)
        _append(path, _row(1500))
        _until(lambda: len(desk.reports) == 1501)


def test_waiting_for_a_desk_that_is_away_can_be_stopped(tmp_path: Path) -> None:
    def give_up(wait_s: float) -> None:
        raise StoppedFollowingError

    path = tmp_path / "posts.csv"
    _append(path, HEADER + _row(1) + _row(2))
    with small_desk() as desk:
        desk.answers = [503]
        client = DeskClient(desk.address, TOKEN, patience_s=600, sleep=give_up)
        tail_file(path, Feed(client), now_us=lambda: NOW_US, stopping=threading.Event(), look_s=0.02)
        assert desk.calls == 1


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("posts.csv.gz", gzip.compress((HEADER + _row(1) * 9).encode(), mtime=0), "packed or Parquet"),
        (
            "posts.json",
            b'[\n{"time": "2025-10-03T08:00:00Z", "text": "mati total"},\n{"text": "x", "time": 1}]\n',
            "array",
        ),
    ],
)
def test_what_nobody_appends_to_is_not_followed(tmp_path: Path, name: str, content: bytes, why: str) -> None:
    path = tmp_path / name
    path.write_bytes(content + b"\n\n")
    with small_desk() as desk, pytest.raises(RefusedInput, match=why):
        tail_file(path, Feed(_client(desk)), now_us=lambda: NOW_US, stopping=threading.Event(), look_s=0.02)


def test_a_position_that_is_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "posts.csv"
    path.write_text(HEADER + _row(1) + _row(2))
    path.with_suffix(".position").write_text("here")
    with small_desk() as desk, pytest.raises(RefusedInput, match="is no position of a file"):
        _send(path, desk)
