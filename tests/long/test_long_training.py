"""The weights that are packaged are what a training on the corpus gives, to the last bit; it takes some minutes."""

from __future__ import annotations

import sys
from pathlib import Path

from test_learnt import keeps_and_reads_back

from pulih.adapters.learnt import load_weights

TOOLS = Path(__file__).resolve().parents[2] / "tools"
# Labels are trained each by itself; these are of each kind: judged, how it fails, what fails, what is hit by it.
TRAINED = ("recovered", "symptom.slow", "service.tv", "group.work")


def test_a_training_on_the_corpus_gives_the_packaged_weights() -> None:
    """When it fails, run `python tools/train_reader.py`: corpus, rules or the training itself have changed.

    What the files left out of the training gave, and all other labels, take half an hour more;
    `python tools/train_reader.py --check` computes those too.
    """
    sys.path.insert(0, str(TOOLS))
    from train_reader import differences, digest, kept, load_corpus, train

    assert kept().of == digest()
    assert differences(train(load_corpus(), kept(), heads=TRAINED)) == ""


def test_all_weights_are_kept_as_the_same_bytes_and_read_back(tmp_path: Path) -> None:
    keeps_and_reads_back(load_weights(), tmp_path)
