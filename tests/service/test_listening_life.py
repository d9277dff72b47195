"""A filter that is quiet for longer than is usual for it is unknown and never fine (requirement L5)."""

from __future__ import annotations

from pulih.model.clock import HOUR_S, MICROS
from pulih.ports.listening import SourcePast
from pulih.ports.sources import Batch, Item
from pulih.service.listening.life import Life, Pace, filters_now, usual_gap_s

MINUTE_US = 60 * MICROS
# Minutes until a whole day lies between the first gap and the last.
DAY = 25 * 60


def lived(*filters: str, minutes: int, every: int = 1) -> tuple[Life, int]:
    """Return a life in which filters let something through every so many minutes, and when that ended."""
    life = Life(SourcePast(source="bluesky"))
    for minute in range(0, minutes, every):
        life.take(Batch(items=(Item(id=str(minute)),), filters=filters), minute * MINUTE_US)
    return life, (minutes - every) * MINUTE_US


def told(life: Life, now_us: int, *, connected: bool = True, pace: Pace = "people") -> dict[str, str]:
    return {one.name: one.liveness for one in filters_now(life.past(), now_us, connected=connected, pace=pace)}


def test_one_filter_goes_quiet_while_its_source_goes_on() -> None:
    life, end_us = lived("xl", "axis", minutes=DAY)
    assert told(life, end_us) == {"axis": "live", "xl": "live"}
    for minute in range(DAY + 1, DAY + 60):
        life.take(Batch(filters=("axis",)), minute * MINUTE_US)
    assert told(life, (DAY + 59) * MINUTE_US) == {"axis": "live", "xl": "silent"}


def test_after_a_burst_nothing_is_known_until_a_whole_day_was_heard() -> None:
    life = Life(SourcePast(source="bluesky"))
    for second in range(12):
        life.take(Batch(filters=("xl",)), second * MICROS)
    for later_us in (11 * MINUTE_US, 23 * HOUR_S * MICROS):
        assert told(life, later_us) == {"xl": "unknown"}
    life.take(Batch(filters=("xl",)), 25 * HOUR_S * MICROS)
    assert told(life, 49 * HOUR_S * MICROS) == {"xl": "live"}
    assert told(life, 65 * HOUR_S * MICROS) == {"xl": "silent"}


def test_what_answers_round_by_round_is_known_after_ten_rounds() -> None:
    life, end_us = lived("AS64500", minutes=45, every=5)
    assert told(life, end_us, pace="rounds") == {"AS64500": "unknown"}
    life, end_us = lived("AS64500", minutes=60, every=5)
    assert told(life, end_us, pace="rounds") == {"AS64500": "live"}
    assert told(life, end_us + 20 * MINUTE_US, pace="rounds") == {"AS64500": "silent"}


def test_a_rule_for_what_devices_say_is_never_called_silent() -> None:
    life, end_us = lived("link down", minutes=2 * DAY)
    assert told(life, end_us + 100 * HOUR_S * MICROS, pace="events") == {"link down": "unknown"}


def test_a_filter_of_the_settings_that_was_never_heard_is_listed() -> None:
    life = Life(SourcePast(source="bluesky"), ("xl", "smartfern"))
    life.take(Batch(filters=("xl",)), 0)
    listed = filters_now(life.past(), MINUTE_US, connected=True)
    assert [(one.name, one.last_us, one.liveness) for one in listed] == [
        ("smartfern", None, "unknown"),
        ("xl", 0, "unknown"),
    ]


def test_a_filter_that_was_taken_out_of_the_settings_is_forgotten() -> None:
    life, end_us = lived("xl", "axis", minutes=DAY)
    again = Life(life.past(), ("axis",))
    again.take(Batch(filters=("xl", "axis")), end_us)
    assert [one.name for one in again.past().filters] == ["axis"]
    assert again.past().filters[0].items == DAY + 1


def test_a_filter_that_pauses_every_night_is_not_called_silent_for_it() -> None:
    life = Life(SourcePast(source="bluesky"))
    for day in range(5):
        for minute in range(16 * 60):
            life.take(Batch(filters=("xl",)), (day * 24 * 60 + minute) * MINUTE_US)
    end_us = (4 * 24 * 60 + 16 * 60 - 1) * MINUTE_US
    assert told(life, end_us + 8 * HOUR_S * MICROS) == {"xl": "live"}
    assert told(life, end_us + 20 * HOUR_S * MICROS) == {"xl": "silent"}


def test_a_filter_heard_too_rarely_or_of_a_source_that_is_away_is_unknown() -> None:
    life, end_us = lived("xl", minutes=5)
    assert told(life, end_us) == {"xl": "unknown"}
    life, end_us = lived("xl", minutes=DAY)
    assert told(life, end_us, connected=False) == {"xl": "unknown"}


def test_a_life_goes_on_from_what_was_kept_of_it() -> None:
    life, end_us = lived("xl", minutes=DAY, every=2)
    life.take(Batch(refused=("no JSON",), gap="The peer kept an hour."), end_us)
    again = Life(life.past())
    assert again.past() == life.past()
    assert usual_gap_s(again.past().filters[0]) == 120.0
    assert [one.why for one in again.past().missing] == ["The peer kept an hour."]


def test_how_long_nobody_listened_is_no_usual_silence() -> None:
    life, end_us = lived("xl", minutes=DAY)
    life.absent(end_us)
    # It tries again and again, and is away since the first time.
    life.absent(end_us + HOUR_S * MICROS)
    back_us = end_us + 20 * HOUR_S * MICROS
    life.take(Batch(), back_us)
    life.take(Batch(filters=("xl",)), back_us + 2 * MINUTE_US)
    assert max(gap_s for _, gap_s in life.past().filters[0].gaps) == 120.0
    assert told(life, back_us + 3 * HOUR_S * MICROS) == {"xl": "silent"}


def test_how_long_the_desk_was_not_there_is_no_usual_silence_either() -> None:
    life, end_us = lived("xl", minutes=DAY)
    again = Life(life.past())
    back_us = end_us + 20 * HOUR_S * MICROS
    assert told(again, back_us) == {"xl": "silent"}
    again.take(Batch(filters=("xl",)), back_us)
    assert max(gap_s for _, gap_s in again.past().filters[0].gaps) == 60.0
    assert told(again, back_us) == {"xl": "live"}
    assert told(again, back_us + 3 * HOUR_S * MICROS) == {"xl": "silent"}


def test_a_peer_that_names_filters_without_end_does_not_fill_the_desk() -> None:
    life = Life(SourcePast(source="bluesky"))
    life.take(Batch(filters=tuple(f"{number}" + "a" * 10_000 for number in range(1_000))), 0)
    assert [len(one.name) for one in life.past().filters] == [200] * 200


def test_delays_are_between_said_and_heard() -> None:
    life = Life(SourcePast(source="mail"))
    life.take(Batch(items=(Item(id="1", at_us=0), Item(id="2"), Item(id="3", at_us=9 * MICROS))), 5 * MICROS)
    assert life.past().delays_s == (5.0, 0.0)
