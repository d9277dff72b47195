"""The pages a reader meets first: home, the list of places, and what stands where an address leads nowhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pulih.adapters.site.curve import Tiles, tile_map
from pulih.adapters.site.scene import Scene
from pulih.adapters.site.tongue import tongue
from pulih.adapters.site.touching import GRAVEST, Index, regions_of
from pulih.communicate.addresses import LANGUAGES
from pulih.communicate.turns import doubted
from pulih.model.bulletin import Bulletin, ComplaintLevel, Level, Word
from pulih.model.clock import DAY_S, MICROS

# How long one that is over stays on the home page, and how many do.
_LATELY_US = DAY_S * MICROS
_LATELY_MAX = 3


def front(scene: Scene, index: Index, tiles: Tiles) -> Iterator[tuple[str, bytes]]:
    """Return home, the list of places, and (once for both languages) the page of addresses that lead nowhere."""
    bulletin = scene.bulletin
    hit = _hit(bulletin)
    yield _home(scene, index, tiles, hit)
    yield scene.made(
        "regions.html",
        "regions",
        provinces=[(one, index.below(one.code)) for one in index.below("")],
        hit=hit,
        stamped=False,
    )
    if scene.t.language == "id":
        both = [tongue(language, bulletin.zone) for language in LANGUAGES]
        yield "404.html", scene.rendered("missing.html", stamped=False, page=None, both=both)


def _home(scene: Scene, index: Index, tiles: Tiles, hit: frozenset[str]) -> tuple[str, bytes]:
    bulletin = scene.bulletin
    provinces = index.below("")
    highest = _highest(bulletin)
    overall = [one for one in bulletin.levels if one.region is None and one.service is None]
    doubts = doubted(bulletin)
    ended = [one for one in bulletin.past if bulletin.made_us - one.updated_us < _LATELY_US and one not in doubts]
    names = [scene.operators[one.operator] for one in overall if one.level == "far_above"]
    return scene.made(
        "home.html",
        "home",
        levels=sorted(overall, key=lambda one: GRAVEST.index(one.level)),
        many=scene.t.joined(names) if bulletin.heard and names else "",
        word=_last_word(bulletin),
        # What may not be over stands with what goes on.
        doubted=doubts,
        lately=ended[:_LATELY_MAX],
        ahead=[one for one in bulletin.works if one.state != "completed"],
        measurements=[one for one in bulletin.measurements if one.region is None],
        map=tile_map(provinces, tiles, highest, hit=hit),
        map_title=_map_title(scene, hit, highest),
        provinces=[(one, highest.get(one.code, "unknown")) for one in provinces],
        hit=hit,
    )


def _map_title(scene: Scene, hit: frozenset[str], highest: Mapping[str, Level]) -> str:
    provinces = [place.code for place in scene.bulletin.places if not place.above]
    loud = [code for code in provinces if highest.get(code) == "far_above"]
    for key, codes in (("home.map_some", [code for code in provinces if code in hit]), ("home.map_loud", loud)):
        if codes:
            return scene.t(key, names=scene.named(codes, 4))
    return scene.t("home.map_calm" if any(code in highest for code in provinces) else "home.map_unknown")


def _hit(bulletin: Bulletin) -> frozenset[str]:
    """Return the provinces in which a confirmed outage goes on; one of the whole country names none."""
    above = {place.code: place.above for place in bulletin.places}
    regions = (code for one in bulletin.current if one.confirmed_us for code in regions_of(one) if code)
    return frozenset(above.get(code) or code for code in regions)


def _highest(bulletin: Bulletin) -> dict[str, Level]:
    found: dict[str, Level] = {}
    for one in bulletin.levels if bulletin.heard else ():
        if one.region and one.service is None:
            found[one.region] = _graver(found.get(one.region), one)
    return found


def _graver(known: Level | None, one: ComplaintLevel) -> Level:
    return one.level if known is None else min(known, one.level, key=GRAVEST.index)


def _last_word(bulletin: Bulletin) -> Word | None:
    standing = [word for one in bulletin.current for word in one.words if word.withdrawn_us is None]
    return max(standing, key=lambda word: word.published_us, default=None)
