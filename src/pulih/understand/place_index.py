"""The index of places holds every spelling of every region, district and alias, and what each may mean.

It is built once from a gazetteer. Spellings are the folded names, the same written together, with usual short forms
("tj priok"), and without a tail ("Cikarang Utara" is said Cikarang). A spelling maps to an entry: its meanings with
weights, and how much context it takes to believe that a place is meant at all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Literal

import msgspec

from pulih.understand.gazetteer import Gazetteer, Need, Region
from pulih.understand.slips import NearWords
from pulih.understand.spelling import fold_name, squeeze

Kind = Literal["province", "city", "regency", "district", "alias", "village"]

# Weights of what one bare name may mean. A district weighs its regency's millions of people, 0.1 to 6.
PROVINCE_WEIGHT = 1000.0
CITY_WEIGHT = 600.0
REGENCY_WEIGHT = 60.0
LEAST_WEIGHT = 0.05

# Shorter names written as one word, or stretched, are too often something else.
JOINED_LETTERS = 7
STRETCHED_LETTERS = 6
# Names written as two words are not made of smaller bits than this: "ken dari" is no Kendari.
HALF_LETTERS = 4
STEM_LETTERS = 4
GLUED_LETTERS = 4
SPELLINGS_MAX = 12
# Of a name in several words one may be misspelt that has so many letters.
MISSPELT_LETTERS = 5

_REGIONAL = frozenset(("province", "city", "regency"))
_STRENGTH: dict[Need, int] = {"nothing": 0, "beside": 1, "cue": 2, "label": 3}


class Sense(msgspec.Struct, frozen=True, gc=False):
    """One meaning of a spelling: a region, how weighty, and of what kind the named thing is."""

    code: str
    weight: float
    kind: Kind


class Entry(msgspec.Struct, frozen=True, gc=False):
    """A spelling's meanings; none at all for a phrase that only looks like a place."""

    senses: tuple[Sense, ...]
    need: Need
    rule: str


class PlaceIndex(msgspec.Struct, frozen=True):
    """All spellings of a gazetteer.

    Attributes:
        names: folded spelling to entry.
        lengths: first word of a spelling to the numbers of words to try, longest first.
        alone: words that are a spelling or a level word by themselves.
        heads: words that may begin a spelling of several words.
        pairs: its first two words, written together.
        squeezed: stretched form to spelling.
        labels: level word to the kind of the name after it.
        labelled: spellings believed only after a level word.
        villages: village name to region code, believed only after a village word.
        misspelt: names of regions in several words with one word left out ("bandar *"): that word, and the name.
        steady: the words that stay in those.
        common: words that are themselves and no slip of another.
    """

    names: Mapping[str, Entry]
    lengths: Mapping[str, tuple[int, ...]]
    alone: frozenset[str]
    heads: frozenset[str]
    pairs: frozenset[str]
    squeezed: Mapping[str, str]
    labels: Mapping[str, Kind]
    labelled: Mapping[str, Entry]
    villages: Mapping[str, str]
    misspelt: Mapping[tuple[str, ...], tuple[tuple[str, str], ...]]
    steady: frozenset[str]
    common: frozenset[str]


class _Draft:
    """A spelling's meanings while they are gathered."""

    __slots__ = ("heaviest", "need", "rule", "senses")

    def __init__(self, need: Need, rule: str) -> None:
        self.need = need
        self.rule = rule
        self.heaviest = 0.0
        self.senses: dict[tuple[str, Kind], float] = {}

    def needing(self, need: Need) -> _Draft:
        """Return the same meanings with another need."""
        other = _Draft(need, self.rule)
        other.senses = self.senses
        return other


