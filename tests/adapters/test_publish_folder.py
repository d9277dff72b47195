"""A folder of pages: whole at every moment, packed beside, and nothing outside of it."""

from __future__ import annotations

import gzip
import stat
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from publisher_contract import LONG, PAGES, check

from pulih.adapters.publishers.folder import FolderPublisher
from pulih.adapters.publishers.packing import checked, kind_of, packed
from pulih.adapters.publishers.paths_kept import PathsFolder
from pulih.model.errors import OutsideFailed, RefusedInput


def test_a_folder_keeps_the_contract_of_publishers(tmp_path: Path) -> None:
    folder = tmp_path / "www" / "status"

    def read(path: str) -> bytes | None:
        file = folder / path
        beside = file.with_name(file.name + ".gz")
        if beside.is_file():
            assert gzip.decompress(beside.read_bytes()) == file.read_bytes()
        return file.read_bytes() if file.is_file() else None

    check(FolderPublisher(folder), read)
    assert not [one for one in folder.rglob("*") if one.name.startswith(".")]
    assert not (folder / "bulletin.json.gz").exists()


def test_a_page_and_its_folders_can_be_read_by_a_web_server(tmp_path: Path) -> None:
    FolderPublisher(tmp_path / "site").put(PAGES, ())
    page = tmp_path / "site" / "en" / "gangguan" / "20251003-k7qm" / "index.html"
    assert stat.S_IMODE(page.stat().st_mode) & 0o044 == 0o044
    assert stat.S_IMODE(page.parent.stat().st_mode) & 0o055 == 0o055


def test_what_is_the_same_keeps_its_time_so_that_no_reader_fetches_it_again(tmp_path: Path) -> None:
    place = tmp_path / "index.html"
    FolderPublisher(tmp_path).put(PAGES, ())
    before = place.stat().st_mtime_ns, place.stat().st_ino
    assert FolderPublisher(tmp_path).put(PAGES, ()).put == 0
    assert (place.stat().st_mtime_ns, place.stat().st_ino) == before


def test_a_reader_sees_the_old_page_or_the_new_one_and_never_half_of_one(tmp_path: Path) -> None:
    publisher, place = FolderPublisher(tmp_path), tmp_path / "index.html"
    whole = [bytes([letter]) * 200_000 for letter in b"ab"]
    publisher.put({"index.html": whole[0]}, ())
    done, seen = threading.Event(), set[bytes]()

    def read() -> None:
        while not done.is_set():
            seen.add(place.read_bytes())

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(40):
        publisher.put({"index.html": whole[number % 2]}, ())
    done.set()
    reader.join()
    assert seen <= set(whole)


@pytest.mark.parametrize(
    "path",
    [
        "../secret.key",
        "/etc/passwd",
        "a/../../b",
        ".htaccess",
        "a//b",
        "",
        "a\\b",
        "a/.git/config",
        "a\0b",
        "a b",
        "a/",
    ],
)
def test_a_path_that_leads_elsewhere_is_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(RefusedInput, match="no path of a page"):
        FolderPublisher(tmp_path / "site").put({path: b"x"}, ())
    with pytest.raises(RefusedInput, match="no path of a page"):
        FolderPublisher(tmp_path / "site").put({}, [path])
    assert not [one for one in tmp_path.rglob("*") if one.is_file()]


@given(st.text(max_size=40))
def test_whatever_the_path_a_checked_one_stays_below_its_folder(path: str) -> None:
    try:
        root = Path("/srv/site")
        assert (root / checked(path)).is_relative_to(root)
        assert ".." not in Path(checked(path)).parts
    except RefusedInput:
        pass


def test_a_disk_that_refuses_is_told_with_the_page(tmp_path: Path) -> None:
    (tmp_path / "en").write_text("a file where a folder must be")
    with pytest.raises(OutsideFailed, match="en"):
        FolderPublisher(tmp_path).put(PAGES, ())


def test_the_shelf_has_what_was_put_and_nothing_that_lies_beside(tmp_path: Path) -> None:
    publisher = FolderPublisher(tmp_path)
    (tmp_path / "strange.html").write_text("not ours")
    publisher.put(PAGES, ())
    plain, small = publisher.page("index.html"), publisher.page("index.html", packed=True)
    assert plain is not None
    assert small is not None
    assert (plain.content, plain.packed, plain.kind) == (LONG, False, "text/html; charset=utf-8")
    assert (gzip.decompress(small.content), small.packed) == (LONG, True)
    assert plain.etag != small.etag
    assert [publisher.holds(path) for path in ("index.html", "strange.html", "index.html.gz")] == [True, False, False]
    assert publisher.page("strange.html") is None
    publisher.put({}, ["index.html"])
    assert publisher.page("index.html") is None


def test_packing_gives_the_same_bytes_for_the_same_page() -> None:
    assert packed("index.html", LONG) == packed("index.html", LONG)
    assert packed("index.html", b"short") is None
    assert kind_of("kalender.ics") == "text/calendar; charset=utf-8"


def test_paths_are_remembered_for_each_place_on_its_own(tmp_path: Path) -> None:
    kept = PathsFolder(tmp_path / "published")
    assert kept.known("own site") == frozenset()
    kept.keep("own site", frozenset({"index.html", "en/index.html"}))
    kept.keep("cdn (s3)", frozenset({"index.html"}))
    assert PathsFolder(tmp_path / "published").known("own site") == {"index.html", "en/index.html"}
