"""Turn a template into one post: fill its slots, then roughen it as thumbs do."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

from simulation.pieces import (
    BARS,
    BRAND,
    CALL,
    CLUB,
    DEAD,
    DOWN,
    FACE,
    GLAD,
    MOOD,
    OWN_NAME,
    RIVAL,
    SINCE,
    STALL,
    TRIED,
    WORK,
)
from simulation.places import IN_A_SENTENCE, draw_town

FIXED_LINE = tuple(pair for pair in RIVAL if pair[0] in {
    "indihome", "biznet", "first media", "myrepublic", "iconnet", "oxygen", "cbn",
})  # fmt: skip

# Formal word -> ways to type it; the formal one itself stays likely through the draw in `_shorten`.
TYPED: dict[str, tuple[str, ...]] = {
    "gak": ("ga", "gk", "ngga", "nggak", "enggak", "kagak", "gak"),
    "tidak": ("tdk", "tak", "nggak", "tidak"),
    "udah": ("dah", "udh", "uda", "sudah"),
    "sudah": ("sdh", "udah", "sudah"),
    "banget": ("bgt", "bngt", "bangett", "bener"),
    "yang": ("yg", "yang"),
    "dari": ("dr", "dari"),
    "sama": ("sm", "sama"),
    "juga": ("jg", "jugaa", "juga"),
    "aja": ("aj", "ajah", "aja"),
    "kenapa": ("knp", "napa", "kenapa"),
    "bisa": ("bs", "bisa"),
    "internet": ("inet", "internet", "internetnya"),
    "sinyal": ("sinyal", "signal", "snyal"),
    "di": ("d", "di"),
    "aku": ("gue", "gw", "saya", "aku", "ane"),
    "tapi": ("tp", "tapi", "tpi"),
    "lagi": ("lg", "lagi", "lgi"),
    "padahal": ("pdhl", "padahal"),
    "sampe": ("smp", "sampai", "sampe"),
    "sekarang": ("skrg", "sekarang"),
    "tolong": ("tlg", "tolong"),
    "terus": ("trs", "terus"),
    "kalo": ("klo", "kalau", "kl"),
    "dipake": ("dipakai", "dpake", "dipake"),
    "pake": ("pakai", "pke", "pake"),
    "semua": ("smua", "semua"),
    "belum": ("blm", "belom", "belum"),
    "masih": ("msh", "masih"),
    "ternyata": ("trnyata", "ternyata"),
    "gangguan": ("ggn", "gangguan", "gangguaan"),
    "lemot": ("lemot", "lemott", "lelet", "lola"),
}
TAILS: tuple[str, ...] = (
    " wkwk", " huhu", " hiks", " ya", " dong", " nih", " deh", " sih", "!!", "..", "?", " plis", " btw",
    " :(", " :')",
)  # fmt: skip
PIECES: dict[str, tuple[str, ...]] = {
    "op": OWN_NAME,
    "brand": BRAND,
    "call": CALL,
    "bars": BARS,
    "dead": DEAD,
    "down": DOWN,
    "act": WORK,
    "tried": TRIED,
    "mood": MOOD,
    "glad": GLAD,
    "stall": STALL,
    "club": CLUB,
}
_SLOT = re.compile(r"\{(\w+)\}")
_TIDY = ((re.compile(r"\s+"), " "), (re.compile(r"\s+([,.?!])"), r"\1"), (re.compile(r"^[,.\s]+|\s+$"), ""))


@dataclass(frozen=True)
class Wanted:
    """What a post needs to know: which day, how long it has lasted, whom it answers, how rough it is."""

    outage: bool = False
    since: str = "fresh"
    to: str = ""
    hour: str = ""
    roughness: float = 1.0
    place_share: float = 0.15


class Wording:
    """One writer's hand: draws everything from the generator it is given."""

    def __init__(self, rng: random.Random) -> None:
        """Use `rng` for every choice."""
        self._rng = rng

    def write(self, template: str, wanted: Wanted) -> tuple[str, str]:
        """Return the finished text and the official name of the writer's town."""
        official, spellings = draw_town(self._rng, outage=wanted.outage)
        filled = _SLOT.sub(lambda slot: self._fill(slot[1], spellings, wanted), template)
        for pattern, replacement in _TIDY:
            filled = pattern.sub(replacement, filled)
        return self._roughen(filled, wanted.roughness), official

    def _fill(self, slot: str, spellings: tuple[str, ...], wanted: Wanted) -> str:
        rng = self._rng
        if slot == "place":
            named = rng.random() < wanted.place_share
            return rng.choice(IN_A_SENTENCE).format(rng.choice(spellings)) if named else ""
        if slot in {"rival", "fixed"}:
            pool = RIVAL if slot == "rival" else FIXED_LINE
            return rng.choices([name for name, _ in pool], [weight for _, weight in pool])[0]
        if slot == "face":
            return rng.choice(FACE) if rng.random() < 0.7 else ""
        told = {"town": spellings, "since": SINCE[wanted.since], "to": (wanted.to,), "hour": (wanted.hour,)}
        return rng.choice(told[slot] if slot in told else PIECES[slot])

    def _roughen(self, text: str, roughness: float) -> str:
        rng = self._rng
        if roughness <= 0:
            return text
        words = [self._mistype(self._shorten(word, roughness), roughness) for word in text.split(" ")]
        rough = " ".join(words)
        mood = rng.random()
        if mood < 0.04 * roughness:
            rough = " ".join(word if word.startswith("@") else word.upper() for word in words)
        elif mood < 0.30 * roughness:
            rough = " ".join(word if word.startswith("@") else word.lower() for word in words)
        if rng.random() < 0.22 * roughness:
            tail = rng.choice(TAILS)
            rough = rough.rstrip(".?!") + tail if tail[0] in ".?!" else rough + tail
        return rough

    def _shorten(self, word: str, roughness: float) -> str:
        if word in TYPED and self._rng.random() < 0.55 * roughness:
            return self._rng.choice(TYPED[word])
        return word

    def _mistype(self, word: str, roughness: float) -> str:
        """Drop, double or swap one letter of a long plain word now and then."""
        rng = self._rng
        if len(word) < 5 or not word.isalpha() or rng.random() >= 0.035 * roughness:
            return word
        at = rng.randrange(1, len(word) - 1)
        slip = rng.randrange(3)
        if slip == 0:
            return word[:at] + word[at + 1 :]
        if slip == 1:
            return word[:at] + word[at] + word[at:]
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
