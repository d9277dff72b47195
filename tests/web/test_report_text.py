"""What the report says: sentences, times and numbers in two languages, whatever the texts and names may hold."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from string import Formatter

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from page_reading import PageReader, article
from sample_outcome import (
    TILES,
    at,
    busy_outcome,
    empty_outcome,
    finding,
    quiet_outcome,
    scan_series,
    trace,
    usual_outcome,
    view,
)

from pulih.adapters.files.reasons import REASONS
from pulih.adapters.report import render_report, render_scan
from pulih.adapters.report.texts import TEXTS
from pulih.model.errors import RefusedInput
from pulih.model.finding import Finding, Phrase, Voice
from pulih.model.reading import Service, Symptom, Talk
from pulih.ports.files import RefusedRow
from pulih.service.outcome import Counters, Outcome, RegionCount

SCRIPT = re.compile("<script>(.*?)</script>", re.DOTALL)
HIDDEN = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]")


def rendered(outcome: Outcome, *, zone: str = "Asia/Jakarta") -> str:
    return render_report(outcome, zone=zone, tiles=TILES)


@cache
def usual_page() -> str:
    return rendered(usual_outcome())


def with_finding(outcome: Outcome, **changes: object) -> Outcome:
    """Return `outcome` with only its last finding, changed."""
    last = outcome.views[-1]
    changed = msgspec.structs.replace(last, finding=msgspec.structs.replace(last.finding, **changes))
    return msgspec.structs.replace(outcome, views=(changed,))


def test_the_first_lines_say_who_where_what_since_when_raised_when_and_over_when() -> None:
    html = usual_page()
    english, indonesian = article(html, "en"), article(html, "id")
    assert (
        "Biznet, Bandung: red LOS lamps, 20 August 2025 from about 19:30 WIB, raised at 19:45 (15 minutes later), "
        "over at about 23:15." in english
    )
    assert (
        "Biznet, Bandung: lampu LOS merah, 20 Agustus 2025 sejak sekitar pukul 19.30 WIB, alarm pukul 19.45 "
        "(15 menit kemudian), berakhir sekitar pukul 23.15." in indonesian
    )


def test_a_wider_finding_that_came_first_is_told_in_the_sentence_of_the_narrow_one() -> None:
    html = usual_page()
    english, indonesian = article(html, "en"), article(html, "id")
    assert "first seen nationwide at 11:05 (15 minutes later), placed at 11:20" in english
    assert "mula-mula terlihat secara nasional pukul 11.05 (15 menit kemudian)" in indonesian
    assert "lokasinya diketahui pukul 11.20" in indonesian
    assert english.count("Biznet, Jakarta Selatan: no internet") == 1


def test_an_outage_past_midnight_names_the_day_it_ended() -> None:
    html = usual_page()
    assert "over at about 01:10 on 28 August." in article(html, "en")
    assert "berakhir sekitar pukul 01.10 pada 28 Agustus." in article(html, "id")


def test_an_open_outage_says_that_it_is_not_over() -> None:
    html = rendered(with_finding(usual_outcome(), cleared_us=None))
    assert "not over when the data ends." in article(html, "en")
    assert "belum berakhir saat data habis." in article(html, "id")


def test_an_outage_in_no_single_place_says_so_and_names_no_place() -> None:
    html = rendered(with_finding(usual_outcome(), region=None, region_name=None, scattered=True))
    assert "XL Axiata, no single place:" in article(html, "en")
    assert "XL Axiata, tidak terpusat di satu tempat:" in article(html, "id")


def test_towns_inside_a_country_are_parts_of_its_outage_and_those_still_failing_are_named() -> None:
    whole = trace("biznet", "Biznet", ())
    times = (at(11, 8), at(11, 9), at(11, 10), at(11, 18))
    country = finding(
        1, whole=whole, region=None, name=None, times=times, incident="one", signals=2_613, scattered=True
    )
    towns = [
        finding(n, whole=whole, region=f"33.{n:02}", name=f"Kota {n}", times=(*times[:3], None), incident="one")
        for n in range(2, 7)
    ]
    views = tuple(view(found, whole) for found in (country, *towns))
    html = rendered(msgspec.structs.replace(quiet_outcome(), views=views))
    english, indonesian = article(html, "en"), article(html, "id")
    tail = "over at about 18:00, still reported from Kota 2, Kota 3, Kota 4 and 2 more places when the data ends."
    assert "Biznet, no single place: no internet" in english
    assert tail in english
    assert "masih dilaporkan dari Kota 2, Kota 3, Kota 4 dan 2 tempat lain saat data habis." in indonesian
    assert "2,600 reports naming Biznet, where about 3 are usual." in english


def test_an_outage_of_an_operator_that_nobody_names_says_so() -> None:
    html = rendered(with_finding(usual_outcome(), operator="", operator_name=""))
    assert "Operator not named, Makassar:" in article(html, "en")
    assert "Operator tidak disebut, Makassar:" in article(html, "id")


@pytest.mark.parametrize(
    ("zone", "name", "clock"),
    [
        ("Asia/Jakarta", "WIB", "19:30"),
        ("Asia/Makassar", "WITA", "20:30"),
        ("Asia/Jayapura", "WIT", "21:30"),
        ("Africa/Lagos", "WAT", "13:30"),
        ("America/Sao_Paulo", "UTC-3", "09:30"),
        ("UTC", "UTC", "12:30"),
    ],
)
def test_times_stand_in_the_zone_asked_for_and_name_it(zone: str, name: str, clock: str) -> None:
    html = rendered(usual_outcome(), zone=zone)
    assert f"20 August 2025 from about {clock} {name}," in article(html, "en")
    assert f"sejak sekitar pukul {clock.replace(':', '.')} {name}," in article(html, "id")


def test_an_unknown_zone_is_refused_with_a_right_one() -> None:
    with pytest.raises(RefusedInput, match=r"no time zone called 'Asia/Nowhere'.*Asia/Jakarta would be right"):
        rendered(usual_outcome(), zone="Asia/Nowhere")


def test_numbers_are_written_as_each_language_writes_them() -> None:
    html = usual_page()
    assert "12,310 + 21 + 100 + 0 = 12,431" in article(html, "en")
    assert "12.310 + 21 + 100 + 0 = 12.431" in article(html, "id")


def test_counters_that_do_not_balance_are_called_a_fault() -> None:
    outcome = msgspec.structs.replace(usual_outcome(), counters=Counters(heard=10, counted=5, refused=1, repeated=1))
    english = article(rendered(outcome), "en")
    assert "The count does not add up" in english
    assert "the parts add up to 7" in english


def test_simulated_data_says_so_before_the_first_sentence() -> None:
    html = rendered(usual_outcome(simulated=True))
    for language, label, first in (
        ("en", "Simulated data.", "no internet"),
        ("id", "Data simulasi.", "internet mati"),
    ):
        text = article(html, language)
        assert text.index(label) < text.index(first)
    assert "Simulated data." not in usual_page()


def test_an_outage_that_few_hands_may_have_made_says_so_with_its_numbers_in_the_list_and_close_up() -> None:
    html = usual_page()
    for language, label, why in (
        ("en", "only suspected", "4 of 19 reports seem independent (15 copies); a few hands may be behind it."),
        ("id", "dugaan lemah", "4 dari 19 laporan tampak ditulis sendiri-sendiri (15 salinan); bisa jadi ini ulah"),
    ):
        text = article(html, language)
        assert text.count(f"{label} {why}") == 2, language
    assert article(html, "en").count("45 of 47 reports seem independent (2 copies).") == 3
    assert '<b class="standing likely">dugaan kuat</b>' in html


def test_an_outage_is_as_likely_as_the_likeliest_finding_that_is_it() -> None:
    outcome = usual_outcome()
    doubted = [
        msgspec.structs.replace(view, finding=msgspec.structs.replace(view.finding, standing="suspected"))
        for view in outcome.views
    ]
    html = rendered(msgspec.structs.replace(outcome, views=(*doubted[:1], *outcome.views[1:])))
    assert html.count('standing likely">likely') == 4
    html = rendered(msgspec.structs.replace(outcome, views=(outcome.views[0], *doubted[1:])))
    assert html.count('standing likely">likely') == 1


def test_a_quiet_month_says_that_nothing_was_found_and_what_that_means() -> None:
    html = rendered(quiet_outcome())
    assert "No outage found in 30 days" in article(html, "en")
    assert "That is no proof that all was well" in article(html, "en")
    assert "Itu bukan bukti bahwa semuanya baik-baik saja" in article(html, "id")


def test_a_file_without_a_usable_row_says_why_instead_of_drawing_nothing() -> None:
    html = rendered(empty_outcome())
    assert "Nothing to judge" in article(html, "en")
    assert "2 baris tidak dapat dipakai." in article(html, "id")
    assert "waktu tidak terbaca" in article(html, "id")
    assert "<svg" not in html


def test_a_completely_empty_outcome_is_still_a_page() -> None:
    nothing = msgspec.structs.replace(
        empty_outcome(), names=(), chosen=(), refused=(), refused_samples=(),
        counters=Counters(heard=0, counted=0, refused=0, repeated=0),
    )  # fmt: skip
    assert "Nothing. Every row could be read." in article(render_report(nothing, zone="UTC", tiles={}), "en")


def test_the_same_outcome_gives_the_same_bytes() -> None:
    assert rendered(usual_outcome()) == rendered(usual_outcome())


@pytest.mark.parametrize(
    "outcome", [usual_outcome(simulated=True), quiet_outcome(), empty_outcome()], ids=["usual", "quiet", "empty"]
)
def test_no_key_or_value_is_left_untranslated_and_nothing_shouts(outcome: Outcome) -> None:
    html = rendered(outcome)
    assert set(PageReader(html).texts) == {"en", "id"}
    for language in ("en", "id"):
        text = article(html, language)
        assert not re.search(r"\b(finding|outage|chart|scope|symptom|service|talk|read|count)\.[a-z_]{3}", text)
        # Rule ids may hold such a value; there it comes after a dot.
        assert not re.search(r"(?<![.\w])(no_internet|los_red|fixed_broadband|operator_post|billing_quota)\b", text)
        assert "!" not in text
        assert "{" not in text
        assert "None" not in text
        assert "nan" not in text.split()
    assert "pelanggan" not in article(html, "id").lower()
    english = article(html, "en").lower()
    assert english.count("customers") == english.count("reports are not customers.")


def test_both_languages_know_the_same_sentences_with_the_same_values() -> None:
    def fields(text: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(text) if name}

    english, indonesian = TEXTS["en"], TEXTS["id"]
    # Indonesian has no plural, so that its sentences need no second form.
    assert {key for key in english if not key.endswith(".one")} == set(indonesian)
    assert {key for key in indonesian if fields(indonesian[key]) != fields(english[key])} == set()
    singular = {key for key in english if key.endswith(".one")}
    assert {key for key in singular if not fields(english[key]) <= fields(english[key[:-4]])} == set()


def test_every_fixed_value_has_a_name_in_both_languages() -> None:
    values = [("symptom", Symptom), ("service", Service), ("trouble", Service), ("talk", Talk)]
    needed = {f"{group}.{value}" for group, kind in values for value in kind.__args__}
    for language in ("en", "id"):
        assert needed - set(TEXTS[language]) == set()


def test_every_reason_of_a_refusal_is_told_in_indonesian() -> None:
    refused = tuple((reason, 1) for reason in REASONS)
    html = rendered(msgspec.structs.replace(usual_outcome(), refused=refused))
    assert all(reason in article(html, "id") for reason in REASONS.values())


def test_texts_beside_a_claim_are_marked_as_of_no_known_language() -> None:
    html = usual_page()
    assert '<bdi lang="">@BiznetHome internet mati lagi nih di Setiabudi, dari tadi pagi</bdi>' in html


def hostile(text: str) -> Outcome:
    """Return an outcome that holds `text` wherever a stranger's words can get in."""
    outcome = usual_outcome()
    whole = trace("biznet", text or "x", ((at(11, 10), at(11, 20), 9.0),))
    found = finding(
        1, whole=whole, region="31.74", name=text, times=(at(11, 10), at(11, 11), at(11, 12), at(11, 20)), why=text,
        mengapa=text, rules=(text,), phrases=(Phrase(text, 3),), voices=(Voice(at(11, 10), text, 1.0),),
    )  # fmt: skip
    return msgspec.structs.replace(
        outcome, names=(text,), views=(view(found, whole),), traces=(whole,), notes=((text, text),),
        digest=text, regions=(RegionCount("31", text, 5, 2),), refused=((text, 1),),
        refused_samples=(RefusedRow(text, 1, text, text),),
        settings=msgspec.structs.replace(outcome.settings, operator=text),
    )  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "</style><style>*{display:none}",
        "{{ 7 * 7 }}{% raw %}",
        "{0.__class__} {n}",
        "\u202eterbalik\u2066 lanjut",
        "a\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301",
        "\ud83d sendiri",
    ],
)
def test_hostile_texts_are_shown_and_do_nothing(text: str) -> None:
    html = rendered(hostile(text))
    page = PageReader(html)
    assert not page.depth
    tags = {tag for tag, _ in page.elements}
    assert SCRIPT.findall(html) == SCRIPT.findall(usual_page())
    assert sum(tag == "script" for tag, _ in page.elements) == 1
    assert tags.isdisjoint({"img", "iframe", "object", "link", "base", "form"})
    assert sum(tag == "style" for tag, _ in page.elements) == 1
    assert not [name for _, attrs in page.elements for name in attrs if name.startswith("on")]
    assert not HIDDEN.search(html)
    assert html.encode()


