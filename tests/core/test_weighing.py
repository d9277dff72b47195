"""A flood counts little, independent people who write the same few words count in full, nothing is dropped."""

from __future__ import annotations

import random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulih.listen.weighing import Weigher
from pulih.model.errors import RefusedInput
from pulih.model.signal import Role, Signal
from pulih.model.weight import Weight

LONG = "halo semua jaringan ini sudah mati total sejak pagi di seluruh kota dan tidak ada kabar sama sekali"


def _signal(text: str, *, at_s: int = 0, author: str = "", role: Role = "public") -> Signal:
    return Signal(at_us=at_s * 1_000_000, source="file", native_id=str(at_s), author=author, text=text, role=role)


def test_three_hundred_people_writing_the_same_three_words_count_in_full() -> None:
    weigher = Weigher()
    assert sum(weigher.weigh(_signal("internet mati lagi", at_s=i)).value for i in range(300)) == 300


def test_twenty_thousand_copies_of_one_long_text_count_less_than_two_texts() -> None:
    weigher = Weigher()
    total = sum(weigher.weigh(_signal(LONG, at_s=i, author=f"a{i % 1000}")).value for i in range(20_000))
    assert total < 2


def test_a_copy_is_never_dropped() -> None:
    weigher = Weigher()
    assert all(weigher.weigh(_signal(LONG, at_s=i)).value > 0 for i in range(1000))


def test_one_author_counts_in_full_once_a_day() -> None:
    weigher = Weigher()
    weights = [weigher.weigh(_signal(f"mati ke {i}", at_s=i * 60, author="a")).value for i in range(10)]
    assert weights[0] == 1.0
    assert sum(weights) < 2.2
    assert weigher.weigh(_signal("mati", at_s=90_000, author="a")).value == 1.0


def test_operators_bots_and_press_do_not_count() -> None:
    weigher = Weigher()
    roles: tuple[Role, ...] = ("operator", "bot", "press")
    for role in roles:
        weight = weigher.weigh(_signal("gangguan", role=role))
        assert (weight.value, weight.reason) == (0.0, role)


def test_a_reply_to_a_person_counts_less_than_a_word_to_the_desk() -> None:
    weigher = Weigher()
    assert weigher.weigh(_signal("<user> sama kak")).value < 1
    assert weigher.weigh(_signal("<user> sama kak, Tebet juga"), witness=True).value == 1
    assert weigher.weigh(_signal("<user> min internet mati")).value == 1
    assert weigher.weigh(_signal("<user> <user> Halo, internet mati")).value == 1


def _reworded(chance: random.Random) -> str:
    """Return LONG as those write it who pass it on: a word changed, a sign, a tag or an ending added."""
    words = LONG.split()
    words[chance.randrange(len(words))] = chance.choice(["putus", "lagi", "kita", "banget"])
    return " ".join([*words, *chance.sample(["#rugi", "😡", "tolong RT", "ya"], 2)])


@given(st.integers(0, 10**6), st.integers(2, 200), st.integers(1, 200))
def test_any_number_of_reworded_copies_by_any_number_of_authors_count_less_than_two_texts(
    seed: int, copies: int, authors: int
) -> None:
    chance, weigher = random.Random(seed), Weigher()
    weights = [weigher.weigh(_signal(LONG, author="first"))]
    weights += [
        weigher.weigh(_signal(_reworded(chance), at_s=1 + i, author=f"a{chance.randrange(authors)}"))
        for i in range(copies)
    ]
    assert sum(weight.value for weight in weights) < 2
    assert {(weight.reason, weight.wording) for weight in weights[1:]} == {("copy", 1)}


@given(
    st.lists(
        st.sampled_from(
            ["mati", "lagi", "internet", "putus", "dari", "tadi", "pagi", "sinyal", "hilang", "nih", "woi", "min"]
        ),
        max_size=7,
    )
)
def test_a_short_text_counts_in_full_however_often_it_was_written_by_others(words: list[str]) -> None:
    weigher = Weigher()
    texts = [" ".join([*words, *tags]) for tags in ([], ["#mati", "#rugi"], ["😡"], ["#internetmati"])] * 20
    weights = [weigher.weigh(_signal(text, at_s=i, author=f"a{i}")) for i, text in enumerate(texts)]
    assert {(weight.value, weight.reason) for weight in weights} == {(1.0, "")}


def test_long_texts_that_people_write_by_themselves_are_no_copies() -> None:
    weigher = Weigher()
    texts = (
        "internet di rumah mati dari tadi pagi sampai sekarang belum nyala juga",
        "dari tadi pagi internet di kantor putus terus, rapat jadi kacau semua",
        "sampai sekarang sinyal di rumah belum juga kembali padahal sudah lapor",
        "sudah lapor dari pagi tapi internet mati terus, kerja jadi terhambat",
    )
    assert {weigher.weigh(_signal(text, at_s=i)).value for i, text in enumerate(texts)} == {1.0}