def build_index(gazetteer: Gazetteer) -> PlaceIndex:
    """Return the index of a gazetteer; the same gazetteer always gives the same index."""
    drafts: dict[str, _Draft] = {}
    needs = _needs(gazetteer)
    _add_regions(drafts, gazetteer, needs)
    _add_districts(drafts, gazetteer, needs)
    _doubt_slips(drafts, gazetteer.words.common)
    _add_aliases(drafts, gazetteer)
    _add_split(drafts, gazetteer)
    _add_written_together(drafts, gazetteer)
    _add_wards(drafts, gazetteer)
    # Spellings of one name share their draft, and then their entry.
    entries = {draft: _entry(draft) for draft in drafts.values()}
    names = {name: entries[draft] for name, draft in drafts.items() if draft.need != "label"}
    labelled = {name: entries[draft] for name, draft in drafts.items() if draft.need == "label"}
    labels = _labels(gazetteer)
    long = [name.split() for name in names if " " in name]
    squeezed = _squeezed(names)
    for phrase in gazetteer.cues.phrases:
        if phrase in names:
            # "Gunung Agung" is a mountain and a bookshop, and after "kecamatan" a district.
            labelled[phrase] = names[phrase]
        names[phrase] = Entry((), "nothing", f"place.phrase.{phrase.replace(' ', '-')}")
    misspelt = _misspelt(names)
    return PlaceIndex(
        names=names,
        lengths=_lengths(names),
        alone=frozenset(name for name in names if " " not in name) | frozenset(labels),
        heads=frozenset(words[0] for words in long),
        pairs=frozenset(words[0] + words[1] for words in long),
        squeezed=squeezed,
        labels=labels,
        labelled=labelled,
        villages=_villages(gazetteer),
        misspelt=misspelt,
        steady=frozenset(word for words in misspelt for word in words if word),
        common=gazetteer.words.common,
    )


def _needs(gazetteer: Gazetteer) -> dict[str, Need]:
    needs: dict[str, Need] = dict.fromkeys(gazetteer.words.beside, "beside")
    needs |= dict.fromkeys(gazetteer.words.cue, "cue")
    needs |= dict.fromkeys(gazetteer.words.label, "label")
    return needs


def _need_of(name: str, needs: Mapping[str, Need]) -> Need:
    """Names of up to three Latin letters are always a little doubtful; in other scripts few letters say much."""
    return needs.get(name, "beside" if len(name) <= 3 and name.isascii() else "nothing")


def _add(drafts: dict[str, _Draft], name: str, sense: Sense, draft: _Draft) -> None:
    known = drafts.get(name)
    if known is None:
        known = drafts[name] = draft
    elif _STRENGTH[draft.need] < _STRENGTH[known.need] and sense.kind == "alias":
        # Somebody wrote this spelling down on purpose: it takes as little as they said.
        known.need = draft.need
    if sense.weight > known.heaviest:
        known.heaviest, known.rule = sense.weight, draft.rule
    key = (sense.code, sense.kind)
    known.senses[key] = known.senses.get(key, 0.0) + sense.weight


def _add_regions(drafts: dict[str, _Draft], gazetteer: Gazetteer, needs: Mapping[str, Need]) -> None:
    for region in gazetteer.regions.values():
        kind: Kind = "province" if region.level == "province" else "city" if region.city else "regency"
        weight = {"province": PROVINCE_WEIGHT, "city": CITY_WEIGHT}.get(kind, REGENCY_WEIGHT)
        for bare in _bare_names(region, gazetteer.cues.heads):
            need = _need_of(bare, needs)
            spellings = _spellings(bare, gazetteer.cues.short, tails=True) if need == "nothing" else (bare,)
            for spelling in spellings:
                draft = _Draft(need, f"place.name.{region.code}")
                _add(drafts, spelling, Sense(region.code, weight, kind), draft)


def _bare_names(region: Region, heads: frozenset[str]) -> Iterator[str]:
    bare = fold_name(region.bare or region.name)
    yield bare
    words = bare.split()
    if region.level == "regency" and len(words) > 1 and words[0] in heads:
        yield " ".join(words[1:])


