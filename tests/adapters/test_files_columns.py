"""Columns are found as told, by name, or by what their cells hold; and a missing one is named with its likes."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from complaint_files import csv_of, heard, opened, sentence

from pulih.adapters.files.column_names import NAMES, plain_name
from pulih.ports import Chosen

AT = "2025-10-03T08:48:00Z"


def table(tmp_path: Path, header: list[str], *rows: list[str]) -> Path:
    written = io.StringIO()
    csv.writer(written).writerows([header, *rows])
    return csv_of(tmp_path, written.getvalue())


def chosen(tmp_path: Path, header: list[str], *rows: list[str], **wishes: str) -> Chosen:
    return opened(table(tmp_path, header, *rows), **wishes).chosen


def test_a_tweet_export_is_understood(tmp_path: Path) -> None:
    found = chosen(
        tmp_path,
        ["conversation_id_str", "created_at", "favorite_count", "full_text", "id_str", "lang", "location",
         "user_id_str", "username", "source"],
        ["1", "Fri Oct 03 01:48:00 +0000 2025", "3", "smartfren mati dari pagi", "2", "in", "Depok", "77", "budi", "X"],
    )  # fmt: skip
    assert found == Chosen(
        "CSV (comma)", "full_text", "created_at", author="username", place="location", native_id="id_str",
        source="source", guessed=("text", "time", "author", "place", "native_id", "source"),
    )  # fmt: skip


def test_app_store_reviews_are_understood(tmp_path: Path) -> None:
    found = chosen(
        tmp_path,
        ["reviewId", "userName", "userImage", "content", "score", "thumbsUpCount", "at", "replyContent", "repliedAt"],
        [
            "a1",
            "Budi S",
            "https://x",
            "gagal masuk",
            "1",
            "0",
            "2025-10-03 08:48:00",
            "maaf kak",
            "2025-10-04 09:00",
        ],
    )
    assert (found.text, found.time, found.author, found.native_id) == ("content", "at", "userName", "reviewId")


def test_a_ticket_sheet_in_indonesian_is_understood(tmp_path: Path) -> None:
    found = chosen(
        tmp_path,
        ["No Tiket", "Tanggal Lapor", "Nama Pelapor", "Kota", "Operator", "Judul", "Isi Keluhan", "Status", "Kanal"],
        [
            "T-1",
            "03/10/2025 08.48",
            "Budi",
            "Bandung",
            "IndiHome",
            "gangguan",
            "internet mati dari pagi",
            "selesai",
            "telepon",
        ],
        ["T-2", "13/10/2025 09.00", "Ani", "Bogor", "IndiHome", "gangguan", "lampu los merah terus", "baru", "telepon"],
    )
    assert (found.text, found.time, found.place, found.operator) == ("Isi Keluhan", "Tanggal Lapor", "Kota", "Operator")
    assert (found.native_id, found.source) == ("No Tiket", "Kanal")


def test_columns_with_names_that_say_nothing_are_found_by_content(tmp_path: Path) -> None:
    found = chosen(
        tmp_path,
        ["a", "b", "c", "d"],
        ["1234567890", "ya", "2025-10-03 08:48", "internet rumah mati total dari pagi"],
        ["1234567891", "tidak", "2025-10-03 08:49", "sinyal hilang"],
    )
    assert (found.text, found.time) == ("d", "c")
    assert found.guessed == ("text", "time", "zone")


def test_numbers_are_times_by_content_only_when_nothing_else_is(tmp_path: Path) -> None:
    assert chosen(tmp_path, ["a", "b"], ["1759456080", "mati total"]).time == "a"
    assert "no readable time" in sentence(table(tmp_path, ["a", "b"], ["6281234567890", "mati total"]))


def test_a_name_is_passed_over_when_the_cells_say_otherwise(tmp_path: Path) -> None:
    found = chosen(
        tmp_path,
        ["time", "date", "text", "keluhan"],
        ["lama", AT, "", "mati total dari pagi"],
        ["baru", AT, "", "lemot"],
    )
    assert (found.time, found.text) == ("date", "keluhan")


def test_a_status_is_not_taken_for_the_text_beside_a_description(tmp_path: Path) -> None:
    found = chosen(tmp_path, ["time", "status", "uraian gangguan"], [AT, "closed by", "internet mati total dari pagi"])
    assert found.text == "uraian gangguan"


@pytest.mark.parametrize("field", sorted(NAMES))
def test_every_listed_name_is_found(tmp_path: Path, field: str) -> None:
    cells = {"text": "sinyal hilang dari pagi", "time": AT, "native_id": "77", "author": "budi"}
    for name in NAMES[field]:
        needed = {"waktunya_apa": AT, "katanya_apa": "mati"} | {name: cells.get(field, "Bandung")}
        found = chosen(tmp_path, list(needed), list(needed.values()))
        assert getattr(found, field) == name, name
        assert plain_name(name) == name


def test_ids_that_do_not_tell_rows_apart_are_not_used(tmp_path: Path) -> None:
    for ids in (["7", "7"], ["1.97E+18", "1.98E+18"]):
        found = chosen(tmp_path, ["id", "time", "text"], [ids[0], AT, "mati total"], [ids[1], AT, "lemot"])
        assert found.native_id == ""
    twice = chosen(tmp_path, ["id", "time", "text"], ["7", AT, "mati total"], ["7", AT, "mati total"])
    assert twice.native_id == "id"


def test_a_source_that_is_markup_or_always_new_is_not_used(tmp_path: Path) -> None:
    assert chosen(tmp_path, ["source", "time", "text"], ["<a href='x'>X</a>", AT, "mati total"]).source == ""
    links = [[f"kanal {number}", AT, "mati total"] for number in range(50)]
    assert chosen(tmp_path, ["source", "time", "text"], *links).source == ""


def test_what_is_told_is_used_even_against_the_names(tmp_path: Path) -> None:
    path = table(tmp_path, ["text", "catatan", "time", "tutup", "kota", "cabang", "author", "agen"],
                 ["mati total", "kata pelanggan", AT, "2025-10-04", "Bogor", "Depok", "budi", "ani"])  # fmt: skip
    source = opened(path, text="catatan", time="tutup", place="cabang", author="agen")
    report = heard(path, text="catatan", time="tutup", place="cabang", author="agen")[0]
    assert (report.text, report.place, report.author) == ("kata pelanggan", "Depok", "ani")
    assert source.chosen.guessed == ("zone",)


def test_a_column_that_is_not_there_is_named_with_the_nearest_spelling_first(tmp_path: Path) -> None:
    path = table(tmp_path, ["id", "kota", "teks", "waktu"], ["1", "Bogor", "mati total", AT])
    assert sentence(path, text="text") == (
        f'{path} has no column "text", which was asked for as the text; '
        "its columns are, nearest spelling first: teks, kota, waktu, id"
    )


def test_a_told_time_column_without_times_is_refused(tmp_path: Path) -> None:
    path = table(tmp_path, ["teks", "waktu", "kota"], ["mati total", AT, "Bogor"])
    assert sentence(path, time="kota") == (
        f"{path} has no readable time in its only row; column \"kota\" holds for example 'Bogor'; "
        "right would be 2025-10-03T08:48:00Z, 2025-10-03 08:48 or 03/10/2025 08:48 (say which column with --time)"
    )


def test_a_file_without_times_is_refused(tmp_path: Path) -> None:
    path = table(tmp_path, ["teks", "kota"], ["mati total", "Bogor"], ["lemot", "Depok"])
    assert sentence(path) == (
        f"{path} has no readable time in the first 2 rows; its columns are: teks, kota; "
        "right would be 2025-10-03T08:48:00Z, 2025-10-03 08:48 or 03/10/2025 08:48 (say which column with --time)"
    )


def test_a_file_without_text_is_refused(tmp_path: Path) -> None:
    path = table(tmp_path, ["time", "count"], [AT, "5"])
    assert (
        sentence(path) == f"{path} has no column that holds text; its columns are: time, count (say which with --text)"
    )


def test_the_reports_carry_what_the_columns_hold(tmp_path: Path) -> None:
    path = table(
        tmp_path, ["id", "created_at", "user", "text", "location", "isp", "platform"],
        ["7", AT, "budi", "mati total", "Depok", "Biznet", "X"], ["8", AT, "", "lemot", "", "", ""],
    )  # fmt: skip
    first, second = heard(path)
    assert (first.native_id, first.author, first.place, first.operator, first.source) == (
        "7",
        "budi",
        "Depok",
        "Biznet",
        "X",
    )
    assert (second.native_id, second.author, second.place, second.operator, second.source) == ("8", "", "", "", "file")
