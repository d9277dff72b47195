"""Several mentions of places become one answer: they settle each other's meaning, agree, or compete.

"Setiabudi, Jaksel" is one place named twice; "di Solo lancar, di Malang mati" is Malang's trouble; "Jakarta, Bandung
dan Medan" is no region at all. What cannot be settled stays a distribution.
"""

from __future__ import annotations

from itertools import pairwise

import msgspec

from pulih.model.reading import Place
from pulih.understand.gazetteer import Cues, Gazetteer
from pulih.understand.place_index import Sense

# A meaning that another name in the text confirms counts so much more; still more where that follows at once, as in
# an address ("Depok, Sleman"). Where none is confirmed, one in the province of another name counts a little more. One
# outside an operator's area counts so much less.
AGREEMENT = 30.0
ADDRESS = 10_000.0
NEIGHBOURS = 5.0
OUTSIDE = 0.2
# Two agreeing names are surer than one, but never certain.
SUREST = 0.98
# Names of one province that suffer alike: the province, before any of them alone.
PROVINCE_OF_SEVERAL = 0.55
SEVERAL = 0.4
# A name later in the text, or without a word of trouble, is less likely the place.
LATER = 0.75
NO_TROUBLE = 0.6
# Beside another place: a home is likelier the place, an operator's desk likelier not.
HOME = 2.0
DESK = 0.4

LEAST_P = 0.02
PLACES_MAX = 6
LIST_WORDS_MAX = 3
# Between two towns: a line or a journey, "Jakarta-Bandung".
DASHES = frozenset({"-", "–", "—", ">", "->", "→"})


class Mention(msgspec.Struct, frozen=True, gc=False):
    """A name found in a text.

    Attributes:
        phrase, rule: what was written, and the rule that knows it.
        senses: what it may mean.
        sure: probability that it tells the writer's place.
        status: 1 when trouble there is said, -1 when all is well there, 0 when nothing is.
        dwelling: 1 when it is said to be home, -1 when an operator's desk is there, 0 when nothing is.
        start, stop: word positions.
        gap: what stands between the name and the word before it.
        before: a few words before it.
    """

    phrase: str
    rule: str
    senses: tuple[Sense, ...]
    sure: float
    status: int = 0
    dwelling: int = 0
    start: int = 0
    stop: int = 0
    gap: str = ""
    before: tuple[str, ...] = ()


class _Weighed(msgspec.Struct, frozen=True, gc=False):
    """One or more mentions of the same place, with the probabilities of what it is."""

    mention: Mention
    chances: tuple[tuple[str, float], ...]
    sure: float

    @property
    def top(self) -> str:
        return self.chances[0][0]


def choose(
    gazetteer: Gazetteer, mentions: list[Mention], *, hinted: tuple[Place, ...], footprint: frozenset[str] | None
) -> tuple[Place, ...]:
    """Return the regions meant by all mentions together, most probable first, probabilities summing to at most 1.

    Args:
        gazetteer: tells which regions lie in which.
        mentions: in text order.
        hinted: what the report's own place field says.
        footprint: codes an operator serves, or None.
    """
    if not mentions:
        return ()
    weighed = [
        _weigh(gazetteer, one, _context(gazetteer.cues, mentions, i, hinted), footprint)
        for i, one in enumerate(mentions)
    ]
    groups = _group(gazetteer, weighed)
    if len(groups) > 1:
        groups = _without_fine(groups)
    if len(groups) == 1:
        return _refine(gazetteer, groups[0], hinted)
    several = len(groups) > 2 or _listed(gazetteer.cues, groups)
    if _travelling(groups) or (several and not _is_home_told(groups)):
        return _together(gazetteer, groups)
    return _places(gazetteer, _compete(groups))


class _Context(msgspec.Struct, frozen=True, gc=False):
    """What stands beside a name: codes that the other names and the report's field may mean, and the next name's."""

    others: frozenset[str]
    following: frozenset[str]


def _context(cues: Cues, mentions: list[Mention], at: int, hinted: tuple[Place, ...]) -> _Context:
    others = {sense.code for i, one in enumerate(mentions) if i != at for sense in one.senses}
    following = mentions[at + 1] if at + 1 < len(mentions) and _follows(cues, mentions[at], mentions[at + 1]) else None
    return _Context(
        others=frozenset(others | {place.code for place in hinted[:1]}),
        following=frozenset(sense.code for sense in following.senses) if following is not None else frozenset(),
    )


def _follows(cues: Cues, first: Mention, second: Mention) -> bool:
    """Tell whether one name follows another at once, with a comma, a bracket or a level word between them at most."""
    between = second.start - first.stop
    if between == 1:
        return second.before[-1] in cues.regency | cues.city | cues.province
    return between == 0 and second.gap.strip() in {"", ",", "("}


def _weigh(gazetteer: Gazetteer, mention: Mention, context: _Context, footprint: frozenset[str] | None) -> _Weighed:
    if len(mention.senses) == 1:
        return _Weighed(mention, ((mention.senses[0].code, 1.0),), mention.sure)
    factors = [_confirmed(gazetteer, sense, context) for sense in mention.senses]
    if max(factors) == 1.0:
        provinces = {gazetteer.ancestors(other)[-1] for other in context.others}
        factors = [NEIGHBOURS if gazetteer.ancestors(sense.code)[-1] in provinces else 1.0 for sense in mention.senses]
    weights: dict[str, float] = {}
    for sense, factor in zip(mention.senses, factors, strict=True):
        weight = sense.weight * factor
        if footprint and footprint.isdisjoint(gazetteer.ancestors(sense.code)):
            weight *= OUTSIDE
        weights[sense.code] = weights.get(sense.code, 0.0) + weight
    total = sum(weights.values())
    ranked = sorted(weights.items(), key=lambda pair: (-pair[1], pair[0]))
    return _Weighed(mention, tuple((code, weight / total) for code, weight in ranked), mention.sure)


