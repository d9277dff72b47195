"""Publishing: what changed goes to every place, each for itself; what cannot be put waits and is put later."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress

import sample_bulletin as sample
from msgspec.structs import replace
from published_places import Held, Kept, PageEach, Shown

from pulih.model.bulletin import Bulletin
from pulih.model.errors import OutsideFailed
from pulih.service.arrival import NOT_MADE
from pulih.service.courier import Courier
from pulih.service.publishing import Publishing
from pulih.service.site_digests import SiteDigests

CURRENT = f"gangguan/{sample.outage().id}/index.html"
OLD = f"gangguan/{sample.over().id}/index.html"


class SetClock:
    """A clock that stands still."""

    def now_us(self) -> int:
        return sample.NOW_US


def courier(place: object, kept: Kept | None = None) -> Courier:
    return Courier(place, SetClock(), kept, retry_s=0.001)  # type: ignore[arg-type]


def publishing(bulletins: list[Bulletin], *couriers: Courier, **renderers: PageEach) -> Publishing:
    """Return publishing that makes one bulletin after another, the last again and again."""

    def make(now_us: int, turn: bool) -> Bulletin:
        return bulletins.pop(0) if len(bulletins) > 1 else bulletins[0]

    return Publishing(make, renderers or {"pages": PageEach()}, couriers, SetClock())


def until(true: Callable[[], bool]) -> None:
    """Wait for a condition that another thread brings about."""
    for _ in range(2_000):
        if true():
            return
        threading.Event().wait(0.005)
    raise AssertionError("it did not come about")


def test_of_a_second_bulletin_only_what_differs_is_put() -> None:
    site = SiteDigests({"pages": PageEach()})
    first = site.turn(sample.bulletin())
    assert {"index.html", CURRENT, OLD} <= first.pages.keys()
    again = site.turn(sample.bulletin())
    assert (dict(again.pages), again.gone) == ({}, frozenset())
    changed = sample.bulletin(current=(sample.outage(title_id="Pulih"),))
    assert dict(site.turn(changed).pages) == {CURRENT: b"Pulih"}


def test_a_page_that_is_no_more_is_taken_away_once() -> None:
    site = SiteDigests({"pages": PageEach()})
    site.turn(sample.bulletin())
    assert site.turn(sample.bulletin(current=())).gone == {CURRENT}
    assert site.turn(sample.bulletin(current=())).gone == frozenset()
    assert CURRENT in site.turn(sample.bulletin()).pages


def test_a_renderer_that_fails_keeps_none_of_the_others_from_telling() -> None:
    broken, well = PageEach(broken=True, folder="en/"), PageEach()
    site = SiteDigests({"broken": broken, "well": well})
    change = site.turn(sample.bulletin())
    assert "index.html" in change.pages
    assert change.says == ("broken: ValueError: no template",)
    broken.broken = False
    assert f"en/{CURRENT}" in site.turn(sample.bulletin()).pages
    assert broken.asked == [None, None]


def test_of_two_renderers_that_make_one_page_the_first_one_stands_and_it_is_told() -> None:
    site = SiteDigests({"one": PageEach(), "other": PageEach()})
    assert "other: index.html is made by one already; its page stands." in site.turn(sample.bulletin()).says


def test_a_path_that_no_place_would_take_is_left_out_and_told() -> None:
    change = SiteDigests({"pages": PageEach(folder="../")}).turn(sample.bulletin())
    assert change.pages == {}
    assert change.says[0] == "pages: '../index.html' is no path of a page; it is left out."


def test_what_cannot_be_put_waits_and_is_put_with_what_came_meanwhile() -> None:
    place = Shown(failing=1)
    brings = courier(place)
    brings.take({"a": b"1", "b": b"1"}, ["x"])
    try:
        brings.bring()
    except OutsideFailed as error:
        assert brings.now().says == str(error)
    assert (brings.now().waiting, brings.now().failures) == (3, 1)
    brings.take({"a": b"2"}, ["b"])
    brings.bring()
    assert place.pages == {"a": b"2"}
    now = brings.now()
    assert (now.says, now.failures, now.waiting, now.put_us) == ("", 0, 0, sample.NOW_US)


def test_a_place_that_does_not_answer_keeps_no_other_from_its_pages() -> None:
    held, shown = Held(), Shown()
    made = publishing([sample.bulletin()], courier(held), courier(shown))
    made.start()
    try:
        assert held.entered.wait(10)
        assert shown.came.acquire(timeout=10)
        assert CURRENT in shown.pages
    finally:
        held.let_go.set()
        made.stop()


def test_a_word_has_arrived_once_every_place_put_the_pages_that_first_held_it() -> None:
    near, far = courier(Shown("near")), courier(Shown("far", failing=1))
    made = publishing([sample.bulletin(current=(), past=()), sample.bulletin()], near, far)
    told: list[str] = []
    made.on_put(lambda: told.append("put"))
    key = f"{sample.outage().id}/{sample.outage().words[0].id}"
    assert made.awaited(key) == NOT_MADE
    made.publish()
    for one in (near, far):
        with suppress(OutsideFailed):
            one.bring()
    assert made.awaited(key) == NOT_MADE
    made.publish()
    assert made.awaited(key) == "near: its pages are not put yet. far: far: nobody answers; it is tried again."
    near.bring()
    assert made.awaited(key).startswith("far: ")
    far.bring()
    assert (made.awaited(key), told) == ("", ["put"] * 3)


def test_while_pages_cannot_be_made_no_new_word_has_arrived() -> None:
    broken = PageEach(broken=True)
    made = publishing([sample.bulletin()], courier(Shown()), pages=broken)
    made.publish()
    key = f"{sample.outage().id}/{sample.outage().words[0].id}"
    assert made.awaited(key).startswith("pages: ")


def test_a_place_that_comes_back_gets_everything_without_anybody_doing_anything() -> None:
    place = Shown(failing=3)
    made = publishing([sample.bulletin()], courier(place))
    made.start()
    try:
        assert place.came.acquire(timeout=10)
    finally:
        made.stop()
    assert {"index.html", CURRENT, OLD} <= place.pages.keys()


def test_a_changed_incident_is_published_without_waiting_for_the_minute() -> None:
    place = Shown()
    made = publishing([sample.bulletin(), sample.bulletin(current=(sample.outage(title_id="Baru"),))], courier(place))
    made.start()
    try:
        assert place.came.acquire(timeout=10)
        made.wake()
        assert place.came.acquire(timeout=10)
    finally:
        made.stop()
    assert place.pages[CURRENT] == b"Baru"
    assert place.calls[1] == (frozenset({CURRENT}), frozenset())


def test_only_the_turn_of_a_minute_is_asked_for_as_one() -> None:
    turns: list[bool] = []

    def make(now_us: int, turn: bool) -> Bulletin:
        turns.append(turn)
        return sample.bulletin()

    made = Publishing(make, {"pages": PageEach()}, (), SetClock())
    made.start()
    try:
        until(lambda: len(turns) == 1)
        made.wake()
        until(lambda: len(turns) == 2)
    finally:
        made.stop()
    assert turns == [True, False]


def test_what_was_published_before_a_restart_and_is_no_more_is_taken_away() -> None:
    kept, place = Kept(), Shown()
    first = courier(place, kept)
    publishing([sample.bulletin()], first).publish()
    first.bring()
    later = courier(place, kept)
    publishing([sample.bulletin(current=())], later).publish()
    later.bring()
    assert CURRENT not in place.pages
    assert OLD in place.pages
    assert kept.paths["shown"] == place.pages.keys()


def test_while_a_renderer_fails_none_of_its_old_pages_are_taken_away() -> None:
    kept, place = Kept(), Shown()
    kept.keep("shown", frozenset({"en/index.html", "tlog/old"}))
    broken, brings = PageEach(broken=True, folder="en/"), courier(place, kept)
    made = publishing([sample.bulletin()], brings, well=PageEach(), broken=broken)
    made.publish()
    brings.bring()
    assert place.calls[-1][1] == frozenset()
    broken.broken = False
    made.publish()
    brings.bring()
    assert place.calls[-1][1] == {"tlog/old"}


def test_a_bulletin_that_cannot_be_made_is_told_and_tried_again() -> None:
    asked = threading.Event()

    def make(now_us: int, turn: bool) -> Bulletin:
        if asked.is_set():
            return replace(sample.bulletin(), stale_us=1)
        asked.set()
        raise OutsideFailed("The database does not answer.")

    place = Shown()
    made = Publishing(make, {"pages": PageEach()}, [courier(place)], SetClock())
    made.start()
    try:
        assert asked.wait(10)
        until(lambda: "does not answer" in made.trouble())
        made.wake()
        assert place.came.acquire(timeout=10)
        until(lambda: made.trouble() == "")
    finally:
        made.stop()
    assert place.pages["index.html"] == b"1"


def test_what_is_being_put_may_end_when_publishing_stops() -> None:
    held = Held()
    brings = courier(held)
    brings.start()
    brings.take({"a": b"1"}, ())
    assert held.entered.wait(10)
    assert brings.now().waiting == 1
    held.let_go.set()
    brings.stop()
    assert brings.now().waiting == 0


def test_a_clock_that_is_faster_than_the_world_has_what_is_heard_asked_anew() -> None:
    turns: list[bool] = []

    def make(now_us: int, turn: bool) -> Bulletin:
        turns.append(turn)
        return sample.bulletin()

    made = Publishing(make, {"pages": PageEach()}, [], SetClock())
    made.start()
    try:
        until(lambda: turns == [True])
        made.wake()
        until(lambda: turns == [True, False])
        made.hear_anew()
        until(lambda: turns == [True, False, True])
    finally:
        made.stop()
