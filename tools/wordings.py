"""Measure the recognition of copies on texts of the corpus: how alike strangers write, what is found, what it costs.

    python tools/wordings.py

The texts were written one by one, so no two are copies; each is then passed on with changes that are drawn from a seed.
"""

from __future__ import annotations

import json
import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from pulih.listen.copies import ALIKE, Copies, likeness
from pulih.listen.weighing import SHORT_WORDS, words_of

CORPUS = Path(__file__).resolve().parent.parent / "corpus" / "train"
# Words that stand for a changed one; none is a word of a complaint, so no change is undone by chance.
OTHERS = [f"ganti{letter}" for letter in "abcdefgh"]
CLOSINGS = ("tolong RT", "sebarkan ya kawan", "ayo kita bersuara bersama sama", "jangan diam saja")


def main() -> None:
    """Print the three measurements."""
    texts = [json.loads(line)["text"] for path in sorted(CORPUS.glob("*.jsonl")) for line in path.open("rb")]
    long = [words for words in map(words_of, texts) if len(words) > SHORT_WORDS]
    print(f"{len(texts):,} texts, {len(long):,} of them longer than {SHORT_WORDS} words")
    _strangers(long)
    for name, change in CHANGES.items():
        print(f"recognised with {name}: {_recognised(long, change):.1%}")
    copies = Copies()
    begin = time.process_time()
    for number, words in enumerate(long):
        copies.count(words, number)
    print(f"{1e6 * (time.process_time() - begin) / len(long):.1f} us a long text")


def _strangers(long: list[list[str]]) -> None:
    """Print how alike each text is to the one before it that is most like it."""
    sets = [frozenset(f"{one} {other}" for one, other in pairwise(words)) for words in long]
    holders: dict[str, list[int]] = defaultdict(list)
    highest: list[float] = []
    for number, pairs in enumerate(sets):
        near = {other for pair in pairs for other in holders[pair]}
        highest.append(max((likeness(pairs, sets[other]) for other in near), default=0.0))
        for pair in pairs:
            holders[pair].append(number)
    counts = Counter(int(share * 10) for share in highest)
    rows = ", ".join(f"{step / 10:.1f}: {counts[step]:,}" for step in sorted(counts))
    print(f"likest text before it, from: {rows}; highest {max(highest):.2f}, taken for a copy from {ALIKE} on")


def _recognised(long: list[list[str]], change: Callable[[random.Random, list[str]], list[str]]) -> float:
    """Return which share of the changed texts is taken for the one it was made of."""
    chance, copies = random.Random(1), Copies()
    numbers = [copies.count(words, 0)[0] for words in long]
    return sum(
        copies.count(change(chance, words), 0)[0] == number for words, number in zip(long, numbers, strict=True)
    ) / len(long)


def _reworded(times: int) -> Callable[[random.Random, list[str]], list[str]]:
    def change(chance: random.Random, words: list[str]) -> list[str]:
        changed = list(words)
        for place in chance.sample(range(len(words)), times):
            changed[place] = chance.choice(OTHERS)
        return changed

    return change


def _ended(chance: random.Random, words: list[str]) -> list[str]:
    return [*words, *chance.choice(CLOSINGS).lower().split()]


def _turned(chance: random.Random, words: list[str]) -> list[str]:
    place = chance.randrange(3, len(words) - 2)
    return [*words[place:], *words[:place]]


CHANGES: dict[str, Callable[[random.Random, list[str]], list[str]]] = {
    "one word changed": _reworded(1),
    "two words changed": _reworded(2),
    "three words changed": _reworded(3),
    "an ending added": _ended,
    "its parts exchanged": _turned,
}

if __name__ == "__main__":
    main()
