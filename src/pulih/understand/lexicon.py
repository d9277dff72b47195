"""A lexicon is the reader's knowledge as frozen data: how words are spelt, which phrases say what, what each is worth.

Nothing about language stands in code. Phrases carry permanent rule ids, signs carry the weights, combinations say what
several signs mean together; docs/lexicon.md explains how to add one. The files are loaded by `pulih.adapters.lexicon`.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from pulih.model.reading import Talk

Role = Literal[
    "trouble", "subject", "negator", "damper", "past", "time", "ask", "mood", "topic", "fine", "side", "recovery",
    "wish", "group", "contrast", "shadow",
]  # fmt: skip


# Phrases of different layers do not hide one another; within a layer the leftmost longest phrase wins.
MAIN_LAYER: tuple[Role, ...] = (
    "trouble", "subject", "negator", "damper", "past", "ask", "mood", "topic", "fine", "side", "recovery", "wish",
    "contrast", "shadow",
)  # fmt: skip
TIME_LAYER: tuple[Role, ...] = ("time",)
GROUP_LAYER: tuple[Role, ...] = ("group",)


class Sign(msgspec.Struct, frozen=True):
    """One meaning that phrases can carry, and what it is worth.

    Attributes:
        name: unique; rules and combinations refer to it.
        role: how the reader treats it (docs/lexicon.md lists the roles).
        weight: what it adds to the log-odds of "this is a report"; of a trouble: when it is said of a service.
        solo: of a trouble: what it adds when nothing says what is in trouble.
        symptom: of a trouble: the symptom when nothing more is known.
        joins: of a trouble: subject sign -> symptom, or "care" or "void" when that pair is no service problem.
        service: of a subject: the service it names.
        loss: of a trouble: a loss (dead, gone, cannot) rather than bad quality.
        denied: of a trouble: a negator before it takes it back.
        talk: what the text is about when this sign dominates.
        factor: of a damper: what the weight of a trouble behind it is multiplied by.
        hard: of a topic: counts in full even beside a trouble of a named service.
        most: how often it counts when different phrases say it.
        whole: of a trouble: the phrase itself names what fails; other clauses add nothing.
        reach: of a trouble: how many words may stand between it and what it is said of.
        cue: of a subject or trouble: proves that the text speaks of telecoms; then brands with everyday names count.
    """

    name: str
    role: Role
    weight: float = 0.0
    solo: float = 0.0
    symptom: str = "none"
    joins: dict[str, str] = {}
    service: str = ""
    loss: bool = False
    denied: bool = True
    talk: Talk = "other"
    factor: float = 1.0
    hard: bool = False
    most: int = 1
    whole: bool = False
    reach: int = 7
    cue: bool = True


class Rule(msgspec.Struct, frozen=True):
    """Phrases with one permanent id; alternatives in brackets are written out when the lexicon is built."""

    id: str
    sign: str
    phrases: tuple[str, ...]
    also: tuple[str, ...] = ()
    weight: float = 0.0
    source: str = ""
    comment: str = ""


class Combination(msgspec.Struct, frozen=True):
    """What several signs or facts mean together: `weight` counts when all of `all` and none of `none` are there."""

    id: str
    all: tuple[str, ...]
    weight: float
    none: tuple[str, ...] = ()
    comment: str = ""


class Spelling(msgspec.Struct, frozen=True):
    """How people write words.

    Attributes:
        same: spelling -> the word it stands for; several words are parted by a space.
        dropped: particles that carry no meaning here.
        kept: real words that look like slips of others and must stay.
        near: long words whose slips of one letter are mended.
        endings: particles written onto a word (-nya, -ku, -lah).
    """

    same: dict[str, str]
    dropped: frozenset[str]
    kept: frozenset[str]
    near: tuple[str, ...]
    endings: tuple[str, ...]


class Across(msgspec.Struct, frozen=True):
    """Small words that tell who calls whom; data/lexicon/across.toml says what each list is for."""

    goals: frozenset[str]
    goals_as_written: frozenset[str]
    goals_in_sundanese: frozenset[str]
    origins: frozenset[str]
    by_way: frozenset[str]
    agents: frozenset[str]
    places: frozenset[str]
    numbers: frozenset[str]
    linking: frozenset[str]
    people: frozenset[str]
    calling: frozenset[str]
    called: frozenset[str]
    me: frozenset[str]
    incoming: frozenset[str]
    no_call: frozenset[str]
    telling: frozenset[str]
    wares: frozenset[str]
    working: frozenset[str]
    not_working: frozenset[str]
    trouble: frozenset[str]
    within: frozenset[str]
    also: frozenset[str]


class Grammar(msgspec.Struct, frozen=True):
    """Small words that steer how phrases are joined; data/lexicon/grammar.toml says what each list is for.

    `across` has a file of its own.
    """

    across: Across
    demonstratives: frozenset[str]
    times: frozenset[str]
    loose_times: frozenset[str]
    beginning: frozenset[str]
    contrasts: frozenset[str]
    elsewhere: frozenset[str]
    through: frozenset[str]
    leaving: frozenset[str]
    entering: frozenset[str]
    done: frozenset[str]
    settling: frozenset[str]
    likening: frozenset[str]
    unlike: frozenset[str]
    joining: frozenset[str]
    question_ends: frozenset[str]
    still: frozenset[str]
    again: frozenset[str]
    relapse: frozenset[str]
    turned: frozenset[str]
    unturned: frozenset[str]
    over: frozenset[str]
    begged: frozenset[str]
    awaiting: frozenset[str]
    hoping: frozenset[str]
    by_now: frozenset[str]
    services: frozenset[str]
    glad: frozenset[str]
    asking: frozenset[str]
    to_come: frozenset[str]
    vocatives: frozenset[str]
    own: frozenset[str]
    others: frozenset[str]
    pitied: frozenset[str]
    leaning: frozenset[str]
    doubts: frozenset[str]
    mockery: frozenset[str]
    likened_parts: frozenset[str]
    denials: tuple[str, ...]
    account_endings: frozenset[str]


class Lexicon(msgspec.Struct, frozen=True):
    """Everything that the reader knows of language.

    `tongues` maps a function word to its language; `bias` is the log-odds of a report before any word is read;
    `threshold` is the probability from which a text is called a report (the one place of that decision).
    """

    spelling: Spelling
    grammar: Grammar
    tongues: dict[str, str]
    signs: tuple[Sign, ...]
    rules: tuple[Rule, ...]
    combinations: tuple[Combination, ...]
    bias: float
    threshold: float
