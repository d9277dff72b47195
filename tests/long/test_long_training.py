"""The weights that are packaged are what a training on the corpus gives, to the last bit; it takes a minute."""

from __future__ import annotations

import sys
from pathlib import Path

TOOLS = Path(__file__).resolve().parents[2] / "tools"


def test_a_training_on_the_corpus_gives_the_packaged_weights() -> None:
    """When it fails, run `python tools/train_reader.py`: corpus, rules or the training itself have changed.

    What the files left out of the training gave takes some minutes more and is kept with the digest of all that it was
    computed from; `python tools/train_reader.py --check` computes that too.
    """
    sys.path.insert(0, str(TOOLS))
    from train_reader import differences, digest, kept, load_corpus, train

    corpus = load_corpus()
    assert kept().of == digest()
    assert differences(train(corpus, kept())) == ""
