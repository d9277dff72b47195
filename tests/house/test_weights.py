"""The weights that are packaged are what a training on the corpus gives, to the last bit."""

from __future__ import annotations

import sys

from checkout import ROOT


def test_a_training_on_the_corpus_gives_the_packaged_weights() -> None:
    """It takes half a minute. When it fails, run `python tools/train_reader.py`: corpus or rules have changed."""
    sys.path.insert(0, str(ROOT / "tools"))
    from train_reader import differences, left_out, load_corpus, train

    corpus = load_corpus()
    assert differences(train(corpus, left_out(corpus))) == ""
