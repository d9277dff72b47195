"""Weights are kept as the same bytes each time, and read back as they were."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from pulih.adapters.learnt import load_weights, save_weights


def test_weights_are_kept_as_the_same_bytes_and_read_back(tmp_path: Path) -> None:
    weights = load_weights()
    for name in ("one", "two"):
        save_weights(weights, tmp_path / name)
    kept = {path.name: path.read_bytes() for path in (tmp_path / "one").iterdir()}
    assert kept == {path.name: path.read_bytes() for path in (tmp_path / "two").iterdir()}
    again = load_weights(tmp_path / "one")
    assert np.array_equal(again.units, weights.units)
    assert again.heads == weights.heads
    assert np.array_equal(again.bias, weights.bias)
