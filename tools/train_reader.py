"""Train what the reader learns (stage 2 of requirement U1) from the training part of the own corpus alone.

    python tools/train_reader.py            writes src/pulih/data/reader; a minute or two
    python tools/train_reader.py --judge    also says how well each label is read in files left out of the training

Logistic regression with an L2 penalty for each label, on the features of `pulih.understand.learnt`. The rules were
written with the eyes on the first files (`SEEN`), where their word is better than on any new text. So how much it is
worth is learnt on the other files, and so are the thresholds, from texts of files that were left out of the training.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from scipy.special import expit

from labelled import Labelled, read_part
from pulih.adapters.learnt import save_weights
from pulih.main import load_knowledge
from pulih.understand.decision import HEADS, ONLY, stand_of
from pulih.understand.learnt import BITS, Weights, features, rows_of
from pulih.understand.reader import Looked

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

GOAL = Path(__file__).resolve().parents[1] / "src" / "pulih" / "data" / "reader"
# Files that were read for words and mistakes when rules were written.
SEEN = frozenset({
    "abroad", "chat", "forum", "reviews", "tickets", "tweets_fixed", "tweets_groups", "tweets_hard", "tweets_mobile",
    "tweets_more", "tweets_other", "fixed", "mobile", "negatives", "groups", "tongues",
})  # fmt: skip
# Files that hold what a search for a name returns, and not hard cases. Such texts are most of the world's: each counts
# so many times, and for them the probabilities hold.
PLAIN, PLAIN_WEIGHT = ("stream", "chatter"), 4.0
# What the weights cost; of 0.2 to 1 the figures on files left out hardly differ.
PENALTY = 0.5
# The word of the rules is believed to be worth so much beforehand: of a report half its log-odds, else a factor e.
TRUST, TRUST_SD = np.array([0.5, *np.ones(len(HEADS) - 1)]), 1.0
# Labels that are said by themselves; of the others the likeliest is.
JUDGED = HEADS[:3]
THRESHOLDS = np.arange(0.2, 0.71, 0.02)


class Corpus:
    """The texts as arrays: features, the word of the rules, true labels, and where each label is to be learnt."""

    def __init__(self, rows: Sequence[tuple[str, Labelled]], looked: Sequence[Looked]) -> None:
        self.files = np.array([at.split("/")[-1].split(".")[0] for at, _ in rows])
        self.x = matrix(looked)
        self.stand = np.array([stand_of(one.ruled) for one in looked])
        self.true = np.array([truth(row) for _, row in rows])
        self.asked = np.array([asked(row) for _, row in rows])
        self.new = ~np.isin(self.files, list(SEEN))
        self.plain = np.array([name.startswith(PLAIN) for name in self.files])


def main() -> None:
    """Train, and write or judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--judge", action="store_true", help="print figures on files left out")
    judge = parser.parse_args().judge
    rows = read_part("train")
    # Only what the rules find is taken from it; of the weights that it holds none is looked at.
    reader = load_knowledge(learnt=True).reader
    corpus = Corpus(rows, [reader.look(row.text, operator=row.given_operator or "") for _, row in rows])
    weights = train(corpus)
    save_weights(weights, GOAL)
    print(f"{len(rows)} texts, {len(HEADS)} labels: written to {GOAL}")
    if judge:
        print(judged(corpus, left_out(corpus)))


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
    of = {"symptom": row.symptom, "service": row.service}
    return [row.is_report, row.acute, row.recovered] + [of[h.split(".")[0]] == h.split(".")[1] for h in HEADS[3:]]


def asked(row: Labelled) -> list[bool]:
    """Return which labels a text can teach: how it fails only where something does."""
    of = {"report": True, "recovered": True, "acute": row.is_report}
    of |= {"symptom": row.is_report, "service": (row.is_report or row.recovered) and row.symptom not in ONLY}
    return [of[head.split(".")[0]] for head in HEADS]


def train(corpus: Corpus) -> Weights:
    """Return weights from all texts, trust and thresholds from those that no rule was written for."""
    everything = np.ones(corpus.files.size, dtype=np.bool_)
    table, bias, trust = np.zeros((len(HEADS), 1 << BITS)), np.zeros(len(HEADS)), np.zeros(len(HEADS))
    for head in range(len(HEADS)):
        _, _, trust[head] = fit(corpus, head, corpus.new)
        table[head], bias[head], _ = fit(corpus, head, everything, trust=trust[head])
    unit = np.abs(table).max(axis=1) / 127.0
    units = np.rint(table / unit[:, None]).astype(np.int8).T
    scale, shift, threshold = joints(corpus, left_out(corpus))
    return Weights(
        heads=HEADS,
        units=np.ascontiguousarray(units),
        unit=unit * scale,
        bias=bias * scale + shift,
        trust=trust * scale,
        threshold=threshold,
    )


