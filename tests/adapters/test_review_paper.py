"""The review document: what it draws from the record, what people wrote, and what never leaves the desk (N2)."""

from __future__ import annotations

import msgspec
import pytest
from learn_world import HOUR_US, MINUTE_US, ONSET_US, RULES, at, exactly, outage
from msgspec.structs import replace

from pulih.adapters.review.drawing import HEIGHT, WIDTH, drawn_curve, drawn_steps
from pulih.adapters.review.paper import ReviewPaper
from pulih.learn.obligations import obligations
from pulih.learn.review import review_document
from pulih.learn.review_parts import Grid, LevelCurve, ReviewDocument, StepLine, TimelineLine
from pulih.model.credit_batch import CreditBatch
from pulih.model.entry import ClaimedFixed, Confirmed, Entry
from pulih.model.errors import OutsideFailed
from pulih.model.record import Curve, Level, Record, Survey
from pulih.model.review import Action, Review

OVER_US = ONSET_US + 4 * HOUR_US
SECRETS = ("rahasia-vendor", "sari", "Ayu Pemilik", "bukti-dalam", "IDR", "12.345", "12,345", "NORS", "kontrak-dalam")


def _record() -> Record:
    levels = tuple(
        Level(start_us=ONSET_US + index * 300_000_000, reports=count, usual=4.0)
        for index, count in enumerate((3.0, 80.0, None, 40.0, 5.0, 4.0))
    )
    record = outage(
        exactly(12_345),
        ended_us=OVER_US,
        words=(ONSET_US + 11 * MINUTE_US,),
        operator_name="Smartfren",
        region_names={"31": "DKI Jakarta"},
        cause_id="rahasia-vendor",
        cause_en="rahasia-vendor",
        entries=(
            Entry(incident="i", number=1, at_us=ONSET_US + 8 * MINUTE_US, actor="sari", fact=Confirmed()),
            Entry(incident="i", number=2, at_us=ONSET_US + 90 * MINUTE_US, actor="sari", fact=ClaimedFixed()),
        ),
        evidence=(("bukti-dalam", "bukti-dalam"),),
        surveys=(Survey(question="csat", asked=9, scores=(5,)),),
        curves=(Curve(group="", step_s=300, levels=levels),),
        review=Review(
            summary_id="Ringkas",
            summary_en="In short",
            causes_id=("Sebab <b>",),
            causes_en=("Cause",),
            well_id=("Baik",),
            inside="kontrak-dalam",
            actions=(
                Action(id="a1", what_id="Uji jalan mundur", what_en="Test", owner="Ayu Pemilik", public=True),
                Action(id="a2", what_id="rahasia-vendor", what_en="rahasia-vendor", owner="Ayu Pemilik"),
            ),
        ),
    )
    batch = CreditBatch(
        id="b", policy="idn-default", subscribers=12_345, rows=1, net_minor={"IDR": 5}, digest="", rests_on="",
        asked_by="sari", asked_us=0, state="approved", who_id=("Pelanggan di Jakarta",), who_en=("Customers there",),
    )  # fmt: skip
    return replace(record, incident=replace(record.incident, credits=(batch,)))


LINES = (
    TimelineLine(ONSET_US, "sari", ("Gangguan dikonfirmasi", "Outage confirmed"), public=True),
    TimelineLine(ONSET_US, "sari", ("rahasia-vendor dihubungi", "rahasia-vendor called"), public=False),
)


def _drawn(*, public: bool) -> ReviewDocument:
    record = _record()
    found = obligations(RULES.values(), record, now_us=OVER_US)
    return review_document(record, LINES, found, public=public, now_us=OVER_US + HOUR_US)


def test_of_two_moments_that_a_clock_shows_alike_each_says_which_it_is() -> None:
    # In New York clocks are turned back at 02:00: what comes later seems to come before.
    moments = [at(f"2026-11-01T0{hour}:{minute}:00-04:00") for hour, minute in ((0, 59), (1, 50), (2, 25), (3, 10))]
    lines = [TimelineLine(at_us, "sari", ("x", "x"), public=True) for at_us in moments]
    record = replace(_record(), zone="America/New_York")
    sections = review_document(record, lines, public=True, now_us=OVER_US).sections
    (grid,) = next(one for one in sections if one.id == "timeline").blocks
    assert isinstance(grid, Grid)
    assert [row[0][1] for row in grid.rows] == ["1 Nov 00:59", "1 Nov 01:50 EDT", "1 Nov 01:25 EST", "1 Nov 02:10"]