def _add_districts(drafts: dict[str, _Draft], gazetteer: Gazetteer, needs: Mapping[str, Need]) -> None:
    stems: dict[str, list[tuple[str, Sense]]] = defaultdict(list)
    for district in gazetteer.districts:
        region = gazetteer.region(district.region)
        millions = max(region.population / 1e6, LEAST_WEIGHT) if region else LEAST_WEIGHT
        sense = Sense(district.region, millions, "district")
        rule = f"place.name.{district.code or fold_name(district.name).replace(' ', '-')}"
        for name in _official_forms(district.name):
            need = _need_of(name, needs)
            for spelling in _spellings(name, gazetteer.cues.short) if need == "nothing" else (name,):
                _add(drafts, spelling, sense, _Draft(need, rule))
            stem = _stem(name, gazetteer.cues.tails)
            if stem:
                stems[stem].append((rule, sense))
    for stem, senses in stems.items():
        if stem not in drafts:
            for rule, sense in senses:
                _add(drafts, stem, sense, _Draft(_need_of(stem, needs), rule))


def _doubt_slips(drafts: dict[str, _Draft], common: frozenset[str]) -> None:
    """Let a district that is a common word need a place word, and one that looks like a slip of one company.

    A letter too few or too many, or two exchanged, make "ases" of "akses"; with another letter it is another word.
    Written twice, a letter makes the same word drawn out: "manna" is "mana".
    """
    near = NearWords(common)
    for name, draft in drafts.items():
        if " " in name or any(kind != "district" for _, kind in draft.senses):
            continue
        slips = [word for word in near.of(name) if len(word) != len(name) or sorted(word) == sorted(name)]
        drawn_out = any(len(word) < len(name) and squeeze(word) == squeeze(name) for word in slips)
        need: Need = "cue" if name in common or drawn_out else "beside" if slips else "nothing"
        if _STRENGTH[draft.need] < _STRENGTH[need]:
            draft.need = need


