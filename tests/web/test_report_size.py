"""A report of many outages stays a page that a telephone opens: the largest are told, and it says how many are not."""

from __future__ import annotations

import re

import msgspec
from page_reading import article
from sample_outcome import TILES, busy_outcome, trace

from pulih.adapters.report import render_report
from pulih.service.outcome import Outcome


def rendered(outcome: Outcome) -> str:
    return render_report(outcome, zone="Asia/Jakarta", tiles=TILES)


def test_of_many_outages_the_largest_are_shown_and_the_others_are_folded_where_they_stand_in_time() -> None:
    outcome = busy_outcome(20)
    sizes = [99 if n not in (0, 4, 5, 6, 10, 15, 16, 19) else 3 for n in range(20)]
    views = tuple(
        msgspec.structs.replace(one, finding=msgspec.structs.replace(one.finding, signals=size))
        for one, size in zip(outcome.views, sizes, strict=True)
    )
    html = rendered(msgspec.structs.replace(outcome, views=views))
    head = html[html.index('<article id="en"') : html.index("Reports against the usual")]
    assert re.findall(r'class="badge"[^>]*>(\d+)<', head) == [str(n) for n in range(1, 21)]
    assert re.findall(r"<summary>(.*?)</summary>", head) == [
        "Show 1 more with fewer reports, number 1",
        "Show 3 more with fewer reports, numbers 5 to 7",
        "Show 1 more with fewer reports, number 11",
        "Show 2 more with fewer reports, numbers 16 to 17",
        "Show 1 more with fewer reports, number 20",
    ]


def test_sixty_findings_over_a_year_stay_below_a_megabyte_and_a_half() -> None:
    html = rendered(busy_outcome())
    assert len(html.encode()) < 1_500_000
    assert all(f'id="id-finding-{number}"' in html for number in range(1, 61))


def test_a_thousand_findings_are_told_by_the_largest_and_the_page_says_so() -> None:
    page = rendered(busy_outcome(1000))
    assert len(page) < 3_000_000
    assert "Of 1,000 suspected outages, the 100 with most reports are on this page." in page
    assert "Dari 1.000 dugaan gangguan" in page
    assert page.count('<details class="finding"') == 2 * 100


def test_fifteen_operators_over_the_year_do_not_break_that_bound() -> None:
    outcome = busy_outcome()
    others = tuple(trace(f"op{n}", f"Operator {n}", (), days=365, step_s=3_600) for n in range(15))
    html = rendered(msgspec.structs.replace(outcome, traces=(*outcome.traces, *others)))
    assert len(html.encode()) < 1_500_000
    assert "Show the timelines of 12 more operators" in article(html, "en")
