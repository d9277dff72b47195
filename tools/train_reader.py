"""Train what the reader learns (stage 2 of requirement U1) from the training part of the own corpus alone.

    python tools/train_reader.py            writes src/pulih/data/reader and left_out.json; some minutes
    python tools/train_reader.py --judge    also says how well each label is read in files left out of the training
    python tools/train_reader.py --check    writes nothing; fails unless what is packaged is what a training gives

Logistic regression with an L2 penalty for each label (`logistic`), on the features of `pulih.understand.learnt`. The
same corpus, rules and settings always give the same bytes. The rules were written with the eyes on the first files
(`SEEN`), where their word is better than on any new text. So how much it is worth is learnt on the other files, and so
are the thresholds, from texts of writers that were left out of the training. That takes most of the time, so
what it gave is kept in `left_out.json` with the digest of all that it was computed from.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
import tempfile
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from zlib import crc32

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from scipy.special import expit

import logistic
import noise
from labelled import Labelled, read_part
from pulih.adapters.learnt import load_weights, save_weights
from pulih.adapters.lexicon import load_lexicon
from pulih.main import load_knowledge
from pulih.model.reading import Group
from pulih.understand.decision import GROUPS, HEADS, ONLY, stand_of
from pulih.understand.learnt import BITS, Weights, features, rows_of
from pulih.understand.reader import Looked

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

GOAL = Path(__file__).resolve().parents[1] / "src" / "pulih" / "data" / "reader"
KEPT = Path(__file__).with_name("left_out.json")
# Files that were read for words and mistakes when rules were written.
SEEN = frozenset({
    "abroad", "chat", "forum", "reviews", "tickets", "tweets_fixed", "tweets_groups", "tweets_hard", "tweets_mobile",
    "tweets_more", "tweets_other", "fixed", "mobile", "negatives", "groups", "tongues", "stream_fixed", "stream_mobile",
    "chatter_1", "chatter_3", "short", "time", "negatives_more", "groups_more", "tongues_more", "recovery_1",
    "activities_1", "recovery_other", "hard_1", "hard_2", "hard_3", "hard_5", "hard_6", "hard_9",
})  # fmt: skip
# What is left out at a time, always all files of a writer together. What stands nowhere here is by the same hand as
# `daily`.
LEFT_OUT = (
    ("hard_10", "hard_15", "hard_20", "hard_25", "hard_30", "stream_posts_1", "stream_posts_7"),
    ("hard_11", "hard_16", "hard_21", "hard_26", "stream_posts_2", "stream_posts_8"),
    ("hard_12", "hard_17", "hard_22", "hard_27", "stream_posts_3", "stream_posts_9"),
    ("hard_13", "hard_18", "hard_23", "hard_28", "stream_names", "stream_posts_4", "stream_posts_10"),
    ("hard_14", "hard_19", "hard_24", "hard_29", "stream_days", "stream_posts_5", "stream_posts_11"),
    ("stream_outage", "chatter_2", "stream_posts_6", "stream_posts_12"),
)
# Files that hold what a search for a name returns, and not hard cases. Such texts are most of the world's: each counts
# so many times, and for them the probabilities hold.
PLAIN, PLAIN_WEIGHT = ("stream", "chatter"), 4.0
# Each text is also learnt as another hand might have written it (`noise`); that counts so much.
COPY_WEIGHT = 0.3
# What the weights cost. What is judged by itself is read better in hard texts for less, but worse in real posts; how a
# report fails is read better for much less.
PENALTY, PENALTY_HOW = 0.25, 0.03
# What is found about as often with a label as without is held to this share of the others' freedom, and what tells them
# apart is freer by how much it does (Wang and Manning 2012, "Baselines and bigrams").
LEAST_FREE = 0.3
# The word of the rules is believed to be worth so much beforehand: of a report half its log-odds, else a factor e.
TRUST, TRUST_SD = np.array([0.5, *np.ones(len(HEADS) - 1)]), 1.0
# In real posts the rules are right oftener than in texts made to mislead, which teach the trust (docs/decisions/0005).
TRUSTED_MORE = np.array([0.2, *np.zeros(len(HEADS) - 1)])
# Labels that are said by themselves; of the others the likeliest is.
JUDGED = HEADS[:3]
# An activity is said from here on; F1 in files left out of the training is flat from .2 to .4.
GROUP_FROM = 0.25
THRESHOLDS = np.arange(0.2, 0.71, 0.02)
# Thresholds whose F1 differ by no more than this are as good by chance. Of a report the middle one is taken. That it
# goes on now, or is back, is not said so easily, and rarer in the world than in the corpus: of these the greatest.
AS_GOOD = 0.01
# Of so many texts one is read to tell whether rules have changed.
TOLD_BY = 4


class LeftOut(msgspec.Struct, frozen=True):
    """What the files left out gave, kept for whoever has the same texts, rules and programs.

    Attributes:
        of: digest of all that it was computed from; see `digest`.
        scale, shift, threshold: see `joints`; one a label.
    """

    of: str
    scale: list[float]
    shift: list[float]
    threshold: list[float]


class Corpus:
    """The texts as arrays: features, the word of the rules, true labels, and where each label is to be learnt.

    First stand the texts as they were written, `written` of them, then copies of them in other hands.
    """

    def __init__(
        self,
        rows: Sequence[tuple[str, Labelled]],
        looked: Sequence[Looked],
        named: Sequence[Collection[Group]],
        *,
        written: int,
    ) -> None:
        self.texts = [row.text for _, row in rows[:written]]
        self.files = np.array([at.split("/")[-1].split(".")[0] for at, _ in rows])
        self.x = matrix(looked)
        self.stand = stand_of([one.ruled for one in looked])
        self.stand[:, -len(GROUPS) :] = [[1.0 if one in by else -1.0 for one in GROUPS] for by in named]
        self.true = np.array([truth(row) for _, row in rows])
        self.asked = np.array([asked(row) for _, row in rows])
        self.new = ~np.isin(self.files, list(SEEN))
        self.plain = np.array([name.startswith(PLAIN) for name in self.files])
        self.judged = self.new & (np.arange(self.files.size) < written)
        self.weight = np.where(self.plain, PLAIN_WEIGHT, 1.0)
        self.weight[written:] *= COPY_WEIGHT


def main() -> None:
    """Train, and write, judge or check."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--judge", action="store_true", help="print figures on files left out")
    parser.add_argument("--check", action="store_true", help="compare with what is packaged and write nothing")
    asked = parser.parse_args()
    corpus = load_corpus()
    odds = left_out(corpus)
    found = joints(corpus, odds)
    weights = train(corpus, found)
    if asked.check:
        different = differences(weights) or ("" if found == kept() else f"{KEPT.name} is of another training")
        sys.exit(f"train_reader: {different}; `python tools/train_reader.py` writes them anew" if different else 0)
    save_weights(weights, GOAL)
    KEPT.write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n")
    print(f"{len(corpus.texts)} texts, {len(HEADS)} labels: written to {GOAL}")
    if asked.judge:
        print(judged(corpus, odds))


