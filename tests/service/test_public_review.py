"""A published review changes what the public sees, in pages, in the Statuspage format and in the proved timeline."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import msgspec
from intake_in_memory import SetClock
from msgspec.structs import replace
from sample_bulletin import HOUR_US, NOW_US, bulletin, outage, over
from timeline_in_memory import TimelineInMemory

from pulih.communicate.edition import Edition
from pulih.communicate.leaves import ReviewLeaf, decoded, said_leaves
from pulih.communicate.proof_audit import page_checks
from pulih.communicate.signed_note import PLAIN, SignerKey
from pulih.communicate.statuspage import PATHS, documents
from pulih.model.bulletin import Bulletin, PublicIncident
from pulih.model.review import Action, Review
from pulih.service.proving import Proving
from pulih.service.public_review import with_review

REVIEW = Review(
    summary_id="Ringkas",
    summary_en="In short",
    causes_id=("Kabel",),
    causes_en=("Cable",),
    inside="rahasia",
    published_us=NOW_US - HOUR_US,
    actions=(
        Action(id="a1", what_id="Jalur kedua", what_en="A second way", owner="Ayu", public=True),
        Action(id="a2", what_id="Kontrak", what_en="Contract", owner="Ayu"),
    ),
)


def _showing(*incidents: PublicIncident) -> Bulletin:
    return bulletin(current=(), past=incidents, works=())


def test_a_reviewed_outage_is_at_postmortem_with_words_and_public_actions_alone() -> None:
    reviewed = with_review(over(), REVIEW)
    assert reviewed.stage == "postmortem"
    assert {one.stage for one in reviewed.scopes} == {"postmortem"}
    assert reviewed.review is not None
    assert reviewed.review.actions_en == ("A second way",)
    written = msgspec.json.encode(reviewed).decode()
    assert [secret for secret in ("rahasia", "Ayu", "Contract") if secret in written] == []


def test_nothing_is_reviewed_in_public_while_an_outage_goes_on_or_once_it_is_taken_back() -> None:
    for incident in (outage(), replace(over(), retracted=True)):
        assert with_review(incident, REVIEW) is incident
    assert with_review(over(), None).stage == "resolved"


def test_the_statuspage_format_tells_the_review_and_when_it_came() -> None:
    made = _showing(with_review(over(), REVIEW), replace(over(), id="20250101-aaaa"))
    for language, said in (("en", "In short\n\nCauses:\n- Cable"), ("id", "Ringkas\n\nSebab:\n- Kabel")):
        edition = Edition(made, ZoneInfo(made.zone), language)  # type: ignore[arg-type]
        path = ("" if language == "id" else "en/") + PATHS["incidents"]
        listed = msgspec.json.decode(documents(edition)[path])["incidents"]
        reviewed, other = sorted(listed, key=lambda one: one["status"])
        assert reviewed["status"] == "postmortem"
        assert reviewed["postmortem_body"].startswith(said)
        assert reviewed["incident_updates"][0]["status"] == "postmortem"
        assert reviewed["incident_updates"][0]["created_at"] == reviewed["postmortem_published_at"]
        assert "postmortem_body" not in other


def test_a_review_is_an_entry_of_the_proved_timeline_and_stays_when_it_is_published_anew_or_taken_back() -> None:
    store = TimelineInMemory()
    desk = Proving(store, SignerKey("desk.example.id/tlog", PLAIN, bytes(range(32))), SetClock(NOW_US))
    before, first = over(), with_review(over(), REVIEW)
    anew = with_review(over(), replace(REVIEW, summary_en="Otherwise", published_us=NOW_US))
    for shown in (before, first, first, anew, before):
        made = desk.proved(_showing(shown))
        known = [decoded(one.octets) for one in store.leaves(0, desk.tree.size)]
        assert [check.says for check in page_checks(made, known) if not check.holds] == []
    reviews = [one for one in known if isinstance(one, ReviewLeaf)]
    assert [one.summary_en for one in reviews] == ["In short", "Otherwise"]


def test_a_review_that_was_changed_on_the_page_is_found_out() -> None:
    store = TimelineInMemory()
    desk = Proving(store, SignerKey("desk.example.id/tlog", PLAIN, bytes(range(32))), SetClock(NOW_US))
    reviewed = with_review(over(), REVIEW)
    made = desk.proved(_showing(reviewed))
    known = [decoded(one.octets) for one in store.leaves(0, desk.tree.size)]
    assert reviewed.review is not None
    forged = replace(reviewed, review=replace(reviewed.review, causes_en=("Nobody's fault",)))
    faults = [check.says for check in page_checks(replace(made, past=(forged,)), known) if not check.holds]
    assert len(faults) == 1
    assert "the review of" in faults[0]
    assert len([one for one in said_leaves(reviewed) if isinstance(one, ReviewLeaf)]) == 1