def fit(corpus: Corpus, head: int, rows: Flags, *, trust: float | None = None) -> tuple[Floats, float, float]:
    """Return weights, bias and trust of one label; `trust` as given, or learnt."""
    used = np.flatnonzero(rows & corpus.asked[:, head])
    x, stand, true = corpus.x[used], corpus.stand[used, head], corpus.true[used, head].astype(np.float64)
    weight = np.where(corpus.plain[used], PLAIN_WEIGHT, 1.0)
    size = 1 << BITS
    believed = TRUST[head] if trust is None else trust
    tight = TRUST_SD if trust is None else 1e-4

    def cost(v: Floats) -> tuple[float, Floats]:
        odds = x @ v[:size] + v[size] + v[size + 1] * stand
        far = (v[size + 1] - believed) / tight**2
        off = weight * (expit(odds) - true)
        value = weight @ (np.logaddexp(0.0, odds) - true * odds)
        value += 0.5 * PENALTY * v[:size] @ v[:size] + 0.5 * far * (v[size + 1] - believed)
        return float(value), np.concatenate([x.T @ off + PENALTY * v[:size], [off.sum()], [off @ stand + far]])

    first = np.zeros(size + 2)
    first[size + 1] = believed
    found = minimize(cost, first, jac=True, method="L-BFGS-B", options={"maxiter": 150}).x
    return found[:size], float(found[size]), float(found[size + 1])


def left_out(corpus: Corpus) -> Floats:
    """Return the log-odds of what is judged of each new text, from a training without its file; else NaN."""
    odds = np.full((corpus.files.size, len(JUDGED)), np.nan)
    for name in sorted(set(corpus.files[corpus.new])):
        here = corpus.files == name
        for head in range(len(JUDGED)):
            _, _, trust = fit(corpus, head, corpus.new & ~here)
            table, bias, _ = fit(corpus, head, ~here, trust=trust)
            odds[here, head] = corpus.x[here] @ table + bias + trust * corpus.stand[here, head]
    return odds


def joints(corpus: Corpus, odds: Floats) -> tuple[Floats, Floats, Floats]:
    """Return how to scale and shift log-odds so that they are probabilities, and where each label is best said.

    The probabilities are those of plain texts; the threshold is the best for plain and hard ones alike.
    """
    scale, shift, threshold = np.ones(len(HEADS)), np.zeros(len(HEADS)), np.full(len(HEADS), 0.5)
    for head in range(len(JUDGED)):
        used = corpus.new & corpus.asked[:, head]
        plain = used & corpus.plain
        told, true = odds[plain, head], corpus.true[plain, head]

        def cost(v: Floats, told: Floats = told, true: Flags = true) -> float:
            z = v[0] * told + v[1]
            return float(np.logaddexp(0.0, z).sum() - z[true].sum())

        scale[head], shift[head] = minimize(cost, np.array([1.0, 0.0]), method="Nelder-Mead").x
        sure, kinds = expit(scale[head] * odds[:, head] + shift[head]), (plain, used & ~corpus.plain)
        both = [sum(f1(corpus.true[kind, head], sure[kind] >= at) for kind in kinds) for at in THRESHOLDS]
        threshold[head] = THRESHOLDS[int(np.argmax(both))]
    return scale, shift, threshold


def f1(true: Flags, said: Flags) -> float:
    """Return F1 of a yes-or-no label."""
    return 2.0 * float((true & said).sum()) / max(1.0, float(true.sum() + said.sum()))


def judged(corpus: Corpus, odds: Floats) -> str:
    """Return how well rules alone, and rules with what was learnt, read the files left out."""
    scale, shift, threshold = (one[: len(JUDGED)] for one in joints(corpus, odds))
    sure = expit(odds * scale + shift)
    lines = []
    for head in range(len(JUDGED)):
        used = corpus.new & (corpus.asked[:, head] if head != 1 else corpus.asked[:, 0])
        rules = corpus.stand[:, head] > 0
        said = sure[:, head] >= threshold[head]
        if HEADS[head] == "acute":
            rules, said = rules & (corpus.stand[:, 0] > 0), said & (sure[:, 0] >= threshold[0])
        for name, kind in (("plain", used & corpus.plain), ("hard", used & ~corpus.plain)):
            true = corpus.true[kind, head]
            figures = f"F1 {f1(true, rules[kind]):.3f} by rules, {f1(true, said[kind]):.3f} with both"
            lines.append(f"{HEADS[head]}, {kind.sum()} {name} texts: {figures}")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
