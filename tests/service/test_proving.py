"""All that the public is told goes into the timeline once, and nothing is changed unnoticed (requirement T5)."""

from __future__ import annotations

import json

import pytest
from intake_in_memory import SetClock
from msgspec.structs import replace
from sample_bulletin import NOW_US, bulletin, outage, word
from timeline_in_memory import TimelineInMemory

from pulih.communicate.checkpoint import read_checkpoint
from pulih.communicate.signed_note import COSIGNED, PLAIN, SignerKey, read_note
from pulih.communicate.tree import extends
from pulih.model.bulletin import Bulletin, Word
from pulih.model.errors import RefusedInput
from pulih.model.proof import ProofView
from pulih.ports.timeline import KeptLeaf
from pulih.service.proof_pages import ProofPages
from pulih.service.proving import Proving

SIGNER = SignerKey("desk.example.id/tlog", PLAIN, bytes(range(32)))
WITNESS = SignerKey("witness.example.org", COSIGNED, bytes(range(1, 33)))


def a_desk(store: TimelineInMemory | None = None) -> Proving:
    return Proving(store or TimelineInMemory(), SIGNER, SetClock(NOW_US), witnesses=(WITNESS.verifier(),))


def saying(*words: Word) -> Bulletin:
    """Return a bulletin of one outage with these words."""
    return bulletin(current=(outage(words=words),), past=(), works=())


def proof(made: Bulletin) -> ProofView:
    """Return the proof that a bulletin must have."""
    assert made.proof is not None
    return made.proof


def test_a_bulletin_comes_back_with_a_signed_head_over_all_that_it_says() -> None:
    desk = a_desk()
    made = desk.proved(bulletin())
    view = proof(made)
    assert replace(made, proof=None) == bulletin()
    words = [said for one in (*made.current, *made.past) for said in one.words]
    withdrawn = [said for said in words if said.withdrawn_us is not None]
    assert view.size == len(words) + len(withdrawn) + len(made.current) + len(made.past) + len(made.works)
    assert read_note(view.note).signed_by(SIGNER.verifier())
    assert (view.origin, view.key) == (SIGNER.name, SIGNER.verifier().text())
    assert read_checkpoint(view.note).root == desk.tree.root()


def test_the_same_said_again_adds_nothing_and_signs_the_same() -> None:
    desk = a_desk()
    assert proof(desk.proved(bulletin())) == proof(desk.proved(replace(bulletin(), made_us=NOW_US + 60_000_000)))


def test_each_new_word_withdrawal_and_stage_adds_one_entry() -> None:
    desk = a_desk()
    one = outage(words=(word(1),))
    story = (
        one,
        replace(one, words=(word(1), word(2))),
        replace(one, words=(word(1), word(2, withdrawn_us=NOW_US))),
        replace(one, words=(word(1), word(2, withdrawn_us=NOW_US)), stage="monitoring"),
    )
    told = [bulletin(current=(incident,), past=(), works=()) for incident in story]
    assert [proof(desk.proved(one)).size for one in told] == [2, 3, 4, 5]


def test_every_head_continues_the_one_before() -> None:
    desk = a_desk()
    before = read_checkpoint(proof(desk.proved(saying(word(1)))).note)
    after = read_checkpoint(proof(desk.proved(bulletin())).note)
    grown = desk.tree.consistency(before.size, after.size)
    assert extends(before.size, before.root, size=after.size, root=after.root, proof=grown)


def test_a_desk_that_starts_again_goes_on_where_it_was() -> None:
    store = TimelineInMemory()
    before = proof(a_desk(store).proved(bulletin()))
    assert a_desk(store).view() == before
    assert proof(a_desk(store).proved(bulletin())) == before


def test_a_word_that_is_changed_after_it_was_said_stands_twice() -> None:
    desk = a_desk()
    desk.proved(saying(word(1)))
    assert proof(desk.proved(saying(word(1, text_en="Nothing happened.")))).size == 3


