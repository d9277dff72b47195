"""The compiled kernel says what the textbook says, bin by bin, until an alarm is due."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from textbook import Textbook

from pulih.series import changepoint as cp
from pulih.series.state import DRIFT, SUM_R, fresh_state, rises
from pulih.series.tuning import Tuning

TUNING = Tuning(news_share=0.0)
MIXTURE = rises(TUNING.bin_s)


@settings(max_examples=25)
@given(
    st.integers(0, 10_000),
    st.sampled_from([0.1, 1.0, 8.0, 60.0]),
    st.sampled_from([0.0, 0.1, 0.3]),
    st.floats(0.0, 0.2),
)
def test_the_kernel_equals_the_textbook_until_an_alarm_is_due(
    seed: int, mean: float, dispersion: float, doubt: float
) -> None:
    rng = np.random.default_rng(seed)
    rhythm = 1.0 + 0.6 * np.sin(np.arange(400) / 46.0)
    rate = mean * rhythm * (rng.gamma(1 / dispersion, dispersion, 400) if dispersion else 1.0)
    rate[300:] *= 4.0
    weights = rng.dirichlet(np.ones(MIXTURE.shape[0]))
    plain = Textbook(TUNING, MIXTURE, weights)
    state, alternatives = fresh_state(1, MIXTURE.shape[0])
    cfg, drift = TUNING.vector(), 1e-4
    for t, y in enumerate(rng.poisson(rate)):
        state[0, DRIFT] = drift
        event = cp.step(
            state[0], alternatives[0], float(y), y, y, rhythm[t], 1.0, 0.0, doubt, t, cfg, MIXTURE, weights
        )  # fmt: skip
        total = plain.take(int(y), float(rhythm[t]), doubt, drift)
        assert np.isclose(state[0, SUM_R], total, rtol=1e-7, atol=1e-12)
        assert (event == cp.RAISED) == (total >= TUNING.threshold())
        if event == cp.RAISED:
            break


def test_compiled_and_plain_python_are_the_same_function() -> None:
    rng = np.random.default_rng(5)
    counts = rng.poisson(3.0, 300).astype(np.float64)
    counts[200:224] *= 5
    weights = np.full(MIXTURE.shape[0], 1.0 / MIXTURE.shape[0])
    said = []
    for step in (cp.step, cp.step.py_func):
        state, alternatives = fresh_state(1, MIXTURE.shape[0])
        said.append(
            [
                step(state[0], alternatives[0], y, y, y, 1.0, 1.0, 0.0, 0.01, t, TUNING.vector(), MIXTURE, weights)
                for t, y in enumerate(counts)
            ]
        )
    assert said[0] == said[1]
    assert cp.RAISED in said[0]
    assert cp.CLEARED in said[0]
