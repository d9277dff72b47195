"""What was learnt joins the rules: the same in any order, blind to names, and never without the rules' word."""

from __future__ import annotations

import time
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from readers import nowhere
from readers import reader as rules_alone

from pulih.adapters.catalogue import load_catalogue
from pulih.adapters.learnt import load_weights
from pulih.adapters.lexicon import load_lexicon
from pulih.main_reading import load_knowledge
from pulih.model.reading import Reading
from pulih.understand.decision import GROUPS, HEADS, SERVICES, SYMPTOMS, Labels, groups_of
from pulih.understand.learnt import BITS, Learnt, Weights, features, rows_of
from pulih.understand.reader import Reader, Told

TEXTS = (
    "{} mati dari siang", "<user> di {} juga gak bisa kak", "pakai {} lancar jaya", "{} mahal banget sih",
    "kenapa {} lemot banget hari ini", "promo {} cuma 50rb", "akhirnya {} normal lagi", "{} hidup segan mati tak mau",
)  # fmt: skip


# Unpacking them takes longer than most of what is done with them.
packaged = cache(load_weights)


@cache
def full(operator: str) -> Reader:
    return load_knowledge(operator, learnt=True).reader


def label(reading: Reading) -> tuple[object, ...]:
    return reading.is_report, reading.p_report, reading.acute, reading.recovered, reading.symptom, reading.groups


@pytest.mark.parametrize("text", TEXTS)
def test_no_name_of_an_operator_speaks_for_or_against_anything(text: str) -> None:
    told = {label(full(name).read(text.format(name))) for name in ("Zuvarnet", "Kelinet", "Pandulink", "Nétis")}
    assert len(told) == 1


@pytest.mark.parametrize("text", ["biznet {} mati dari siang", "di {} biznet lemot", "biznet {} gini terus tiap malam"])
def test_no_name_of_a_place_does_either(text: str) -> None:
    places = ("Lowokwaru", "Panakkukang", "Kebayoran Baru", "Tegalrejo", "Sukolilo")
    assert len({label(full("Biznet").read(text.format(place))) for place in places}) == 1


WORDS = st.lists(st.sampled_from(["aku", "wifi", "mati", "<op>", ".", "?", "sinyal", "él"]), max_size=9)


@settings(max_examples=60)
@given(st.lists(WORDS, max_size=6))
def test_what_was_read_before_changes_no_score(texts: list[list[str]]) -> None:
    weights = packaged()
    one = Learnt(weights)
    together = Learnt(weights).scores([(words, {"trouble"}) for words in texts])
    for words, among_others in zip(texts, together, strict=True):
        alone = one.scores([(words, {"trouble"})])[0]
        assert np.array_equal(alone, Learnt(weights).scores([(words, {"trouble"})])[0])
        assert np.array_equal(alone, among_others)


@settings(max_examples=60)
@given(WORDS, st.sets(st.sampled_from(["trouble", "short", "habit", "operator"])))
def test_a_score_is_the_sum_of_the_rows_of_each_part_over_the_root_of_their_number(
    words: list[str], signs: set[str]
) -> None:
    """As the training takes it: `features` and `rows_of` say what a text is made of."""
    weights = packaged()
    told = np.zeros(len(HEADS))
    for part in features(words, signs):
        rows = [row for feature in part for row in rows_of(feature)]
        told += weights.units[rows].sum(axis=0, dtype=np.int64) / np.sqrt(max(len(rows), 1))
    assert np.allclose(Learnt(weights).scores([(words, signs)])[0], told * weights.unit)


def test_a_text_without_any_word_has_no_score() -> None:
    assert not Learnt(packaged()).scores([([], ())]).any()


def test_no_texts_are_no_readings() -> None:
    assert full("Biznet").read_all([]) == []


def test_texts_are_read_the_same_alone_and_with_others() -> None:
    """Batches part at other texts each time, and what a text names never reaches the next one."""
    reader = full("Biznet")
    told = [
        Told(text.format(name), place=place)
        for text in TEXTS
        for name in ("Biznet", "XL", "")
        for place in ("", "Tebet")
    ]
    alone = [reader.read(one.text, operator=one.operator, place=one.place, role=one.role) for one in told]
    for size in (1, 5, 40, len(told)):
        batches = [told[at : at + size] for at in range(0, len(told), size)]
        assert [reading for batch in batches for reading in reader.read_all(batch)] == alone


