"""JSON lines and small JSON arrays: nested columns, broken lines, and values that are no text."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from complaint_files import csv_of, heard, opened, refusals, sentence, texts, times

from pulih.adapters.files.reasons import BAD_JSON, NO_TEXT, NOT_TEXT, NUL_BYTE, TOO_LONG, UNREADABLE_TIME

AT = "2025-10-03T08:48:00Z"


def lines(tmp_path: Path, *objects: object, name: str = "keluhan.jsonl") -> Path:
    written = [each if isinstance(each, str) else json.dumps(each) for each in objects]
    return csv_of(tmp_path, "\n".join(written) + "\n", name)


@pytest.mark.parametrize("name", ["a.jsonl", "a.ndjson", "a.json", "a.txt"])
def test_json_lines_are_recognised_by_content(tmp_path: Path, name: str) -> None:
    source = opened(lines(tmp_path, {"time": AT, "text": "mati"}, {"time": AT, "text": "lemot"}, name=name))
    assert source.chosen.format == "JSON lines"
    assert texts(source.rows()) == ["mati", "lemot"]


def test_a_bad_line_is_refused_alone(tmp_path: Path) -> None:
    good = {"time": AT, "text": "mati"}
    path = lines(tmp_path, good, '{"time": ', "", "[1, 2]", "7", "[" * 100_000, good)
    assert texts(heard(path)) == ["mati", "mati"]
    assert refusals(path) == [(2, BAD_JSON), (4, BAD_JSON), (5, BAD_JSON), (6, BAD_JSON)]


def test_a_file_whose_first_line_is_bad_is_still_json(tmp_path: Path) -> None:
    path = lines(tmp_path, "oops", {"time": AT, "text": "mati"}, name="tanpa-akhiran")
    assert refusals(path) == [(1, BAD_JSON)]
    assert texts(heard(path)) == ["mati"]


def test_text_that_is_no_text_is_refused_and_numbers_are_written_out(tmp_path: Path) -> None:
    said: list[object] = [5, None, float("nan"), True, {"a": 1}, ["x"], "", "sinyal hilang dari pagi"]
    path = lines(tmp_path, *({"time": AT, "text": each} for each in said), {"time": AT})
    assert texts(heard(path)) == ["5", "sinyal hilang dari pagi"]
    assert [reason for _, reason in refusals(path, text="text")] == [
        NO_TEXT, NO_TEXT, NOT_TEXT, NOT_TEXT, NOT_TEXT, NO_TEXT, NO_TEXT,
    ]  # fmt: skip


def test_times_that_are_no_times_are_refused(tmp_path: Path) -> None:
    moments: list[object] = [AT, 1759456080, 1759456080.5, 1759456080123, True, {}, "kemarin", float("nan"), 10**400]
    path = lines(tmp_path, *({"time": each, "text": "mati total"} for each in moments))
    assert times(heard(path)) == [
        "2025-10-03T08:48:00Z", "2025-10-03T01:48:00Z", "2025-10-03T01:48:00.500000Z", "2025-10-03T01:48:00.123000Z",
    ]  # fmt: skip
    assert [row for row, _ in refusals(path)] == [5, 6, 7, 8, 9]
    assert refusals(path)[2] == (7, UNREADABLE_TIME)


def test_nan_and_halves_of_surrogate_pairs_do_not_cost_a_row(tmp_path: Path) -> None:
    path = lines(
        tmp_path,
        '{"time": "' + AT + '", "text": "mati \\ud83d total", "author": NaN}',
        '{"time": "' + AT + '", "text": "lemot", "author": "bu\\udc00di"}',
    )
    assert [(report.text, report.author) for report in heard(path)] == [("mati  total", ""), ("lemot", "budi")]


def test_nul_bytes_cost_their_row(tmp_path: Path) -> None:
    good = {"time": AT, "text": "sinyal hilang dari pagi"}
    path = lines(tmp_path, good, f'{{"time": "{AT}", "text": "ma\0ti"}}', f'{{"time": "{AT}", "text": "ma\\u0000ti"}}')
    assert refusals(path) == [(2, NUL_BYTE), (3, NUL_BYTE)]


def test_a_line_of_ten_megabytes_is_refused_alone_in_json_too(tmp_path: Path) -> None:
    path = lines(tmp_path, {"time": AT, "text": "a" * 10_000_000}, {"time": AT, "text": "mati"})
    assert refusals(path) == [(1, TOO_LONG)]
    assert texts(heard(path)) == ["mati"]


def test_objects_inside_a_row_become_columns(tmp_path: Path) -> None:
    tweet = {
        "created_at": "Wed Oct 10 20:19:24 +0000 2018",
        "id": 1050118621198921728,
        "id_str": "1050118621198921728",
        "full_text": "indihome mati dari pagi",
        "text": "indihome ma…",
        "user": {"id": 6253282, "screen_name": "budi", "location": "Bandung", "created_at": "lama"},
        "entities": {"urls": []},
        "place": None,
    }
    source = opened(lines(tmp_path, tweet))
    report = next(iter(source.rows()))
    assert source.chosen.author == "user.screen_name"
    assert source.chosen.place == "user.location"
    assert (report.native_id, report.author, report.place) == ("1050118621198921728", "budi", "Bandung")
    assert (report.text, times([report])) == ("indihome mati dari pagi", ["2018-10-10T20:19:24Z"])


def test_keys_may_come_and_go_between_rows(tmp_path: Path) -> None:
    path = lines(tmp_path, {"text": "mati", "time": AT}, {"time": AT, "kota": "Bogor", "text": "lemot"})
    assert [report.place for report in heard(path)] == ["", "Bogor"]


def test_a_small_array_is_read_with_the_lines_its_elements_stand_on(tmp_path: Path) -> None:
    content = f'\n[\n  {{"time": "{AT}",\n   "text": "mati"}}, 7,\n  {{"time": "{AT}", "text": "lemot"}}\n]\n'
    source = opened(csv_of(tmp_path, content, "a.json"))
    assert source.chosen.format == "JSON array"
    assert texts(heard(tmp_path / "a.json")) == ["mati", "lemot"]
    assert refusals(tmp_path / "a.json") == [(4, BAD_JSON)]


def test_an_array_on_one_long_line_is_read(tmp_path: Path) -> None:
    many = [{"time": AT, "text": f"mati {number} " + "lagi " * 20} for number in range(20_000)]
    assert len(heard(csv_of(tmp_path, json.dumps(many), "a.json"))) == 20_000


def test_an_array_too_large_for_memory_is_refused_with_what_to_do(tmp_path: Path) -> None:
    path = csv_of(tmp_path, "[" + "{}," * 4_000_001 + "{}]", "a.json")
    assert sentence(path) == (
        f"{path} is a JSON array too large to hold in memory (more than 64 MiB); "
        f"make it one object a line: jq -c '.[]' {path} > lines.jsonl"
    )


def test_a_broken_array_is_refused(tmp_path: Path) -> None:
    path = csv_of(tmp_path, '[{"time": 1}, {"te', "a.json")
    assert "begins like a JSON array and is none" in sentence(path)


def test_one_large_object_is_refused_with_what_to_do(tmp_path: Path) -> None:
    path = csv_of(tmp_path, json.dumps({"data": [{"time": AT, "text": "mati"}]}, indent=2), "a.json")
    assert sentence(path).startswith(f"{path}: none of its 8 rows is a JSON object (row 1: '{{'); ")
    assert "jq -c" in sentence(path)


def test_a_header_in_brackets_is_csv(tmp_path: Path) -> None:
    path = csv_of(tmp_path, f"[time],[text]\n{AT},mati total\n")
    assert opened(path).chosen.text == "[text]"
