"""Who was told that an outage is over is told that it is back, or may be: in feeds, alerts, documents and messages."""

from __future__ import annotations

import json
from typing import Any
from zoneinfo import ZoneInfo

import feedparser
import pytest
from feed_rules import atom_faults, rss_faults
from msgspec.structs import replace
from sample_bulletin import HOUR_US, MINUTE_US, NOW_US, bulletin, outage, over, word

from pulih.communicate import cap
from pulih.communicate.edition import Edition, PageLanguage
from pulih.communicate.feeds import atom, json_feed, rss
from pulih.communicate.letters import Ways, word_letter
from pulih.communicate.register import register_csv, register_json
from pulih.communicate.speech import Speech
from pulih.communicate.statuspage.documents import documents
from pulih.communicate.turns import back_again, doubt, doubted
from pulih.model.bulletin import PublicIncident, Turn
from pulih.model.subscription import ChannelKind, QueuedWord

ZONE = ZoneInfo("Asia/Jakarta")
SPEECH = Speech(zone=ZONE, operators={"smartfren": "Smartfren"}, regions={"31": "DKI Jakarta", "32": "Jawa Barat"})
AGAIN = {"id": "Gangguan ini kembali setelah dinyatakan pulih", "en": "The outage is back after it had been called"}
MAYBE = {"id": "mungkin kembali", "en": "it may be back"}


def reopened(**more: Any) -> Turn:
    """Return the turn of an outage that was called restored at 09.42 WIB and taken up again at 10.02."""
    told: dict[str, Any] = {
        "kind": "reopened",
        "at_us": NOW_US - 10 * MINUTE_US,
        "number": 9,
        "stage": "identified",
        "was_us": NOW_US - 30 * MINUTE_US,
    } | more
    return Turn(**told)


def back() -> PublicIncident:
    """Return an outage that was called restored and goes on after all."""
    said = outage().words
    ended = word(3, kind="restored", stage="resolved", published_us=NOW_US - 29 * MINUTE_US, text_id="Pulih.",
                 text_en="It is restored.")  # fmt: skip
    return outage(words=(*said, ended), turns=(reopened(),), updated_us=NOW_US - 10 * MINUTE_US)


def risen() -> PublicIncident:
    """Return an outage that is over by the desk's word, and of which reports have risen again half an hour ago."""
    turn = Turn(kind="relapsed", at_us=NOW_US - 30 * MINUTE_US, number=12, stage="resolved")
    return over(contradicted=True, relapsed=True, turns=(turn,), updated_us=turn.at_us)


def edition(language: PageLanguage, *, current: Any = (), past: Any = ()) -> Edition:
    return Edition(replace(bulletin(), current=tuple(current), past=tuple(past), works=()), ZONE, language)


@pytest.mark.parametrize("language", ["id", "en"])
def test_each_feed_tells_that_an_outage_is_back_and_stays_valid(language: PageLanguage) -> None:
    of = edition(language, current=(back(),))
    prefix = "" if language == "id" else "/en"
    assert atom_faults(atom(of), address=f"https://status.example.net{prefix}/history.atom") == []
    assert rss_faults(rss(of), address=f"https://status.example.net{prefix}/history.rss") == []
    for told in (*(feedparser.parse(feed(of)).entries[0] for feed in (atom, rss)),):
        content = told["content"][0]["value"] if "content" in told else told["summary"]
        # The newest line stands first, and it is not the word that called it restored.
        assert content.index(AGAIN[language]) < content.index("Pulih." if language == "id" else "It is restored.")
    item = json.loads(json_feed(of))["items"][0]
    assert item["content_text"].split("\n\n")[0].find(AGAIN[language]) > 0
    assert item["date_modified"] == "2025-10-03T10:02:00+07:00"


@pytest.mark.parametrize("language", ["id", "en"])
def test_feeds_tell_that_reports_have_risen_after_an_end(language: PageLanguage) -> None:
    item = json.loads(json_feed(edition(language, past=(risen(),))))["items"][0]
    first = item["content_text"].split("\n\n")[0]
    assert MAYBE[language] in first
    assert "09.42 WIB" in first or "09:42 WIB" in first, "with the moment at which they rose"
    assert item["date_modified"] == "2025-10-03T09:42:00+07:00"


@pytest.mark.parametrize("language", ["id", "en"])
def test_statuspage_documents_have_an_update_that_it_is_back(language: PageLanguage) -> None:
    prefix = "" if language == "id" else "en/"
    told = documents(edition(language, current=(back(),)))
    (incident,) = json.loads(told[f"{prefix}api/v2/incidents/unresolved.json"])["incidents"]
    newest, before = incident["incident_updates"][:2]
    assert AGAIN[language] in newest["body"] and newest["status"] == "identified"
    assert before["status"] == "resolved"
    assert (incident["status"], incident["resolved_at"]) == ("identified", None)
    assert newest["affected_components"][0]["old_status"] == "operational"
    assert newest["affected_components"][0]["new_status"] != "operational"
    assert len({one["id"] for one in incident["incident_updates"]}) == len(incident["incident_updates"])


