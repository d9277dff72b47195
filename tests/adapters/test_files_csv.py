"""CSV and its relatives: what is read, which row is refused and why, and that one bad row costs one row."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from complaint_files import csv_of, heard, opened, refusals, rows, texts

from pulih.adapters.files.reasons import (
    FEW_CELLS,
    MANY_CELLS,
    NO_TEXT,
    NO_TIME,
    NUL_BYTE,
    OPEN_QUOTE,
    TOO_LONG,
    UNREADABLE_TIME,
)
from pulih.ports.files import RefusedRow

AT = "2025-10-03T08:48:00Z"


@pytest.mark.parametrize(("separator", "name"), [(",", "comma"), (";", "semicolon"), ("\t", "tab"), ("|", "pipe")])
def test_every_separator_is_recognised(tmp_path: Path, separator: str, name: str) -> None:
    content = separator.join(["time", "text"]) + "\n" + separator.join([AT, '"mati, lagi; ya | begitu"']) + "\n"
    source = opened(csv_of(tmp_path, content))
    assert source.chosen.format == f"CSV ({name})"
    assert texts(source.rows()) == ["mati, lagi; ya | begitu"]


def test_the_separator_line_of_excel_is_passed_over(tmp_path: Path) -> None:
    path = csv_of(tmp_path, f"sep=;\r\nwaktu;teks\r\n{AT};sinyal hilang\r\nbukan waktu;lemot\r\n")
    assert texts(heard(path)) == ["sinyal hilang"]
    assert refusals(path) == [(4, UNREADABLE_TIME)]


def test_quotes_hold_separators_doubled_quotes_and_line_ends(tmp_path: Path) -> None:
    path = csv_of(tmp_path, f'time,text\n{AT},"katanya ""normal"",\nternyata mati"\nx,y\n{AT},lemot\n')
    assert texts(heard(path)) == ['katanya "normal", ternyata mati', "lemot"]
    assert refusals(path) == [(4, UNREADABLE_TIME)]


def test_a_space_before_a_quote_does_not_matter(tmp_path: Path) -> None:
    assert texts(heard(csv_of(tmp_path, f'time, text\n{AT}, "mati, total"\n'))) == ["mati, total"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_row_numbers_are_those_of_an_editor(tmp_path: Path, end: str) -> None:
    lines = ["time,text", f"{AT},satu", "", f'{AT},"dua', 'baris"', "kemarin,tiga", f"{AT},empat", ",", ""]
    path = csv_of(tmp_path, end.join(lines))
    assert texts(heard(path)) == ["satu", "dua baris", "empat"]
    assert refusals(path) == [(6, UNREADABLE_TIME), (8, NO_TIME)]


def test_text_is_not_cut_at_line_ends_that_only_unicode_knows(tmp_path: Path) -> None:
    path = csv_of(tmp_path, f"time,text\n{AT},mati\u2028lagi\x0bya\x85begitu\nx,y\n")
    assert texts(heard(path)) == ["mati lagi ya begitu"]
    assert refusals(path) == [(3, UNREADABLE_TIME)]


def test_an_unclosed_quote_costs_only_its_own_row(tmp_path: Path) -> None:
    path = csv_of(tmp_path, f'time,text\n{AT},satu\n{AT},"dua\n{AT},tiga\n{AT},"empat"\n{AT},lima\n')
    assert texts(heard(path)) == ["satu", "tiga", "empat", "lima"]
    assert refusals(path) == [(3, OPEN_QUOTE)]


def test_an_unclosed_quote_does_not_swallow_a_large_file(tmp_path: Path) -> None:
    many = "".join(f"{AT},lemot {number}\n" for number in range(60_000))
    path = csv_of(tmp_path, f'time,text\n{AT},"rusak\n{many}')
    assert len(heard(path)) == 60_000
    assert refusals(path) == [(2, OPEN_QUOTE)]


def test_quotes_that_reopen_in_every_line_are_read_in_linear_time(tmp_path: Path) -> None:
    path = csv_of(tmp_path, "time,text\n" + f"{AT},satu\n" + 'a","b\n' * 200_000)
    began = time.monotonic()
    found = refusals(path)
    assert len(found) == 200_000
    assert time.monotonic() - began < 20


def test_text_after_a_closing_quote_is_refused_alone(tmp_path: Path) -> None:
    path = csv_of(tmp_path, f'time,text\n{AT},"mati" total\n{AT},lemot\n')
    assert texts(heard(path)) == ["lemot"]
    assert refusals(path) == [(2, OPEN_QUOTE)]


def test_quotes_are_letters_in_tab_separated_files_that_do_not_use_them(tmp_path: Path) -> None:
    path = csv_of(tmp_path, f'time\ttext\n{AT}\t"halo" kata dia\n{AT}\t"buka saja\n{AT}\tlemot\n', "a.tsv")
    assert texts(heard(path)) == ['"halo" kata dia', '"buka saja', "lemot"]


def test_quotes_wrap_cells_in_tab_separated_files_that_use_them(tmp_path: Path) -> None:
    path = csv_of(tmp_path, f'time\ttext\n{AT}\t"mati\nlagi"\n{AT}\tlemot\n', "a.tsv")
    assert texts(heard(path)) == ["mati lagi", "lemot"]


def test_a_row_with_an_unquoted_separator_in_its_text_is_refused(tmp_path: Path) -> None:
    path = csv_of(tmp_path, f"time,text,likes\n{AT},mati, lagi,3\n{AT},lemot,1\n")
    assert texts(heard(path)) == ["lemot"]
    assert refusals(path) == [(2, MANY_CELLS)]


def test_empty_cells_at_the_end_may_be_missing_or_too_many(tmp_path: Path) -> None:
    path = csv_of(tmp_path, f"time,text,kota,likes\n{AT},satu\n{AT},dua,Bogor,1,,\n{AT}\n")
    assert texts(heard(path)) == ["satu", "dua"]
    assert refusals(path) == [(4, FEW_CELLS)]


def test_a_row_without_text_is_refused(tmp_path: Path) -> None:
    path = csv_of(tmp_path, f'time,text,n\n{AT},,1\n{AT},"  ",2\n{AT},\x07\x1b,3\n{AT},lemot,4\n')
    assert refusals(path) == [(2, NO_TEXT), (3, NO_TEXT), (4, NO_TEXT)]


def test_nul_bytes_cost_their_row_even_inside_quotes(tmp_path: Path) -> None:
    path = csv_of(tmp_path, f'time,text\n{AT},sa\0tu\n{AT},"du\n\0a"\n{AT},tiga sinyal hilang dari pagi\n')
    assert texts(heard(path)) == ["tiga sinyal hilang dari pagi"]
    assert refusals(path) == [(2, NUL_BYTE), (3, NUL_BYTE)]


@pytest.mark.parametrize("quote", ["", '"'])
def test_a_line_of_ten_megabytes_is_refused_alone(tmp_path: Path, quote: str) -> None:
    path = csv_of(tmp_path, f"time,text\n{AT},satu\n{AT},{quote}{'a' * 10_000_000}{quote}\n{AT},tiga\n")
    assert texts(heard(path)) == ["satu", "tiga"]
    found = rows(path)[1]
    assert isinstance(found, RefusedRow)
    assert (found.row, found.reason, len(found.excerpt) < 80) == (3, TOO_LONG, True)


def test_a_long_text_within_the_bound_is_read(tmp_path: Path) -> None:
    path = csv_of(tmp_path, f"time,text\n{AT},{'mati ' * 100_000}\n")
    assert len(heard(path)[0].text) == 499_999


def test_control_characters_go_and_line_ends_become_spaces(tmp_path: Path) -> None:
    path = csv_of(tmp_path, f'time,text,author\n{AT},"sinyal\t\x1b[31mhilang\x07\r\ndari pagi 😭","bu\x08di"\n')
    report = heard(path)[0]
    assert (report.text, report.author) == ("sinyal [31mhilang dari pagi 😭", "budi")


def test_a_file_without_a_header_is_read_from_its_first_row(tmp_path: Path) -> None:
    source = opened(csv_of(tmp_path, f"{AT},sinyal hilang dari pagi\n{AT},internet lemot sekali\n"))
    assert (source.chosen.time, source.chosen.text) == ("1", "2")
    assert len(list(source.rows())) == 2
    assert "the first row is data" in source.notes[0][0]
    assert "baris pertama sudah berisi data" in source.notes[0][1]


def test_columns_of_one_name_and_of_none_do_no_harm(tmp_path: Path) -> None:
    path = csv_of(tmp_path, f",time,text,text\n1,{AT},mati total,lain\n")
    assert texts(heard(path)) == ["mati total"]
