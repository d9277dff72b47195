"""The catalogue of operators: company, brand and network, how people write each, what it offers and where."""

from __future__ import annotations

import re
from typing import Literal

import msgspec

from pulih.understand.letters import unaccented

Kind = Literal["mobile", "fixed", "both", "unknown"]

_NOT_WORD = re.compile(r"[\W_]+")


class Operator(msgspec.Struct, frozen=True, kw_only=True):
    """One brand that customers name.

    Attributes:
        id: permanent, lower case; what readings and findings carry.
        name: as the brand writes itself.
        company: who owns it.
        network: id of the brand whose network carries it; its own id when it has one of its own.
        kind: mobile (SIM), fixed (line), both, or unknown.
        services: values of Service that it sells; empty when unknown.
        spellings: ways of writing it that mean nothing else.
        cued: spellings that are also everyday words and count only beside talk of telecoms.
        handles: account names without "@".
        apps: names of its own apps.
        shadows: phrases that contain a spelling and mean something else ("ukuran xl").
        footprint: region codes where it sells; empty means the whole country.
    """

    id: str
    name: str
    company: str = ""
    network: str = ""
    kind: Kind = "unknown"
    services: tuple[str, ...] = ()
    spellings: tuple[str, ...] = ()
    cued: tuple[str, ...] = ()
    handles: tuple[str, ...] = ()
    apps: tuple[str, ...] = ()
    shadows: tuple[str, ...] = ()
    footprint: tuple[str, ...] = ()


def _folded(name: str) -> str:
    return unaccented(name).casefold()


def slug(name: str) -> str:
    """Return the id that an operator unknown to the catalogue gets from its name.

    >>> slug("Spectra-Net NG")
    'spectra_net_ng'
    """
    return _NOT_WORD.sub("_", _folded(name)).strip("_") or "unnamed"


def _apps_of(name: str) -> tuple[str, ...]:
    """Return what the app of an operator is nearly always called; without these "MyX down" would be the network."""
    words, whole = " ".join(_folded(name).split()), _compact(name)
    return (
        f"my{whole}",
        f"my {words} app",
        f"{words} app",
        f"aplikasi my {words}",
        f"aplikasi {words}",
        f"apk {words}",
    )


def _compact(name: str) -> str:
    return _NOT_WORD.sub("", _folded(name))


def parts_of(name: str) -> tuple[str, ...]:
    """Return the words of a name, parted where its capitals or signs part it.

    >>> parts_of("T-Net"), parts_of("SuperNet")
    (('t', 'net'), ('super', 'net'))
    """
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", unaccented(name))
    return tuple(_NOT_WORD.sub(" ", parted.casefold()).split())


def _spellings_of(name: str) -> tuple[str, ...]:
    """Return the name as written, in one word, and parted where its capitals or signs part it."""
    spaced = " ".join(parts_of(name))
    forms = (" ".join(_folded(name).split()), spaced, _compact(name))
    return tuple(dict.fromkeys(form for form in forms if form))


class Catalogue(msgspec.Struct, frozen=True):
    """All operators that can be named, in a fixed order."""

    operators: tuple[Operator, ...]

    def get(self, operator_id: str) -> Operator | None:
        """Return the operator with this id, or None."""
        return next((one for one in self.operators if one.id == operator_id), None)

    def resolve(self, name: str) -> Operator | None:
        """Return the operator that a source means by an id, name, spelling or handle, or None.

        >>> Catalogue((Operator(id="indihome", name="IndiHome", handles=("telkomcare",)),)).resolve("@TelkomCare").id
        'indihome'
        """
        wanted = _compact(name)
        if not wanted:
            return None
        for one in self.operators:
            if wanted in {_compact(form) for form in (one.id, one.name, *one.spellings, *one.cued, *one.handles)}:
                return one
        return None

    def with_operator(self, name: str) -> Catalogue:
        """Return a catalogue that knows `name`: this one if it does already, else with an operator of unknown services.

        >>> Catalogue(()).with_operator("Spectranet").operators[0].id
        'spectranet'
        """
        if not _compact(name) or self.resolve(name) is not None:
            return self
        identity = slug(name)
        newcomer = Operator(
            id=identity, name=" ".join(name.split()), network=identity,
            spellings=_spellings_of(name), handles=(_compact(name),), apps=_apps_of(name),
        )  # fmt: skip
        return Catalogue((*self.operators, newcomer))

    def handles(self) -> frozenset[str]:
        """Return the account names of all operators, lower case, without "@"."""
        return frozenset(handle.casefold() for one in self.operators for handle in one.handles)

    def on_network(self, operator_id: str) -> tuple[str, ...]:
        """Return an operator and the brands that its network carries, itself first."""
        carried = (one.id for one in self.operators if one.network == operator_id and one.id != operator_id)
        return (operator_id, *carried)

    def network_of(self, operator_id: str) -> str:
        """Return the id of the network that carries a brand (itself when the catalogue says nothing else)."""
        one = self.get(operator_id)
        return one.network if one is not None and one.network else operator_id
