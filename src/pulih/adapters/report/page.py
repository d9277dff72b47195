"""The report page: both languages laid out by one template, into one file that needs nothing else.

A link to `#id` or `#en` chooses the language by CSS alone; the other one is not displayed, so neither a screen
reader nor a printer meets it. A short script, the only one the page allows, chooses the language of the browser where
the address names none, and unfolds what a link leads to; without it all is still there. The same outcome always
gives the same bytes.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from functools import cache

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from pulih.adapters.report.accounts import Asked, Count, Refusals, Talks, asked, count_of, refusals, talks_of
from pulih.adapters.report.bars import Bar, phrase_bars, region_bars, symptom_bars, symptoms_title
from pulih.adapters.report.charts import Chart
from pulih.adapters.report.closeups import Closeup, closeups
from pulih.adapters.report.head import Head, fold_title, head_of
from pulih.adapters.report.local_time import zone_of
from pulih.adapters.report.outages import Outage, Stretch, outages_of, stretches, weightiest
from pulih.adapters.report.texts import LANGUAGES, Language
from pulih.adapters.report.tiles import TileMap, Tiles, map_title, tile_map
from pulih.adapters.report.timelines import SHOWN_TIMELINES, timelines
from pulih.adapters.report.words import Words
from pulih.service.outcome import Outcome

# As many sentences as a screen holds; of more, those with fewer reports are folded away.
_SHOWN_OUTAGES = 12
# And as many as a page can hold that a telephone opens; all of them stand in findings.json.
_TOLD_OUTAGES = 100
_SHOWN_PLACES = 8
_SHOWN_PHRASES = 6
_SHOWN_SYMPTOMS = 5


class Closeups(msgspec.Struct, frozen=True):
    """Neighbouring findings close up; with a title they are folded away behind it."""

    title: Markup
    findings: list[Closeup]


class ReportView(msgspec.Struct, frozen=True, kw_only=True):
    """What the template shows in one language."""

    words: Words
    judged: bool
    head: Head
    timelines: list[Chart]
    more_timelines: list[Chart]
    findings: list[Closeups]
    map: TileMap
    map_title: Markup
    regions: list[Bar]
    more_regions: list[Bar]
    symptoms: list[Bar]
    more_symptoms: list[Bar]
    symptoms_title: Markup
    symptoms_caption: Markup
    phrases: list[Bar]
    more_phrases: list[Bar]
    phrases_title: Markup
    phrases_caption: Markup
    talks: Talks
    refusals: Refusals
    count: Count
    asked: Asked


def render_report(
    outcome: Outcome,
    *,
    zone: str,
    tiles: Tiles,
    language: Language = "en",
) -> str:
    """Return the whole report as one HTML text.

    Args:
        outcome: what a backtest found.
        zone: name of the time zone to show times in, such as Asia/Jakarta.
        tiles: province code -> column, row, name and letters for the tile map; empty for no map.
        language: the one shown first; the reader can change it.

    Returns: HTML that fetches nothing and needs no script; equal for equal arguments.
    Raises: RefusedInput when there is no zone of that name.
    """
    outages = outages_of([view.finding for view in outcome.views])
    views = [report_view(Words(each, zone_of(zone)), outcome, outages, tiles) for each in languages_from(language)]
    return filled("report.html", views)


def languages_from(first: Language) -> tuple[Language, ...]:
    """Return both languages, the one to show first in front."""
    return (first, *(language for language in LANGUAGES if language != first))


def filled(template: str, views: Sequence[object]) -> str:
    """Return `template` filled with one view a language, without the indentation of its source."""
    environment = _environment()
    source, _, _ = PackageLoader("pulih.adapters.report").get_source(environment, "page.js")
    # On one line, so that what is hashed here is what stands in the page below.
    script = " ".join(line.strip() for line in source.splitlines())
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    html = environment.get_template(template).render(views=views, script=Markup(script), script_digest=digest)
    lines = (line.strip() for line in html.split("\n"))
    return "\n".join(line for line in lines if line) + "\n"


@cache
def _environment() -> Environment:
    """Templates are compiled once a process: of one page that takes a third of its time."""
    return Environment(
        loader=PackageLoader("pulih.adapters.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def report_view(words: Words, outcome: Outcome, outages: Sequence[Outage], tiles: Tiles) -> ReportView:
    """Return everything the page shows in one language."""
    kept = weightiest(outages, _TOLD_OUTAGES)
    told = stretches(kept, _SHOWN_OUTAGES)
    shown = frozenset(o.number for stretch in told for o in stretch.outages if not stretch.folded)
    charts = timelines(words, outcome.traces, kept, numbered=shown)
    regions = region_bars(words, outcome.regions)
    symptoms = symptom_bars(words, outcome.symptoms)
    phrases = phrase_bars(words, outcome.views)
    placed = {view.finding.region for view in outcome.views if view.finding.region}
    tile_squares = tile_map(words, tiles, outcome.regions, placed=placed)
    return ReportView(
        words=words,
        judged=outcome.first_us is not None,
        head=head_of(words, outcome, told, found=len(outages)),
        timelines=charts[:SHOWN_TIMELINES],
        more_timelines=charts[SHOWN_TIMELINES:],
        findings=[
            Closeups(fold_title(words, stretch), _closeups(words, stretch, outcome, many=len(outages)))
            for stretch in told
        ],
        map=tile_squares,
        map_title=map_title(words, tile_squares),
        regions=regions[:_SHOWN_PLACES],
        more_regions=regions[_SHOWN_PLACES:],
        symptoms=symptoms[:_SHOWN_SYMPTOMS],
        more_symptoms=symptoms[_SHOWN_SYMPTOMS:],
        symptoms_caption=words.say(
            "scope.symptoms_caption_hit" if any(bar.part_share for bar in symptoms) else "scope.symptoms_caption",
            n=words.number(sum(count.signals for count in outcome.symptoms)),
        ),
        symptoms_title=symptoms_title(words, outcome.symptoms),
        phrases=phrases[:_SHOWN_PHRASES],
        more_phrases=phrases[_SHOWN_PHRASES : 2 * _SHOWN_PHRASES],
        phrases_title=words.say("phrase.title", phrase=phrases[0].name) if phrases else Markup(""),
        phrases_caption=words.say("phrase.caption_many" if len(outages) > 1 else "phrase.caption"),
        talks=talks_of(words, outcome.talks),
        refusals=refusals(words, outcome),
        count=count_of(words, outcome.counters),
        asked=asked(words, outcome),
    )


def _closeups(words: Words, stretch: Stretch, outcome: Outcome, *, many: int) -> list[Closeup]:
    views = {view.finding.id: view for view in outcome.views}
    return [each for outage in stretch.outages for each in closeups(words, outage, views, many)]
