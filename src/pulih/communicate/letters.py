"""Letters: what a subscriber is written, whole and in their language: a word, several together, or about subscribing.

Each says at its end why it came and how it ends, in words and not only in a header that mail programs hide.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from pulih.communicate.renderings import SURFACE_OF, rendered
from pulih.communicate.speech import Pair, Speech
from pulih.model.subscription import ChannelKind, Language, QueuedWord


class Letter(msgspec.Struct, frozen=True):
    """What is sent: its subject, "" where a channel has none, and its text."""

    subject: str
    text: str


class Ways(msgspec.Struct, frozen=True, kw_only=True):
    """Where a reader is led: the page of what happened, where choices are changed, and where a subscription ends."""

    link: str = ""
    change: str = ""
    stop: str = ""


def word_letter(word: QueuedWord, channel: ChannelKind, language: Language, *, speech: Speech, ways: Ways) -> Letter:
    """Return a word as one subscriber gets it.

    >>> from datetime import UTC
    >>> from pulih.model.bulletin import PublicIncident, Word
    >>> one = PublicIncident(id="a", operator="xl", title_id="", title_en="", stage="identified", severity="major",
    ...     scopes=(), onset_us=0, updated_us=0)
    >>> said = Word(id="n1", number=2, kind="update", stage="identified", published_us=0, text_id="Kabar.",
    ...     text_en="Word.")
    >>> ways = Ways(change="https://d.id/s", stop="https://d.id/s/stop")
    >>> print(word_letter(QueuedWord(incident=one, word=said), "email", "en", speech=Speech(zone=UTC), ways=ways).text)
    Word.
    <BLANKLINE>
    --
    You get this because you subscribed to it. Change what you are told: https://d.id/s
    Unsubscribe: https://d.id/s/stop
    """
    surface = SURFACE_OF.get(channel, "email")
    made = rendered(surface, language, word.incident, word.word, speech=speech, link=ways.link)
    return Letter(made.subject, _ended(made.text, language, ways) if channel == "email" else made.text)


def several_letter(letters: Sequence[Letter], language: Language, ways: Ways) -> Letter:
    """Return words that were gathered as one letter; each of them without its end.

    >>> several_letter([Letter("A", "Satu."), Letter("B", "Dua.")], "id", Ways()).subject
    '2 kabar gangguan'
    """
    text = "\n\n\n".join(f"{one.subject.upper()}\n\n{one.text}" if one.subject else one.text for one in letters)
    subject = _say((f"{len(letters)} kabar gangguan", f"{len(letters)} outage updates"), language)
    return Letter(subject, _ended(text, language, ways))


def count_letter(desk: str, language: Language, count: int) -> Letter:
    """Return words that were gathered, for a screen that has no room for all of them.

    >>> count_letter("Meja Contoh", "id", 3).text
    '3 kabar gangguan baru dari Meja Contoh.'
    """
    text = (f"{count} kabar gangguan baru dari {desk}.", f"{count} new outage updates of {desk}.")
    return Letter(desk, _say(text, language))


def confirm_letter(desk: str, language: Language, confirm: str) -> Letter:
    """Return the question whether the owner of an address asked for it; `confirm` is the page to say so.

    >>> confirm_letter("Meja Contoh", "id", "https://d.id/c").subject
    'Konfirmasi langganan kabar gangguan dari Meja Contoh'
    """
    subject = (
        f"Konfirmasi langganan kabar gangguan dari {desk}",
        f"Confirm your subscription to outage updates from {desk}",
    )
    text = (
        f"Seseorang meminta agar kabar gangguan dari {desk} dikirim ke alamat ini.\n\n"
        f"Bila itu Anda, buka halaman berikut dan tekan “Ya, kirimi saya”:\n{confirm}\n\n"
        "Tautan ini berlaku dua hari. Bila bukan Anda, abaikan saja surel ini: tanpa konfirmasi tidak ada yang "
        "dikirim lagi, dan alamat Anda dihapus.",
        f"Someone asked for outage updates from {desk} to be sent to this address.\n\n"
        f"If it was you, open this page and press “Yes, write to me”:\n{confirm}\n\n"
        "The link works for two days. If it was not you, just ignore this message: without your confirmation nothing "
        "more is sent, and your address is deleted.",
    )
    return Letter(_say(subject, language), _say(text, language))


def known_letter(desk: str, language: Language, ways: Ways) -> Letter:
    """Return the answer to the owner of an address that is subscribed already.

    >>> known_letter("Meja Contoh", "en", Ways(change="https://d.id/s")).subject
    'You are subscribed to Meja Contoh already'
    """
    subject = (f"Anda sudah berlangganan kabar dari {desk}", f"You are subscribed to {desk} already")
    text = (
        f"Seseorang meminta lagi agar kabar gangguan dari {desk} dikirim ke alamat ini. Langganan Anda sudah ada dan "
        f"tidak berubah.\n\nPilihan Anda dapat diubah di sini:\n{ways.change}",
        f"Someone asked again for outage updates from {desk} to be sent to this address. You are subscribed already, "
        f"and nothing has changed.\n\nYou can change what you are told here:\n{ways.change}",
    )
    return Letter(_say(subject, language), _ended(_say(text, language), language, ways))


def browser_letter(desk: str, language: Language, *, known: bool) -> Letter:
    """Return the first notification to a browser, or what it is told when its choices were changed.

    >>> browser_letter("Meja Contoh", "id", known=False).subject
    'Pemberitahuan aktif'
    """
    if known:
        subject = ("Pilihan Anda disimpan", "Your choices are saved")
        text = (f"Kabar gangguan dari {desk} dikirim ke peramban ini.", f"Outage updates of {desk} go to this browser.")
        return Letter(_say(subject, language), _say(text, language))
    subject = ("Pemberitahuan aktif", "Notifications are on")
    text = (
        f"Peramban ini akan menerima kabar gangguan dari {desk}. Ketuk untuk mengubah pilihan atau berhenti.",
        f"This browser will be told of outages by {desk}. Tap to change what it is told, or to end it.",
    )
    return Letter(_say(subject, language), _say(text, language))


def number_letter(desk: str, language: Language, code: str) -> Letter:
    """Return the SMS with the code that shows whose number it is; the code comes first, where every telephone shows it.

    >>> number_letter("Meja Contoh", "id", "012345").text
    '012345 adalah kode Anda untuk kabar gangguan dari Meja Contoh, berlaku satu jam. Bukan Anda? Abaikan saja.'
    """
    text = (
        f"{code} adalah kode Anda untuk kabar gangguan dari {desk}, berlaku satu jam. Bukan Anda? Abaikan saja.",
        f"{code} is your code for outage updates of {desk}, good for an hour. Not you? Just ignore it.",
    )
    return Letter("", _say(text, language))


def survey_letter(asked: Pair, language: Language, ways: Ways, *, operator: str, at: Pair) -> Letter:
    """Return the one question after an outage.

    Args:
        asked: its words in both languages.
        language: of the reader.
        ways: `link` is where it is answered.
        operator: whose outage it was, and `at` since when.

    >>> asked = ("Seberapa puas Anda?", "How satisfied are you?")
    >>> ways = Ways(link="https://d.id/opinion?t=1")
    >>> print(survey_letter(asked, "en", ways, operator="XL", at=("pukul 10.00", "10:00")).text)
    The XL outage that began at 10:00 is over. One question: How satisfied are you?
    https://d.id/opinion?t=1
    One tap is enough, and your answer does not say who you are. The link works for two weeks.
    """
    subject = (f"Satu pertanyaan tentang gangguan {operator}", f"One question about the {operator} outage")
    text = (
        f"Gangguan {operator} sejak {at[0]} sudah pulih. Satu pertanyaan: {asked[0]}\n{ways.link}\n"
        "Satu ketukan sudah cukup, dan jawaban Anda tidak menyebutkan siapa Anda. Tautan ini berlaku dua minggu.",
        f"The {operator} outage that began at {at[1]} is over. One question: {asked[1]}\n{ways.link}\n"
        "One tap is enough, and your answer does not say who you are. The link works for two weeks.",
    )
    return Letter(_say(subject, language), _ended(_say(text, language), language, ways))


def report_letter(incident: str, title: Pair, text: str, language: Language) -> Letter:
    """Return a report to a regulator as it is sent: its text, and what it is about.

    >>> report_letter("20251003-ab12", ("Aturan", "A rule"), "OUTAGE REPORT", "en").subject
    'Outage report 20251003-ab12: A rule'
    """
    subject = (f"Laporan gangguan {incident}: {title[0]}", f"Outage report {incident}: {title[1]}")
    return Letter(_say(subject, language), text)


def _ended(text: str, language: Language, ways: Ways) -> str:
    """Add why it came and how it ends."""
    if not ways.stop:
        return text
    end = (
        f"Anda menerima ini karena berlangganan. Ubah pilihan: {ways.change}\nBerhenti berlangganan: {ways.stop}",
        f"You get this because you subscribed to it. Change what you are told: {ways.change}\nUnsubscribe: {ways.stop}",
    )
    return f"{text}\n\n--\n{_say(end, language)}"


def _say(pair: Pair, language: Language) -> str:
    return pair[0] if language == "id" else pair[1]
