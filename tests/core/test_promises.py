"""What becomes of a promise follows from what was said and when, and agrees with the clocks that the desk sees."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pulih.communicate.promises import promises, record, running
from pulih.confirm.clocks import clocks
from pulih.model.bulletin import Promise, Word
from pulih.model.incident import Incident
from pulih.model.notice import Notice

MINUTE_US = 60_000_000


def word(minute: int, by: int | None, number: int = 1) -> Word:
    return Word(
        id=f"n{number}",
        number=number,
        kind="update",
        stage="identified",
        published_us=minute * MINUTE_US,
        text_id="a",
        text_en="b",
        next_update_by_us=None if by is None else by * MINUTE_US,
    )


def states(*said: tuple[int, int | None], ended: int | None = None, now: int) -> list[str]:
    words = [word(minute, by, number) for number, (minute, by) in enumerate(said, 1)]
    ended_us = None if ended is None else ended * MINUTE_US
    return [one.state for one in promises(words, ended_us=ended_us, now_us=now * MINUTE_US)]


def test_a_promise_is_open_until_its_minute_and_broken_behind_it() -> None:
    assert [states((0, 30), now=now) for now in (0, 30, 31)] == [["open"], ["open"], ["broken"]]


def test_the_next_word_keeps_a_promise_and_one_too_late_leaves_it_broken() -> None:
    assert states((0, 30), (30, None), now=90) == ["kept"]
    assert states((0, 30), (31, None), now=90) == ["broken"]


def test_an_incident_that_is_over_before_leaves_nobody_waiting() -> None:
    assert states((0, 30), ended=20, now=90) == ["ended"]
    assert states((0, 30), (25, None), ended=20, now=90) == ["kept"]
    assert states((0, 30), ended=40, now=90) == ["broken"]


def test_words_that_promise_nothing_make_no_promise_and_keep_the_one_before() -> None:
    assert states((0, 30), (10, None), (50, 80), now=60) == ["kept", "open"]


def test_an_overdue_promise_is_the_one_that_is_waited_for_until_its_word_comes() -> None:
    overdue = promises([word(0, 30)], ended_us=None, now_us=45 * MINUTE_US)
    assert running(overdue) is overdue[0]
    assert record(overdue).overdue == 1
    late = promises([word(0, 30), word(50, None, 2)], ended_us=None, now_us=60 * MINUTE_US)
    assert running(late) is None
    assert (record(late).broken, record(late).overdue, record(late).late_us) == (1, 0, 20 * MINUTE_US)


def test_what_fell_due_was_kept_or_broken_and_ended_ones_count_for_nobody() -> None:
    made = [Promise(word="n1", promised_us=0, due_us=1, state=state) for state in ("kept", "broken", "ended", "open")]
    assert record(made).due == 2


_said = st.lists(st.tuples(st.integers(0, 200), st.none() | st.integers(0, 300)), min_size=1, max_size=6)


@given(_said, st.integers(200, 400))
def test_the_public_and_the_desk_are_told_the_same_of_every_promise(
    said: list[tuple[int, int | None]], now: int
) -> None:
    words = [word(minute, by, number) for number, (minute, by) in enumerate(sorted(said, key=lambda one: one[0]), 1)]
    notices = tuple(
        Notice(
            id=one.id,
            kind="update",
            text_id="a",
            text_en="b",
            state="published",
            signed_by="budi",
            published_us=one.published_us,
            next_update_by_us=one.next_update_by_us,
        )
        for one in words
    )
    incident = Incident(id="i", version=1, opened_us=0, onset_us=0, operator="", scopes=(), notices=notices)
    desk = {one.of: one.state for one in clocks(incident, now * MINUTE_US) if one.kind == "next_word"}
    public = {one.word: one.state for one in promises(words, ended_us=None, now_us=now * MINUTE_US)}
    same = {"running": "open", "met": "kept", "missed": "broken"}
    assert public == {notice: same[state] for notice, state in desk.items()}


@given(_said, st.none() | st.integers(0, 300), st.integers(200, 400), st.randoms())
def test_the_order_in_which_words_are_given_does_not_matter(
    said: list[tuple[int, int | None]], ended: int | None, now: int, chance: object
) -> None:
    words = [word(minute, by, number) for number, (minute, by) in enumerate(said, 1)]
    shuffled = list(words)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    ended_us = None if ended is None else ended * MINUTE_US
    told = [promises(one, ended_us=ended_us, now_us=now * MINUTE_US) for one in (words, shuffled)]
    assert told[0] == told[1]
