"""What is posted is decoded and checked once, and each refusal says what was wrong, where, and what would be right."""

from __future__ import annotations

import string

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulih.listen.payload import (
    AHEAD_US_MAX,
    BATCH_LINES_MAX,
    LATE_AFTER_US,
    LINE_BYTES_MAX,
    TEXT_CHARS_MAX,
    PayloadReader,
    is_late,
    raw_report,
    report_of,
)
from pulih.model.clock import iso
from pulih.model.errors import RefusedInput

NOW_US = 1_759_456_080_000_000
READER = PayloadReader(b"a secret of some length")


def refused(line: bytes) -> str:
    parcel = READER.one(line, NOW_US)
    assert parcel.heard == ()
    assert [one.line for one in parcel.refused] == [1]
    return parcel.refused[0].error


def test_a_report_is_heard_with_all_that_it_tells() -> None:
    line = (
        b'{"id": "7", "source": "form", "at": "2025-10-03T08:48:00+07:00", "text": "mati", "operator": "smartfren", '
        b'"service": "mobile_data", "symptom": "no_internet", "place": "Depok", "author": "u1", "kind": "recovered"}'
    )
    [heard] = READER.one(line, NOW_US).heard
    assert (heard.line, heard.source, heard.at_us) == (line, "form", 1_759_456_080_000_000)
    report = report_of(heard.line)
    assert (report.service, report.symptom, report.kind) == ("mobile_data", "no_internet", "recovered")


def test_a_report_of_an_id_and_a_source_is_enough() -> None:
    [heard] = READER.one(b'{"id": "7", "source": "form"}', NOW_US).heard
    assert heard.at_us is None


def test_fields_that_nobody_knows_are_not_looked_at_and_null_says_nothing() -> None:
    parcel = READER.one(b'{"id": "7", "source": "form", "text": null, "at": null, "kind": null, "likes": 3}', NOW_US)
    assert len(parcel.heard) == 1
    assert raw_report(report_of(parcel.heard[0].line), NOW_US).kind == "complaint"


def test_a_mark_of_utf_8_at_the_beginning_belongs_to_no_report() -> None:
    line = b'{"id": "7", "source": "form"}'
    for read in (READER.one, READER.batch):
        assert [one.line for one in read(b"\xef\xbb\xbf" + line, NOW_US).heard] == [line]


def test_a_text_that_was_cut_within_an_emoji_is_heard_and_an_id_is_not_changed() -> None:
    [heard] = READER.one(
        b'{"id": "7", "source": "form", "text": "mati \\uD83D", "author": "s\xc3\xa1ri"}', NOW_US
    ).heard
    assert raw_report(report_of(heard.line), NOW_US).text == "mati ?"
    assert READER.again(heard.line) == heard
    assert "right would be" in refused(b'{"id": "7\\ud83d", "source": "form", "text": "mati"}')


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b'{"source": "form"}', "id: missing; right would be the source's own id"),
        (b'{"id": "7"}', "source: missing; right would be a name of the source"),
        (b'{"id": 7, "source": "form"}', "id: expected str, got int; right would be"),
        (b'{"id": "", "source": "form"}', "id: expected str of length >= 1"),
        (b'{"id": "7", "source": "form", "service": "wifi"}', "service: invalid enum value 'wifi'; right would be one"),
        (b'{"id": "7", "source": "form", "symptom": "down"}', "one of no_signal, no_internet"),
        (b'{"id": "7", "source": "form", "kind": "moan"}', "one of complaint, recovered, probe, alarm"),
        (b'{"id": "7", "source": "form", "at": "2025-10-03T08:48:00"}', "such as 2025-10-03T08:48:00+07:00"),
        (b'{"id": "7", "source": "form", "at": "kemarin"}', "at: invalid RFC3339"),
        (b'{"id": "7", "source": "form", "at": 1759456080}', "at: expected datetime, got int"),
        (b'{"id": "7", "source": "a\\u0000b"}', "source: holds characters that cannot be shown"),
        (b'{"id": "7", "source": "  "}', "source: holds nothing but spaces; right would be a short name"),
        (b'["id"]', "expected object, got array; right would be a JSON object"),
        (b"mati", "not readable as JSON"),
        (b'{"id": "7", "source": "form"', "not readable as JSON"),
        (b'{"id": "7", "source": "form"} {}', "not readable as JSON"),
        (b'{"id": "\xff", "source": "form"}', "not UTF-8"),
        (b'{"id": "7", "source": "form", "x": ' + b"[" * 50_000 + b"]" * 50_000 + b"}", "nested too deeply"),
        (b'{"id": "7", "source": "form", "text": "%s"}' % (b"a" * (TEXT_CHARS_MAX + 1)), "at most 8,000 characters"),
        (b'{"id": "7", "source": "form", "x": "%s"}' % (b"a" * LINE_BYTES_MAX), "right would be at most 131,072"),
    ],
)
def test_a_refusal_says_what_was_wrong_and_what_would_be_right(line: bytes, said: str) -> None:
    assert said in refused(line)
    assert "right would be" in refused(line)