def load_corpus(*, copies: bool = True, each: int = 1) -> Corpus:
    """Return the training part as arrays.

    Args:
        copies: whether texts stand there in other hands too.
        each: of so many texts one is taken.
    """
    rows = read_part("train")[::each]
    # Only what the rules find is taken from it; of the weights that it holds none is looked at.
    reader = load_knowledge(learnt=True).reader
    looked = [reader.look(row.text, operator=row.given_operator or "") for _, row in rows]
    written, others = len(rows), noise.spellings(load_lexicon().spelling)
    for (at, row), first in zip(rows[:], looked[:], strict=True) if copies else ():
        text = noise.rewritten(row.text, others, number=crc32(row.text.encode()))
        copy = reader.look(text, operator=row.given_operator or "")
        if copy.words != first.words:
            rows.append((at, row))
            looked.append(copy)
    return Corpus(rows, looked, [reader.named(one.found) for one in looked], written=written)


def digest() -> str:
    """Return the digest of all that a training hangs on: texts and labels, what rules see, and the programs that train.

    What rules see is looked at in a part of the texts, to be fast, and not in copies, which follow from the texts, from
    `noise`, and from the same rules.
    """
    corpus = load_corpus(copies=False, each=TOLD_BY)
    # Of a root or a logarithm the last digits are another machine's own.
    arrays = (corpus.x.indptr, corpus.x.indices, np.round(corpus.x.data, 9), np.round(corpus.stand, 9))
    parts = [array.tobytes() for array in arrays]
    named = read_part("train")
    parts += [f"{at} {row.given_operator} {truth(row)} {asked(row)} {row.text}".encode() for at, row in named]
    parts += [Path(program).read_bytes() for program in (__file__, logistic.__file__, noise.__file__)]
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()


def kept() -> LeftOut:
    """Return what was kept of the last training."""
    return msgspec.json.decode(KEPT.read_bytes(), type=LeftOut)


def differences(weights: Weights) -> str:
    """Return in what the packaged weights are not those of a training, "" where every bit is the same."""
    with tempfile.TemporaryDirectory() as folder:
        save_weights(weights, Path(folder))
        trained, packaged = load_weights(Path(folder)), load_weights()
    names = Weights.__struct_fields__
    other = [name for name in names if not np.array_equal(getattr(trained, name), getattr(packaged, name))]
    return f"the packaged weights are not those of this corpus and these rules: {', '.join(other)}" if other else ""


