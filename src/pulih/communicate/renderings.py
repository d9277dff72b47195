"""Renders one word for each surface that carries it: the desk writes once, and page, SMS and shop sign say the same.

A surface with room carries the statement whole. One without gets its gist, richest first until it fits: what matters
most stays longest (that help cannot be called, what and where, when the next word comes, where to read on). What a
surface holds is counted as that surface counts it.

Sources of the bounds: `sms_alphabet` for SMS, `lengths` for social posts; 3GPP TS 22.090 and TS 23.038 for USSD
(182 septets a screen); OASIS CAP 1.2, 3.2.2 for the headline (160 characters). Those of push, banner, voice and sign
are this project's own: what a phone shows folded, one line of an app, twenty seconds of speech, what is read from three
metres.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final, Literal

import msgspec

from pulih.communicate.gist import Gist, gist_of, signature
from pulih.communicate.help import help_of
from pulih.communicate.lengths import cut, plain, weight
from pulih.communicate.sms_alphabet import alphabet, sms_parts, sms_units
from pulih.communicate.speech import Speech, full_moment
from pulih.model.bulletin import PublicIncident, Word

Surface = Literal[
    "page", "email", "sms", "push", "chat", "social", "cap", "voice", "ussd", "banner", "sign", "press"
]  # fmt: skip
Language = Literal["id", "en"]
Unit = Literal["characters", "septets", "utf16", "weight", "seconds"]

# In the order in which the desk looks at them.
SURFACES: Final[tuple[Surface, ...]] = (
    "page", "sms", "push", "chat", "email", "social", "banner", "ussd", "voice", "sign", "cap", "press",
)  # fmt: skip
# Which surface a subscription's channel is (ports/channels.py); a webhook carries JSON and needs none.
SURFACE_OF: Final[Mapping[str, Surface]] = MappingProxyType(
    {"email": "email", "push": "push", "telegram": "chat", "whatsapp": "chat", "sms": "sms", "staff": "chat"}
)
PUSH_TITLE: Final = 60
PUSH_BODY: Final = 180
SOCIAL: Final = 280
BANNER: Final = 140
USSD_SCREEN: Final = 182
CAP_HEADLINE: Final = 160
CHAT: Final = 4_096
SIGN: Final = 400
VOICE_S: Final = 20.0
# Announcements are spoken at about 140 words a minute, so that they can be written down.
_WORDS_PER_S: Final = 140 / 60


class Rendered(msgspec.Struct, frozen=True, kw_only=True):
    """A word as one surface carries it.

    Attributes:
        surface, language: what it is for.
        subject: of an e-mail, the title of a push message, the headline of an alert, of a sign, of a press notice;
            "" where a surface has none.
        text: what is said.
        parts: the text as it travels or is shown: parts of an SMS, screens of USSD, sentences of an announcement,
            description and instruction of an alert; else the text alone.
        size, most: of the text, in `unit`; `most` is 0 where a surface has no bound.
    """

    surface: Surface
    language: Language
    text: str
    parts: tuple[str, ...]
    subject: str = ""
    size: int = 0
    most: int = 0
    unit: Unit = "characters"

    @property
    def fits(self) -> bool:
        """Whether it is within what the surface holds at once."""
        return not self.most or self.size <= self.most


def rendered(
    surface: Surface, language: Language, incident: PublicIncident, word: Word, *, speech: Speech, link: str
) -> Rendered:
    """Return a word as a surface carries it.

    Args:
        surface, language: for what.
        incident: as the public knows it once the word is said.
        word: what is said.
        speech: how the desk speaks.
        link: address of the incident's page in that language; "" when the desk has no address yet.

    >>> from zoneinfo import ZoneInfo
    >>> from pulih.model.bulletin import PublicScope
    >>> one = PublicIncident(id="a", operator="xl", title_id="", title_en="", stage="identified", severity="major",
    ...     scopes=(PublicScope(stage="identified", service="mobile_data", region="31", symptom="no_internet"),),
    ...     onset_us=6_480_000_000, updated_us=0, confirmed_us=7_560_000_000)
    >>> word = Word(id="n1", number=2, kind="update", stage="identified", published_us=7_560_000_000, text_id="P",
    ...     text_en="L", next_update_by_us=12_600_000_000)
    >>> speech = Speech(zone=ZoneInfo("Asia/Jakarta"), operators={"xl": "XL"}, regions={"31": "DKI Jakarta"})
    >>> rendered("sms", "en", one, word, speech=speech, link="").text
    'XL disruption: mobile internet cannot be used in DKI Jakarta since 08:48 WIB. Next update by 10:30 WIB.'
    """
    facts = _Facts(incident, word, gist_of(incident, word, speech), speech=speech, link=link, at=_AT[language])
    return _RENDERERS[surface](facts)


def renderings(incident: PublicIncident, word: Word, speech: Speech, links: Mapping[Language, str]) -> list[Rendered]:
    """Return a word on all surfaces, in the order of `SURFACES`, Indonesian before English."""
    return [
        rendered(surface, language, incident, word, speech=speech, link=links[language])
        for surface in SURFACES
        for language in _AT
    ]


_AT: Final[Mapping[Language, int]] = MappingProxyType({"id": 0, "en": 1})
_LANGUAGES: Final[tuple[Language, ...]] = ("id", "en")


class _Facts(msgspec.Struct, frozen=True):
    """What every surface is made of, in one language; `at` is that language's place in a pair."""

    incident: PublicIncident
    word: Word
    gist: Gist
    speech: Speech
    link: str
    at: int

    def say(self, pair: tuple[str, str]) -> str:
        return pair[self.at]

    def made(self, surface: Surface, text: str, **more: object) -> Rendered:
        given: dict[str, object] = {"parts": (text,), "size": len(text), **more}
        return Rendered(surface=surface, language=_LANGUAGES[self.at], text=text, **given)  # type: ignore[arg-type]

    @property
    def statement(self) -> str:
        return self.word.text_en if self.at else self.word.text_id

    def headed(self, *, short: bool = False, since: bool = True) -> str:
        """Return the headline as a sentence, with since when it is so."""
        head = self.say(self.gist.short if short else self.gist.headline)
        when = self.say(self.gist.since) if since else ""
        return f"{head} {when}." if when else f"{head}."

    def variants(self) -> list[list[str]]:
        """Return the gist from rich to lean, each as its sentences, without the address."""
        danger, calls = self.say(self.gist.danger), self.say(self.gist.help)
        working, coming = self.say(self.gist.working), self.say(self.gist.next_word)
        least = self.say(self.gist.danger_short)
        rich = [danger, self.headed(), calls, working, coming]
        return [
            _some(one)
            for one in (
                rich,
                [danger, self.headed(), working, coming],
                [danger, self.headed(), coming],
                [danger, self.headed(short=True), coming],
                [least, self.headed(short=True, since=False), self.say(self.gist.next_short)],
                [least, self.headed(short=True, since=False)],
                [least, f"{self.say(self.gist.least)}."],
            )
        ]