def test_the_source_of_a_refused_line_is_known_where_it_can_be_read() -> None:
    lines = b'{"source": "form"}\n{"source": 3}\nmati\n{"source": "a\\u0007b"}\n{"source": "%s"}' % (b"x" * 65)
    assert [one.source for one in READER.batch(lines, NOW_US).refused] == ["form", "", "", "", ""]


def test_an_empty_body_is_refused_whole() -> None:
    for body in (b"", b"  \r\n "):
        with pytest.raises(RefusedInput, match="The body is empty; right would be"):
            READER.one(body, NOW_US)


def test_a_batch_takes_what_is_fit_and_names_the_lines_that_are_not() -> None:
    body = b'{"id": "1", "source": "form"}\r\n\n{"id": "2"}\n{"id": "3", "source": "form"}\n'
    parcel = READER.batch(body, NOW_US)
    assert len(parcel.heard) == 2
    assert [one.line for one in parcel.refused] == [3]


def test_a_batch_of_too_many_lines_is_refused_before_it_is_read() -> None:
    line = b'{"id":"1","source":"f"}\n'
    assert len(READER.batch(line * BATCH_LINES_MAX, NOW_US).heard) == BATCH_LINES_MAX
    with pytest.raises(RefusedInput, match="right would be at most 100,000"):
        READER.batch(line * (BATCH_LINES_MAX + 1), NOW_US)
    with pytest.raises(RefusedInput, match="has 100,001 lines"):
        READER.batch((line * (BATCH_LINES_MAX + 1)).removesuffix(b"\n"), NOW_US)


def test_a_report_written_over_several_lines_is_kept_as_one() -> None:
    [heard] = READER.one(b'{\n  "id": "7",\r\n  "source": "form"\n}\n', NOW_US).heard
    assert b"\n" not in heard.line
    assert report_of(heard.line).id == "7"


def test_a_source_that_is_not_that_of_the_token_is_refused() -> None:
    parcel = READER.batch(b'{"id": "1", "source": "form"}\n{"id": "1", "source": "chat"}', NOW_US, "chat")
    assert [one.source for one in parcel.heard] == ["chat"]
    assert 'right would be "chat"' in parcel.refused[0].error


def test_five_minutes_ahead_are_taken_and_more_are_not() -> None:
    def at(at_us: int) -> bytes:
        return b'{"id": "7", "source": "form", "at": "%s"}' % iso(at_us).encode()

    assert READER.one(at(NOW_US + AHEAD_US_MAX), NOW_US).heard
    assert "more than 5 minutes ahead of the desk's clock (2025-10-03T01:48:00Z)" in refused(
        at(NOW_US + AHEAD_US_MAX + 1)
    )


