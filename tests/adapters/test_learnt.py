"""Weights are kept as the same bytes each time, and read back as they were."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from msgspec.structs import replace

from pulih.adapters.learnt import load_weights, save_weights
from pulih.understand.learnt import Weights

# Labels whose columns are kept here; packing all of them takes a quarter of a minute, which tests/long spends.
HEADS = 3


def test_weights_are_kept_as_the_same_bytes_and_read_back(tmp_path: Path) -> None:
    whole = load_weights()
    columns = {name: getattr(whole, name)[:HEADS] for name in ("heads", "unit", "bias", "trust", "threshold")}
    keeps_and_reads_back(replace(whole, units=whole.units[:, :HEADS], **columns), tmp_path)


def keeps_and_reads_back(weights: Weights, folder: Path) -> None:
    for name in ("one", "two"):
        save_weights(weights, folder / name)
    kept = {path.name: path.read_bytes() for path in (folder / "one").iterdir()}
    assert kept == {path.name: path.read_bytes() for path in (folder / "two").iterdir()}
    again = load_weights(folder / "one")
    assert np.array_equal(again.units, weights.units)
    assert again.heads == weights.heads
    assert np.array_equal(again.bias, weights.bias)
