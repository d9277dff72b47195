"""The report page: both languages laid out by one template, into one file that needs nothing else.

A link to `#id` or `#en` chooses the language by CSS alone; the other one is not displayed, so neither a screen
reader nor a printer meets it. The same outcome always gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from pulih.adapters.report.accounts import Asked, Count, Refusals, Talks, asked, count_of, refusals, talks_of
from pulih.adapters.report.bars import Bar, phrase_bars, region_bars, symptom_bars, symptoms_title
from pulih.adapters.report.charts import Chart
from pulih.adapters.report.closeups import Closeup, closeups
from pulih.adapters.report.head import SHOWN_OUTAGES, Head, head_of
from pulih.adapters.report.local_time import zone_of
from pulih.adapters.report.outages import Outage, outages_of, strongest_first
from pulih.adapters.report.texts import LANGUAGES, Language
from pulih.adapters.report.tiles import TileMap, Tiles, map_title, tile_map
from pulih.adapters.report.timelines import SHOWN_TIMELINES, timelines
from pulih.adapters.report.words import Words
from pulih.service.outcome import Outcome

_SHOWN_PLACES = 8
_SHOWN_PHRASES = 10
_SHOWN_SYMPTOMS = 7


class ReportView(msgspec.Struct, frozen=True, kw_only=True):
    """What the template shows in one language."""

    words: Words
    judged: bool
    head: Head
    timelines: list[Chart]
    more_timelines: list[Chart]
    findings: list[Closeup]
    more_findings: list[Closeup]
    map: TileMap
    map_title: Markup
    regions: list[Bar]
    more_regions: list[Bar]
    symptoms: list[Bar]
    more_symptoms: list[Bar]
    symptoms_title: Markup
    symptoms_caption: Markup
    phrases: list[Bar]
    phrases_title: Markup
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

    Returns: HTML that fetches nothing and runs no script; equal for equal arguments.
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
    environment = Environment(
        loader=PackageLoader("pulih.adapters.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    html = environment.get_template(template).render(views=views)
    lines = (line.strip() for line in html.split("\n"))
    return "\n".join(line for line in lines if line) + "\n"


def report_view(words: Words, outcome: Outcome, outages: Sequence[Outage], tiles: Tiles) -> ReportView:
    """Return everything the page shows in one language."""
    shown, rest = strongest_first(outages, SHOWN_OUTAGES)
    charts = timelines(words, outcome.traces, outages, numbered=frozenset(o.number for o in shown))
    regions = region_bars(words, outcome.regions)
    symptoms = symptom_bars(words, outcome.symptoms)
    phrases = phrase_bars(words, outcome.views)
    placed = {view.finding.region for view in outcome.views if view.finding.region}
    tile_squares = tile_map(words, tiles, outcome.regions, placed=placed)
    return ReportView(
        words=words,
        judged=outcome.first_us is not None,
        head=head_of(words, outcome, outages),
        timelines=charts[:SHOWN_TIMELINES],
        more_timelines=charts[SHOWN_TIMELINES:],
        findings=_closeups(words, shown, outcome),
        more_findings=_closeups(words, rest, outcome),
        map=tile_squares,
        map_title=map_title(words, tile_squares),
        regions=regions[:_SHOWN_PLACES],
        more_regions=regions[_SHOWN_PLACES:],
        symptoms=symptoms[:_SHOWN_SYMPTOMS],
        more_symptoms=symptoms[_SHOWN_SYMPTOMS:],
        symptoms_caption=words.say(
            "scope.symptoms_caption_hit" if any(bar.part_share for bar in symptoms) else "scope.symptoms_caption"
        ),
        symptoms_title=symptoms_title(words, outcome.symptoms),
        phrases=phrases[:_SHOWN_PHRASES],
        phrases_title=words.say("phrase.title", phrase=phrases[0].name) if phrases else Markup(""),
        talks=talks_of(words, outcome.talks),
        refusals=refusals(words, outcome),
        count=count_of(words, outcome.counters),
        asked=asked(words, outcome),
    )


def _closeups(words: Words, outages: Sequence[Outage], outcome: Outcome) -> list[Closeup]:
    views = {view.finding.id: view for view in outcome.views}
    return [each for outage in outages for each in closeups(words, outage, views, len(outcome.views))]
