"""A flood by few hands raises no finding above "suspected"; three hundred people who write three words do.

Whole backtests on an invented operator, with quiet weeks before and after. A thousand authors hand out twenty thousand
copies: reworded long texts, or short ones that anybody might write.
"""

from __future__ import annotations

import csv
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from simulated_hoaxes import Post, crowd, handed_out, handed_out_short, in_bursts
from simulated_streams import Outage, quiet_stream, with_outages

from pulih import Wishes, backtest
from pulih.model.clock import to_micros
from pulih.model.finding import Finding

OPERATOR = "Zonanet"
AUTHORS, COPIES = 1_000, 20_000


def _start(seed: int, per_day: float) -> datetime:
    return quiet_stream(OPERATOR, per_day=per_day, weeks=4, seed=seed)[0][0] + timedelta(days=20, hours=9)


def _found(folder: Path, posts: list[Post], *, per_day: float, seed: int, authors: bool = True) -> list[Finding]:
    """Return what is found when `posts` lie over quiet weeks, in which everybody writes once."""
    quiet = quiet_stream(OPERATOR, per_day=per_day, weeks=4, seed=seed)
    path = folder / "posts.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["time", "text", *(["author"] if authors else [])])
        for at, author, text in [*((at, f"orang{i}", text) for i, (at, text) in enumerate(quiet)), *posts]:
            writer.writerow([at.isoformat(), text, *([author] if authors else [])])
    return [view.finding for view in backtest([path], wishes=Wishes(operator=OPERATOR)).views]


def _above_suspected(found: list[Finding], start: datetime, hours: float) -> list[tuple[str, str]]:
    """Return what stands above suspected and was raised in the flood; quiet weeks have false alarms of their own."""
    first, last = to_micros(start), to_micros(start + timedelta(hours=hours))
    return [
        (one.standing, one.standing_why)
        for one in found
        if one.standing != "suspected" and first <= one.alarm_us and one.onset_us <= last
    ]


def check_reworded(folder: Path, seed: int, *, per_day: float, hours: float) -> None:
    """Look that twenty thousand reworded copies raise nothing above suspected."""
    start = _start(seed, per_day)
    posts = handed_out(OPERATOR, authors=AUTHORS, posts=COPIES, start=start, hours=hours, seed=seed)
    found = _found(folder, posts, per_day=per_day, seed=seed)
    assert _above_suspected(found, start, hours) == []


def check_nameless(folder: Path) -> None:
    """Look that twenty thousand reworded copies whose authors nobody knows raise nothing above suspected."""
    start = _start(5, 12)
    posts = handed_out(OPERATOR, authors=AUTHORS, posts=COPIES, start=start, hours=6, seed=5)
    found = _found(folder, posts, per_day=12, seed=5, authors=False)
    assert _above_suspected(found, start, 6) == []


def check_short(folder: Path, seed: int, *, per_day: float, hours: float) -> None:
    """Look that twenty thousand short copies raise something, and nothing above suspected."""
    start = _start(seed, per_day)
    posts = handed_out_short(OPERATOR, authors=AUTHORS, posts=COPIES, start=start, hours=hours, seed=seed)
    found = _found(folder, posts, per_day=per_day, seed=seed)
    assert found, "so many posts are a burst, and it must be said what kind"
    assert _above_suspected(found, start, hours) == []


def test_twenty_thousand_short_copies_by_a_thousand_authors_raise_nothing_above_suspected(tmp_path: Path) -> None:
    """Reworded ones, and over other streams, are in tests/long."""
    check_short(tmp_path, 1, per_day=1, hours=6)


def test_nor_do_they_in_bursts_of_which_the_first_alone_would_pass_for_people(tmp_path: Path) -> None:
    """Ten bursts, in each two texts an author: what the first was shows in the next ones."""
    start = _start(4, 12)
    posts = in_bursts(OPERATOR, authors=AUTHORS, bursts=10, each=2, start=start, seed=4)
    assert len(posts) == COPIES
    assert _above_suspected(_found(tmp_path, posts[: 2 * AUTHORS], per_day=12, seed=4), start, 20)
    found = _found(tmp_path, posts, per_day=12, seed=4)
    assert found
    assert _above_suspected(found, start, 20) == []


@pytest.mark.parametrize(("seed", "per_day", "authors"), [(1, 1, True), (2, 12, True), (3, 40, True), (4, 12, False)])
def test_three_hundred_people_who_write_the_same_three_words_raise_a_likely_finding(
    tmp_path: Path, seed: int, per_day: float, authors: bool
) -> None:
    start = _start(seed, per_day)
    posts = crowd(f"{OPERATOR} mati lagi", people=300, start=start, hours=2, seed=seed)
    found = _found(tmp_path, posts, per_day=per_day, seed=seed, authors=authors)
    assert found
    assert {one.standing for one in found} == {"likely"}
    assert all(start.timestamp() < one.alarm_us / 1e6 < start.timestamp() + 3_600 for one in found[:1])


def test_a_real_outage_stays_likely_while_a_thousand_copies_go_round(tmp_path: Path) -> None:
    start = _start(6, 40)
    real = with_outages([], OPERATOR, per_day=40, outages=[Outage(start, timedelta(hours=4), 60.0)], seed=6)
    posts = [(at, f"korban{number}", text) for number, (at, text) in enumerate(real)]
    copies = handed_out(OPERATOR, authors=50, posts=1_000, start=start, hours=4, seed=6)
    found = _found(tmp_path, [*posts, *copies], per_day=40, seed=6)
    assert found
    assert found[0].standing == "likely"


@pytest.mark.parametrize(("days", "standing"), [(2, "suspected"), (400, "likely")])
def test_a_crowd_of_accounts_that_were_opened_this_week_is_only_suspected(
    tmp_path: Path, days: int, standing: str
) -> None:
    start = _start(7, 12)
    quiet = quiet_stream(OPERATOR, per_day=12, weeks=4, seed=7)
    posts = crowd(f"{OPERATOR} mati lagi", people=300, start=start, hours=2, seed=7)
    rows = [
        *((at, f"orang{number}", text, "2011-03-05") for number, (at, text) in enumerate(quiet)),
        *((at, author, text, f"{at - timedelta(days=days):%Y-%m-%d}") for at, author, text in posts),
    ]
    path = tmp_path / "posts.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["time", "author", "text", "user_created_at"])
        writer.writerows([at.isoformat(), author, text, opened] for at, author, text, opened in rows)
    outcome = backtest([path], wishes=Wishes(operator=OPERATOR))
    assert outcome.chosen[0].account == "user_created_at"
    # The quiet weeks before may have raised a finding of their own.
    assert {view.finding.standing for view in outcome.views if view.finding.alarm_us >= to_micros(start)} == {standing}
