"""What is packed for a quick start is what the files say, to the byte."""

from __future__ import annotations

import sys

from checkout import ROOT

from pulih.adapters.gazetteer import indonesia
from pulih.adapters.lexicon import load_lexicon
from pulih.adapters.packed import INDEX, TABLES, packed_index
from pulih.understand.place_index import build_index

DATA = ROOT / "src" / "pulih" / "data"


def test_the_packed_tables_are_those_of_the_files() -> None:
    """When it or the next fails, run `python tools/pack_knowledge.py`: a file of words has changed."""
    sys.path.insert(0, str(ROOT / "tools"))
    from pack_knowledge import tables

    assert (DATA / "packed" / TABLES).read_bytes() == tables()
    assert load_lexicon() == load_lexicon(DATA / "lexicon")


def test_the_packed_index_is_that_of_the_gazetteer() -> None:
    """Spellings of one name share an entry, so that the index stays as small as one that was built."""
    sys.path.insert(0, str(ROOT / "tools"))
    from pack_knowledge import index

    assert (DATA / "packed" / INDEX).read_bytes() == index()
    packed, built = packed_index(), build_index(indonesia())
    different = [name for name in built.__struct_fields__ if getattr(packed, name) != getattr(built, name)]
    assert different == []
    assert len({id(one) for one in packed.names.values()}) == len({id(one) for one in built.names.values()})