@given(st.lists(st.tuples(st.sampled_from([LONG, "mati", "sinyal hilang semua"]), st.sampled_from(["", "a", "b"]))))
def test_what_comes_later_changes_no_weight(posts: list[tuple[str, str]]) -> None:
    def weights(some: list[tuple[str, str]]) -> list[Weight]:
        weigher = Weigher()
        return [weigher.weigh(_signal(text, at_s=at_s, author=author)) for at_s, (text, author) in enumerate(some)]

    half = len(posts) // 2
    assert weights(posts)[:half] == weights(posts[:half])
    assert weights(posts) == weights(posts)


def test_a_wording_is_forgotten_a_day_after_it_was_first_heard() -> None:
    weigher = Weigher()
    moments = (0, 3_600, 86_400, 86_401, 90_000, 3 * 86_400)
    assert [weigher.weigh(_signal(LONG, at_s=at_s)).value for at_s in moments] == [1, 1 / 4, 1 / 9, 1, 1 / 4, 1]


def test_an_account_of_this_week_counts_half_and_an_older_or_unknown_one_in_full() -> None:
    weigher = Weigher()
    weights = [
        weigher.weigh(msgspec.structs.replace(_signal("mati", author=f"a{days}"), account_days=days))
        for days in (0, 6, 7, 30, -1)
    ]
    assert [(weight.value, weight.reason) for weight in weights] == [(0.5, "young")] * 2 + [(1.0, "")] * 3


def test_who_advertised_today_hardly_counts_and_others_do() -> None:
    weigher = Weigher()
    assert weigher.weigh(_signal("kuota murah, minat DM", author="kios"), advert=True).value == 1.0
    told = weigher.weigh(_signal("mati lagi", at_s=60, author="kios"))
    assert (told.reason, told.value < 0.1) == ("seller", True)
    assert weigher.weigh(_signal("mati lagi", at_s=60, author="budi")).value == 1.0
    assert weigher.weigh(_signal("mati lagi", at_s=2 * 86_400, author="kios")).value == 1.0


def _from(network: str, number: int, *, at_s: int = 0) -> Signal:
    return msgspec.structs.replace(_signal("", at_s=at_s, author=f"{network}-{number}"), network=network)


def test_a_thousand_browsers_of_one_network_count_less_than_three_and_no_network_is_no_reason() -> None:
    weigher = Weigher()
    weights = [weigher.weigh(_from("kos", number, at_s=number)) for number in range(1_000)]
    assert sum(one.value for one in weights) < 3
    assert [one.reason for one in weights[:2]] == ["", ""]
    assert {one.reason for one in weights[2:]} == {"network"}
    assert weigher.weigh(_signal("", author="siapa")).value == 1.0


def test_of_a_network_more_count_in_full_when_many_networks_report() -> None:
    weigher = Weigher()
    for number in range(80):
        weigher.weigh(_from(f"rumah {number}", 0, at_s=number))
    shared = [weigher.weigh(_from("operator", number, at_s=100)).value for number in range(30)]
    assert (shared[:20], shared[20]) == ([1.0] * 20, 0.25)


def test_a_network_is_forgotten_after_an_hour() -> None:
    weigher = Weigher()
    early = [weigher.weigh(_from("kos", number)).value for number in range(3)]
    later = [weigher.weigh(_from("kos", number, at_s=3_601)).value for number in range(3, 6)]
    assert early == later == [1.0, 1.0, 0.25]


@given(st.lists(st.tuples(st.sampled_from([LONG, "mati", "sinyal hilang"]), st.sampled_from(["", "a", "b"]))))
def test_every_weight_lies_between_nothing_and_one(posts: list[tuple[str, str]]) -> None:
    weigher = Weigher()
    for at_s, (text, author) in enumerate(posts):
        assert 0 < weigher.weigh(_signal(text, at_s=at_s, author=author)).value <= 1


@given(
    st.lists(
        st.tuples(st.sampled_from([LONG, LONG + " woi", "mati", "sinyal"]), st.sampled_from(["", "a", "b"])),
        max_size=30,
    ),
    st.integers(0, 30),
    st.sampled_from([60, 40_000]),
)
def test_a_weigher_that_was_written_down_weighs_on_alike(posts: list[tuple[str, str]], stop: int, step_s: int) -> None:
    one, other = Weigher(), Weigher()
    for number, (text, author) in enumerate(posts):
        if number == stop:
            other = Weigher.from_bytes(other.to_bytes())
        signal = _signal(text, at_s=number * step_s, author=author)
        advert = number % 7 == 3
        assert one.weigh(signal, advert=advert) == other.weigh(signal, advert=advert)


def test_bytes_that_are_no_weigher_are_refused_in_a_sentence() -> None:
    with pytest.raises(RefusedInput, match="weigher"):
        Weigher.from_bytes(b"none")