def matrix(looked: Sequence[Looked]) -> csr_matrix:
    """Return the features of all texts; each part of a text weighs one over the root of its size."""
    values, columns, ends = [], [], [0]
    for one in looked:
        for part in features(one.words, one.signs):
            rows = [row for feature in part for row in rows_of(feature)]
            columns += rows
            values += [len(rows) ** -0.5 for _ in rows]
        ends.append(len(columns))
    found = csr_matrix((values, columns, ends), shape=(len(looked), 1 << BITS))
    found.sum_duplicates()
    return found


def truth(row: Labelled) -> list[bool]:
    """Return the true labels of a text, one a head."""
    of: dict[str, Collection[str | None]] = {"symptom": {row.symptom}, "service": {row.service}, "group": row.groups}
    return [row.is_report, row.acute, row.recovered] + [h.split(".")[1] in of[h.split(".")[0]] for h in HEADS[3:]]


def asked(row: Labelled) -> list[bool]:
    """Return which labels a text can teach: how it fails only where something does."""
    speaks = row.is_report or row.recovered
    of = {"report": True, "recovered": True, "acute": row.is_report, "group": speaks}
    of |= {"symptom": row.is_report, "service": speaks and row.symptom not in ONLY}
    return [of[head.split(".")[0]] for head in HEADS]


def train(corpus: Corpus, found: LeftOut, *, heads: Collection[str] = HEADS) -> Weights:
    """Return weights from all texts, trust and thresholds from those that no rule was written for.

    Args:
        corpus: all texts.
        found: what `joints` made of the files left out.
        heads: labels to train; of the others the packaged weights are taken.
    """
    chosen = [at for at, head in enumerate(HEADS) if head in heads]
    learnt = np.array(_side_by_side(_fit_all, corpus, chosen))
    table, bias, trust = learnt[:, :-2], learnt[:, -2], learnt[:, -1]
    unit = np.abs(table).max(axis=1) / 127.0
    units = np.rint(table / unit[:, None]).astype(np.int8).T
    scale, shift = np.array(found.scale), np.array(found.shift)
    trained = Weights(
        heads=tuple(HEADS[at] for at in chosen),
        units=np.ascontiguousarray(units),
        unit=unit * scale[chosen],
        bias=bias * scale[chosen] + shift[chosen],
        trust=trust * scale[chosen] + TRUSTED_MORE[chosen],
        threshold=np.array(found.threshold)[chosen],
    )
    return trained if len(chosen) == len(HEADS) else _among(load_weights(), trained)


def _among(packaged: Weights, trained: Weights) -> Weights:
    """Return the packaged weights with those of some labels trained anew."""
    at = [packaged.heads.index(head) for head in trained.heads]
    names = set(Weights.__struct_fields__) - {"heads"}
    whole = {name: getattr(packaged, name).copy() for name in names}
    for name, array in whole.items():
        array[..., at] = getattr(trained, name)
    return Weights(heads=packaged.heads, **whole)


def _side_by_side(work: Callable[[int], Floats], corpus: Corpus, heads: Sequence[int]) -> list[Floats]:
    """Return what is made of each label, in a process a core; each inherits the corpus, and no label needs another."""
    shared = get_context("fork")
    with ProcessPoolExecutor(os.cpu_count(), mp_context=shared, initializer=_take, initargs=(corpus,)) as pool:
        return [*pool.map(work, heads)]


_TAKEN: list[Corpus] = []


def _take(corpus: Corpus) -> None:
    _TAKEN[:] = [corpus]


def _fit_all(head: int) -> Floats:
    corpus = _TAKEN[0]
    return fit(corpus, head, corpus.new, np.ones(corpus.files.size, dtype=np.bool_))


def fit(corpus: Corpus, head: int, new: Flags, rows: Flags, *, start: Floats | None = None) -> Floats:
    """Return the weights of one label, its bias and its trust, in one array.

    Args:
        corpus: all texts.
        head: the label.
        new: texts that teach what the word of the rules is worth.
        rows: texts that teach the rest.
        start: what was found for nearly the same texts, to be faster.
    """
    believed = float(TRUST[head])
    first = np.zeros((1 << BITS) + 2) if start is None else start
    learnt = _fit(corpus, head, new, trust=believed, start=np.append(first[:-1], first[-1] - believed))
    trust = believed + float(learnt[-1])
    return np.append(_fit(corpus, head, rows, trust=trust, start=first[:-1]), trust)


