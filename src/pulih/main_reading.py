"""Join the reader to its packaged knowledge: for `pulih read`, for the processes of a desk that read, and for Python.

It stands apart from `main` so that reading loads neither what draws nor what counts.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Sized
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path

import msgspec

from pulih.adapters.catalogue import load_catalogue
from pulih.adapters.gazetteer import load_gazetteer
from pulih.adapters.learnt import load_weights
from pulih.adapters.lexicon import load_lexicon
from pulih.adapters.packed import packed_index
from pulih.adapters.reading_lines import is_short
from pulih.adapters.recalled import Recalled
from pulih.model.errors import RefusedInput
from pulih.model.reading import Reading
from pulih.understand.gazetteer import Gazetteer
from pulih.understand.learnt import BATCH_TEXTS
from pulih.understand.operators import Catalogue
from pulih.understand.phrasebook import Phrasebook
from pulih.understand.places import PlaceFinder
from pulih.understand.reader import Reader, Told


class Knowledge(msgspec.Struct, frozen=True):
    """What the reader knows: operators, regions, and how both appear in texts."""

    catalogue: Catalogue
    gazetteer: Gazetteer
    reader: Reader
    operator: str | None


def load_knowledge(
    operator: str | None = None, *, catalogue: Path | None = None, places: Path | None = None, learnt: bool = False
) -> Knowledge:
    """Load the packaged knowledge, with a user's catalogue and gazetteer where given.

    Args:
        operator: name of the operator that the texts are about, known to the catalogue or not.
        catalogue, places: files of the shapes in docs/lexicon.md and docs/places.md.
        learnt: read with the learnt weights too, and not by the rules alone. Findings rest on what can be traced to
            phrases, so a backtest reads by the rules.

    Raises: RefusedInput when a file does not have that shape.
    """
    with _no_garbage_collected():
        return _load_knowledge(operator, catalogue=catalogue, places=places, learnt=learnt)


@contextmanager
def _no_garbage_collected() -> Iterator[None]:
    """Let the collector rest while much is made and nothing thrown away: it would look through all of it in vain."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _load_knowledge(operator: str | None, *, catalogue: Path | None, places: Path | None, learnt: bool) -> Knowledge:
    operators = load_catalogue(catalogue)
    known = None
    if operator:
        operators = operators.with_operator(operator)
        found = operators.resolve(operator)
        if found is None:
            raise RefusedInput(f"--operator {operator!r}: there is no letter in this name. Give the operator's name.")
        known = found.id
    gazetteer, finder = load_places(places)
    phrasebook = _packaged_phrasebook()
    reader = Reader(
        lexicon=phrasebook.lexicon,
        catalogue=operators,
        find_places=finder().look,
        default_operator=known,
        weights=load_weights() if learnt else None,
        phrasebook=phrasebook,
    )
    return Knowledge(operators, gazetteer, reader, known)


def load_places(file: Path | None = None) -> tuple[Gazetteer, Callable[[], PlaceFinder]]:
    """Return a gazetteer and what finds its places in texts, which is made when it is first asked for.

    Args:
        file: of the shape in docs/places.md; the packaged regions when None.

    Raises: RefusedInput when the file does not have that shape.
    """
    return _packaged_places() if file is None else _places(file)


@cache
def _packaged_places() -> tuple[Gazetteer, Callable[[], PlaceFinder]]:
    """Return the packaged gazetteer and its finder, which hold nothing that changes: one each serves everybody."""
    return _places(None)


def _places(file: Path | None) -> tuple[Gazetteer, Callable[[], PlaceFinder]]:
    gazetteer = load_gazetteer(file)
    return gazetteer, cache(lambda: PlaceFinder(gazetteer, packed_index() if file is None else None))


@cache
def _packaged_phrasebook() -> Phrasebook:
    """Return the phrases of the packaged lexicon, which all readers share likewise."""
    return Phrasebook(load_lexicon())


def make_reader(operator: str | None, catalogue: Path | None, places: Path | None) -> Reader:
    """Return the reader of a desk's worker: by the rules alone, as in a backtest, so that findings are the same.

    It stands here and not with the desk, whose other rooms a worker need not load.
    """
    return load_knowledge(operator, catalogue=catalogue, places=places).reader


def read_texts(texts: Iterable[str], *, operator: str | None = None) -> Iterator[Reading]:
    """Read complaints: is each a report, of what, where, by whose fault; one Reading a text, in order.

    Args:
        texts: one complaint each; the first 4,000 characters are read. Those of a list are read several at once,
            which is faster and gives the same; of anything else each is read when it comes.
        operator: the operator meant where a text names none.

    Raises: RefusedInput when `texts` is one text instead of several, or one of them is none.

    >>> next(read_texts(["indihome mati total dari pagi"])).operator
    'indihome'
    """
    if isinstance(texts, str | bytes) or not isinstance(texts, Iterable):
        raise RefusedInput(
            f"read_texts: give several texts, such as a list; this is {kind_of(texts)}. For one: read_texts([text])."
        )
    return _readings(texts, load_knowledge(operator, learnt=True).reader)


def _readings(texts: Iterable[str], reader: Reader) -> Iterator[Reading]:
    # Of texts that are all there several are read at once; from a source that goes on, each when it comes.
    most = BATCH_TEXTS if isinstance(texts, Sized) else 1
    batch: list[Told] = []
    # In a flood many say the same, word for word.
    read = partial(Recalled[Told, Reading]().all, make=reader.read_all, worth=is_short)
    for number, text in enumerate(texts):
        if not isinstance(text, str):
            yield from read(batch)
            raise RefusedInput(
                f"read_texts: text {number} (the first is 0) is {kind_of(text)}; give texts of type str."
            )
        batch.append(Told(text))
        if len(batch) == most:
            yield from read(batch)
            batch.clear()
    yield from read(batch)


def kind_of(value: object) -> str:
    """Return what a value is that should be another, for a refusal.

    >>> kind_of(None), kind_of(3)
    ('None', 'of type int')
    """
    return "None" if value is None else f"of type {type(value).__name__}"
