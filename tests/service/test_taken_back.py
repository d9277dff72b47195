"""What who said it has taken back is shown no more, and stays counted (issue H, docs/privacy.md)."""

from __future__ import annotations

from pathlib import Path

from started_desk import ALL, END_US, READER, World, told_of_an_outage, us

from pulih.main_reading import load_knowledge
from pulih.model.clock import HOUR_S, MICROS


def test_what_was_taken_back_is_quoted_no_more_and_stays_counted_also_after_a_restart(
    tmp_path: Path,
) -> None:
    told = told_of_an_outage()
    world = World(tmp_path, load_knowledge())
    half = len(told) * 9 // 10
    world.post(told[:half], 0)
    world.advance(us(told[half - 1][0]) + HOUR_S * MICROS)
    found = next(one for one in world.desk.findings(open_only=False) if one.voices)
    gone = found.voices[0]
    number = next(number for number, (at, text) in enumerate(told) if us(at) == gone.at_us and text in gone.text)
    # One that was quoted, one whose text was just read, and one that comes later.
    keys = [READER.key("form", f"n{one}") for one in (number, half - 1, half)]
    world.desk.snapshot()
    rows = world.store.count(ALL).total
    world.taken_back |= world.desk.forget_items(keys)
    assert gone not in world.desk.voices(found.id)
    assert len(world.desk.voices(found.id)) == len(found.voices) - 1
    assert world.store.count(ALL).total == rows
    [row] = world.store.forget_said(keys[:1])
    assert (row.said, row.at_us, row.evidence > 0) == ("", gone.at_us, True)
    # The snapshot quotes it still.
    world.start()
    assert gone not in world.desk.voices(found.id)
    world.post(told[half:], half)
    world.advance(END_US)
    assert all(one.said == "" for one in world.store.forget_said(keys))
    assert [one.text for found in world.desk.findings(open_only=False) for one in found.voices].count(gone.text) == 0


def test_an_account_that_is_gone_takes_all_that_it_said_in_its_own_source_with_it(tmp_path: Path) -> None:
    told = told_of_an_outage()
    world = World(tmp_path, load_knowledge())
    half = len(told) * 9 // 10
    world.post(told[:half], 0)
    # The same account says two things, in words of its own.
    at = told[half - 1][0]
    words = ("Smartfren mati total di Tebet kata Sari", "Smartfren masih mati di Tebet kata Sari")
    for number, text in enumerate(words):
        world.post_as("@Sari", text, f"s{number}", us(at))
    world.advance(us(at) + HOUR_S * MICROS)
    rows = world.store.count(ALL).total
    keys = [READER.key("form", f"s{number}") for number in range(2)]
    assert world.desk.forget_authors("elsewhere", ["sari"]) == {}
    assert world.desk.forget_authors("form", ["nobody", ""]) == {}
    gone = world.desk.forget_authors("form", ["sari"])
    assert set(gone) == set(keys)
    world.taken_back |= gone
    assert [row.said for row in world.store.forget_said(keys)] == ["", ""]
    assert world.store.count(ALL).total == rows
    world.desk.snapshot()
    world.start()
    world.advance(END_US)
    assert not [one for found in world.desk.findings(open_only=False) for one in found.voices if one.text in words]
