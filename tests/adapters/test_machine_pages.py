"""The renderer of machine pages makes all of them at first, and later what an incident changed."""

from __future__ import annotations

from sample_bulletin import MINUTE_US, NOW_US, bulletin, many_past, outage, over, taken_back

from pulih.adapters.site.machine_pages import MachinePages
from pulih.communicate.feeds import FEEDS
from pulih.communicate.statuspage import PATHS
from pulih.model.proof import ProofView


def test_the_first_time_every_page_of_both_languages_is_there() -> None:
    pages = MachinePages().pages(bulletin(), None)
    documents = {*PATHS.values(), *(f"en/{path}" for path in PATHS.values())}
    assert {*FEEDS, *documents, "kalender.ics", "en/calendar.ics", "cap/index.atom"} <= set(pages)
    assert len([path for path in pages if path.startswith("cap/2")]) == 3


def test_one_change_in_a_long_history_makes_one_alert_anew() -> None:
    before = bulletin(past=many_past(1_000))
    after = bulletin(past=many_past(1_000), current=(outage(updated_us=NOW_US),), made_us=NOW_US + MINUTE_US)
    pages = MachinePages().pages(after, before)
    assert [path for path in pages if path.startswith("cap/2")] == ["cap/20251003-k7qm.xml"]


def test_a_minute_in_which_nothing_happens_changes_no_page() -> None:
    before = bulletin()
    after = bulletin(made_us=NOW_US + MINUTE_US, stale_us=before.stale_us + MINUTE_US)
    first = MachinePages().pages(before, None)
    assert {
        path: content for path, content in MachinePages().pages(after, before).items() if first[path] != content
    } == {}


def test_a_new_name_of_the_desk_makes_all_alerts_anew() -> None:
    pages = MachinePages().pages(bulletin(desk="Pulih Baru"), bulletin())
    assert len([path for path in pages if path.startswith("cap/2")]) == 3
    assert b"Pulih Baru" in pages["cap/20251003-k7qm.xml"]


def test_alerts_of_incidents_that_are_shown_no_more_are_taken_away() -> None:
    gone = MachinePages().gone(bulletin(past=(over(),)), bulletin(past=(over(), taken_back())))
    assert list(gone) == ["cap/20250928-9wha.xml"]


def test_feeds_carry_the_checkpoint_of_the_timeline() -> None:
    proof = ProofView(origin="status.example.net", key="k", size=3, root="r", note="a signed note\n")
    assert b"a signed note" in MachinePages().pages(bulletin(proof=proof), None)["history.atom"]
    assert b"checkpoint" not in MachinePages().pages(bulletin(), None)["history.atom"].partition(b"<id>")[2]
