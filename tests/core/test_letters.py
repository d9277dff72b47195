"""Letters to subscribers: the desk's words whole, in the reader's language, and at the end how it ends."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from subscriptions import queued

from pulih.communicate.letters import Ways, confirm_letter, known_letter, several_letter, word_letter
from pulih.communicate.speech import Speech
from pulih.model.subscription import Language

SPEECH = Speech(zone=ZoneInfo("Asia/Jakarta"), operators={"smartfren": "Smartfren"}, regions={"31": "DKI Jakarta"})
WAYS = Ways(link="https://d.id/gangguan/a/", change="https://d.id/s/t", stop="https://d.id/s/t/stop")


@pytest.mark.parametrize(("language", "words"), [("id", "tidak dapat dipakai"), ("en", "cannot be used")])
def test_a_word_by_mail_is_whole_and_says_how_it_ends(language: Language, words: str) -> None:
    letter = word_letter(queued(), "email", language, speech=SPEECH, ways=WAYS)
    word = queued().word
    assert (word.text_id if language == "id" else word.text_en) in letter.text
    assert "Smartfren" in letter.subject and words in letter.subject
    assert letter.text.rstrip().endswith(WAYS.stop) and WAYS.link in letter.text and WAYS.change in letter.text


def test_short_channels_carry_the_word_alone() -> None:
    letter = word_letter(queued(), "sms", "id", speech=SPEECH, ways=WAYS)
    assert len(letter.text) <= 160 and WAYS.stop not in letter.text


def test_words_that_were_gathered_have_one_end_together() -> None:
    bare = [word_letter(queued(name), "email", "en", speech=SPEECH, ways=Ways()) for name in ("n1", "n2")]
    letter = several_letter(bare, "en", WAYS)
    assert letter.subject == "2 outage updates"
    assert letter.text.count("Unsubscribe:") == 1 and letter.text.count(queued().word.text_en) == 2


def test_the_question_to_an_address_names_the_desk_and_leads_to_one_page() -> None:
    for language in ("id", "en"):
        letter = confirm_letter("Meja Contoh", language, "https://d.id/c")  # type: ignore[arg-type]
        assert "Meja Contoh" in letter.subject and letter.text.count("https://") == 1


def test_who_is_subscribed_already_is_led_to_the_choices() -> None:
    assert WAYS.change in known_letter("Meja Contoh", "id", WAYS).text
