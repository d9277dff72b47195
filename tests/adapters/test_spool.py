"""The spool sorts, forgets repeats, keeps to its memory, and leaves nothing behind."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pulih.adapters.spool import BATCH_SIGNALS, HELD_CHARS_MAX, HELD_SIGNALS_MAX, DiskSpool
from pulih.listen.acceptance import CONTENT_ID
from pulih.model.errors import OutsideFailed
from pulih.model.signal import Signal

CONTENT = CONTENT_ID + "ab12"


def signal(at_us: int, native_id: str, *, source: str = "file", text: str = "mati") -> Signal:
    return Signal(at_us, source, native_id, "", text)


def out(spool: DiskSpool) -> list[Signal]:
    return [one for batch in spool.sorted_batches() for one in batch]


def keys(signals: list[Signal]) -> list[tuple[int, str, str]]:
    return [(one.at_us, one.source, one.native_id) for one in signals]


def test_signals_come_out_by_time_source_and_id() -> None:
    with DiskSpool() as spool:
        spool.add([signal(2, "a"), signal(1, "b", source="x"), signal(1, "c")], 0)
        spool.add([signal(1, "a"), signal(0, "z")], 1)
        assert keys(out(spool)) == [(0, "file", "z"), (1, "file", "a"), (1, "file", "c"), (1, "x", "b")]
        assert spool.repeated() == 1


def test_of_repeats_the_earliest_is_kept_wherever_it_came() -> None:
    with DiskSpool() as spool:
        spool.add([signal(5, "a"), signal(3, "a"), signal(9, "a"), signal(4, "b")], 0)
        spool.add([signal(7, "a"), signal(4, "a", source="x")], 1)
        assert keys(out(spool)) == [(3, "file", "a"), (4, "file", "b"), (4, "x", "a")]
        assert spool.repeated() == 3


def test_repeats_with_another_text_are_told_apart_from_plain_ones() -> None:
    posts = [signal(3, "a"), signal(4, "a"), signal(5, "a", text="mati lagi"), signal(4, "b")]
    for order in (posts, posts[::-1]):
        with DiskSpool() as spool:
            spool.add(order, 0)
            assert len(out(spool)) == 2
            assert (spool.repeated(), spool.edited()) == (2, 1)


def test_equal_posts_without_an_id_are_different_posts() -> None:
    with DiskSpool() as spool:
        spool.add([signal(1, CONTENT)] * 3 + [signal(1, "a")], 0)
        assert [one.native_id for one in out(spool)] == ["a", CONTENT, f"{CONTENT}.000002", f"{CONTENT}.000003"]
        assert spool.repeated() == 0


def test_a_file_given_twice_is_counted_once() -> None:
    posts = [signal(1, CONTENT), signal(1, CONTENT), signal(2, "a"), signal(3, CONTENT + "c")]
    with DiskSpool() as once, DiskSpool() as twice:
        once.add(posts, 0)
        twice.add(posts, 0)
        twice.add(list(reversed(posts)), 1)
        assert out(once) == out(twice)
        assert (once.repeated(), twice.repeated()) == (0, 4)


def test_asking_twice_gives_the_same() -> None:
    with DiskSpool() as spool:
        spool.add([signal(2, "a"), signal(1, "a"), signal(1, CONTENT), signal(1, CONTENT)], 0)
        assert out(spool) == out(spool)
        assert spool.repeated() == 1


def test_an_empty_spool_yields_nothing() -> None:
    with DiskSpool() as spool:
        assert out(spool) == []
        assert spool.repeated() == 0


IDS = st.sampled_from(["a", "b", "c", CONTENT + "1", CONTENT + "2"])
ADDED = st.lists(st.tuples(st.integers(0, 3), IDS, st.sampled_from(["file", "x"]), st.integers(0, 2)), max_size=40)


@given(ADDED, st.integers(0, 99))
@settings(derandomize=True)
def test_the_order_of_adding_never_shows(added: list[tuple[int, str, str, int]], seed: int) -> None:
    # Equal content means an equal time, so the time of these is part of their id here.
    def made(at: int, name: str, source: str) -> Signal:
        return signal(at, f"{name}{at}" if name.startswith(CONTENT_ID) else name, source=source)

    shuffled = random.Random(seed).sample(added, len(added))
    with DiskSpool() as one, DiskSpool() as other:
        for spool, order in ((one, added), (other, shuffled)):
            for at, name, source, number in order:
                spool.add([made(at, name, source)], number)
        assert out(one) == out(other)
        assert one.repeated() == other.repeated()
        assert one.repeated() == len(added) - len(out(one))
        assert keys(out(one)) == sorted(keys(out(one)))
        assert len({key[1:] for key in keys(out(one))}) == len(out(one))


def many(count: int, seed: int) -> list[Signal]:
    chance = random.Random(seed)
    moments = [chance.randrange(10**12) for _ in range(count)]
    return [signal(at, str(number), text=f"internet mati 😭 {number}") for number, at in enumerate(moments)]


def test_more_than_memory_holds_is_sorted_on_disk_as_in_memory(tmp_path: Path) -> None:
    posts = many(HELD_SIGNALS_MAX * 2 + 1_000, seed=3)
    with DiskSpool(str(tmp_path)) as spool:
        for start in range(0, len(posts), 7_000):
            spool.add(posts[start : start + 7_000], 0)
        spool.add(posts[:500], 1)
        assert list(tmp_path.iterdir()) == []
        batches = list(spool.sorted_batches())
        assert [one for batch in batches for one in batch] == sorted(posts, key=lambda one: (one.at_us, one.native_id))
        assert max(map(len, batches)) <= BATCH_SIGNALS
        assert spool.repeated() == 500


def test_long_texts_go_to_disk_early(tmp_path: Path) -> None:
    long = "lama sekali " * 80_000
    posts = [signal(at, str(at), text=long) for at in range(2 * HELD_CHARS_MAX // len(long), 0, -1)]
    with DiskSpool(str(tmp_path)) as spool:
        for post in posts:
            spool.add([post], 0)
        assert keys(out(spool)) == sorted(keys(posts))


def test_a_hundred_thousand_signals_go_in_and_out_quickly() -> None:
    posts = many(100_000, seed=4)
    began = time.process_time()
    with DiskSpool() as spool:
        for start in range(0, len(posts), 5_000):
            spool.add(posts[start : start + 5_000], 0)
        assert len(out(spool)) == 100_000
    assert time.process_time() - began < 1.5


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "tidak-ada"
    with DiskSpool(str(folder)) as spool, pytest.raises(OutsideFailed) as told:
        spool.add(many(HELD_SIGNALS_MAX, seed=5), 0)
    assert str(told.value) == (
        f"signals cannot be sorted in {folder} (No such file or directory); set TMPDIR to a folder that may be written"
    )


# A limit on the size of files says "no" as a full disk does, and needs no privilege.
FULL_DISK = """
import random, resource, sys
from pulih.adapters.spool import HELD_SIGNALS_MAX, DiskSpool
from pulih.model.errors import OutsideFailed
from pulih.model.signal import Signal
chance = random.Random(1)
posts = [Signal(i, "file", str(i), "", f"mati {chance.random()}") for i in range(HELD_SIGNALS_MAX)]
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    with DiskSpool(sys.argv[1]) as spool:
        spool.add(posts, 0)
except OutsideFailed as told:
    print(told)
"""


def test_a_full_disk_is_told_with_what_is_needed_and_where(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", FULL_DISK, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert run.stderr == ""
    assert run.stdout.startswith(
        f"no room in {tmp_path} to sort {HELD_SIGNALS_MAX:,} signals or more: that takes over "
    )
    assert run.stdout.endswith("free (File too large); free space there, or set TMPDIR to another folder\n")
    assert list(tmp_path.iterdir()) == []
