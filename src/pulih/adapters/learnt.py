"""Learnt weights are read and written here: a table of whole numbers, and a small file of what joins it with the rules.

`tools/train_reader.py` writes both from the own corpus (corpus/README.md).
"""

from __future__ import annotations

import gzip
import io
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

import msgspec
import numpy as np

from pulih.understand.learnt import BITS, Weights

TABLE, JOINTS = "table.npy.gz", "joints.json"


class Joint(msgspec.Struct, frozen=True):
    """How one label joins what was learnt with what the rules say; see `Weights`."""

    unit: float
    bias: float
    trust: float
    threshold: float


def load_weights(folder: Traversable | None = None) -> Weights:
    """Load the packaged weights, or those of a folder."""
    folder = folder if folder is not None else resources.files("pulih") / "data" / "reader"
    joints = msgspec.json.decode((folder / JOINTS).read_bytes(), type=dict[str, Joint])
    units = np.load(io.BytesIO(gzip.decompress((folder / TABLE).read_bytes())), allow_pickle=False)
    assert units.shape == (1 << BITS, len(joints)), "the table and the joints of the reader are of one training"
    columns = {name: np.array([getattr(one, name) for one in joints.values()]) for name in Joint.__struct_fields__}
    return Weights(heads=tuple(joints), units=units, **columns)


def save_weights(weights: Weights, folder: Path) -> None:
    """Write weights into a folder, the same weights always as the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    table = io.BytesIO()
    np.save(table, weights.units, allow_pickle=False)
    (folder / TABLE).write_bytes(gzip.compress(table.getvalue(), mtime=0))
    joints = {
        head: Joint(*(round(float(getattr(weights, name)[at]), 6) for name in Joint.__struct_fields__))
        for at, head in enumerate(weights.heads)
    }
    (folder / JOINTS).write_bytes(msgspec.json.format(msgspec.json.encode(joints), indent=2) + b"\n")