def test_the_first_and_the_last_moment_of_the_calendar_are_no_trouble() -> None:
    [heard] = READER.one(b'{"id": "7", "source": "form", "at": "0001-01-01T00:00:00+12:00"}', NOW_US).heard
    assert is_late(heard.at_us, NOW_US)
    assert "ahead" in refused(b'{"id": "7", "source": "form", "at": "9999-12-31T23:59:59-12:00"}')


@given(st.integers(0, 2 * LATE_AFTER_US))
def test_what_is_older_than_a_day_is_late(age_us: int) -> None:
    assert is_late(NOW_US - age_us, NOW_US) == (age_us > LATE_AFTER_US)


ids = st.text(min_size=1, max_size=40)
sources = st.text(string.ascii_letters + string.digits + " -_.:", min_size=1, max_size=40).filter(str.strip)


@given(ids, sources, ids, sources)
def test_two_reports_have_one_key_only_if_both_source_and_id_are_the_same(
    one_id: str, one_source: str, other_id: str, other_source: str
) -> None:
    one, other = (
        READER.one(msgspec.json.encode({"id": name, "source": source}), NOW_US).heard[0]
        for name, source in ((one_id, one_source), (other_id, other_source))
    )
    assert (one.key == other.key) == ((one_id, one_source) == (other_id, other_source))
    assert -(2**63) <= one.key < 2**63


@pytest.mark.parametrize("kind", ["complaint", "recovered", "alarm", None])
def test_who_holds_the_token_of_a_probe_at_home_is_no_customer(kind: str | None) -> None:
    told = {"id": "7", "source": "probe-rumah-7", "kind": kind, "text": "Biznet mati total", "author": "ayu"}
    line = msgspec.json.encode(told)
    probe = msgspec.json.encode({**told, "kind": "probe"})
    parcel = READER.batch(line + b"\n" + probe, NOW_US, "probe-rumah-7")
    assert [report_of(one.line).kind for one in parcel.heard] == ["probe"]
    assert 'right would be "probe"' in parcel.refused[0].error
    # Whoever may send of any source, or of another one, may say what people said.
    assert len(READER.batch(line, NOW_US).heard) == 1


def test_keys_say_nothing_to_those_who_do_not_hold_the_secret() -> None:
    line = b'{"id": "7", "source": "form"}'
    [mine], [theirs] = (PayloadReader(key).one(line, NOW_US).heard for key in (b"k" * 16, b"l" * 16))
    assert mine.key != theirs.key


@given(st.binary(max_size=200))
def test_no_body_whatever_breaks_the_reader(body: bytes) -> None:
    for read in (READER.one, READER.batch):
        try:
            parcel = read(body, NOW_US)
        except RefusedInput:
            continue
        assert all(READER.again(one.line) == one for one in parcel.heard)


@given(ids, sources, st.text(max_size=100), st.integers(NOW_US - 10**15, NOW_US))
def test_a_kept_line_is_heard_again_as_it_was(one_id: str, source: str, text: str, at_us: int) -> None:
    report = {"id": one_id, "source": source, "text": text, "at": iso(at_us)}
    [heard] = READER.one(msgspec.json.encode(report), NOW_US).heard
    assert READER.again(heard.line) == heard
    assert report_of(heard.line).text == text


def test_a_kept_line_that_cannot_be_read_is_told() -> None:
    with pytest.raises(RefusedInput, match="A kept report cannot be read"):
        report_of(b"\x00")


def test_a_report_without_a_moment_was_said_when_it_was_received_and_control_characters_go() -> None:
    report = report_of(b'{"id": "7", "source": "form", "text": " mati\\n\\u0007total\\t", "place": "Depok"}')
    raw = raw_report(report, NOW_US)
    assert (raw.at_us, raw.text, raw.place, raw.native_id) == (NOW_US, "mati total", "Depok", "7")
