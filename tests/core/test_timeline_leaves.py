"""Leaves of the timeline say what the page says, without personal data, and the same is always the same bytes."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from sample_bulletin import NOW_US, bulletin, outage, word

from pulih.communicate.leaves import (
    LEAF_BYTES_MAX,
    FactsLeaf,
    WithdrawalLeaf,
    WordLeaf,
    by_time,
    decoded,
    encoded,
    facts_leaf,
    said_leaves,
    same_facts,
)
from pulih.model.bulletin import PublicIncident, PublicScope
from pulih.model.errors import RefusedInput


def test_each_word_is_a_leaf_and_its_withdrawal_another() -> None:
    said = said_leaves(outage(words=(word(1), word(2, withdrawn_us=NOW_US))))
    assert [type(leaf) for leaf in said] == [WordLeaf, WordLeaf, WithdrawalLeaf]
    assert said[2] == WithdrawalLeaf(incident=outage().id, word="n2", at="2025-10-03T03:12:00Z")


def test_a_withdrawal_does_not_change_the_leaf_of_the_word() -> None:
    stands, taken_back = outage(words=(word(1),)), outage(words=(word(1, withdrawn_us=NOW_US),))
    assert encoded(said_leaves(stands)[0]) == encoded(said_leaves(taken_back)[0])


def test_no_leaf_holds_the_name_of_a_person_and_words_hold_the_office() -> None:
    public = bulletin()
    incidents = [*public.current, *public.past]
    octets = b"".join(encoded(leaf) for one in incidents for leaf in (*said_leaves(one), facts_leaf(one)))
    names = {said.speaker for one in incidents for said in one.words}
    assert names == {"Sari Wulandari"}
    assert b"Wulandari" not in octets
    assert b"Manajer Layanan Pelanggan" in octets


@pytest.mark.parametrize(
    "change",
    [
        lambda one: replace(one, stage="monitoring"),
        lambda one: replace(one, onset_us=one.onset_us - 1),
        lambda one: replace(one, scopes=one.scopes[:1]),
        lambda one: replace(one, severity="minor"),
        lambda one: replace(one, cause_en="", cause_id=""),
        lambda one: replace(one, emergency_calls="not_reachable"),
        lambda one: replace(one, alternatives_en="", alternatives_id=""),
        lambda one: replace(one, ended_us=NOW_US),
        lambda one: replace(one, monitoring_us=NOW_US),
        lambda one: replace(one, retracted=True),
    ],
)
def test_whatever_the_page_states_beside_words_makes_other_facts(
    change: Callable[[PublicIncident], PublicIncident],
) -> None:
    assert not same_facts(facts_leaf(outage()), facts_leaf(change(outage())))


def test_facts_are_the_same_whenever_they_are_told_and_in_whatever_order() -> None:
    later = replace(outage(), updated_us=NOW_US, scopes=outage().scopes[::-1])
    assert same_facts(facts_leaf(outage()), facts_leaf(later))
    assert not same_facts(None, facts_leaf(outage()))


def test_an_outage_of_everything_everywhere_still_fits_and_still_tells_a_change() -> None:
    every = tuple(
        PublicScope(stage="identified", service=service, region=f"{province}.{regency:02}", symptom="no_internet")
        for province in range(11, 49)
        for regency in range(1, 16)
        for service in ("mobile_data", "mobile_voice")
    )
    whole = facts_leaf(outage(scopes=every))
    assert len(encoded(whole)) < LEAF_BYTES_MAX
    assert whole.scopes_sha256
    assert not same_facts(whole, facts_leaf(outage(scopes=every[1:])))


def test_leaves_are_canonical_json_that_anybody_can_read() -> None:
    octets = encoded(said_leaves(outage())[0])
    read = json.loads(octets)
    canonical = json.dumps(read, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert octets.decode() == canonical
    assert (read["type"], read["at"]) == ("word", "2025-10-03T02:06:00Z")


@given(st.text(max_size=50), st.text(max_size=50))
def test_a_leaf_comes_back_from_its_bytes_whatever_was_said(one: str, other: str) -> None:
    leaf = said_leaves(outage(words=(word(1, text_id=one, text_en=other),)))[0]
    assert decoded(encoded(leaf)) == leaf


def test_leaves_stand_in_the_order_in_which_they_happened() -> None:
    facts = facts_leaf(replace(outage(), updated_us=NOW_US))
    late = WithdrawalLeaf(incident="a", word="n1", at="2025-10-03T03:12:00.500000Z")
    early = WithdrawalLeaf(incident="b", word="n1", at="2025-10-03T03:11:59Z")
    words = WithdrawalLeaf(incident=facts.incident, word="n1", at=facts.at)
    assert by_time([late, words, facts, early]) == [early, facts, words, late]
    assert isinstance(by_time([words, facts])[0], FactsLeaf)


def test_what_is_too_long_or_no_leaf_is_refused() -> None:
    with pytest.raises(RefusedInput, match=r"say it in fewer words"):
        encoded(said_leaves(outage(words=(word(1, text_id="a" * LEAF_BYTES_MAX),)))[0])
    for octets in (b"", b"{}", b'{"type":"rumour"}', b"\xff"):
        with pytest.raises(RefusedInput, match=r"no entry of a timeline"):
            decoded(octets)
