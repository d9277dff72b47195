"""`pulih read` answers every line once, in order, whatever one of them holds."""

from __future__ import annotations

import io
import json
from functools import cache
from typing import Any

import pytest

from pulih.adapters.reading_lines import LINE_BYTES_MAX, read_lines
from pulih.main_reading import load_knowledge
from pulih.model.errors import RefusedInput

knowledge = cache(load_knowledge)


def _read(lines: bytes) -> list[dict[str, Any]]:
    target = io.BytesIO()
    read_lines(knowledge().reader, io.BytesIO(lines), target)
    return [json.loads(line) for line in target.getvalue().splitlines()]


def test_an_endless_line_is_one_text_and_the_lines_after_it_are_read() -> None:
    endless = b"x" * (2 * LINE_BYTES_MAX + 7)
    readings = _read(endless + b"\nindihome mati total\n\nbiznet lemot dari tadi\n")
    assert [reading["operator"] for reading in readings] == [None, "indihome", None, "biznet"]
    assert len(_read(endless)) == 1


def test_a_line_of_just_the_bound_is_one_text() -> None:
    exact = b"x" * LINE_BYTES_MAX
    assert len(_read(exact + b"\nindihome mati\n")) == 2


def test_a_name_without_an_end_is_cut_and_takes_no_memory() -> None:
    endless = "x" * 300_000
    (reading,) = _read(json.dumps({"text": "mati total dari pagi", "operator": endless, "place": endless}).encode())
    assert reading["operator"] == "x" * 400
    assert reading["places"] == []


def test_plain_lines_and_objects_may_be_mixed() -> None:
    readings = _read(
        b'indihome mati\n{"text": "mati total dari pagi", "operator": "biznet", "at": 1759456080}\n{bukan json\n'
    )
    assert [reading["operator"] for reading in readings] == ["indihome", "biznet", None]


def test_what_stands_before_a_refused_line_is_answered() -> None:
    target = io.BytesIO()
    with pytest.raises(RefusedInput, match="line 4"):
        read_lines(knowledge().reader, io.BytesIO(b'{"text": "indihome mati"}\n' * 3 + b'{"teks": "mati"}\n'), target)
    assert len(target.getvalue().splitlines()) == 3


def test_what_is_said_again_is_answered_as_the_first_time_and_a_source_s_word_is_part_of_what_is_said() -> None:
    said = [
        {"text": "mati total dari pagi"},
        {"text": "mati total dari pagi", "operator": "biznet"},
        {"text": "mati total dari pagi", "place": "Kota Bandung"},
        {"text": "jaringan xl lemot " + "banget " * 60},
    ]
    lines = [json.dumps(one).encode() + b"\n" for one in said]
    alone = [_read(line)[0] for line in lines]
    assert alone[0] != alone[1] != alone[2]
    assert _read(b"".join(lines) * 50) == alone * 50
