"""`pulih read` as a person types it: readings in order, and one sentence for a line that is no text."""

from __future__ import annotations

import json
import os

import pytest
from typing_hands import typed, typed_in_a_process


def test_reading_gives_one_object_a_text_in_order() -> None:
    lines = b'biznet mati dari pagi\n\n{"text": "sinyal hilang di tebet", "operator": "xl", "at": "2025-10-03"}\n'
    done = typed("read", stdin=lines)
    readings = [json.loads(line) for line in done.stdout.splitlines()]
    assert [reading["operator"] for reading in readings] == ["biznet", None, "xl"]
    assert list(readings[0]) == [
        "is_report", "p_report", "acute", "service", "symptom", "operator", "places", "groups", "recovered",
        "language", "evidence",
    ]  # fmt: skip
    assert readings[2]["places"][0]["code"] == "31.74"


def test_one_process_reads_as_another() -> None:
    """Sets have another order in each process; a stretched word that several words share must not show it."""
    lines = b"NEET\nwifi loosss\nmuteeer terus\nBIZZNETT gangguaan\nteleponn keena\n"
    assert (
        len(
            {
                typed_in_a_process("read", stdin=lines, env={**os.environ, "PYTHONHASHSEED": seed}).stdout
                for seed in "1234"
            }
        )
        == 1
    )


def test_hostile_lines_never_stop_the_reading() -> None:
    lines = [b"<script>alert(1)</script>", "\u202e\u200b".encode(), b"{ :) mati", b"x" * 1_100_000, b"\x1b[31m"]
    done = typed("read", stdin=b"\n".join(lines) + b"\n")
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == len(lines)


def test_one_hostile_text_in_json_never_keeps_the_others_from_being_read() -> None:
    """Who writes a complaint chooses its letters; a NUL among them must not silence whoever comes after."""
    texts = ["indihome\0mati dari pagi", "\0", "\ud800 mati", "biznet mati"]
    done = typed("read", stdin="".join(json.dumps({"text": text}) + "\n" for text in texts).encode())
    assert (done.returncode, done.stderr) == (0, "")
    operators = [json.loads(line)["operator"] for line in done.stdout.splitlines()]
    assert operators == ["indihome", None, None, "biznet"]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (b'mati\n{"teks": "mati"}\n', 'line 2: the object has no "text", only teks; right would be'),
        (b'{"text": 5}\n', 'line 1: "text" is a number and has to be text in quotes'),
        (b'{"text": "a", "operator": ["xl"]}\n', 'line 1: "operator" is a list and has to be text in quotes'),
        (b'{"text": "a", "at": "notatime"}\n', "line 1: \"at\" is 'notatime', which is no time"),
        (b'{"text": "a", "at": true}\n', "line 1: \"at\" is 'True', which is no time"),
        (b"{rusak", "line 1: '{rusak' begins like a JSON object and is none"),
        (b'\n{"text": "a"}\n{"text": \n', "line 3: '{\"text\":' begins like a JSON object and is none"),
        (b"mati\nca\xe9 mati\n", "line 2: byte 0xE9 at position 3 is not UTF-8"),
        (b"caf\xe9", "line 1: byte 0xE9 at position 4 is not UTF-8"),
        (bytes(range(1, 256)) * 4, "is not UTF-8"),
        ("mati\n".encode("utf-16"), "line 1: this is UTF-16"),
        ("mati\n".encode("utf-16-le"), "line 1: there is a NUL byte in it"),
        (b"mati\nla\0gi\n", "line 2: there is a NUL byte in it"),
    ],
)
def test_a_line_that_is_no_text_ends_the_reading_with_one_sentence(lines: bytes, said: str) -> None:
    done = typed("read", stdin=lines)
    assert done.returncode == 2
    assert done.stderr.startswith("pulih: standard input, line ")
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_what_was_read_before_a_bad_line_has_been_written() -> None:
    assert len(typed("read", stdin=b"indihome mati\nbiznet mati\n\xff\n").stdout.splitlines()) == 2


def test_a_mark_at_the_start_belongs_to_the_encoding() -> None:
    done = typed("read", stdin=b'\xef\xbb\xbf{"text": "indihome mati"}\n')
    assert json.loads(done.stdout)["operator"] == "indihome"