@pytest.mark.parametrize("language", ["id", "en"])
def test_statuspage_documents_say_that_an_end_is_doubted_and_change_no_component(language: PageLanguage) -> None:
    prefix = "" if language == "id" else "en/"
    told = documents(edition(language, past=(risen(),)))
    (incident,) = json.loads(told[f"{prefix}api/v2/incidents.json"])["incidents"]
    assert MAYBE[language] in incident["incident_updates"][0]["body"]
    assert (incident["status"], incident["incident_updates"][0]["status"]) == ("resolved", "resolved")
    summary = json.loads(told[f"{prefix}api/v2/summary.json"])
    assert summary["status"]["indicator"] == "none"
    assert ("mungkin belum selesai" if language == "id" else "may not be over") in summary["status"]["description"]
    assert {one["status"] for one in summary["components"]} == {"operational"}


def test_two_relapses_are_two_updates() -> None:
    twice = replace(back(), turns=(reopened(at_us=NOW_US - 25 * MINUTE_US, number=7), reopened()))
    told = json.loads(documents(edition("en", current=(twice,)))["en/api/v2/incidents.json"])["incidents"][0]
    assert sum(AGAIN["en"] in one["body"] for one in told["incident_updates"]) == 2
    assert len({one["id"] for one in told["incident_updates"]}) == len(told["incident_updates"])


def test_an_alert_is_no_all_clear_once_its_end_is_taken_back_or_doubted() -> None:
    again = cap.alert(edition("en", current=(back(),)), back()).decode()
    assert AGAIN["en"] in again and "AllClear" not in again and "<urgency>Immediate<" in again
    # The message that gave the all-clear is named among those before it.
    assert "20251003-k7qm.20251003T024200" in again
    doubts = cap.alert(edition("en", past=(risen(),)), risen()).decode()
    assert MAYBE["en"] in doubts and "AllClear" not in doubts
    assert "<urgency>Unknown<" in doubts and "<certainty>Possible<" in doubts
    assert "AllClear" in cap.alert(edition("en", past=(over(),)), over()).decode()


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("channel", ["email", "telegram", "whatsapp", "staff", "sms", "push"])
def test_the_first_word_after_it_came_back_says_so_to_every_subscriber(language: PageLanguage, channel: str) -> None:
    news = word(4, stage="identified", published_us=NOW_US, text_id="Petugas kembali bekerja.",
                text_en="Staff are at work again.")  # fmt: skip
    letter = _letter(channel, language, QueuedWord(incident=back(), word=news))
    assert ("kembali" if language == "id" else "is back") in f"{letter.subject} {letter.text}"
    if channel in {"email", "telegram", "whatsapp", "staff"}:
        assert letter.text.startswith(AGAIN[language])


def test_words_before_it_came_back_and_those_that_end_it_again_do_not_say_so() -> None:
    before = _letter("email", "en", QueuedWord(incident=back(), word=back().words[1]))
    ended = replace(back(), stage="resolved", ended_us=NOW_US)
    final = word(5, kind="restored", stage="resolved", published_us=NOW_US)
    after = _letter("email", "en", QueuedWord(incident=ended, word=final))
    assert all("is back" not in f"{one.subject} {one.text}" for one in (before, after))


def test_a_repair_that_did_not_hold_is_told_as_that() -> None:
    turn = reopened(was="monitoring")
    item = json.loads(json_feed(edition("en", current=(outage(turns=(turn,)),))))["items"][0]
    assert "did not hold; the outage goes on" in item["content_text"]
    part = reopened(was="partly", partly=True)
    item = json.loads(json_feed(edition("en", current=(outage(turns=(part,)),))))["items"][0]
    assert "Part of the outage is back" in item["content_text"]


def test_the_register_tells_when_an_outage_was_reopened_and_whether_its_end_is_doubted() -> None:
    of = edition("en", current=(back(),), past=(risen(), over(id="20251001-aaaa")))
    rows = json.loads(register_json(of))["incidents"]
    assert [one["reopened"] for one in rows] == [["2025-10-03T10:02:00+07:00"], [], []]
    assert [one["resolution_doubted"] for one in rows] == [None, True, False]
    assert b"resolution_doubted" in register_csv(of).splitlines()[0]


def test_a_doubted_end_is_news_for_a_day_and_stays_on_its_own_page() -> None:
    old = replace(risen(), turns=(replace(risen().turns[0], at_us=NOW_US - 25 * HOUR_US),))
    assert doubted(edition("id", past=(risen(),)).bulletin) == (risen(),)
    assert doubted(edition("id", past=(old,)).bulletin) == ()
    assert doubt(old) is not None


def test_what_is_over_again_or_was_no_outage_is_not_back() -> None:
    assert back_again(back()) is not None
    assert back_again(replace(back(), stage="resolved")) is None
    assert back_again(replace(back(), retracted=True)) is None


def _letter(channel: Any, language: PageLanguage, said: QueuedWord) -> Any:
    kind: ChannelKind = channel
    return word_letter(said, kind, language, speech=SPEECH, ways=Ways(link="https://status.example.net/x"))