@settings(max_examples=25)
@given(st.text(max_size=60))
def test_any_text_at_all_leaves_the_page_whole(text: str) -> None:
    page = PageReader(rendered(hostile(text)))
    assert not page.depth
    assert set(page.texts) == {"en", "id"}


def test_the_page_forbids_itself_everything_but_its_own_styles_and_its_one_script() -> None:
    html = usual_page()
    policy = next(a["content"] for tag, a in PageReader(html).elements if a.get("http-equiv"))
    assert policy is not None
    digest = base64.b64encode(hashlib.sha256(SCRIPT.findall(html)[0].encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; img-src data:" in policy
    assert "http://" not in html
    assert "https://" not in html
    assert "url(" not in html


def test_each_drawing_has_a_title_a_description_and_its_numbers_in_a_table() -> None:
    page = PageReader(usual_page())
    ids = {attrs["id"] for _, attrs in page.elements if "id" in attrs}
    drawings = [attrs for tag, attrs in page.elements if tag == "svg" and attrs.get("role") == "img"]
    assert len(drawings) == 2 * (2 + 4)
    for attrs in drawings:
        assert {attrs["aria-labelledby"], attrs["aria-describedby"]} <= ids
    assert sum(attrs.get("class") == "data" for tag, attrs in page.elements if tag == "details") == len(drawings)


def test_ids_are_used_once() -> None:
    for html in (rendered(busy_outcome(20)), render_scan(scan_series(), zone="UTC")):
        ids = [attrs["id"] for _, attrs in PageReader(html).elements if "id" in attrs]
        assert len(ids) == len(set(ids))


def test_a_link_inside_the_page_leads_somewhere() -> None:
    for html in (rendered(busy_outcome(20)), render_scan(scan_series(), zone="UTC")):
        page = PageReader(html)
        ids = {attrs.get("id") for _, attrs in page.elements}
        targets = {str(attrs["href"])[1:] for tag, attrs in page.elements if tag == "a"}
        assert targets <= ids


def test_the_tile_map_is_a_list_that_names_every_province_with_its_number() -> None:
    english = article(usual_page(), "en")
    assert "Jakarta: 214 reports, a suspected outage was placed here" in english
    assert "Aceh: not named" in english
    assert all(f"{name}: " in english for _, _, name, _ in TILES.values())
    html = usual_page()
    assert all(f"<b>{letters}</b>" in html for *_, letters in TILES.values())


def test_a_country_without_a_tile_map_gets_the_table_alone() -> None:
    html = render_report(usual_outcome(), zone="Africa/Lagos", tiles={})
    assert 'class="tiles"' not in html
    assert "Places named most" in article(html, "en")


def test_the_scan_page_tells_findings_by_series_in_two_languages() -> None:
    html = render_scan(scan_series(), zone="Asia/Makassar", files=["counts.csv"])
    assert "1 finding in 2 series" in article(html, "en")
    assert "biznet / 31.74: 11 Agustus 2025 sejak sekitar pukul 11.50 WITA" in article(html, "id")
    assert "tiket <b>: nothing stands out" in article(html, "en")
    assert "reports" not in article(html, "en").lower()


def test_the_language_asked_for_comes_first() -> None:
    html = render_report(usual_outcome(), zone="Asia/Jakarta", tiles=TILES, language="id")
    assert '<html lang="id" data-other="en">' in html
    assert "<title>3 dugaan gangguan dalam 30 hari" in html
    assert html.index('<article id="id"') < html.index('<article id="en"')


def test_findings_without_an_incident_stand_alone() -> None:
    def alone(number: int) -> Finding:
        whole = trace("biznet", "Biznet", ())
        times = (at(number, 3), at(number, 4), at(number, 5), at(number, 6))
        return finding(number, whole=whole, region=None, name=None, times=times, incident="")

    whole = trace("biznet", "Biznet", ())
    outcome = msgspec.structs.replace(quiet_outcome(), views=tuple(view(alone(n), whole) for n in (5, 9)))
    assert "2 suspected outages in" in article(rendered(outcome), "en")