def _fit(corpus: Corpus, head: int, rows: Flags, *, trust: float, start: Floats) -> Floats:
    """Return weights and bias, and how far the trust is from the one given if `start` says that of another."""
    used = np.flatnonzero(rows & corpus.asked[:, head])
    stand = corpus.stand[used, head]
    x, true = corpus.x[used], corpus.true[used, head]
    further = np.stack([np.ones(used.size), stand], axis=1)[:, : start.size - (1 << BITS)]
    free = np.array([0.0, TRUST_SD**-2])[: further.shape[1]]
    cost = PENALTY if head < len(JUDGED) else PENALTY_HOW
    return logistic.fit(
        hstack([x, csr_matrix(further)], format="csr"),
        true.astype(np.float64),
        weight=corpus.weight[used],
        offset=trust * stand,
        penalty=np.concatenate([cost / freedom(x, true) ** 2, free]),
        start=start,
    )


def freedom(x: csr_matrix, true: Flags) -> Floats:
    """Return how freely the weight of each feature may move: by how much oftener it stands in one kind of text."""
    with_it, without = (1.0 + np.diff(x[kind].astype(np.bool_).tocsc().indptr) for kind in (true, ~true))
    telling: Floats = np.abs(np.log(with_it / with_it.sum()) - np.log(without / without.sum()))
    return LEAST_FREE + telling


def left_out(corpus: Corpus) -> Floats:
    """Return the log-odds of what is judged of each new text, from a training without its writer; else NaN."""
    return np.stack(_side_by_side(_left_out_of, corpus, range(len(JUDGED))), axis=1)


def _left_out_of(head: int) -> Floats:
    corpus, found = _TAKEN[0], None
    odds = np.full(corpus.files.size, np.nan)
    for here in _writers(corpus):
        found = fit(corpus, head, corpus.new & ~here, ~here, start=found)
        odds[here] = corpus.x[here] @ found[:-2] + found[-2] + found[-1] * corpus.stand[here, head]
    return odds


def _writers(corpus: Corpus) -> list[Flags]:
    """Return which new texts are by whom."""
    several = [np.isin(corpus.files, files) for files in LEFT_OUT]
    return [*several, corpus.new & ~np.logical_or.reduce(several)]


def joints(corpus: Corpus, odds: Floats) -> LeftOut:
    """Return how to scale and shift log-odds so that they are probabilities, and where each label is best said.

    The probabilities are those of plain texts; the threshold is as good as the best for plain and hard ones alike.
    """
    scale, shift, threshold = np.ones(len(HEADS)), np.zeros(len(HEADS)), np.full(len(HEADS), 0.5)
    threshold[-len(GROUPS) :] = GROUP_FROM
    for head in range(len(JUDGED)):
        used = corpus.judged & corpus.asked[:, head]
        plain = used & corpus.plain
        told, each = odds[plain, head], np.ones(int(plain.sum()))
        both_ways = csr_matrix(np.stack([told, each], axis=1))
        true = corpus.true[plain, head].astype(np.float64)
        scale[head], shift[head] = logistic.fit(both_ways, true, weight=each, offset=0.0 * told, penalty=np.zeros(2))
        trusted = TRUSTED_MORE[head] * corpus.stand[:, head]
        sure, kinds = expit(scale[head] * odds[:, head] + shift[head] + trusted), (plain, used & ~corpus.plain)
        both = np.array([sum(f1(corpus.true[kind, head], sure[kind] >= at) for kind in kinds) for at in THRESHOLDS])
        good = np.flatnonzero(both >= both.max() - AS_GOOD)
        threshold[head] = THRESHOLDS[good[good.size // 2 if HEADS[head] == "report" else -1]]
    return LeftOut(digest(), scale.tolist(), shift.tolist(), threshold.tolist())


def f1(true: Flags, said: Flags) -> float:
    """Return F1 of a yes-or-no label."""
    return 2.0 * float((true & said).sum()) / max(1.0, float(true.sum() + said.sum()))


def judged(corpus: Corpus, odds: Floats) -> str:
    """Return how well rules alone, and rules with what was learnt, read the files left out."""
    found = joints(corpus, odds)
    scale, shift, threshold = (np.array(one[: len(JUDGED)]) for one in (found.scale, found.shift, found.threshold))
    sure = expit(odds * scale + shift + (TRUSTED_MORE * corpus.stand)[:, : len(JUDGED)])
    lines = []
    for head in range(len(JUDGED)):
        used = corpus.judged
        rules = corpus.stand[:, head] > 0
        said = sure[:, head] >= threshold[head]
        if HEADS[head] == "acute":
            rules, said = rules & (corpus.stand[:, 0] > 0), said & (sure[:, 0] >= threshold[0])
        kinds = {"plain texts": used & corpus.plain, "hard texts": used & ~corpus.plain}
        kinds |= {f"of {name}": used & (corpus.files == name) for name in sorted(set(corpus.files[used]))}
        for name, kind in kinds.items():
            true = corpus.true[kind, head]
            figures = f"F1 {f1(true, rules[kind]):.3f} by rules, {f1(true, said[kind]):.3f} with both"
            lines.append(f"{HEADS[head]}, {kind.sum()} {name}: {figures}")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
