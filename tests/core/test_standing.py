"""A finding is likely when independent voices carry it, whoever shouts beside them; else it is only suspected."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulih.detect.standing import REPORTS_MOST, Told, stand
from pulih.service.wording import standing_sentences


def _told(count: int, **columns: Any) -> Told:
    """Return `count` reports of a finding, each by an author and in words of its own where nothing else is said."""
    usual = {
        "author": np.arange(count), "wording": np.zeros(count, np.int64), "evidence": np.ones(count),
        "doubtful": np.zeros(count, np.bool_), "inside": np.ones(count, np.bool_),
    }  # fmt: skip
    return Told(**{**usual, **columns})


def _both(*parts: Told) -> Told:
    return Told(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in Told.__struct_fields__})


COPIES = _told(5_000, author=np.full(5_000, -1), wording=np.full(5_000, 1), evidence=1.0 / np.arange(1, 5_001) ** 2)
TIRELESS = _told(2_000, author=np.arange(2_000) % 100 + 10**6, evidence=np.full(2_000, 0.12))


def test_three_hundred_people_who_write_the_same_short_text_are_likely() -> None:
    standing = stand(_told(300), usual=1.0, days=0.1)
    assert (standing.level, standing.voices) == ("likely", 300)
    assert standing_sentences(standing) == (
        "300 of 300 reports seem independent.",
        "300 dari 300 laporan tampak ditulis sendiri-sendiri.",
    )


def test_a_thousand_authors_who_report_again_and_again_are_only_suspected() -> None:
    hoax = _told(20_000, author=np.arange(20_000) % 1_000, evidence=np.full(20_000, 0.12))
    standing = stand(hoax, usual=5.0, days=0.3)
    assert (standing.level, standing.busy, standing.voices) == ("suspected", 20_000, 0)


def test_copies_of_a_long_text_are_only_suspected_whoever_posts_them() -> None:
    standing = stand(COPIES, usual=0.1, days=0.3)
    assert (standing.level, standing.copies) == ("suspected", 5_000)
    assert "5,000 copies" in standing_sentences(standing)[0]
    assert "5.000 salinan" in standing_sentences(standing)[1]


def test_a_real_outage_stays_likely_beside_a_flood_that_weighs_less() -> None:
    assert stand(_both(_told(1_200), COPIES, TIRELESS), usual=5.0, days=0.3).level == "likely"
    assert stand(_both(_told(20), COPIES, TIRELESS), usual=5.0, days=0.3).level == "suspected"


def test_what_is_usual_carries_no_rise() -> None:
    talk, flood = _told(100), _told(80, author=np.zeros(80, np.int64), evidence=np.full(80, 0.5))
    assert stand(_both(talk, flood), usual=95.0, days=0.3).level == "suspected"
    assert stand(_both(talk, flood), usual=1.0, days=0.3).level == "likely"


def test_fewer_than_three_people_are_only_suspected() -> None:
    for people, level in ((2, "suspected"), (3, "likely")):
        standing = stand(_told(6, author=np.arange(6) % people), usual=0.1, days=0.1)
        assert standing.level == level
    assert "fewer than three people" in standing_sentences(stand(_told(2), usual=0.1, days=0.1))[0]


def test_accounts_that_are_new_or_advertise_carry_no_finding() -> None:
    standing = stand(_told(50, doubtful=np.ones(50, np.bool_)), usual=0.1, days=0.1)
    assert (standing.level, standing.doubtful, standing.voices) == ("suspected", 50, 0)


def test_where_no_author_is_known_each_short_text_is_a_voice_and_that_is_said() -> None:
    standing = stand(_told(40, author=np.full(40, -1)), usual=1.0, days=0.1)
    assert (standing.level, standing.voices, standing.anonymous) == ("likely", 40, 40)
    assert "authors are not known" in standing_sentences(standing)[0]
    assert "penulisnya tidak diketahui" in standing_sentences(standing)[1]


def test_reports_elsewhere_and_on_the_day_before_show_who_reports_again_and_again() -> None:
    inside, around = _told(30), _told(90, author=np.arange(90) % 30, inside=np.zeros(90, np.bool_))
    assert stand(inside, usual=0.1, days=0.1).level == "likely"
    assert stand(_both(inside, around), usual=0.1, days=0.1).level == "suspected"


@pytest.mark.parametrize("days", [0.5, 1.5, 3.5])
def test_each_further_day_allows_one_more_report(days: float) -> None:
    most = REPORTS_MOST + int(days)
    assert stand(_told(20 * most, author=np.arange(20 * most) % 20), usual=0.1, days=days).level == "likely"
    more = 20 * (most + 1)
    assert stand(_told(more, author=np.arange(more) % 20), usual=0.1, days=days).level == "suspected"


@given(st.data())
def test_the_parts_add_up_and_their_order_does_not_matter(data: st.DataObject) -> None:
    count = data.draw(st.integers(0, 60))
    rng = np.random.default_rng(data.draw(st.integers(0, 10**6)))
    told = _told(
        count,
        author=rng.integers(-1, 12, count), wording=rng.integers(0, 6, count), evidence=rng.random(count) + 0.01,
        doubtful=rng.random(count) < 0.2, inside=rng.random(count) < 0.7,
    )  # fmt: skip
    standing = stand(told, usual=2.0, days=0.2)
    own = standing.reports - standing.copies - standing.busy - standing.doubtful
    assert 0 <= standing.anonymous <= standing.voices <= own
    order = rng.permutation(count)
    mixed = Told(**{name: getattr(told, name)[order] for name in Told.__struct_fields__})
    assert msgspec.structs.replace(stand(mixed, usual=2.0, days=0.2), level=standing.level) == standing
