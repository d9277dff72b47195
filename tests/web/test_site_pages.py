"""The pages of the public site say what the bulletin knows and no more: small, escaped, alike in both languages."""

from __future__ import annotations

import gzip
import re
from html.parser import HTMLParser
from urllib.parse import urljoin

import msgspec
import pytest
from sample_bulletin import (
    DAY_US,
    HOUR_US,
    MINUTE_US,
    NOW_US,
    OPERATORS,
    bulletin,
    levels,
    many_past,
    outage,
    whole_country,
    word,
)
from site_folder import KINDS, TILES, path_of, site, text

from pulih.adapters.site.machine_pages import MachinePages
from pulih.adapters.site.pages import SitePages
from pulih.adapters.site.tongue import sentences
from pulih.communicate.addresses import LANGUAGES, Language
from pulih.model.bulletin import Bulletin, ComplaintLevel, Place, PublicScope

FIRST_LOAD = 14_000
HOSTILE = "<script>alert(1)</script>\" onload='x' {{ 7*7 }} &amp;"


@pytest.fixture(scope="module")
def pages() -> dict[str, bytes]:
    return site()


class Links(HTMLParser):
    """Collects what a page links to, and its ids."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append((tag, found))
        if tag == "a":
            self.links.append(found["href"] or "")
        if found.get("id"):
            self.ids.append(found["id"] or "")


def test_home_answers_in_the_order_of_the_readers_questions(pages: dict[str, bytes]) -> None:
    html = re.sub(r"<style>.*?</style>", "", text(pages, "home"))
    asked = (
        "Satu gangguan berlangsung",
        "Apakah hanya saya?",
        "Internet seluler tidak dapat dipakai di DKI Jakarta dan Jawa Barat",
        "Sejak pukul 08.48 WIB · dikonfirmasi operator pukul 09.06 WIB",
        "telepon dan SMS",
        "Darurat: 112, 110, dan 119 dapat dihubungi",
        "Kabar berikutnya paling lambat pukul 10.30 WIB",
        "Kata operator",
        "Sari Wulandari, Manajer Layanan Pelanggan",
        "Saya juga mengalami",
        "Laporan pelanggan",
        "Sekitar 1.500 laporan dalam satu jam; biasanya sekitar 12.",
        "jalur data tidak menjawab di 12 dari 14 titik",
        "Diperbarui Jumat, 3 Oktober 2025, pukul 10.12 WIB. Bila jam di ponsel Anda lewat 10.27 WIB, atau harinya",
    )
    found = [html.find(one) for one in asked]
    assert -1 not in found, asked[found.index(-1)]
    assert found == sorted(found)


def test_the_english_page_says_the_same(pages: dict[str, bytes]) -> None:
    html = text(pages, "home", "en")
    for said in ("One outage going on", "Next update by 10:30 WIB", "08:48 WIB", "About 1,500 reports", "past 10:27"):
        assert said in html
    assert '<html lang="en">' in html


def test_each_page_of_each_language_is_one_small_load_without_foreign_parts(pages: dict[str, bytes]) -> None:
    everywhere = SitePages(tiles=TILES).pages(bulletin(places=whole_country()), None)
    html = {path: content for path, content in everywhere.items() if path.endswith(".html")}
    assert len(html) > 1_100
    sizes = {path: len(gzip.compress(content, 9)) for path, content in html.items() if len(content) > 20_000}
    assert {path: size for path, size in sizes.items() if size > FIRST_LOAD} == {}
    for content in (content for path, content in pages.items() if path.endswith(".html")):
        found = Links(content.decode())
        loaded = [tag for tag, had in found.tags if tag in {"img", "iframe", "link"} and had.get("rel") == "stylesheet"]
        assert loaded == []
        assert [had.get("src") for tag, had in found.tags if tag == "script"] in ([], ["/pulih.js"])


def test_every_link_leads_to_a_page_that_is_there_or_to_the_desk(pages: dict[str, bytes]) -> None:
    others = set(MachinePages().pages(bulletin(), None))
    desk = {"report", "normal", "subscribe"}
    broken = []
    for path, content in pages.items():
        if path.endswith(".html"):
            found = Links(content.decode())
            for link in found.links:
                target, _, anchor = urljoin(f"/{path.removesuffix('index.html')}", link).partition("#")
                target = target.partition("?")[0].lstrip("/")
                there = f"{target}index.html" in pages or target in others | desk or target == path
                if not there or (anchor and anchor not in found.ids):
                    broken.append((path, link))
    assert broken == []


def test_no_page_uses_an_id_twice(pages: dict[str, bytes]) -> None:
    for path, content in pages.items():
        if path.endswith(".html"):
            ids = Links(content.decode()).ids
            assert sorted(ids) == sorted(set(ids)), path


@pytest.mark.parametrize("kind", KINDS)
def test_each_page_leads_to_itself_in_the_other_language(pages: dict[str, bytes], kind: str) -> None:
    for language, other in (("id", "en"), ("en", "id")):
        html = text(pages, kind, language)
        assert f'hreflang="{other}" href="https://status.example.net/{path_of(kind, other)}"' in html
        assert f'<link rel="canonical" href="https://status.example.net/{path_of(kind, language)}">' in html


def test_both_languages_have_the_same_sentences_with_the_same_values() -> None:
    indonesian, english = sentences("id"), sentences("en")
    assert set(indonesian) ^ set(english) == set()
    for key, sentence in indonesian.items():
        assert sorted(re.findall(r"{(\w+)}", sentence)) == sorted(re.findall(r"{(\w+)}", english[key])), key


def test_hostile_texts_stay_texts_on_every_page() -> None:
    one = outage(
        title_id=HOSTILE, title_en=HOSTILE, cause_id=HOSTILE, cause_en=HOSTILE, alternatives_id=HOSTILE,
        alternatives_en=HOSTILE, words=(word(1, text_id=HOSTILE, text_en=HOSTILE, speaker=HOSTILE, office=HOSTILE),),
    )  # fmt: skip
    made = site(
        desk=HOSTILE,
        current=(one,),
        past=(msgspec.structs.replace(one, id="20251001-abcd", ended_us=NOW_US),),
        places=(Place("31", HOSTILE),),
        operators=(msgspec.structs.replace(OPERATORS[0], name=HOSTILE),),
    )
    for path, content in made.items():
        if path.endswith(".html"):
            html = content.decode()
            assert "<script>" not in html and "49" not in re.sub(r"<style>.*?</style>", "", html), path
            assert not any("onload" in had for _, had in Links(html).tags), path


def test_ids_from_outside_never_leave_the_folder() -> None:
    made = site(current=(outage(id="../../etc/passwd"),), operators=(msgspec.structs.replace(OPERATORS[0], id="../x"),))
    assert [path for path in made if ".." in path.split("/")] == []


def test_an_overdue_promise_is_shown_as_overdue() -> None:
    late = site(made_us=NOW_US + 30 * MINUTE_US, stale_us=NOW_US + 45 * MINUTE_US)
    assert "dijanjikan paling lambat pukul 10.30 WIB dan belum datang" in text(late, "home")
    assert "terlambat, belum datang" in text(late, "going on")


def test_promises_kept_and_broken_stay_on_the_incident_and_in_the_history(pages: dict[str, bytes]) -> None:
    assert "ditepati pukul 09.30 WIB" in text(pages, "going on")
    assert "terlambat: kabar datang" in text(pages, "over")
    assert "Janji kabar berikutnya: 0 ditepati, 1 terlambat." in text(pages, "history")


def test_what_was_withdrawn_stays_readable_struck_out_and_leads_to_its_correction(pages: dict[str, bytes]) -> None:
    html = text(pages, "taken back")
    assert "<del>SMS XL mungkin tidak terkirim di Aceh; kami sedang memeriksa.</del>" in html
    assert "Ditarik Minggu, 28 September 2025, pukul 10.52 WIB" in html
    assert 'href="#n2"' in html and 'href="#n1"' in html


def test_a_place_tells_outages_of_its_province_and_not_those_elsewhere(pages: dict[str, bytes]) -> None:
    assert "Bukan hanya Anda: ada gangguan yang dikonfirmasi di DKI Jakarta." in text(pages, "province")
    south = pages["wilayah/31.74/index.html"].decode()
    assert "Bukan hanya Anda: ada gangguan yang dikonfirmasi di Jakarta Selatan." in south
    assert "Belum ada gangguan yang dikonfirmasi di Banda Aceh." in text(pages, "regency")


def test_an_outage_that_names_no_place_may_be_anywhere_and_is_claimed_for_none() -> None:
    made = site(current=(outage(scopes=(PublicScope(stage="identified", service="mobile_data"),)),))
    assert "An outage is confirmed. Whether Banda Aceh is hit is not known yet." in text(made, "regency", "en")
    assert "which places are hit is not known yet" in text(made, "going on", "en")


def test_an_outage_that_names_no_service_may_be_of_any_and_is_claimed_for_none() -> None:
    made = site(current=(outage(operator="xl", scopes=(PublicScope(stage="identified", region="11"),)),))
    assert "Whether it affects text messages is not known yet." in text(made, "service", "en")
    assert "It is not just you" in made["en/service/xl/index.html"].decode()


def test_of_many_operators_those_above_usual_are_drawn_and_the_others_listed() -> None:
    names = [f"op{number}" for number in range(12)]
    calm = [ComplaintLevel(operator=name, level="usual", reports=9, usual=8.0, curve=(2,) * 12) for name in names]
    html = text(site(levels=(*levels(), *calm)), "home")
    assert html.count('class="curve ') == 1
    assert all(f">{name} <span" in html for name in names)


def test_a_stamp_bears_its_day_and_one_past_midnight_the_day_of_its_end() -> None:
    evening = NOW_US + 13 * HOUR_US + 40 * MINUTE_US
    html = text(site(made_us=evening, stale_us=evening + 15 * MINUTE_US), "home", "en")
    assert (
        "Updated Friday, 3 October 2025, 23:52 WIB. After Saturday, 4 October 2025, 00:07 WIB this page is out" in html
    )


def test_reports_far_above_usual_are_no_confirmed_outage() -> None:
    html = text(site(current=(), levels=levels()), "province")
    assert "Bukan hanya Anda" in html and "Gangguan belum dikonfirmasi." in html
    home = text(site(current=()), "home")
    assert "<h1>Laporan jauh di atas biasa, gangguan belum dikonfirmasi</h1>" in home
    assert "Bukan hanya Anda: laporan yang menyebut Smartfren jauh di atas biasa." in home


def test_the_page_of_a_service_says_how_much_it_is_named_and_beside_it_its_operator() -> None:
    overall = ComplaintLevel(operator="xl", level="far_above", reports=320, usual=4.0)
    named = ComplaintLevel(operator="xl", service="sms", level="far_above", reports=216, usual=4.0)
    html = text(site(current=(), levels=(overall, named)), "service", "en")
    assert "It is not just you: reports naming XL text messages are far above usual." in html
    assert "About 220 reports within an hour; for all services of XL together, about 4 are usual." in html
    assert "About 320 reports within an hour; usually about 4." in html and "may be the first" not in html

    few = msgspec.structs.replace(named, level="unknown", reports=1)
    html = text(site(current=(), levels=(overall, few)), "service", "en")
    assert "Reports naming XL are far above usual, but few of them are on text messages." in html
    assert "One report within an hour; for all services" in html and "may be the first" not in html
    assert "may be the first" in text(site(current=(), levels=()), "service", "en")


def test_where_nothing_is_heard_levels_are_unknown_and_never_usual() -> None:
    made = site(heard=False, current=())
    for kind in ("home", "province", "operator", "service"):
        html = text(made, kind, "en")
        assert "unknown" in html and "as usual" not in html and "far above usual" not in html.split("<figure>")[0]


def test_a_suspicion_that_a_word_was_said_about_is_called_a_suspicion() -> None:
    made = site(current=(outage(stage="investigating", confirmed_us=None),))
    home = text(made, "home", "en")
    assert "<h1>A suspected outage is being checked</h1>" in home and "One outage" not in home
    assert "suspected, being checked" in home
    assert "A suspected outage in DKI Jakarta is being checked. It is not confirmed yet." in text(
        site(current=(outage(confirmed_us=None),), levels=()), "province", "en"
    )
    now = msgspec.json.decode(made["now.json"])
    assert now["level"] == "watch" and now["sentence"]["id"] == "Dugaan gangguan sedang diperiksa"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_a_simulation_says_so_and_trusts_no_clock(language: Language) -> None:
    made = site(simulated=True)
    for kind in KINDS:
        html = text(made, kind, language)
        assert sentences(language)["stamp.simulated_means"] in html
        assert "data-stale" not in html and 'class="late"' not in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_many_reports_by_few_are_told_and_turn_nothing(language: Language) -> None:
    few = tuple(
        msgspec.structs.replace(one, usual=90.0, reports=1_000, level="usual", repeated=True) for one in levels()
    )
    html = text(site(levels=few), "home", language)
    assert sentences(language)["level.repeated"].split("{n}")[1] in html
    assert f"</i>{sentences(language)['level.far_above']}" not in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_usual_is_never_called_about_none(language: Language) -> None:
    rare = tuple(msgspec.structs.replace(one, usual=0.2, reports=1, level="usual") for one in levels())
    assert sentences(language)["level.about_rare.one"] in text(site(levels=rare), "home", language)


def test_an_independent_desk_says_that_it_confirmed() -> None:
    html = text(site(mode="independent"), "home", "en")
    assert "confirmed by Pulih Contoh 09:06 WIB" in html
    assert "The operator&#39;s word" not in html


def test_parts_of_an_incident_keep_their_own_stage() -> None:
    scopes = (
        PublicScope(stage="identified", service="mobile_data", region="31", symptom="no_internet"),
        PublicScope(stage="resolved", service="mobile_data", region="32", symptom="no_internet"),
    )
    html = text(site(current=(outage(scopes=scopes),)), "going on", "en")
    assert "<dd>DKI Jakarta</dd>" in html and "<dd>Jawa Barat — restored</dd>" in html


def test_forms_lead_to_the_desk_where_the_site_stands_elsewhere() -> None:
    made = SitePages(desk_url="https://desk.example.net/").pages(bulletin(), None)
    html = made["index.html"].decode()
    assert 'action="https://desk.example.net/look"' in html
    assert 'href="https://desk.example.net/report?' in html
    assert "form-action &#39;self&#39; https://desk.example.net" in html


def test_a_site_below_a_path_links_below_it() -> None:
    html = site(address="https://example.net/status")["en/index.html"].decode()
    assert 'href="/status/en/place/"' in html and 'src="/status/pulih.js"' in html


def test_the_same_bulletin_gives_the_same_bytes(pages: dict[str, bytes]) -> None:
    assert site() == pages


def test_the_history_holds_every_incident_once() -> None:
    made = SitePages().pages(bulletin(past=many_past(130)), None)
    found = [
        link
        for path, content in made.items()
        if path.startswith("en/history/")
        for link in Links(content.decode()).links
        if "/incident/" in link
    ]
    assert len(found) == len(set(found)) == 130


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_site_with_nothing_to_tell_says_so_on_every_page(language: Language) -> None:
    made = site(current=(), past=(), works=(), levels=(), measurements=(), heard=False)
    assert sentences(language)["past.none"] in text(made, "history", language)
    assert sentences(language)["work.none"] in text(made, "works", language)
    assert sentences(language)["home.none"] in text(made, "home", language)


def test_now_json_is_small_and_tells_how_things_stand(pages: dict[str, bytes]) -> None:
    now = msgspec.json.decode(pages["now.json"])
    assert len(pages["now.json"]) < 1_000
    assert now["level"] == "down" and now["stale"] == "2025-10-03T03:27:00Z"
    assert now["sentence"] == {"id": "Satu gangguan berlangsung", "en": "One outage going on"}
    quiet = msgspec.json.decode(site(current=(), heard=False)["now.json"])
    assert quiet["level"] == "unknown"


def test_bulletin_json_is_the_bulletin(pages: dict[str, bytes]) -> None:
    assert msgspec.json.decode(pages["bulletin.json"], type=Bulletin) == bulletin()


def test_the_scripts_stay_within_four_kilobytes(pages: dict[str, bytes]) -> None:
    assert {name: len(pages[name]) for name in ("pulih.js", "widget.js") if len(pages[name]) > 4_096} == {}


def test_old_incidents_name_their_days_so_that_time_alone_changes_nothing() -> None:
    later = site(made_us=NOW_US + 3 * DAY_US, stale_us=NOW_US + 3 * DAY_US + HOUR_US)
    early = site(stale_us=NOW_US + HOUR_US)
    assert text(later, "over") == text(early, "over")
    assert text(later, "history") == text(early, "history")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_register_is_for_people_too_and_each_page_leads_there(language: Language) -> None:
    made = site()
    page = text(made, "register", language)
    for file in ("register.json", "register.csv"):
        assert f'href="/{file}"' in page
    shown = (*bulletin().current, *bulletin().past)
    places = [page.index(f"{path_of('over', language).rpartition('20251002')[0]}{one.id}/") for one in shown]
    assert places == sorted(places), "those that go on stand first"
    assert "ACMA" in page and "2026" in page
    for kind in KINDS:
        assert f'href="/{path_of("register", language)}"' in text(made, kind, language)


def test_the_register_shows_the_newest_hundred_and_says_how_many_more_the_files_have() -> None:
    many = site(past=many_past(150))
    page = text(many, "register", "en")
    assert page.count("<li><h2>") == 100
    assert f"{150 + len(bulletin().current) - 100} older outages are in the files" in page
    assert "No outage has been announced yet" in text(site(current=(), past=()), "register", "en")
