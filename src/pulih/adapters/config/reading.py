"""Reads pulih.toml: every fault with its line, what is wrong and what would be right; settings only without any.

Whoever mends a settings file wants to hear of all its faults at once, so each key is converted by itself.
"""

from __future__ import annotations

import difflib
import re
import tomllib
import typing
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec

from pulih.adapters.config.lines import Spot, lines_of_keys, nearest_line
from pulih.adapters.config.meaning import faults_of_meaning
from pulih.adapters.config.settings import DeskSettings, HookAdapter
from pulih.adapters.config.source_tables import SHARED, SourceTable
from pulih.model.errors import RefusedInput
from pulih.ports.sources import SourceKind

_BYTES_MAX: Final = 1 << 20
_PLACE_IN_FILE: Final = re.compile(r" \(at line (\d+), column \d+\)$")
_IN_VALUE: Final = re.compile(r" - at `\$(.*)`$")
_MISSING: Final = "it is missing"
# What is right where a key says nothing more of itself.
_PLAIN: Final[dict[object, str]] = {
    str: "a text in quotation marks",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    tuple: "a list, such as [...]",
}


# Returns a kind of source by its name; raises RefusedInput.
Kinds = Callable[[str], SourceKind]


class Fault(msgspec.Struct, frozen=True):
    """One fault of a settings file: its line (1 is the first), what is wrong there, and what would be right."""

    line: int
    what: str
    right: str


class _Found(msgspec.Struct, frozen=True):
    """A fault by the key it is of."""

    spot: Spot
    what: str
    right: str


def no_kinds(name: str) -> SourceKind:
    """Know no kind of source; for settings that are read without them."""
    raise RefusedInput(f'kind: there is no source "{name}" here; right would be no source at all.')


def read_config(path: Path | None, kinds: Kinds = no_kinds, *, only_source: str = "") -> DeskSettings:
    """Return the settings of a file, those that hold without one when none is named.

    Args:
        path: of the file.
        kinds: returns a kind of source by its name; raises RefusedInput.
        only_source: the name of the one source that is asked for: faults of others are passed over; "" = all.

    Raises: RefusedInput when there is a fault; says the first, and how many more there are.
    """
    if path is None:
        return DeskSettings()
    settings, faults = _read(path, kinds, only_source)
    if settings is None or faults:
        first = faults[0]
        more = f" ({len(faults) - 1} more: pulih check-config {path})" if len(faults) > 1 else ""
        raise RefusedInput(f"{path}, line {first.line}: {first.what}; right would be {first.right}{more}.")
    return settings


def check_config(path: Path, kinds: Kinds = no_kinds) -> list[Fault]:
    """Return every fault of a settings file, in the order of lines; none when the desk can start with it."""
    return _read(path, kinds)[1]


def _read(path: Path, kinds: Kinds, only_source: str = "") -> tuple[DeskSettings | None, list[Fault]]:
    try:
        raw = path.read_bytes()
        if len(raw) > _BYTES_MAX:
            return None, [Fault(1, f"this file has {len(raw):,} bytes", f"at most {_BYTES_MAX:,}")]
        # Some editors begin a file with a mark of UTF-8.
        text = raw.decode("utf-8-sig")
    except OSError as error:
        return None, [Fault(1, f"the file cannot be read ({error.strerror})", "a file that this user may read")]
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        return None, [Fault(line, "there are bytes that are not UTF-8", "a file saved as UTF-8")]
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return None, [_no_toml(str(error), text)]
    wrong = _Tables(path.parent, kinds)
    settings: DeskSettings = wrong.table(document, DeskSettings, ())
    wrong.found += [_Found(wrong.as_written(spot), what, right) for spot, what, right in faults_of_meaning(settings)]
    if only_source:
        wrong.found = [one for one in wrong.found if not _of_another(one.spot, document, only_source)]
    lines = lines_of_keys(text) if wrong.found else {}
    faults = [Fault(nearest_line(lines, one.spot), one.what, one.right) for one in wrong.found]
    return settings, sorted(faults, key=lambda fault: fault.line)


def _of_another(spot: Spot, document: Mapping[str, Any], name: str) -> bool:
    """Return whether a place is in the table of a source of another name.

    >>> _of_another(("source", 1, "kind"), {"source": [{"name": "a"}, {"name": "b"}]}, "a")
    True
    """
    if spot[0] != "source" or len(spot) == 1 or not isinstance(spot[1], int):
        return False
    tables = document["source"]
    table = tables[spot[1]] if spot[1] < len(tables) else None
    return not isinstance(table, dict) or table.get("name") != name


