"""Columns are found as told, by name, or by what their cells hold; and a missing one is named with its likes."""

from __future__ import annotations

import csv
import io
import json
import random
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from complaint_files import csv_of, heard, opened, sentence, texts

from pulih.adapters.files.column_names import NAMES, plain_name
from pulih.ports.files import COLUMN_FIELDS, Chosen

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


# What rows say in words of the intake (service, symptom) is handed on and not told of; test_feeding.py looks at it.
@pytest.mark.parametrize("field", sorted(NAMES.keys() & set(COLUMN_FIELDS)))
def test_every_listed_name_is_found(tmp_path: Path, field: str) -> None:
    cells = {"text": "sinyal hilang dari pagi", "time": AT, "native_id": "77", "author": "budi"} | {
        "account": AT,
        "kind": "alarm",
    }
    for name in NAMES[field]:
        needed = {"waktunya_apa": AT, "katanya_apa": "mati"} | {name: cells.get(field, "Bandung")}
        found = chosen(tmp_path, list(needed), list(needed.values()))
        assert getattr(found, field) == name, name
        assert plain_name(name) == name


def test_ids_that_were_rounded_or_name_a_few_kinds_are_not_used(tmp_path: Path) -> None:
    rounded = chosen(tmp_path, ["id", "time", "text"], ["1.97E+18", AT, "mati total"], ["1.98E+18", AT, "lemot"])
    kinds = [[str(number % 3), AT, f"mati total {number}"] for number in range(60)]
    assert (rounded.native_id, chosen(tmp_path, ["id", "time", "text"], *kinds).native_id) == ("", "")


def test_an_id_that_comes_again_with_another_text_is_still_an_id(tmp_path: Path) -> None:
    found = chosen(tmp_path, ["id", "time", "text"], ["7", AT, "mati total"], ["7", AT, "mati total beda"])
    assert found.native_id == "id"


def test_an_id_is_told_like_any_other_column_and_told_away(tmp_path: Path) -> None:
    path = table(tmp_path, ["id", "nomor", "time", "text", "user"], ["7", "9", AT, "mati total", "budi"])
    assert heard(path, id="nomor")[0].native_id == "9"
    assert [(report.native_id, report.author) for report in heard(path, id="", author="")] == [("", "")]
    assert opened(path, id="nomor").chosen.guessed == ("text", "time", "author")


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
        f"{path} has no readable time in the 2 rows looked at; its columns are: teks, kota; "
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


