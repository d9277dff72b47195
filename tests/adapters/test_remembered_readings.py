"""What is said again word for word is read once, with the same result, and little is remembered for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from pulih.adapters.reading_process import UNREAD
from pulih.adapters.recalled import REMEMBERED
from pulih.adapters.remembered_readings import CHARS_MAX, RememberedReadings
from pulih.model.reading import Reading
from pulih.ports.live import Text

WORDS = ("mati", "lemot", "rusak", "x" * (CHARS_MAX + 1))


class Listing:
    """Readers that note what they were asked for; a text with "rusak" cannot be read."""

    def __init__(self) -> None:
        self.asked: list[list[Text]] = []

    def read(self, texts: Sequence[Text]) -> list[Reading]:
        """Return the length of each text and of what its source says as its probability."""
        self.asked.append(list(texts))
        return [
            UNREAD
            if "rusak" in one.text
            else msgspec.structs.replace(UNREAD, p_report=len(one.text + one.operator), evidence=())
            for one in texts
        ]

    def begin(self, texts: Sequence[Text]) -> Callable[[], list[Reading]]:
        """Return what does the same."""
        return lambda: self.read(texts)


def remembered(readers: Listing) -> RememberedReadings:
    return RememberedReadings(readers, readers.asked.clear)


@given(st.lists(st.lists(st.builds(Text, st.sampled_from(WORDS), st.sampled_from(["", "xl"])), max_size=8), max_size=6))
def test_what_is_remembered_is_what_would_be_read(batches: list[list[Text]]) -> None:
    plain, remembering = Listing(), remembered(Listing())
    for batch in batches:
        assert remembering.read(batch) == plain.read(batch)
    assert remembering.unread == sum(one.text == "rusak" for batch in batches for one in batch)


def test_a_text_is_asked_for_once_and_again_only_where_it_could_not_be_read_or_is_long() -> None:
    readers = Listing()
    remembering = remembered(readers)
    mati, rusak, long = Text("mati"), Text("rusak"), Text("x" * (CHARS_MAX + 1))
    remembering.read([mati, rusak, mati, rusak, long])
    remembering.read([long, mati, rusak])
    assert readers.asked == [[mati, rusak, long], [long, rusak]]
    remembering.close()
    assert readers.asked == []


def test_of_any_number_of_texts_the_last_are_remembered() -> None:
    readers = Listing()
    remembering = remembered(readers)
    often = Text("mati")
    for number in range(3 * REMEMBERED // 100):
        remembering.read([often, *(Text(f"{number} {place}") for place in range(100))])
    readers.asked.clear()
    remembering.read([often, Text("0 0"), Text(f"{3 * REMEMBERED // 100 - 1} 99")])
    assert readers.asked == [[Text("0 0")]]