def _some(sentences: Iterable[str]) -> list[str]:
    return [one for one in sentences if one]


def _fitting(facts: _Facts, fits: Callable[[str], bool], *, tail: str = "") -> str:
    """Return the richest gist that fits, with `tail` after it; the leanest where none does.

    When the next word comes is worth more than an address: who has no internet can not follow it.
    """
    *telling, least = facts.variants()
    texts = [" ".join(_some([*sentences, tail])) for sentences in telling]
    texts += [" ".join(sentences) for sentences in telling] if tail else []
    return next((text for text in texts if fits(text)), " ".join(least))


def _page(facts: _Facts) -> Rendered:
    return facts.made("page", _signed(facts))


def _signed(facts: _Facts) -> str:
    who = signature(facts.word)
    return f"{facts.statement}\n\n{who}" if who else facts.statement


def _email(facts: _Facts) -> Rendered:
    read_on = facts.say((f"Perkembangannya: {facts.link}", f"How it goes on: {facts.link}")) if facts.link else ""
    text = "\n\n".join(_some([facts.say(facts.gist.back), _signed(facts), read_on]))
    return facts.made("email", text, subject=facts.say(facts.gist.headline))


def _chat(facts: _Facts) -> Rendered:
    text = "\n\n".join(_some([facts.say(facts.gist.back), _signed(facts), facts.link]))
    return facts.made("chat", text, most=CHAT)


