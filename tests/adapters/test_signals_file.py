"""`signals.parquet` is whole or not there, the same for the same signals, and can be read again by time."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pulih.adapters.row_groups import RowGroups
from pulih.adapters.signals_file import GROUP_ROWS, SignalsArchive, SignalsWriter
from pulih.model.clock import to_micros
from pulih.model.errors import ForbiddenMove, OutsideFailed, RefusedInput
from pulih.model.reading import Place, Reading
from pulih.model.signal import Signal
from pulih.model.weight import Weight
from pulih.ports.files import Wanted

FULL, HALF = Weight(1.0), Weight(0.5, "reply")
START_US = to_micros(datetime(2025, 10, 3, 1, 48, tzinfo=UTC))
REPORT = Reading(
    True, 0.97, True, "mobile_data", "no_internet", "smartfren",
    places=(Place("31.74", "Jakarta Selatan", 0.9), Place("31", "DKI Jakarta", 0.1)), language="id", talk="trouble",
    sharing=("xl", "by.u"),
)  # fmt: skip
CHAT = Reading(False, 0.02, False, None, "none", None)


def signals(count: int) -> list[Signal]:
    return [
        Signal(
            START_US + second * 1_000_000, "x", f"id{second}", "ab12", f"mati 😭 {second}", operator="XL", place="Depok"
        )
        for second in range(count)
    ]


def write(path: Path, posts: list[Signal], *, batch: int = 5_000) -> None:
    with SignalsWriter(path) as writer:
        for start in range(0, len(posts), batch):
            some = posts[start : start + batch]
            writer.write(some, [REPORT if one.at_us % 2_000_000 else CHAT for one in some], [HALF] * len(some))


def test_every_column_holds_what_it_is_named_for(tmp_path: Path) -> None:
    path = tmp_path / "signals.parquet"
    with SignalsWriter(path) as writer:
        writer.write(signals(2), [REPORT, CHAT], [FULL, Weight(0.25, "copy", 7)])
    first, second = pq.read_table(path).to_pylist()
    assert first == {
        "at": datetime(2025, 10, 3, 1, 48, tzinfo=UTC), "source": "x", "native_id": "id0", "author": "ab12",
        "text": "mati 😭 0", "operator": "smartfren", "service": "mobile_data", "symptom": "no_internet",
        "region": "31.74", "p_report": 0.97, "weight": 1.0, "reason": "", "wording": 0,
        "counts_for": "smartfren", "also_for": "xl by.u", "evidence": 0.97, "acute": True, "recovered": False,
        "talk": "trouble", "language": "id", "role": "public", "kind": "complaint",
        "named_operator": "XL", "named_place": "Depok",
    }  # fmt: skip
    assert (second["counts_for"], second["also_for"], second["evidence"]) == (None, "", 0.0)
    assert (second["weight"], second["reason"], second["wording"]) == (0.25, "copy", 7)
    assert (second["operator"], second["service"], second["region"], second["language"]) == ("XL", None, None, None)
    assert pq.read_schema(path).field("at").type == pa.timestamp("us", "UTC")


def test_the_same_signals_give_the_same_bytes_however_they_come(tmp_path: Path) -> None:
    posts = signals(GROUP_ROWS + 500)
    write(tmp_path / "a.parquet", posts, batch=5_000)
    write(tmp_path / "b.parquet", posts, batch=977)
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()
    assert pq.ParquetFile(tmp_path / "a.parquet").metadata.num_row_groups == 2


def test_a_file_without_signals_is_a_file(tmp_path: Path) -> None:
    write(tmp_path / "a.parquet", [])
    assert pq.read_table(tmp_path / "a.parquet").num_rows == 0
    assert SignalsArchive(tmp_path / "a.parquet").sample(Wanted(start_us=0, end_us=START_US), 10).signals == []


def test_nothing_stands_there_when_something_goes_wrong(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="broken"), SignalsWriter(tmp_path / "signals.parquet") as writer:
        writer.write(signals(10), [CHAT] * 10, [FULL] * 10)
        raise ValueError("broken")
    assert list(tmp_path.iterdir()) == []


def test_the_file_has_its_name_only_when_whole(tmp_path: Path) -> None:
    path = tmp_path / "signals.parquet"
    with SignalsWriter(path) as writer:
        writer.write(signals(10), [CHAT] * 10, [FULL] * 10)
        assert not path.exists()
    assert [found.name for found in tmp_path.iterdir()] == ["signals.parquet"]


def between(archive: SignalsArchive, start_us: int, end_us: int, limit: int) -> list[tuple[Signal, float]]:
    return archive.sample(Wanted(start_us=start_us, end_us=end_us), limit).signals


def test_what_was_written_can_be_read_again_by_time(tmp_path: Path) -> None:
    posts = signals(GROUP_ROWS + 500)
    with SignalsWriter(tmp_path / "signals.parquet") as writer:
        writer.write(posts, [REPORT] * len(posts), [HALF] * len(posts))
        writer.finish()
        archive = SignalsArchive(writer.path)
        start = GROUP_ROWS - 3
        first, last = posts[start].at_us, posts[start + 6].at_us
        assert between(archive, first, last, 100) == [(post, 0.5) for post in posts[start : start + 6]]
        assert between(archive, START_US - 10, START_US, 3) == []
        with pytest.raises(ForbiddenMove, match="signals are written before it is read"):
            writer.write(posts[:1], [REPORT], [FULL])
    assert between(SignalsArchive(tmp_path / "signals.parquet"), START_US, START_US + 1, 9) == [(posts[0], 0.5)]


def test_a_sample_is_spread_evenly_over_all_that_is_wanted(tmp_path: Path) -> None:
    posts = signals(GROUP_ROWS + 500)
    write(tmp_path / "signals.parquet", posts)
    sample = SignalsArchive(tmp_path / "signals.parquet").sample(Wanted(start_us=0, end_us=10**18), 4)
    assert sample.total == len(posts)
    assert [signal for signal, _ in sample.signals] == [posts[i * len(posts) // 4] for i in range(4)]


def test_what_others_say_does_not_crowd_out_the_texts_of_one_operator_and_place(tmp_path: Path) -> None:
    posts = signals(300)
    elsewhere = msgspec.structs.replace(REPORT, places=(Place("35", "Jawa Timur", 0.9),))
    other = msgspec.structs.replace(REPORT, operator="xl")
    with SignalsWriter(tmp_path / "signals.parquet") as writer:
        writer.write(posts[:200], [other, elsewhere] * 100, [FULL] * 200)
        writer.write(posts[200:], [REPORT] * 100, [FULL] * 99 + [Weight(0.0, "bot")])
    wanted = Wanted(
        start_us=0, end_us=10**18, operators=frozenset({"smartfren"}), within=lambda code: code.startswith("31")
    )
    sample = SignalsArchive(tmp_path / "signals.parquet").sample(wanted, 10)
    assert sample.total == 99
    assert {signal.native_id for signal, _ in sample.signals} <= {f"id{i}" for i in range(200, 299)}


def test_who_reported_in_which_words_is_told_of_all_around_and_marked_where_it_is_wanted(tmp_path: Path) -> None:
    posts = [
        msgspec.structs.replace(one, author=name)
        for one, name in zip(signals(5), ["", "b", "a", "b", "c"], strict=True)
    ]
    other = msgspec.structs.replace(REPORT, operator="xl")
    weights = [FULL, Weight(0.25, "copy", 7), Weight(0.5, "young"), Weight(0.1, "seller"), FULL]
    with SignalsWriter(tmp_path / "signals.parquet") as writer:
        writer.write(posts, [REPORT, REPORT, other, REPORT, CHAT], weights)
    wanted = Wanted(start_us=posts[1].at_us, end_us=10**18, operators=frozenset({"smartfren"}))
    told = SignalsArchive(tmp_path / "signals.parquet").told(wanted, since_us=0, until_us=wanted.end_us)
    assert told.author.tolist() == [-1, 0, 1, 0]
    assert told.wording.tolist() == [0, 7, 0, 0]
    assert told.doubtful.tolist() == [False, False, True, True]
    assert told.inside.tolist() == [False, True, False, True]
    assert told.evidence.tolist() == pytest.approx([0.97, 0.97 / 4, 0.97 / 2, 0.97 / 10])


def test_of_a_time_without_signals_nobody_is_told(tmp_path: Path) -> None:
    write(tmp_path / "signals.parquet", signals(3))
    told = SignalsArchive(tmp_path / "signals.parquet").told(Wanted(start_us=9, end_us=10), since_us=0, until_us=10)
    assert (told.author.size, told.inside.size) == (0, 0)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    path = tmp_path / "tidak-ada" / "signals.parquet"
    with pytest.raises(OutsideFailed, match=r"signals.parquet cannot be written in .*tidak-ada \(No such file"):
        SignalsWriter(path)


FULL_DISK = """
import random, resource, sys
from pathlib import Path
from pulih.adapters.row_groups import RowGroups
from pulih.adapters.signals_file import GROUP_ROWS, SignalsWriter
from pulih.model.errors import OutsideFailed
from pulih.model.reading import Reading
from pulih.model.signal import Signal
from pulih.model.weight import Weight
from pulih.ports.files import Wanted
chance = random.Random(1)
count = int(sys.argv[2])
posts = [Signal(i, "x", str(i), "", f"mati {chance.random()}") for i in range(count)]
reading = Reading(False, 0.1, False, None, "none", None)
resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, 2_000))
try:
    with SignalsWriter(Path(sys.argv[1]) / "signals.parquet") as writer:
        writer.write(posts, [reading] * count, [Weight(1.0)] * count)
