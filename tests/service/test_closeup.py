"""What is shown of a finding comes from its own texts, all over it, and from before its alarm."""

from __future__ import annotations

from pulih.model.reading import Evidence, Place, Reading
from pulih.model.signal import Signal
from pulih.ports import Sample, Wanted
from pulih.service.closeup import TEXTS_MAX, VOICES, Closeup, look_closely

REPORT = Reading(
    True, 0.9, True, "mobile_data", "no_internet", "smartfren",
    places=(Place("31.74", "Jakarta Selatan", 0.9),), evidence=(Evidence("mati", "sym.dead.001"),), talk="trouble",
)  # fmt: skip
ALARM_US = 8_000_000


class Kept:
    """An archive of signals a second apart."""

    def __init__(self, count: int) -> None:
        self._signals = [Signal(at * 1_000_000, "x", f"id{at}", "", f"mati {at}") for at in range(count)]

    def sample(self, wanted: Wanted, limit: int) -> Sample:
        hits = [(one, 1.0) for one in self._signals if wanted.start_us <= one.at_us < wanted.end_us]
        some = [hits[at * len(hits) // limit] for at in range(limit)] if len(hits) > limit else hits
        return Sample(some, len(hits))


def seen(count: int) -> Closeup:
    wanted = Wanted(start_us=0, end_us=10**15)
    return look_closely(Kept(count), lambda _: REPORT, wanted, concerns=lambda _: True, alarm_us=ALARM_US)


def test_counts_of_a_sample_stand_for_the_whole() -> None:
    closeup = seen(5 * TEXTS_MAX)
    assert closeup.symptoms == {"no_internet": 5 * TEXTS_MAX}
    assert closeup.regions == {"31.74": 5 * TEXTS_MAX}
    assert closeup.phrases[0].signals == 5 * TEXTS_MAX
    assert closeup.symptom_share == 1.0


def test_all_that_was_said_before_the_alarm_is_among_the_voices_of_a_large_finding() -> None:
    voices = seen(5 * TEXTS_MAX).voices
    assert len(voices) == VOICES
    assert [voice.text for voice in voices[:8]] == [f"mati {at}" for at in range(8)]
    assert voices == tuple(sorted(voices, key=lambda voice: voice.at_us))


def test_a_finding_without_texts_has_no_symptom() -> None:
    closeup = seen(0)
    assert (closeup.symptom, closeup.symptoms, closeup.voices) == (None, {}, ())