def _sms(facts: _Facts) -> Rendered:
    """Say it in one message; in two where one would not say when the next word comes."""
    *telling, _, _ = facts.variants()
    texts = [plain(" ".join(_some([*one, tail]))) for tail in (facts.link, "") for one in telling]
    leaner = [plain(" ".join(one)) for one in facts.variants()[-2:]]
    longer = [texts[3], texts[-2], texts[-1], *leaner]
    text = next((one for one in texts if len(sms_parts(one).parts) == 1), "") or next(
        (one for one in longer if len(sms_parts(one).parts) <= 2), longer[-1]
    )
    kind = alphabet(text)
    return facts.made(
        "sms",
        text,
        parts=sms_parts(text).texts,
        size=sms_units(text),
        most=160 if kind == "gsm7" else 70,
        unit="septets" if kind == "gsm7" else "utf16",
    )


def _push(facts: _Facts) -> Rendered:
    """Say in the title whose trouble it is and how it stands, and in the body what the title does not."""
    gist = facts.gist
    name = facts.speech.operators.get(facts.incident.operator, facts.incident.operator)
    title, body = _parted(facts.say(gist.headline), name or "Pulih")
    _, short = _parted(facts.say(gist.short), title)
    since = facts.say(gist.since)
    long, brief = (facts.say(one) for one in (gist.danger, gist.danger_short))
    working, coming, soon = (facts.say(one) for one in (gist.working, gist.next_word, gist.next_short))
    dated = f"{body} {since}." if since else f"{body}."
    texts = [
        " ".join(_some(one))
        for one in (
            [long, dated, working, coming],
            [long, dated, coming],
            [brief, f"{short}.", soon],
            [brief, f"{short}."],
            [brief, f"{_parted(facts.say(gist.least), title)[1]}."],
        )
    ]
    text = next((one for one in texts if len(one) <= PUSH_BODY), texts[-1])
    return facts.made("push", text, subject=title, most=PUSH_BODY)


def _parted(headline: str, otherwise: str) -> tuple[str, str]:
    """Part a headline at its colon; where it has none, or says too much before it, the title is `otherwise`."""
    title, _, rest = headline.partition(": ")
    if not rest or len(title) > PUSH_TITLE:
        return otherwise, headline
    return title, f"{rest[:1].upper()}{rest[1:]}"


def _social(facts: _Facts) -> Rendered:
    text = _fitting(facts, lambda one: weight(one, facts.link) <= SOCIAL, tail=facts.link)
    return facts.made("social", text, size=weight(text, facts.link), most=SOCIAL, unit="weight")


def _banner(facts: _Facts) -> Rendered:
    return facts.made("banner", _fitting(facts, lambda one: len(one) <= BANNER), most=BANNER)


def _ussd(facts: _Facts) -> Rendered:
    text = plain(_fitting(facts, lambda one: sms_units(plain(one)) <= USSD_SCREEN))
    most = USSD_SCREEN if alphabet(text) == "gsm7" else 80
    unit: Unit = "septets" if alphabet(text) == "gsm7" else "utf16"
    return facts.made("ussd", text, parts=cut(text, most, sms_units), size=sms_units(text), most=most, unit=unit)


def _voice(facts: _Facts) -> Rendered:
    """Say it as it is read out: no address, figures of emergency numbers one by one, time zones by their names."""
    sentences = [_spoken(one, facts.at) for one in facts.variants()[0]]
    if _seconds(sentences) > VOICE_S:
        sentences = [_spoken(one, facts.at) for one in facts.variants()[2]]
    return facts.made(
        "voice",
        " ".join(sentences),
        parts=tuple(sentences),
        size=_seconds(sentences),
        most=int(VOICE_S),
        unit="seconds",
    )


