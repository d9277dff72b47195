"""What is shown of a finding comes from its own texts: numbers from all of them, quotations from before its alarm."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from pulih.model.reading import Evidence, Place, Reading, Symptom
from pulih.model.signal import Signal
from pulih.ports.files import Counts, Sample, Wanted
from pulih.service.closeup import TEXTS_MAX, VOICES, Closeup, look_closely

REPORT = Reading(
    True, 0.9, True, "mobile_data", "no_internet", "smartfren",
    places=(Place("31.74", "Jakarta Selatan", 0.9),), evidence=(Evidence("Mati", "sym.dead.001"),), talk="trouble",
)  # fmt: skip
ALARM_US = 8_000_000


class Kept:
    """An archive of signals a second apart."""

    def __init__(self, count: int, symptoms: dict[Symptom, int] | None = None) -> None:
        self._signals = [Signal(at * 1_000_000, "x", f"id{at}", "", f"mati {at}") for at in range(count)]
        self._symptoms = symptoms or {"no_internet": count}

    def sample(self, wanted: Wanted, limit: int) -> Sample:
        hits = [(one, 1.0) for one in self._signals if wanted.start_us <= one.at_us < wanted.end_us]
        some = [hits[at * len(hits) // limit] for at in range(limit)] if len(hits) > limit else hits
        return Sample(some, len(hits))

    def count(self, wanted: Wanted, phrases: Sequence[str]) -> Counts:
        hits = [one for one in self._signals if wanted.start_us <= one.at_us < wanted.end_us]
        return Counts(
            total=len(hits),
            last_us=hits[-1].at_us if hits else None,
            symptoms=self._symptoms,
            services={"mobile_data": len(hits)},
            regions={"31.74": 7},
            phrases={phrase: sum(phrase in one.text for one in hits) for phrase in phrases},
        )

    def people(self, wanted: Wanted) -> float:
        return float(self.count(wanted, ()).total)


def seen(count: int, symptoms: dict[Symptom, int] | None = None) -> Closeup:
    wanted = Wanted(start_us=0, end_us=10**15)
    return look_closely(Kept(count, symptoms), lambda _: REPORT, wanted, alarm_us=ALARM_US)


def test_numbers_are_counted_over_all_texts_and_never_scaled_from_the_sample() -> None:
    closeup = seen(5 * TEXTS_MAX + 3)
    assert closeup.total == 5 * TEXTS_MAX + 3
    assert closeup.regions == {"31.74": 7}
    assert [(phrase.text, phrase.signals) for phrase in closeup.phrases] == [("mati", 5 * TEXTS_MAX + 3)]
    assert closeup.last_us == (5 * TEXTS_MAX + 2) * 1_000_000


def test_all_that_was_said_before_the_alarm_is_among_the_voices_of_a_large_finding() -> None:
    voices = seen(5 * TEXTS_MAX).voices
    assert len(voices) == VOICES
    assert [voice.text for voice in voices[:8]] == [f"mati {at}" for at in range(8)]
    assert voices == tuple(sorted(voices, key=lambda voice: voice.at_us))


def test_a_finding_without_texts_has_no_symptom() -> None:
    closeup = seen(0)
    assert (closeup.symptom, closeup.phrases, closeup.voices, closeup.last_us) == (None, (), (), None)


@pytest.mark.parametrize(
    ("symptoms", "named"),
    [
        ({"los_red": 1, "other": 7, "none": 1}, None),
        ({"no_internet": 2, "other": 6, "los_red": 1}, None),
        ({"no_internet": 9, "other": 9, "slow": 6, "destination_unreachable": 4}, None),
        ({"no_internet": 3, "other": 6}, "no_internet"),
        ({"no_internet": 4, "other": 4, "destination_unreachable": 1}, "no_internet"),
        ({"slow": 1, "other": 1}, None),
        ({"other": 9}, None),
        ({"none": 9}, None),
    ],
)
def test_a_symptom_is_a_headline_when_a_third_of_all_reports_and_two_of_them_tell_it(
    symptoms: dict[Symptom, int], named: Symptom | None
) -> None:
    assert seen(sum(symptoms.values()), symptoms).symptom == named