def test_a_desk_whose_entries_were_changed_in_its_database_signs_nothing_and_says_so() -> None:
    store = TimelineInMemory()
    a_desk(store).proved(bulletin())
    store.kept[3] = KeptLeaf(3, store.kept[3].incident, store.kept[3].octets.replace(b"2025", b"2024"))
    desk = a_desk(store)
    made = desk.proved(saying(word(7)))
    assert "not those that were signed" in desk.trouble()
    assert made.proof is None
    assert desk.view() is None
    assert ProofPages(desk).pages(made, None) == {}
    assert len(store.heads) == 1


def test_a_database_that_is_away_does_not_hold_the_word_back_and_is_caught_up_with() -> None:
    store = TimelineInMemory()
    desk = a_desk(store)
    before = proof(desk.proved(saying(word(1))))
    store.fails = True
    made = desk.proved(saying(word(1), word(2)))
    assert made.current[0].words == (word(1), word(2))
    assert (made.proof, desk.trouble()) == (before, "The disk is full; free some space.")
    store.fails = False
    assert proof(desk.proved(saying(word(1), word(2)))).size == before.size + 1
    assert desk.trouble() == ""


def test_two_processes_that_publish_at_once_keep_one_timeline() -> None:
    store = TimelineInMemory()
    desk, once = a_desk(store), a_desk(store)
    once.proved(saying(word(1)))
    both = proof(desk.proved(saying(word(1), word(2))))
    assert [one.number for one in store.kept] == list(range(both.size))
    assert both.size == 3
    assert proof(once.proved(saying(word(1), word(2)))) == both


def test_a_witness_cosigns_the_present_head_and_nobody_else_does() -> None:
    store = TimelineInMemory()
    desk = a_desk(store)
    text = read_note(proof(desk.proved(bulletin())).note).text
    line = WITNESS.line(text, at_s=1_759_461_120)
    assert desk.cosign(line) == 13
    view = desk.view()
    assert view is not None
    assert view.witnesses == (WITNESS.name,)
    assert a_desk(store).view() == view
    for false in (WITNESS.line("other\n", at_s=1), SignerKey("x.example", COSIGNED, bytes(32)).line(text, at_s=1)):
        with pytest.raises(RefusedInput, match=r"None of these lines"):
            desk.cosign(false)
    assert proof(desk.proved(saying(word(9)))).witnesses == ()


def test_pages_hold_the_head_the_key_the_tiles_and_a_proof_of_each_incident() -> None:
    desk = a_desk()
    made = desk.proved(bulletin())
    pages = ProofPages(desk).pages(made, None)
    size = proof(made).size
    assert pages["tlog/checkpoint"].decode() == proof(made).note
    assert pages["tlog/key"].decode() == f"{SIGNER.verifier().text()}\n"
    assert len(pages[f"tlog/tile/0/000.p/{size}"]) == 32 * size
    proved = json.loads(pages[f"tlog/entries/{outage().id}.json"])
    assert [json.loads(one["leaf"])["incident"] for one in proved["entries"]] == [outage().id] * 3


def test_only_what_grew_is_rendered_again_and_old_partial_tiles_go() -> None:
    desk = a_desk()
    renderer = ProofPages(desk)
    before = desk.proved(saying(word(1)))
    renderer.pages(before, None)
    for number in range(2, 40):
        now = desk.proved(saying(*(word(one) for one in range(1, number + 1))))
        pages, gone = renderer.pages(now, before), renderer.gone(now, before)
        size = proof(now).size
        assert set(pages) == {
            "tlog/checkpoint",
            "tlog/key",
            f"tlog/tile/0/000.p/{size}",
            f"tlog/tile/entries/000.p/{size}",
            f"tlog/entries/{outage().id}.json",
        }
        assert f"tlog/tile/0/000.p/{size - 5}" not in gone
        assert size < 20 or f"tlog/tile/0/000.p/{size - 17}" in gone
        before = now
    unchanged = desk.proved(saying(*(word(one) for one in range(1, 40))))
    assert set(renderer.pages(unchanged, before)) == {"tlog/checkpoint", "tlog/key"}
    assert renderer.gone(unchanged, before) == ()