def _misspelt(names: Mapping[str, Entry]) -> dict[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Return the names of regions that have several words under each of their words but a long one."""
    found: dict[tuple[str, ...], list[tuple[str, str]]] = defaultdict(list)
    for name, entry in names.items():
        if " " not in name or entry.need != "nothing":
            continue
        if all(sense.kind not in _REGIONAL for sense in entry.senses):
            continue
        words = name.split()
        for at, word in enumerate(words):
            if len(word) >= MISSPELT_LETTERS:
                found[(*words[:at], "", *words[at + 1 :])].append((word, name))
    return {key: tuple(targets) for key, targets in found.items()}


def _official_forms(name: str) -> tuple[str, ...]:
    """Return the folded forms of an official name that may hold two: "Konda/Kondaga", "Misool (Misool Utara)"."""
    parts = (fold_name(part) for part in name.replace("(", "/").replace(")", "").split("/"))
    return tuple(part for part in parts if part)


def _stem(name: str, tails: frozenset[str]) -> str:
    words = name.split()
    while len(words) > 1 and words[-1] in tails:
        words.pop()
    stem = " ".join(words)
    return stem if stem != name and len(stem) >= STEM_LETTERS else ""


def _spellings(name: str, short: Mapping[str, tuple[str, ...]], *, tails: bool = False) -> tuple[str, ...]:
    """Return a name and its short forms: the first word's, and with `tails` the other words' too."""
    words = name.split()
    if len(words) == 1:
        return (name,)
    choices = [(word, *short.get(word, ())) if i == 0 or tails else (word,) for i, word in enumerate(words)]
    return tuple(" ".join(choice) for choice in list(product(*choices))[:SPELLINGS_MAX])


def _add_aliases(drafts: dict[str, _Draft], gazetteer: Gazetteer) -> None:
    for alias in gazetteer.aliases:
        sense = Sense(alias.region, alias.weight, "alias")
        for name in alias.names:
            rule = f"place.alias.{name.replace(' ', '-')}.{alias.region}"
            _add(drafts, name, sense, _Draft(alias.needs, rule))


def _add_wards(drafts: dict[str, _Draft], gazetteer: Gazetteer) -> None:
    ordinary = gazetteer.words.label | gazetteer.words.cue
    for rows in gazetteer.villages:
        for name in rows.wards:
            if name not in drafts and name not in ordinary:
                rule = f"place.ward.{name.replace(' ', '-')}.{rows.region}"
                _add(drafts, name, Sense(rows.region, LEAST_WEIGHT, "village"), _Draft("cue", rule))


def _add_split(drafts: dict[str, _Draft], gazetteer: Gazetteer) -> None:
    """Add "setia budi" for "setiabudi", where both halves are words of other place names."""
    parts = {word for name in drafts if " " in name for word in name.split()}
    parts.update(" ".join(name for rows in gazetteer.villages for name in rows.villages).split())
    for name, draft in list(drafts.items()):
        if " " in name or draft.need == "label":
            continue
        for cut in range(HALF_LETTERS, len(name) - HALF_LETTERS + 1):
            halves = (name[:cut], name[cut:])
            if parts.issuperset(halves) and " ".join(halves) not in drafts:
                doubtful = not gazetteer.cues.loose.isdisjoint(halves)
                drafts[" ".join(halves)] = draft.needing("cue") if doubtful else draft


def _add_written_together(drafts: dict[str, _Draft], gazetteer: Gazetteer) -> None:
    """Add "kebonjeruk" for "kebon jeruk", and "dibandung" for "di bandung" where no verb reads the same."""
    cues = gazetteer.cues
    for name, draft in list(drafts.items()):
        together = name.replace(" ", "")
        spellings = [together] if together != name and len(together) >= JOINED_LETTERS else []
        famous = draft.need == "nothing" and any(kind != "district" for _, kind in draft.senses)
        if famous and " " not in name and len(name) >= GLUED_LETTERS and name not in cues.unglued:
            spellings += [word + name for word in cues.glued]
        for spelling in spellings:
            if draft.need != "label":
                drafts.setdefault(spelling, draft)


def _entry(draft: _Draft) -> Entry:
    senses = tuple(Sense(code, weight, kind) for (code, kind), weight in draft.senses.items())
    return Entry(senses, draft.need, draft.rule)


def _villages(gazetteer: Gazetteer) -> dict[str, str]:
    villages: dict[str, str] = {}
    for rows in gazetteer.villages:
        villages |= dict.fromkeys(rows.villages, rows.region)
        villages |= dict.fromkeys(rows.wards, rows.region)
    return villages


def _labels(gazetteer: Gazetteer) -> dict[str, Kind]:
    cues = gazetteer.cues
    labels: dict[str, Kind] = dict.fromkeys(cues.village, "village")
    labels |= dict.fromkeys(cues.province, "province")
    labels |= dict.fromkeys(cues.city, "city")
    labels |= dict.fromkeys(cues.regency, "regency")
    labels |= dict.fromkeys(cues.district, "district")
    return labels


def _lengths(names: Mapping[str, Entry]) -> dict[str, tuple[int, ...]]:
    lengths: dict[str, set[int]] = defaultdict(set)
    for name in names:
        if " " in name:
            lengths[name[: name.index(" ")]].add(name.count(" ") + 1)
    for first in lengths.keys() & names.keys():
        lengths[first].add(1)
    alone = {name: (1,) for name in names if " " not in name}
    return alone | {first: tuple(sorted(found, reverse=True)) for first, found in lengths.items()}


def _squeezed(names: Mapping[str, Entry]) -> dict[str, str]:
    """Map squeezed forms to spellings; where two share one, the spelling with the weightier meaning has it."""
    best: dict[str, tuple[float, str]] = {}
    for name, entry in names.items():
        if " " in name or not entry.senses or entry.need == "cue":
            continue
        weight = max(sense.weight for sense in entry.senses)
        if len(name) < STRETCHED_LETTERS and weight < REGENCY_WEIGHT:
            continue
        form = squeeze(name)
        if form not in best or best[form][0] < weight:
            best[form] = (weight, name)
    return {form: name for form, (_, name) in best.items()}