def test_the_packaged_weights_are_of_the_labels_that_are_decided() -> None:
    weights = packaged()
    assert weights.heads == HEADS
    assert weights.units.shape == (1 << BITS, 3 + len(SYMPTOMS) + len(SERVICES) + len(GROUPS))


def test_weights_that_know_nothing_leave_the_verdict_to_the_rules() -> None:
    knowing = packaged()
    zero = np.zeros(len(HEADS))
    blank = Weights(
        heads=HEADS, units=np.zeros_like(knowing.units), unit=zero, bias=zero, trust=zero + 1.0, threshold=zero + 0.5
    )
    reader = Reader(
        lexicon=load_lexicon(), catalogue=load_catalogue(), find_places=nowhere, default_operator="Biznet",
        weights=blank,
    )  # fmt: skip
    alone = rules_alone("Biznet")
    for text in TEXTS:
        said, ruled = reader.read(text.format("Biznet")), alone.read(text.format("Biznet"))
        assert (said.is_report, said.acute, said.recovered) == (ruled.is_report, ruled.acute, ruled.recovered)


def test_an_everyday_name_is_the_operator_where_the_weights_read_a_report() -> None:
    """Nothing in it speaks of telecoms to the rules, which name nobody then; in a shop for clothes nobody does."""
    text = "blom bener jg ni xl"
    assert load_knowledge(learnt=True).reader.read(text).operator == "xl"
    assert rules_alone().read(text).operator is None
    assert load_knowledge(learnt=True).reader.read("kaos xl nya kosong kak").operator is None


def test_what_was_learnt_names_an_activity_without_a_phrase_and_overrules_a_phrase() -> None:
    leaning = {"work": 6.0, "gaming": -6.0}
    said = Labels(
        probability=0.9, is_report=True, acute=True, recovered=False, symptom="slow", service="any",
        leanings=tuple(leaning.get(one, -3.0) for one in GROUPS),
    )  # fmt: skip
    assert groups_of(said, {"gaming"}, packaged()) == ("work",)
    assert groups_of(said, {"gaming"}, None) == ("gaming",)


@pytest.mark.parametrize(
    "text", ["di bandung ", "kec. bener ", "di sukaraja, ", "bandar lamupng ", "jogjaaaa lampung "]
)
def test_a_text_that_names_places_hundreds_of_times_takes_no_seconds(text: str) -> None:
    """Each took 1 to 9 seconds: names were looked for once a mention, in every word each time."""
    reader = full("Biznet")
    began = time.process_time()
    reader.read(text * (4000 // len(text)))
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize("text", ["biznet sinyal hilang", "iconnet ga ada sinyal", "myrepublic gak ada sinyal blas"])
def test_who_sells_lines_alone_loses_no_bars_of_a_mobile_signal(text: str) -> None:
    """The learnt weights called each no_signal of any service, as it would be of a mobile brand."""
    line, mobile = full("").read(text), full("").read(text.replace(text.split(maxsplit=1)[0], "smartfren"))
    assert (line.service, line.symptom) == ("fixed_broadband", "no_internet")
    assert (mobile.service, mobile.symptom) == ("any", "no_signal")


@pytest.mark.parametrize(
    "text",
    ["sinyal hilang", "SINYAL ILANG!!", "no signal", "koneksi putus", "koneksi putus putus", "jaringan down nih"],
)
def test_a_trouble_in_two_or_three_words_is_a_report_whoever_it_is_of(text: str) -> None:
    reading = full("").read(text)
    assert (reading.is_report, reading.acute, reading.operator) == (True, True, None)
    assert reading.p_report >= 0.8
    assert reading.evidence


@pytest.mark.parametrize("text", ["no service no cry", "hati no service", "sinyal aman", "provider sampah", "sinyal?"])
def test_two_or_three_words_of_anything_else_are_none(text: str) -> None:
    assert not full("").read(text).is_report