def _posts(count: int) -> list[list[str]]:
    posts = [[str(n), AT, f"smartfren mati dari pagi {n}", "", ""] for n in range(count)]
    edited = [[str(n), AT, f"smartfren mati dari pagi {n} (disunting)", "Bandung", "X"] for n in range(count // 4)]
    return posts + edited


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_columns_do_not_depend_on_the_order_of_rows(tmp_path: Path, suffix: str) -> None:
    header, rows = ["id", "time", "text", "kota", "platform"], _posts(4_000)
    shuffled = random.Random(3).sample(rows, len(rows))
    found = []
    for name, order in (("a", rows), ("b", rows[::-1]), ("c", shuffled)):
        path = tmp_path / f"{name}.{suffix}"
        if suffix == "csv":
            path = table(tmp_path, header, *order)
        elif suffix == "jsonl":
            # Keys without a value are left out, as many programs do.
            objects = ({key: cell for key, cell in zip(header, row, strict=True) if cell} for row in order)
            path.write_text("".join(json.dumps(each) + "\n" for each in objects))
        else:
            pq.write_table(pa.table(dict(zip(header, map(list, zip(*order, strict=True)), strict=True))), path)
        found.append(opened(path).chosen)
    assert found[0] == found[1] == found[2]
    assert (found[0].native_id, found[0].place, found[0].source) == ("id", "kota", "platform")


def test_tab_separated_files_are_quoted_or_not_in_any_order(tmp_path: Path) -> None:
    plain = [f"{AT}\tmati {n}" for n in range(900)] + [f'{AT}\t"halo" kata {n}' for n in range(9)]
    wrapped = [f"{AT}\tmati {n}" for n in range(900)] + [f'{AT}\t"mati\n""lagi"" {n}"' for n in range(9)]
    for rows in (plain, wrapped):
        both = [
            sorted(report.text for report in heard(csv_of(tmp_path, "\n".join(["time\ttext", *order]) + "\n", "a.tsv")))
            for order in (rows, rows[::-1])
        ]
        assert both[0] == both[1]
        assert len(both[0]) == 909


def test_one_row_in_another_encoding_costs_one_row_wherever_it_stands(tmp_path: Path) -> None:
    wide = [f"{AT},wifi café mati {n} {'lagi ' * 60}".encode() for n in range(2)]
    plain = [f"{AT},wifi mati {n} {'lagi ' * 60}".encode() for n in range(2_000)]
    for order in ([*wide, *plain, b"x,caf\xe9"], [b"x,caf\xe9", *plain, *wide]):
        assert len(heard(csv_of(tmp_path, b"\n".join([b"time,text", *order]) + b"\n"))) == 2_002


def test_a_column_asked_for_twice_or_as_what_it_is_not_is_refused(tmp_path: Path) -> None:
    path = table(tmp_path, ["time", "text", "kota"], [AT, "mati total", "Bogor"])
    assert sentence(path, text="time") == (
        f'{path}: column "time", which was asked for as the text, is a time column; '
        "say with --text which column holds what people wrote: text, kota"
    )
    assert sentence(path, text="text", place="text") == (
        f'{path}: column "text" was asked for as the text and as the place; name two columns'
    )


def test_a_file_with_neither_time_nor_text_is_told_both(tmp_path: Path) -> None:
    path = table(tmp_path, ["a", "b"], ["1", "2"], ["3", "4"])
    assert sentence(path) == (
        f"{path} has neither a readable time nor a text; its columns are: a, b; wanted is one complaint a row, "
        "with when it was written and what (say which columns with --time and --text)"
    )


def test_the_opening_of_an_account_is_found_and_never_taken_for_the_time_of_the_text(tmp_path: Path) -> None:
    header = ["user_created_at", "posted", "keluhan", "user"]
    path = table(
        tmp_path, header,
        ["13/09/2025", AT, "internet mati", "a"], ["bukan tanggal", AT, "mati lagi", "b"], ["", AT, "mati", "c"],
    )  # fmt: skip
    found = opened(path).chosen
    assert (found.time, found.account) == ("posted", "user_created_at")
    assert [report.account_us for report in heard(path)] == [1_757_721_600_000_000, None, None]


def test_a_file_whose_only_times_are_those_of_accounts_is_refused(tmp_path: Path) -> None:
    said = sentence(table(tmp_path, ["akun dibuat", "keluhan"], [AT, "internet mati dari pagi"]))
    assert "has no readable time" in said
    assert "--time" in said


def test_names_of_authors_and_places_are_not_taken_for_what_people_wrote(tmp_path: Path) -> None:
    content = "id,author,city,created_at\n" + "".join(f"{row},Budi Santoso,Jakarta Selatan,{AT}\n" for row in range(9))
    path = csv_of(tmp_path, content)
    assert sentence(path) == (
        f"{path} has no column that holds text; its columns are: id, author, city, created_at (say which with --text)"
    )
    assert texts(heard(path, text="city")) == ["Jakarta Selatan"] * 9


def test_of_columns_of_one_name_each_can_be_read_and_that_is_said(tmp_path: Path) -> None:
    path = csv_of(tmp_path, f"text,time,text,text (2)\n,{AT},sinyal hilang semua,a\n,{AT},internet mati total,b\n")
    assert texts(heard(path)) == ["sinyal hilang semua", "internet mati total"]
    english, indonesian = opened(path).notes[0]
    assert english.endswith(
        'several columns are called "text"; the next of them is called "text (2)*" here, and so on.'
    )
    assert "beberapa kolom bernama" in indonesian
    assert texts(heard(path, text="text (2)")) == ["a", "b"]