def test_the_public_version_leaves_out_every_name_number_and_note_of_the_desk_itself() -> None:
    inside, public = (msgspec.json.encode(_drawn(public=one)).decode() for one in (False, True))
    written = [ReviewPaper().html(_drawn(public=True), language).decode() for language in ("id", "en")]
    for secret in SECRETS:
        assert secret not in public, secret
        assert [page for page in written if secret in page] == [], secret
    assert [one for one in SECRETS if one not in inside and one not in ("IDR", "NORS")] == []


def test_both_versions_tell_what_people_wrote_and_what_the_record_says_in_both_languages() -> None:
    page = ReviewPaper().html(_drawn(public=True), "id").decode()
    for words in ("Ringkas", "Sebab &lt;b&gt;", "Baik", "Uji jalan mundur", "Kabar pertama sesudah 11 menit",
                  "Pelanggan di Jakarta", "Gangguan dikonfirmasi", "Waktu sampai pulih", "selama 4 jam"):  # fmt: skip
        assert words in page, words
    english = ReviewPaper().html(_drawn(public=False), "en").decode()
    for words in ("In short", "Repair claimed", "csat".upper(), "11.1 to 100.0", "Ayu Pemilik", "Notes inside"):
        assert words in english, words
    assert "<script" not in page


def test_each_clock_of_a_rule_is_named_with_whom_it_is_for() -> None:
    inside = msgspec.json.encode(_drawn(public=False)).decode()
    for words in (
        "First notice to the public: in time; Next update to the public: missed",
        "Initial report to Ministry of Communication and Digital Affairs: running",
        "Pemberitahuan pertama kepada publik: tepat waktu",
    ):
        assert words in inside, words


def test_a_public_review_names_no_page_that_only_the_desk_has() -> None:
    inside, public = (msgspec.json.encode(_drawn(public=one)).decode() for one in (False, True))
    assert ("docs/measures.md" in inside, "docs/measures.md" in public) == (True, False)
    assert "Measures of this outage" in public


def test_a_public_review_without_public_actions_says_nothing_of_actions() -> None:
    record = replace(_record(), review=Review())
    sections = {one.id for one in review_document(record, public=True, now_us=OVER_US).sections}
    assert "actions" not in sections
    assert {"causes", "well", "summary"} <= sections


def test_where_nothing_was_heard_there_is_no_picture_of_nothing_and_no_highest_count() -> None:
    record = _record()
    quiet = tuple(replace(one, reports=0.0, usual=0.0) for one in record.curves[0].levels)
    silent = replace(record, curves=(replace(record.curves[0], levels=quiet),))
    for told, drawn in ((record, True), (silent, False)):
        page = ReviewPaper().html(review_document(told, public=True, now_us=OVER_US), "en").decode()
        assert ('<svg class="curve"' in page, "Highest" in page) == (drawn, drawn)
        # The onset is no time after itself.
        assert "+" not in page.partition("<b>Onset</b>")[2].partition("</li>")[0]


def test_steps_lie_on_their_line_by_the_time_that_passed() -> None:
    line = next(block for one in _drawn(public=True).sections for block in one.blocks if isinstance(block, StepLine))
    xs = [one.x for one in drawn_steps(line)]
    assert xs == sorted(xs)
    assert (xs[0], xs[-1]) == (0.0, WIDTH)
    assert drawn_steps(StepLine(("", ""), ())) == ()


def test_a_curve_stays_in_its_box_and_is_open_where_nothing_was_heard() -> None:
    block = next(b for one in _drawn(public=True).sections for b in one.blocks if isinstance(b, LevelCurve))
    drawn = drawn_curve(block)
    assert drawn.reports.count("M") == 2
    assert (drawn.top, drawn.onset_x, drawn.ended_x) == (80, 0.0, None)
    numbers = [float(part) for part in drawn.usual.replace("M", " ").replace("L", " ").split()]
    assert all(0 <= one <= max(WIDTH, HEIGHT) for one in numbers)
    empty = replace(block, curve=Curve(group="", step_s=300, levels=()), ticks=())
    assert (drawn_curve(empty).reports, drawn_curve(empty).top) == ("", 0)


def test_the_pdf_is_the_same_page_printed_on_paper() -> None:
    made = ReviewPaper().pdf(_drawn(public=False), "id")
    assert made.startswith(b"%PDF-")
    assert made.rstrip().endswith(b"%%EOF")
    # Without fonts in it, it would be a third of that.
    assert len(made) > 15_000


@pytest.mark.parametrize(
    ("missing", "says"),
    [(ImportError("weasyprint"), "pip install 'pulih\\[review\\]'"), (OSError("pango"), "apt-get install")],
)
def test_what_is_missing_for_a_pdf_is_said_with_the_command_that_brings_it(missing: Exception, says: str) -> None:
    def absent() -> None:
        raise missing

    with pytest.raises(OutsideFailed, match=says):
        ReviewPaper(absent).pdf(_drawn(public=True), "id")
