"""The weights that are packaged are of this corpus and these rules; tests/long trains them anew, to the last bit."""

from __future__ import annotations

import sys

from checkout import ROOT


def test_the_packaged_weights_are_of_this_corpus_these_rules_and_this_training() -> None:
    """When it fails, run `python tools/train_reader.py`: corpus, rules or the training itself have changed."""
    sys.path.insert(0, str(ROOT / "tools"))
    from train_reader import digest, kept

    assert kept().of == digest()