_FIGURES: Final = (
    ("nol", "zero"), ("satu", "one"), ("dua", "two"), ("tiga", "three"), ("empat", "four"),
    ("lima", "five"), ("enam", "six"), ("tujuh", "seven"), ("delapan", "eight"), ("sembilan", "nine"),
)  # fmt: skip
_ZONES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "WIB": ("Waktu Indonesia Barat", "Western Indonesia Time"),
        "WITA": ("Waktu Indonesia Tengah", "Central Indonesia Time"),
        "WIT": ("Waktu Indonesia Timur", "Eastern Indonesia Time"),
    }
)
_CALLED: Final = re.compile(r"\b(?:112|110|119)\b")
_CLOCK: Final = re.compile(r"\b(\d{2}[.:]\d{2})\b")
_ZONED: Final = re.compile(r"\b(WIB|WITA|WIT)\b")


def _spoken(sentence: str, at: int) -> str:
    said = _CALLED.sub(lambda found: " ".join(_FIGURES[int(figure)][at] for figure in found[0]), sentence)
    said = _ZONED.sub(lambda found: _ZONES[found[0]][at], said)
    return _CLOCK.sub(r"pukul \1", said) if at == 0 else said


def _seconds(sentences: Sequence[str]) -> int:
    return -(-sum(len(one.split()) for one in sentences) // _WORDS_PER_S).__trunc__()


def _sign(facts: _Facts) -> Rendered:
    """Say it on paper: big, dated, and saying itself when it is out of date."""
    coming, said = facts.say(facts.gist.next_word), full_moment(facts.word.published_us, facts.speech)
    lines = _some(
        [
            facts.say(facts.gist.danger),
            facts.headed(),
            facts.say(facts.gist.help),
            facts.say(facts.gist.working),
            coming,
            facts.say((f"Keadaan {said[0]}.", f"As of {said[1]}.")),
            facts.link,
        ]
    )
    text = "\n".join(lines)
    heading = facts.say(("PENGUMUMAN", "NOTICE"))
    return facts.made("sign", text, subject=heading, parts=tuple(lines), most=SIGN)


def _cap(facts: _Facts) -> Rendered:
    head = facts.say(facts.gist.headline)
    if len(head) > CAP_HEADLINE:
        head = facts.say(facts.gist.short)
    if len(head) > CAP_HEADLINE:
        head = facts.say(facts.gist.least)
    if len(head) > CAP_HEADLINE:
        # A headline is no statement: the description beside it is whole.
        head = f"{cut(head, CAP_HEADLINE - 1)[0]}…"
    over = facts.incident.retracted or facts.word.stage in {"resolved", "postmortem"}
    instruction = "" if over else "\n".join(facts.say(one) for one in help_of(facts.incident))
    text = "\n\n".join(_some([facts.statement, instruction]))
    parts = tuple(_some([facts.statement, instruction]))
    return facts.made("cap", text, subject=head, parts=parts, size=len(head), most=CAP_HEADLINE)


def _press(facts: _Facts) -> Rendered:
    said = full_moment(facts.word.published_us, facts.speech)
    who = signature(facts.word)
    text = "\n\n".join(
        _some(
            [
                facts.say(said),
                facts.say(facts.gist.back),
                facts.statement,
                facts.say((f"Juru bicara: {who}.", f"Spokesperson: {who}.")) if who else "",
                facts.say((f"Perkembangan selanjutnya: {facts.link}", f"Further news: {facts.link}"))
                if facts.link
                else "",
            ]
        )
    )
    return facts.made("press", text, subject=facts.say(facts.gist.headline))


_RENDERERS: Final[Mapping[Surface, Callable[[_Facts], Rendered]]] = MappingProxyType(
    {
        "page": _page, "email": _email, "sms": _sms, "push": _push, "chat": _chat, "social": _social, "cap": _cap,
        "voice": _voice, "ussd": _ussd, "banner": _banner, "sign": _sign, "press": _press,
    }
)  # fmt: skip