def _no_toml(said: str, text: str) -> Fault:
    found = _PLACE_IN_FILE.search(said)
    line = int(found[1]) if found else text.count("\n") + 1
    return Fault(line, f"this is no TOML: {_PLACE_IN_FILE.sub('', said)}", 'a line such as port = 8000 or zone = "WIB"')


class _Tables:
    """Converts tables, key by key, and keeps what is wrong."""

    def __init__(self, folder: Path, kinds: Kinds) -> None:
        self._folder = folder
        self._kinds = kinds
        # Which entries of a list of tables could be converted, by the list's name.
        self._kept: dict[Spot, list[int]] = {}
        self.found: list[_Found] = []

    def table(
        self, value: object, kind: type[Any], spot: Spot, *, beside: Collection[str] = (), named: str = ""
    ) -> Any:
        """Return a table as a struct of `kind` without the keys that are wrong; None when one of them must be there.

        Args:
            value: as it was read.
            kind: of struct.
            spot: where it stands.
            beside: further keys that the table has in the file, and that are read by themselves.
            named: what the table is called where a key is unknown; by its place when "".
        """
        if not isinstance(value, dict):
            self._wrong(spot, f"{written(spot)} is {_kind(value)}", f"a table, begun with [{written(spot)}]")
            return None
        hints = typing.get_type_hints(kind, include_extras=True)
        self._unknown(value, (*hints, *sorted(beside)), spot, named or (f"[{written(spot)}]" if spot else "this file"))
        converted: dict[str, object] = {}
        for field in msgspec.structs.fields(kind):
            where = (*spot, field.name)
            if field.name in value:
                read = self._value(value[field.name], hints[field.name], where)
                converted |= {} if read is None else {field.name: read}
            elif field.required:
                self._wrong(where, f"{written(where)}: {_MISSING}", _right(hints[field.name]))
        complete = all(field.name in converted for field in msgspec.structs.fields(kind) if field.required)
        return kind(**converted) if complete else None

    def _source(self, value: object, kind: type[Any], spot: Spot) -> Any:
        """Return a source: what all of them share, and what its own kind may say."""
        if not isinstance(value, dict) or not isinstance(value.get("kind"), str):
            return self.table(value, kind, spot)
        try:
            known = self._kinds(value["kind"])
        except RefusedInput as refusal:
            self.table({key: one for key, one in value.items() if key in SHARED}, kind, spot)
            self._no_kind(value["kind"], refusal, (*spot, "kind"))
            return None
        # Of a kind that costs nothing it does not matter how much the budget is.
        meant = SHARED if known.paid else SHARED - {"budget"}
        shared = self.table({key: one for key, one in value.items() if key in meant}, kind, spot)
        own = {key: one for key, one in value.items() if key not in SHARED}
        own = self.table(own, known.settings, spot, beside=SHARED, named=f'[[source]] of kind "{value["kind"]}"')
        if known.paid and not value.get("budget"):
            what = f"{value['kind']} costs money, and it has no budget"
            self._wrong((*spot, "budget"), what, "what it may cost in a month, such as 50")
        elif not known.paid and value.get("budget"):
            self._wrong((*spot, "budget"), f"{value['kind']} costs nothing", "no budget")
        if shared is None or own is None:
            return None
        if known.least is not None and shared.budget:
            least, pays = known.least(own)
            if shared.budget < least:
                what = f"budget = {shared.budget:g} is used up before {value['kind']} listens: it pays ahead for {pays}"
                self._wrong((*spot, "budget"), what, f"{least:g} or more")
        return msgspec.structs.replace(shared, own=own, folder=self._folder)

    def _no_kind(self, name: str, refusal: RefusedInput, spot: Spot) -> None:
        if name in typing.get_args(HookAdapter):
            what = f'"{name}" is no kind of source: it calls the desk, and the desk does not ask it'
            self._wrong(spot, what, f'a table [[hook]] with adapter = "{name}"')
            return
        what, _, right = str(refusal).removeprefix("kind: ").partition("; right would be ")
        self._wrong(spot, what, right.rstrip(".") or "a kind that pulih sources lists")

    def as_written(self, spot: Spot) -> Spot:
        """Return the place in the file of a place in the settings, where entries that are wrong do not count."""
        kept = self._kept.get(spot[:1])
        if kept is None or len(spot) == 1 or not isinstance(spot[1], int):
            return spot
        return (spot[0], kept[spot[1]], *spot[2:])

    def _value(self, value: object, hint: Any, spot: Spot) -> object:
        struct, several = _struct_in(hint)
        if struct is None:
            return self._plain(value, hint, spot)
        if not several:
            return self.table(value, struct, spot)
        if not isinstance(value, list):
            self._wrong(spot, f"{written(spot)} is {_kind(value)}", f"tables, each begun with [[{written(spot)}]]")
            return None
        for length in _lengths(hint):
            if not (length.min_length or 0) <= len(value) <= (length.max_length or len(value)):
                self._wrong(spot, f"{written(spot)}: there are {len(value):,}", length.description or "another number")
        table = self._source if struct is SourceTable else self.table
        tables = [table(one, struct, (*spot, number)) for number, one in enumerate(value)]
        self._kept[spot] = [number for number, one in enumerate(tables) if one is not None]
        return tuple(one for one in tables if one is not None)

    def _plain(self, value: object, hint: Any, spot: Spot) -> object:
        try:
            return msgspec.convert(value, hint, dec_hook=self._path)
        except msgspec.ValidationError as error:
            self._wrong(spot, f"{written(spot)} = {_shown(value)} does not do: {_plain_words(error)}", _right(hint))
            return None

    def _path(self, kind: type[Any], value: object) -> Path:
        """Return a path from the folder of the settings file on."""
        if kind is not Path or not isinstance(value, str) or not value:
            raise ValueError(f"this is {_kind(value)}, and a path was expected")
        return self._folder / value

    def _unknown(self, value: Mapping[str, object], known: Sequence[str], spot: Spot, where: str) -> None:
        for key in value:
            if key not in known:
                near = difflib.get_close_matches(key, known, n=1)
                right = f"{near[0]}" if near else f"one of {', '.join(known)}"
                self._wrong((*spot, key), f"{where} knows no {key!r}", right)

    def _wrong(self, spot: Spot, what: str, right: str) -> None:
        self.found.append(_Found(spot, what, right))


