"""A silence that is told bin by bin is that of the whole history, as far as it was known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulih.model.errors import RefusedInput
from pulih.series.silence import Silence, silent_bins

PAUSES_S = st.one_of(st.integers(0, 5_000), st.integers(80_000, 400_000))


@given(st.lists(PAUSES_S, min_size=1, max_size=40), st.sampled_from([60, 300, 3600]), st.integers(0, 40))
def test_a_silence_told_as_time_goes_is_the_one_told_afterwards(pauses: list[int], bin_s: int, restart: int) -> None:
    heard = 1_700_000_000 + np.cumsum(np.array(pauses))
    start = int(heard[0]) // bin_s * bin_s
    bins = (int(heard[-1]) + 200_000 - start) // bin_s
    silence = Silence()
    for number, at_s in enumerate(heard):
        if number == restart:
            silence = Silence.from_bytes(silence.to_bytes())
        silence.hear(int(at_s))
    whole = silent_bins(heard, start_s=start, bin_s=bin_s, bins=bins)
    assert np.array_equal(silence.bins(start, bin_s, first=0, last=bins), whole)
    assert np.array_equal(silence.bins(start, bin_s, first=bins // 2, last=bins), whole[bins // 2 :])


def test_bytes_that_are_no_silence_are_refused_in_a_sentence() -> None:
    with pytest.raises(RefusedInput, match="silence"):
        Silence.from_bytes(b"none")
