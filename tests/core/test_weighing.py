"""A flood counts little, independent people who write the same few words count in full, nothing is dropped."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pulih.listen.weighing import Weigher
from pulih.model.signal import Role, Signal

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


@given(st.lists(st.tuples(st.sampled_from([LONG, "mati", "sinyal hilang"]), st.sampled_from(["", "a", "b"]))))
def test_every_weight_lies_between_nothing_and_one(posts: list[tuple[str, str]]) -> None:
    weigher = Weigher()
    for at_s, (text, author) in enumerate(posts):
        assert 0 < weigher.weigh(_signal(text, at_s=at_s, author=author)).value <= 1
