"""Messages: each reader has links of their own, and the same parcel has the same name however often it is tried."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace
from subscriptions import queued, subscription

from pulih.adapters.channels.text import with_link
from pulih.communicate.addresses import address
from pulih.communicate.renderings import rendered
from pulih.communicate.sms_alphabet import sms_parts
from pulih.communicate.speech import Speech
from pulih.model.subscription import Delivery, Language, LetterKind, Parcel, QueuedWord
from pulih.service.messages import Messages

DESK = "https://meja.example.id"
SPEECH = Speech(zone=ZoneInfo("Asia/Jakarta"), operators={"smartfren": "Smartfren"}, regions={"31": "DKI Jakarta"})


@pytest.fixture
def messages() -> Messages:
    return Messages(
        "Meja Contoh",
        DESK,
        SPEECH,
        manage=lambda one: f"{one}.m",
        confirm=lambda one: f"{one}.c",
        code=lambda _: "012345",
        secret=lambda one: f"whsec_{one}",
    )


def parcel(number: int, *words: QueuedWord, letter: LetterKind = "word", **more: Any) -> Parcel:
    one = subscription(number, **more)
    keys = [word.key for word in words] or [f"{letter}/1"]
    return Parcel(subscription=one, letter=letter, words=words, deliveries=tuple(Delivery(key, one.id) for key in keys))


def test_each_reader_has_links_of_their_own_to_the_same_words(messages: Messages) -> None:
    first, second = (messages.message(parcel(number, queued())) for number in (1, 2))
    for number, message in ((1, first), (2, second)):
        own = f"{DESK}/subscription/{subscription(number).id}.m"
        assert message.stop == f"{own}/stop" and message.stop in message.text and f"{own}\n" in message.text
        assert subscription(3 - number).id not in message.text
        assert "\x00" not in message.text
    assert first.subject == second.subject and first.id != second.id
    assert first.link == f"{DESK}/gangguan/20251003-a1b2/"


def test_the_name_of_a_message_is_that_of_its_deliveries_whatever_their_order(messages: Messages) -> None:
    both = (queued("n1"), queued("n1", incident="20251003-ffff"))
    one = parcel(1, *both, pace="hourly")
    again = replace(one, deliveries=one.deliveries[::-1], tries=3)
    assert messages.message(one).id == messages.message(again).id != messages.message(parcel(1, both[0])).id


def test_words_that_were_gathered_are_one_message_with_one_end(messages: Messages) -> None:
    both = (queued("n1"), queued("n1", incident="20251003-ffff"))
    message = messages.message(parcel(1, *both, pace="hourly", language="en"))
    assert message.subject == "2 outage updates"
    assert message.text.count(message.stop) == 1
    assert all(f"{DESK}/en/incident/{one}/" in message.text for one in ("20251003-a1b2", "20251003-ffff"))


def test_a_question_leads_to_the_page_of_confirming_and_ends_nothing(messages: Messages) -> None:
    message = messages.message(parcel(1, letter="confirm", state="pending"))
    assert f"{DESK}/subscription/{subscription(1).id}.c/confirm" in message.text
    assert (message.stop, message.link) == ("", "")


def test_a_browser_is_first_told_where_to_answer_and_where_its_choices_are(messages: Messages) -> None:
    one, own = subscription(1).id, f"{DESK}/subscription/{subscription(1).id}.m"
    first = messages.message(parcel(1, letter="confirm", state="pending", channel="push"))
    assert (first.arrived, first.link, first.stop) == (f"{DESK}/subscription/{one}.c/arrived", own, "")
    known = messages.message(parcel(1, letter="known", channel="push"))
    assert (known.arrived, known.link, known.stop) == ("", own, f"{own}/stop")
    word = messages.message(parcel(1, queued(), channel="push"))
    assert (word.arrived, word.link, word.stop) == ("", f"{DESK}/gangguan/20251003-a1b2/", f"{own}/stop")


@pytest.mark.parametrize("letter", ["confirm", "known"])
def test_a_telephone_gets_a_code_at_the_beginning_of_one_sms_without_a_link(
    messages: Messages, letter: LetterKind
) -> None:
    for language in ("id", "en"):
        message = messages.message(parcel(1, letter=letter, channel="sms", language=language))
        assert message.text.startswith("012345 ") and len(sms_parts(with_link(message)).parts) == 1


@pytest.mark.parametrize(("channel", "language"), [("sms", "id"), ("push", "en")])
def test_what_is_gathered_for_a_small_screen_is_counted_and_leads_to_the_page(
    messages: Messages, channel: str, language: str
) -> None:
    both = (queued("n1"), queued("n1", incident="20251003-ffff"))
    message = messages.message(parcel(1, *both, pace="hourly", channel=channel, language=language))
    assert message.link == f"{DESK}/{'en/' if language == 'en' else ''}"
    assert message.text.startswith("2 ") and len(sms_parts(with_link(message)).parts) == 1


@pytest.mark.parametrize("language", ["id", "en"])
def test_an_sms_is_sent_in_the_very_parts_that_the_desk_was_shown(messages: Messages, language: Language) -> None:
    one = queued()
    link = f"{DESK}/{address(language, 'incident', one.incident.id)}"
    shown = rendered("sms", language, one.incident, one.word, speech=SPEECH, link=link)
    sent = sms_parts(with_link(messages.message(parcel(1, one, channel="sms", language=language))))
    assert sent.texts == shown.parts


def test_words_lead_to_the_public_site_and_choices_to_the_desk() -> None:
    made = Messages(
        "Meja Contoh", DESK, SPEECH, site="https://status.example.id",
        manage=str, confirm=str, code=str, secret=str,
    )  # fmt: skip
    told = made.message(parcel(1, queued()))
    assert told.link == "https://status.example.id/gangguan/20251003-a1b2/" and told.link in told.text
    assert told.stop.startswith(f"{DESK}/subscription/")


def test_machines_get_the_word_as_json_and_people_none(messages: Messages) -> None:
    told = messages.message(parcel(1, queued(), channel="webhook"))
    assert b'"id":"20251003-a1b2"' in told.body and told.secret == f"whsec_{subscription(1).id}"
    assert messages.message(parcel(1, queued())).body == b""
