"""What changed is published and what did not is left alone: one incident does not touch a thousand pages."""

from __future__ import annotations

import re

import msgspec
from sample_bulletin import MINUTE_US, NOW_US, PLACES, bulletin, many_past, outage, over
from site_folder import TILES, text

from pulih.adapters.site.pages import SitePages
from pulih.model.bulletin import Bulletin, Place, PublicScope
from pulih.model.proof import ProofView


def changed(now: Bulletin, before: Bulletin) -> set[str]:
    maker = SitePages(tiles=TILES)
    made, earlier = dict(maker.pages(now, before)), dict(maker.pages(before, None))
    whole = dict(maker.pages(now, None))
    # Whatever is left out is the same, apart from the stamp of pages that say nothing new.
    for path in whole.keys() - made.keys():
        stamps = [
            re.sub(r'data-(made|stale)="\d+"|<p>(Diperbarui|Updated).*?</p>', "", one[path].decode())
            for one in (whole, earlier)
        ]
        assert stamps[0] == stamps[1], path
    return set(made)


def test_a_change_leaves_alone_what_it_does_not_touch() -> None:
    before = bulletin(past=(over(), *many_past(60)))
    new = outage(id="20251003-new1", scopes=(PublicScope(stage="investigating", service="sms", region="11"),))
    made = changed(msgspec.structs.replace(before, current=(*before.current, new)), before)
    assert {
        "index.html",
        "wilayah/11/index.html",
        "wilayah/11.71/index.html",
        "gangguan/20251003-new1/index.html",
    } <= made
    assert not {"wilayah/32/index.html", "riwayat/index.html", "gangguan/20250101-0003/index.html"} & made


def test_an_incident_that_ends_moves_the_latest_part_of_the_history_alone() -> None:
    past = many_past(60)
    before = bulletin(past=past[1:])
    made = changed(msgspec.structs.replace(before, past=past), before)
    assert {path for path in made if path.startswith("riwayat/")} == {"riwayat/index.html"}
    grown = many_past(75)
    before = bulletin(past=grown[1:])
    made = changed(msgspec.structs.replace(before, past=grown), before)
    assert {path for path in made if path.startswith("riwayat/")} == {
        "riwayat/index.html",
        "riwayat/2/index.html",
        "riwayat/1/index.html",
    }


def test_no_stamp_is_older_than_five_minutes_and_a_minute_does_not_touch_everything() -> None:
    maker, before = SitePages(), bulletin()
    stamped = {path for path, content in maker.pages(before, None).items() if b"data-stale" in content}
    seen: set[str] = set()
    for minute in range(1, 6):
        now = bulletin(made_us=NOW_US + minute * MINUTE_US, stale_us=NOW_US + (minute + 15) * MINUTE_US)
        made = set(maker.pages(now, before))
        assert "index.html" in made
        assert not stamped <= made
        seen |= made
        before = now
    assert stamped <= seen


def test_a_changed_name_renders_everything() -> None:
    before = bulletin()
    now = msgspec.structs.replace(before, places=(Place("31", "Jakarta"), *PLACES[1:]))
    maker = SitePages()
    assert set(maker.pages(now, before)) == set(maker.pages(now, None))


def test_once_the_timeline_is_proved_old_incidents_say_so_too() -> None:
    before = bulletin()
    proof = ProofView(origin="a", key="b", size=1, root="c", note="d")
    maker = SitePages(proved=True)
    made = maker.pages(msgspec.structs.replace(before, proof=proof), before)
    assert 'href="/bukti/"' in text(made, "over") and "bukti/index.html" in made


def test_pages_of_what_is_no_more_are_named_as_gone() -> None:
    before = bulletin()
    now = msgspec.structs.replace(before, places=PLACES[:-1], past=before.past[1:])
    maker = SitePages()
    gone = set(maker.gone(now, before))
    assert gone == set(maker.pages(before, None)) - set(maker.pages(now, None))
    assert "wilayah/11.71/index.html" in gone and "en/incident/20251002-b3xd/index.html" in gone
