"""Places in complaints: rare districts and famous towns alike, and nothing where nobody names one."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from functools import cache

from hypothesis import given
from hypothesis import strategies as st
from nowhere_sentences import NOWHERE
from spoken_places import SPOKEN

from pulih.adapters.gazetteer import load_gazetteer
from pulih.understand.gazetteer import Cues, District, Gazetteer, Region
from pulih.understand.places import PlaceFinder

FRAMES = (
    "biznet {} gangguan",
    "biznet daerah {} down",
    "biznet di {} kapan pulih",
    "Internet biznet {} mati",
    "myrepublic {} lagi down kah",
    "wifi {} kenapa ya min",
    "NetKita {} los merah dari pagi",
    "{} mati lagi indihome",
    "halo kak, area {} ada gangguan?",
)


@cache
def finder() -> PlaceFinder:
    return PlaceFinder(load_gazetteer())


def best(text: str, **said: str) -> str:
    places = finder().find(text, **said)
    return places[0].code if places else ""


def unambiguous_districts() -> list[District]:
    """Districts whose name only one regency has, and which is no word, region or nickname."""
    gazetteer = load_gazetteer()
    homes: dict[str, set[str]] = defaultdict(set)
    for district in gazetteer.districts:
        homes[_plain(district.name)].add(district.region)
    words = gazetteer.words.label | gazetteer.words.cue | gazetteer.words.beside
    taken = {_plain(region.bare) for region in gazetteer.regions.values()}
    taken |= {_plain(name) for alias in gazetteer.aliases for name in alias.names}
    return [
        district
        for district in gazetteer.districts
        if len(homes[_plain(district.name)]) == 1 and _plain(district.name) not in words | taken
    ]


def _plain(name: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", name.lower().replace("'", "")))


def test_rare_districts_are_found_in_the_right_regency_in_every_frame() -> None:
    sample = random.Random(20251003).sample(unambiguous_districts(), 400)
    for frame in FRAMES:
        found = [finder().find(frame.format(district.name)) for district in sample]
        right = [
            places
            for places, district in zip(found, sample, strict=True)
            if places and places[0].code == district.region and places[0].p >= 0.9
        ]
        assert len(right) >= 0.95 * len(sample), frame


def test_nearly_all_districts_of_one_regency_only_are_unambiguous() -> None:
    assert len(unambiguous_districts()) > 5500


def test_ordinary_sentences_name_no_place() -> None:
    assert len(NOWHERE) >= 150
    assert [(text, finder().find(text)) for text in NOWHERE if finder().find(text)] == []


def test_people_are_placed_where_they_write_from() -> None:
    assert [(code, text, best(text)) for code, text in SPOKEN if best(text) != code] == []


def test_a_name_of_several_regencies_stays_a_distribution() -> None:
    places = finder().find("wifi daerah Sukaresmi mati")
    assert len(places) > 1
    assert places[0].p < 0.9
    assert sum(place.p for place in places) <= 1


def test_a_region_named_nearby_settles_what_an_ambiguous_name_means() -> None:
    assert best("kemang bogor mati") == "32.01"
    assert best("kemang jaksel mati") == "31.74"
    assert best("kuningan jakarta mati") == "31.74"
    assert best("kuningan jawa barat mati") == "32.08"
    assert best("kecamatan Depok, Sleman, los") == "34.04"


def test_a_district_named_with_its_regency_as_in_an_address_is_that_one_however_large_its_namesake_is() -> None:
    """Depok and Bandung are cities of millions, and districts of Sleman and Tulungagung."""
    for text in ("di Depok, Sleman mati", "depok sleman mati", "Depok kab. Sleman mati", "di Depok (Sleman) mati"):
        assert best(text) == "34.04", text
    assert best("di Bandung, Tulungagung mati") == "35.04"
    assert best("di Bandung, Jawa Barat mati") == "32.73"
    assert best("di Cibadak, Sukabumi mati") == "32.02"
    assert finder().find("di Depok dan Sleman mati") == ()


def test_a_neighbour_settles_what_an_ambiguous_name_means_where_nothing_else_does() -> None:
    """Banjarsari is a district of Lebak, of Ciamis and of Surakarta."""
    assert [place.code for place in finder().find("wifi di Banjarsari mati")][:3] == ["36.02", "32.07", "33.72"]
    assert finder().find("wifi di Banjarsari mati", hint="Sukoharjo")[0].code == "33.72"
    both = finder().find("wifi di Banjarsari dan Sukoharjo mati")
    assert both[0].code == "33"
    assert {place.code for place in both} == {"33", "33.11", "33.72"}
    assert best("wifi di Banjarsari mati, Tasikmalaya aman") == "32.07"


def test_an_operators_area_settles_what_an_ambiguous_name_means() -> None:
    text = "wifi daerah sukaresmi mati"
    assert finder().find(text, footprint=frozenset({"32.03"}))[0].code == "32.03"
    assert finder().find(text, footprint=frozenset({"32.05"}))[0].code == "32.05"


def test_a_bare_name_shared_by_city_and_regency_is_the_city_and_level_words_decide() -> None:
    assert best("biznet bandung mati") == "32.73"
    assert best("biznet kab. bandung mati") == "32.04"
    assert best("biznet kab bdg mati") == "32.04"
    assert best("biznet kota bogor mati") == "32.71"
    assert best("kota yogya mati") == "34.71"
    assert best("jogja mati") == "34"


def test_words_that_are_names_too_need_a_word_for_a_level() -> None:
    assert best("bener bener mati") == ""
    assert best("sinyal di kec. Bener mati") == "33.06"
    assert best("tempe mati") == ""
    assert best("kecamatan Tempe gak ada sinyal") == "73.13"
    assert best("di taman gak ada sinyal") == ""


def test_spellings_that_people_use_are_understood() -> None:
    for text in ("SETIABUDI mati", "setia budi mati", "setiabudiii mati", "#SetiabudiDown", "di setia-budi mati"):
        assert best(text) == "31.74", text
    for text in ("bandunggg", "dibandung mati", "Bàndung mati", "𝗕𝗮𝗻𝗱𝘂𝗻𝗴 mati", "ban\u200bdung mati", "bandung😭mati"):
        assert best(text) == "32.73", text
    assert best("tj priok mati") == best("tjg priok mati") == best("tanjung priok mati") == "31.72"


def test_bits_of_words_handles_and_links_name_no_place() -> None:
    for text in (
        "kembali normal",
        "@infobandung cek dm",
        "https://bandung.go.id/jakarta",
        "surat ke x@tebet.id",
        "ke diri",
    ):
        assert finder().find(text) == (), text


def test_what_is_well_elsewhere_is_not_where_the_trouble_is() -> None:
    assert best("di jakarta lancar, di malang mati") == "35.73"
    assert best("di bandung sudah normal") == "32.73"


def test_several_regencies_of_one_province_are_the_province_and_several_provinces_nothing() -> None:
    assert best("jakarta barat sama jakarta selatan mati") == "31"
    assert best("jakarta, bandung, surabaya mati semua") == ""
    assert best("kereta jakarta-bandung") == ""


def test_clubs_dishes_streets_and_journeys_are_not_where_somebody_is() -> None:
    for text in (
        "nonton persib bandung ngelag",
        "beli soto lamongan bayar qris gagal",
        "jl. surabaya mati lampu",
        "dari jakarta ke bandung sinyal hilang",
        "waktu di medan lancar",
        "tiket ke solo error",
        "kayak di papua aja",
    ):
        assert finder().find(text) == (), text


def test_a_place_field_counts_where_the_text_names_none() -> None:
    assert finder().find("internet mati", hint="31.74")[0].p == 0.95
    assert finder().find("internet mati", hint="Jakarta Selatan")[0].p == 0.95
    assert best("internet mati", hint="jaksel, indonesia") == "31.74"
    assert finder().find("internet mati", hint="jaksel, indonesia")[0].p < 0.65
    assert finder().find("internet mati", hint="di hatimu") == ()
    assert best("internet malang mati", hint="31.74") == "35.73"
    assert best("internet jakarta mati", hint="31.74") == "31.74"


def test_the_code_of_any_country_is_believed_in_a_place_field() -> None:
    lagos = Region(code="LA", name="Lagos", level="province")
    ikeja = Region(code="LA.IKJ", name="Ikeja", level="regency", parent="LA")
    nigeria = PlaceFinder(Gazetteer("NG", (lagos, ikeja)))
    assert [(place.code, place.p) for place in nigeria.find("no network", hint="LA.IKJ")] == [("LA.IKJ", 0.95)]
    assert nigeria.find("no network in Lagos", hint="LA.IKJ")[0].code == "LA.IKJ"


def test_names_in_any_script_are_found_and_a_field_in_another_script_names_none_of_them() -> None:
    names = {"R1": "Иркутск", "R2": "القاهرة", "R3": "Łódź", "R4": "Køge", "R5": "เชียงใหม่", "R6": "東京"}
    world = Gazetteer("XX", [Region(code, name, "province") for code, name in names.items()])
    everywhere = PlaceFinder(world)
    for code, name in names.items():
        assert [place.code for place in everywhere.find(f"internet down in {name} now")] == [code], name
        assert [place.code for place in everywhere.find("internet down", hint=name)] == [code], name
    assert everywhere.find("internet down in lodz")[0].code == "R3"
    for field in ("北京", "", "!?", "\N{PILE OF POO}"):
        assert (world.find_code(field), everywhere.find("internet down", hint=field)) == ("", ())


def test_what_led_to_a_place_is_told_with_its_rule() -> None:
    evidence = finder().look("biznet di Tebet, jaksel mati").evidence
    assert [(item.phrase, item.rule) for item in evidence] == [
        ("tebet", "place.name.31.74.01"),
        ("jaksel", "place.alias.jaksel.31.74"),
    ]


def test_every_rule_id_can_be_cited() -> None:
    for code, text in SPOKEN:
        for item in finder().look(text).evidence:
            assert re.fullmatch(r"place\.[a-z]+\.[A-Za-z0-9.\-]+", item.rule), (code, item)


def test_hostile_texts_are_read_like_others() -> None:
    for text in (
        "",
        "\0",
        "😭" * 50,
        "<b>tebet</b>",
        "'; drop table--",
        "\u202etebet",
        "\ud800 tebet",
        "a" * 1_000_000,
    ):
        assert len(finder().find(text)) <= 1
    assert finder().find("x " * 500_000 + "tebet mati") == ()


@given(st.text(max_size=300), st.sampled_from([text for _, text in SPOKEN]), st.text(max_size=20))
def test_probabilities_are_ordered_and_never_exceed_one(noise: str, text: str, hint: str) -> None:
    for said in (noise, f"{text} {noise}", f"{noise}\n{text}"):
        places = finder().find(said, hint=hint)
        assert sum(place.p for place in places) <= 1 + 1e-9
        assert [place.p for place in places] == sorted((place.p for place in places), reverse=True)
        assert places == finder().find(said, hint=hint)


def test_a_country_without_cues_still_has_its_names_found() -> None:
    lagos = Region(code="LA", name="Lagos", level="province")
    ikeja = Region(code="LA.IKJ", name="Ikeja", level="regency", parent="LA")
    districts = (District("Allen", "LA.IKJ"),)
    nigeria = PlaceFinder(Gazetteer("NG", (lagos, ikeja), districts=districts, cues=Cues(at=frozenset({"in"}))))
    assert nigeria.find("no network in Ikeja")[0].code == "LA.IKJ"
    assert nigeria.find("Allen no signal since morning")[0].code == "LA.IKJ"
    assert nigeria.find("Ikeja, Lagos is down")[0].code == "LA.IKJ"


def slips_of(word: str) -> set[str]:
    dropped = {word[:at] + word[at + 1 :] for at in range(1, len(word))}
    doubled = {word[:at] + word[at] + word[at:] for at in range(1, len(word))}
    swapped = {word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(1, len(word) - 1)}
    return dropped | doubled | swapped


def test_a_slip_in_a_common_word_makes_no_district_of_it() -> None:
    """ "tak bisa ases internet" misspells "akses"; it does not speak of Ases in Tambrauw."""
    gazetteer = load_gazetteer()
    districts = {_plain(district.name) for district in gazetteer.districts}
    known = gazetteer.words.common | {_plain(region.bare) for region in gazetteer.regions.values()}
    known |= {name for alias in gazetteer.aliases for name in alias.names}
    mistaken = districts - known
    slips = {slip: word for word in gazetteer.words.common for slip in slips_of(word) if slip in mistaken}
    assert len(slips) > 40
    assert {slip: best(f"tak bisa {slip} dari tadi") for slip in slips if best(f"tak bisa {slip} dari tadi")} == {}


def test_a_district_that_looks_like_a_slip_is_still_found_after_a_place_word() -> None:
    assert best("internet mati di ases") == "96.04"
    assert best("wifi mlati mati") == "34.04"


def test_a_slip_in_a_region_of_several_words_is_that_region_and_not_the_district_its_first_word_names() -> None:
    assert best("Bandar Lampunng wifi mati") == "18.71"
    assert best("bandar lamung tsel ilang") == "18.71"
    assert best("bandr lampung down") == "18.71"
    assert best("lubuk lingau mati") == "16.73"
    assert best("biznet jakarta seltan mati") == "31.74"


def test_slips_of_all_regions_of_two_words_are_those_regions() -> None:
    """The second word with a letter dropped; names that are not found without a slip are not asked for."""
    regions = [one for one in load_gazetteer().regions.values() if len(_plain(one.bare).split()) == 2]
    rng = random.Random(20251126)
    right = wrong = 0
    for region in regions:
        first, second = _plain(region.bare).split()
        if len(second) < 6 or best(f"internet di {first} {second} mati") != region.code:
            continue
        at = rng.randrange(1, len(second) - 1)
        found = best(f"internet di {first} {second[:at] + second[at + 1 :]} mati")
        right, wrong = right + (found == region.code), wrong + (found != region.code)
    assert right >= 40
    assert wrong <= 0.05 * right


def test_a_word_of_the_language_beside_a_region_is_no_slip() -> None:
    assert best("jakarta berat banget sinyalnya, mati") == "31"
    assert best("bandar kampung internet mati") != "18.71"
