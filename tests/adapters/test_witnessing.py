"""Witnesses cosign what continues what they saw, and what a desk says of those who do not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from intake_in_memory import SetClock
from sample_bulletin import NOW_US, bulletin, outage, word
from timeline_in_memory import TimelineInMemory
from witness_server import SmallWitness, serving

from pulih.adapters.config import check_config
from pulih.adapters.witness_client import HttpWitness
from pulih.communicate.signed_note import COSIGNED, PLAIN, SignerKey
from pulih.service.proving import Proving
from pulih.service.witnessing import Witnessing

SIGNER = SignerKey("desk.example.id/tlog", PLAIN, bytes(range(32)))
WITNESS = SignerKey("witness.example.org/w1", COSIGNED, bytes(range(1, 33)))


class Seat:
    """A desk with one witness, who is served."""

    def __init__(self, address: str, signer: SignerKey = SIGNER) -> None:
        self.told = 0
        self.desk = Proving(TimelineInMemory(), signer, SetClock(NOW_US), witnesses=(WITNESS.verifier(),))
        self.address = address
        self.asking = self.anew(address)

    def anew(self, address: str) -> Witnessing:
        """Return what asks the witness as a desk does that was just started."""
        return Witnessing(self.desk, [HttpWitness(WITNESS.verifier(), address)], self._tell)

    def _tell(self) -> None:
        self.told += 1

    def say(self, words: int) -> None:
        """Publish so many words."""
        said = tuple(word(number) for number in range(1, words + 1))
        self.desk.proved(bulletin(current=(outage(words=said),), past=(), works=()))

    def witnesses(self) -> tuple[str, ...]:
        """Return who cosigned the present head."""
        view = self.desk.view()
        assert view is not None
        return view.witnesses


@pytest.fixture
def witness() -> SmallWitness:
    return SmallWitness(WITNESS, SIGNER.verifier())


@pytest.fixture
def seat(witness: SmallWitness) -> Iterator[Seat]:
    with serving(witness) as address:
        yield Seat(address)


def test_every_head_is_cosigned_once(seat: Seat, witness: SmallWitness) -> None:
    assert (seat.asking.ask(), witness.asked) == ([], 0)
    for words in (1, 4, 9):
        seat.say(words)
        assert seat.witnesses() == ()
        assert seat.asking.ask() == []
        assert seat.witnesses() == (WITNESS.name,)
        assert seat.asking.ask() == []
    assert (seat.told, witness.asked, witness.seen.size) == (3, 3, 10)


def test_a_desk_that_started_again_learns_where_the_witness_stands(seat: Seat, witness: SmallWitness) -> None:
    seat.say(3)
    seat.asking.ask()
    seat.say(5)
    assert seat.anew(seat.address).ask() == []
    assert (seat.witnesses(), witness.seen.size) == ((WITNESS.name,), 6)


def test_a_witness_refuses_another_history_and_the_desk_says_so(seat: Seat, witness: SmallWitness) -> None:
    seat.say(3)
    seat.asking.ask()
    other = Seat("", SIGNER)
    other.desk.proved(bulletin())
    assert other.anew(seat.address).ask() == [
        f"The witness {WITNESS.name} did not cosign: it does not find that this timeline continues what it saw before."
    ]
    assert other.told == 0


def test_a_timeline_that_was_brought_back_shorter_is_told(seat: Seat) -> None:
    seat.say(5)
    seat.asking.ask()
    other = Seat("", SIGNER)
    other.say(1)
    said = other.anew(seat.address).ask()
    assert "A witness saw 6 entries and the timeline has 2" in said[0]


def test_a_witness_that_does_not_know_us_or_is_away_is_told_and_asked_again(witness: SmallWitness) -> None:
    with serving(witness) as address:
        stranger = Seat(address, SignerKey("other.example.id/tlog", PLAIN, bytes(32)))
        stranger.say(1)
        assert "does not know this timeline" in stranger.asking.ask()[0]
        forged = Seat(address, SignerKey(SIGNER.name, PLAIN, bytes(32)))
        forged.say(1)
        assert "does not know the key" in forged.asking.ask()[0]
    away = Seat(address)
    away.say(1)
    assert "could not be reached" in away.asking.ask()[0]


def test_settings_name_a_key_for_cosignatures(tmp_path: Path) -> None:
    file = tmp_path / "pulih.toml"
    row = '[[witness]]\nkey = "{}"\naddress = "https://witness.example.org"\n'
    file.write_text(row.format(WITNESS.verifier().text()))
    assert check_config(file) == []
    for key, told in (("abc", "This is no key"), (SIGNER.verifier().text(), "signs texts, and not cosignatures")):
        file.write_text(row.format(key))
        assert told in check_config(file)[0].what