def written(spot: Spot) -> str:
    """Write a place in the file as people do, the numbers of list entries from 1 on.

    >>> written(("probe", 0, "every_s"))
    'probe 1 every_s'
    """
    return " ".join(str(part + 1 if isinstance(part, int) else part) for part in spot)


def _struct_in(hint: Any) -> tuple[type[Any] | None, bool]:
    """Return the struct a type speaks of, if it does, and whether of several."""
    inside = [one for one in _parts(hint) if isinstance(one, type) and issubclass(one, msgspec.Struct)]
    bare = hint.__origin__ if typing.get_origin(hint) is Annotated else hint
    return (inside[0] if inside else None), typing.get_origin(bare) is tuple


def _lengths(hint: Any) -> list[msgspec.Meta]:
    """Return what a type says of how many tables there may be."""
    return [one for one in getattr(hint, "__metadata__", ()) if isinstance(one, msgspec.Meta)]


def _parts(hint: Any) -> Iterator[Any]:
    yield hint
    for part in typing.get_args(hint):
        yield from _parts(part)


def _right(hint: Any) -> str:
    """Return what the type of a key says is right."""
    told = [one.description for one in _metas(hint) if one.description]
    if told:
        return told[0]
    named = [one for one in _parts(hint) if isinstance(one, str)]
    if named:
        return f"one of {', '.join(named)}"
    bare = typing.get_origin(hint) or hint
    return _PLAIN.get(bare, "another value")


def _metas(hint: Any) -> Iterator[msgspec.Meta]:
    for one in getattr(hint, "__metadata__", ()):
        if isinstance(one, msgspec.Meta):
            yield one
    for part in typing.get_args(hint):
        yield from _metas(part)


def _kind(value: object) -> str:
    names = {str: "a text", bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "a table"}
    return names.get(type(value), "a date or time")


def _shown(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else shown[:60] + "..."


def _plain_words(error: msgspec.ValidationError) -> str:
    said = _IN_VALUE.sub("", str(error)).replace("`", "").lower()
    return "it has other signs" if "regex" in said else said
