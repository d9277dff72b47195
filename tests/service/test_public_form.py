"""The public form: what is chosen becomes a report, the same form counts once, and nobody floods the desk with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import msgspec
import pytest
from intake_in_memory import MemoryJournal, MemoryLedger, SetClock

from pulih.adapters.catalogue import load_catalogue
from pulih.adapters.gazetteer import load_gazetteer
from pulih.listen.acceptance import Acceptor
from pulih.listen.payload import PayloadReader, report_of
from pulih.model.clock import MICROS
from pulih.model.errors import RefusedInput
from pulih.model.reading import Reading
from pulih.ports.live import Text
from pulih.service.accepting import Accepting
from pulih.service.live.heard import STATED, Ears, Posted
from pulih.service.public_form import BACK, CHOICES, PublicForm, Told

TAPPED = Told(
    id="f1", choice="no_internet", operator="smartfren", place="Kota Bandung", browser="b1", network="10.0.0.1"
)


class Form:
    """A form over an intake in memory."""

    def __init__(self) -> None:
        self.clock, self.journal = SetClock(), MemoryJournal()
        reader = PayloadReader(b"k" * 16)
        self.accepting = Accepting(self.journal, MemoryLedger(), self.clock, reader)
        self.accepting.start()
        self.form = PublicForm(self.accepting, reader, self.clock)


@pytest.fixture
def form() -> Iterator[Form]:
    form = Form()
    yield form
    form.accepting.close()


class NobodyReads:
    """Readers that must not be asked."""

    def read(self, texts: Sequence[Text]) -> list[Reading]:
        assert texts == []
        return []

    def begin(self, texts: Sequence[Text]) -> Callable[[], list[Reading]]:
        return lambda: self.read(texts)


def heard(line: bytes) -> Reading:
    catalogue = load_catalogue()
    ears = Ears(Acceptor({}, frozenset()), b"k" * 16, NobodyReads(), catalogue, load_gazetteer())
    return ears.begin([Posted(1, 0, 1, report_of(line))])()[0].reading


def test_a_browser_is_known_by_what_it_reported_within_the_hour_once_for_each_form(form: Form) -> None:
    other = msgspec.structs.replace(TAPPED, id="f2", choice="slow")
    back = msgspec.structs.replace(TAPPED, id="f3", choice=BACK)
    for told in (TAPPED, TAPPED, other, back):
        form.form.take(told)
    now_us = form.clock.now_us()
    assert form.form.told_by("b1", now_us) == (TAPPED, other)
    assert form.form.told_by("b1", now_us + MICROS) == form.form.told_by("b2", 0) == ()


def test_what_was_tapped_is_a_report_of_that_symptom_operator_and_place(form: Form) -> None:
    assert form.form.take(TAPPED).accepted == 1
    [frame] = form.journal.kept
    reading = heard(frame.reports[0])
    assert (reading.is_report, reading.acute, reading.p_report) == (True, True, STATED)
    assert (reading.symptom, reading.service, reading.operator) == ("no_internet", "mobile_data", "smartfren")
    assert [place.code for place in reading.places] == ["32.73"]


def test_who_says_that_it_works_again_reports_nothing_wrong(form: Form) -> None:
    form.form.take(msgspec.structs.replace(TAPPED, choice=BACK))
    reading = heard(form.journal.kept[0].reports[0])
    assert (reading.is_report, reading.recovered, reading.operator) == (False, True, "smartfren")


@pytest.mark.parametrize("choice", CHOICES)
def test_every_choice_is_a_report(form: Form, choice: str) -> None:
    form.form.take(msgspec.structs.replace(TAPPED, choice=choice))
    assert heard(form.journal.kept[0].reports[0]).symptom == choice


def test_the_same_form_sent_twice_counts_once(form: Form) -> None:
    assert form.form.take(TAPPED).accepted == 1
    assert form.form.take(TAPPED).repeated == 1


def test_a_browser_and_a_network_report_so_often_and_no_more(form: Form) -> None:
    for number in range(5):
        form.form.take(msgspec.structs.replace(TAPPED, id=f"f{number}"))
    with pytest.raises(RefusedInput, match="again in 10 minutes"):
        form.form.take(msgspec.structs.replace(TAPPED, id="f9"))
    for number in range(295):
        form.form.take(msgspec.structs.replace(TAPPED, id=f"g{number}", browser=f"c{number}"))
    with pytest.raises(RefusedInput, match="again in"):
        form.form.take(msgspec.structs.replace(TAPPED, id="h", browser="d"))
    form.clock.at_us += 601 * MICROS
    assert form.form.take(msgspec.structs.replace(TAPPED, id="f9")).accepted == 1


def test_a_report_tells_its_network_and_not_the_address(form: Form) -> None:
    for number, network in enumerate(("10.0.0.1", "10.0.0.1", "2001:db8::/56")):
        form.form.take(msgspec.structs.replace(TAPPED, id=f"f{number}", network=network))
    told = [report_of(frame.reports[0]).network for frame in form.journal.kept]
    assert told[0] == told[1] != told[2]
    assert all(b"10.0.0.1" not in frame.reports[0] for frame in form.journal.kept)


def test_a_choice_that_there_is_not_is_refused(form: Form) -> None:
    with pytest.raises(RefusedInput, match="Choose one"):
        form.form.take(msgspec.structs.replace(TAPPED, choice="none"))
    assert form.journal.kept == []
