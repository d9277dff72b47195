"""What texts tell of an impact: people counted once beyond the usual, and activities from texts of the scope alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC

from pulih.adapters.catalogue import load_catalogue
from pulih.adapters.gazetteer import load_gazetteer
from pulih.adapters.priors import load_priors
from pulih.model.reading import Reading
from pulih.model.scope import Scope
from pulih.model.signal import Signal
from pulih.ports.files import Counts, Sample, Wanted
from pulih.service.impacts import TEXTS_MAX, Recorded, Texts, impacts_of
from pulih.understand.served import Known

BANKING = Reading(True, 1.0, True, "mobile_data", "no_internet", "xl", groups=("banking",), talk="trouble")


class Kept:
    """An archive that holds one text and remembers what it was asked for."""

    def __init__(self, people: float | None = 300.0) -> None:
        self._people = people
        self.asked: list[Wanted] = []

    def sample(self, wanted: Wanted, limit: int) -> Sample:
        assert limit == TEXTS_MAX
        return Sample([(Signal(0, "x", f"id{at}", "", "mati"), 1.0) for at in range(60)], 60)

    def count(self, wanted: Wanted, phrases: Sequence[str]) -> Counts:
        raise AssertionError("nothing is counted for an impact")

    def people(self, wanted: Wanted) -> float | None:
        self.asked.append(wanted)
        return self._people


def recorded(**scope: str) -> Recorded:
    return Recorded(
        id="a", incident="a", narrowed_to="", region_name=None, scope=Scope(**scope), start_us=0, end_us=3_600_000_000,
        lasts=False, signals=400, expected=100.0,
    )  # fmt: skip


def known() -> Known:
    return Known(load_gazetteer(), load_catalogue(), load_priors())


def test_people_beyond_the_usual_are_the_lower_bound_and_texts_move_the_groups() -> None:
    ((_, heard),) = impacts_of([recorded(operator="xl")], known(), Texts(Kept(), lambda _: BANKING), zone=UTC)
    ((_, silent),) = impacts_of([recorded(operator="xl")], known(), None, zone=UTC)
    assert heard.subscribers.low == 225
    assert silent.subscribers.low == 0
    assert heard.groups[0].group == "banking"
    assert silent.groups[0].group != "banking"


def test_where_no_author_is_known_nobody_is_the_lower_bound_and_no_count_of_people_is_named() -> None:
    ((_, one),) = impacts_of([recorded(operator="xl")], known(), Texts(Kept(None), lambda _: BANKING), zone=UTC)
    assert one.subscribers.low == 0
    assert one.share.methods[0] == "impact.low.none"


def test_texts_are_those_of_the_network_its_brands_and_the_region_with_what_lies_in_it() -> None:
    archive = Kept()
    impacts_of([recorded(operator="xl", region="31"), recorded()], known(), Texts(archive, lambda _: BANKING), zone=UTC)
    placed, unnamed = archive.asked
    assert placed.operators == {"xl", "axis"}
    assert placed.within is not None
    assert [placed.within(code) for code in ("31", "31.74", "32", "99.99")] == [True, True, False, False]
    assert (unnamed.operators, unnamed.within) == ({""}, None)