except OutsideFailed as told:
    print(told)
"""


@pytest.mark.parametrize("count", [100, GROUP_ROWS + 10])
def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path, count: int) -> None:
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", FULL_DISK, str(tmp_path), str(count)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert run.stderr == ""
    assert run.stdout.startswith(f"signals.parquet cannot be written in {tmp_path} (File too large; ")
    assert run.stdout.endswith(" are free); free space there or choose another folder with --out\n")
    assert list(tmp_path.iterdir()) == []


def test_people_are_counted_once_each_with_their_weightiest_text(tmp_path: Path) -> None:
    authors = ["a", "a", "b", "", ""]
    posts = [Signal(START_US + at, "x", f"id{at}", author, f"mati {at}") for at, author in enumerate(authors)]
    with SignalsWriter(tmp_path / "signals.parquet") as writer:
        writer.write(posts, [REPORT] * 5, [Weight(one) for one in (0.2, 1.0, 0.5, 0.1, 0.1)])
    archive = SignalsArchive(tmp_path / "signals.parquet")
    # Nobody knows whether the two without an author are two.
    assert archive.people(Wanted(start_us=START_US, end_us=START_US + 9)) == pytest.approx(0.97 * (1.0 + 0.5 + 0.1))
    assert archive.people(Wanted(start_us=START_US, end_us=START_US + 1)) == pytest.approx(0.97 * 0.2)
    assert archive.people(Wanted(start_us=0, end_us=1)) == 0.0
    # The last two alone are of nobody known, which is not the same as one person.
    assert archive.people(Wanted(start_us=START_US + 3, end_us=START_US + 9)) is None


def test_what_another_version_wrote_is_refused_with_the_column_that_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "signals.parquet"
    write(path, signals(3))
    pq.write_table(pq.read_table(path).drop_columns(["evidence"]), path)
    with pytest.raises(
        RefusedInput, match=r"signals\.parquet: there is no column evidence, so another version wrote it"
    ):
        SignalsArchive(path).people(Wanted(start_us=0, end_us=10**18))


def test_groups_of_rows_are_kept_up_to_a_bound_and_say_the_same_again(tmp_path: Path) -> None:
    path = tmp_path / "signals.parquet"
    write(path, signals(GROUP_ROWS + 500))
    groups = RowGroups(path, ())
    columns = ("at", "text", "author")
    with groups.opened() as file:
        tables = [groups.table(file, at % 2, columns) for at in range(4)]
        assert tables[2] is tables[0]
        small = RowGroups(path, (), kept_bytes=tables[0].nbytes - 1)
        again = [small.table(file, at % 2, columns) for at in range(4)]
    assert again[2] is not again[0]
    assert [one.equals(other) for one, other in zip(tables, again, strict=True)] == [True] * 4


def test_people_of_a_long_history_are_counted_once_over_its_parts(tmp_path: Path) -> None:
    write(tmp_path / "signals.parquet", signals(GROUP_ROWS + 500))
    archive = SignalsArchive(tmp_path / "signals.parquet")
    assert archive.people(Wanted(start_us=0, end_us=10**18)) == pytest.approx(0.97 * 0.5)