def _confirmed(gazetteer: Gazetteer, sense: Sense, context: _Context) -> float:
    """Return how much more a meaning counts because of what stands beside it."""
    if sense.kind == "district" and any(gazetteer.nested(sense.code, other) for other in context.following):
        return ADDRESS
    return AGREEMENT if any(gazetteer.nested(sense.code, other) for other in context.others) else 1.0


def _group(gazetteer: Gazetteer, weighed: list[_Weighed]) -> list[_Weighed]:
    """Join mentions of which one lies in the other, keeping the more specific and the surer."""
    groups: list[_Weighed] = []
    for one in weighed:
        for i, group in enumerate(groups):
            if gazetteer.nested(one.top, group.top):
                groups[i] = _join(gazetteer, group, one)
                break
        else:
            groups.append(one)
    return groups


def _join(gazetteer: Gazetteer, first: _Weighed, second: _Weighed) -> _Weighed:
    depth = [len(gazetteer.ancestors(one.top)) for one in (first, second)]
    specific = second if depth[1] > depth[0] or (depth[1] == depth[0] and second.sure > first.sure) else first
    sure = min(SUREST, 1 - (1 - first.sure) * (1 - 0.5 * second.sure))
    status = first.mention.status or second.mention.status
    mention = msgspec.structs.replace(first.mention, status=status, stop=second.mention.stop)
    return _Weighed(mention, specific.chances, max(sure, specific.sure))


def _without_fine(groups: list[_Weighed]) -> list[_Weighed]:
    """Where all is well is not where the trouble is, as long as another place is named."""
    bad = [group for group in groups if group.mention.status >= 0]
    return bad or groups


def _travelling(groups: list[_Weighed]) -> bool:
    """Tell whether two towns stand joined by a dash, as a line or a journey does."""
    first, second = groups[0], groups[1]
    apart = second.mention.gap.strip()
    adjacent = second.mention.start == first.mention.stop
    return len(groups) == 2 and adjacent and apart in DASHES


def _listed(cues: Cues, groups: list[_Weighed]) -> bool:
    """Tell whether the places stand in a list: only joining and place words between one and the next."""
    for first, second in pairwise(groups):
        count = second.mention.start - first.mention.stop
        if count > LIST_WORDS_MAX:
            return False
        words = second.mention.before[-count:] if count > 0 else ()
        joining = cues.both | cues.at | cues.between
        if not all(word in joining for word in words):
            return False
        if not words and not ("," in second.mention.gap or "/" in second.mention.gap or "&" in second.mention.gap):
            return False
    return True


def _is_home_told(groups: list[_Weighed]) -> bool:
    """Tell whether one place behind others is said to be home: "kantor di X, rumah di Y"; "rumah di X, Y" is a list."""
    return groups[0].mention.dwelling <= 0 and sum(group.mention.dwelling > 0 for group in groups) == 1


def _together(gazetteer: Gazetteer, groups: list[_Weighed]) -> tuple[Place, ...]:
    """Several places of one province are the province; several provinces are nowhere in particular."""
    provinces = {gazetteer.ancestors(group.top)[-1] for group in groups}
    if len(provinces) > 1:
        return ()
    sure = min(group.sure for group in groups)
    chances = {next(iter(provinces)): PROVINCE_OF_SEVERAL * sure}
    for group in groups:
        chances[group.top] = chances.get(group.top, 0.0) + SEVERAL * sure / len(groups)
    return _places(gazetteer, chances)


def _compete(groups: list[_Weighed]) -> dict[str, float]:
    """Share between places that are not listed together: trouble, a home and the earlier name count more."""
    shares = []
    for i, group in enumerate(groups):
        dwelling = group.mention.dwelling
        share = group.sure * (LATER if i else 1.0) * (1.0 if group.mention.status == 1 else NO_TROUBLE)
        shares.append(share * (HOME if dwelling > 0 else DESK if dwelling < 0 else 1.0))
    total = sum(shares)
    best = max(group.sure for group in groups)
    chances: dict[str, float] = {}
    for group, share in zip(groups, shares, strict=True):
        for code, chance in group.chances:
            chances[code] = chances.get(code, 0.0) + chance * best * share / total
    return chances


def _refine(gazetteer: Gazetteer, group: _Weighed, hinted: tuple[Place, ...]) -> tuple[Place, ...]:
    """Let the report's own field say more precisely what the text says roughly: "Jakarta" and a field "31.74"."""
    chances = {code: chance * group.sure for code, chance in group.chances}
    field = hinted[0] if hinted else None
    if field and field.code != group.top and group.top in gazetteer.ancestors(field.code):
        moved = chances[group.top] * field.p
        chances[group.top] -= moved
        chances[field.code] = chances.get(field.code, 0.0) + moved
    return _places(gazetteer, chances)


def _places(gazetteer: Gazetteer, chances: dict[str, float]) -> tuple[Place, ...]:
    ranked = sorted(chances.items(), key=lambda pair: (-pair[1], pair[0]))[:PLACES_MAX]
    return tuple(Place(code, gazetteer.name(code), round(p, 4)) for code, p in ranked if p >= LEAST_P)
