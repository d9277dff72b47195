"""Invented account names; every one ends in `_sim`, so that none can be taken for a person's account."""

from __future__ import annotations

import random

FIRST: tuple[str, ...] = (
    "senja", "kopi", "hujan", "langit", "kucing", "bakso", "teh", "angin", "bulan", "sawah", "roti",
    "pasir",
    "mangga", "awan", "gerimis", "sepeda", "tempe", "embun", "kelapa", "dapur", "jendela", "sandal", "pagi",
    "lumut", "rimba", "kunang", "kertas", "cendol", "tahu", "petang", "terong", "layang", "becak", "gula",
)  # fmt: skip
SECOND: tuple[str, ...] = (
    "pojok", "malas", "manis", "biru", "keliling", "sore", "tenang", "lapar", "miring", "ceria", "sunyi",
    "jauh",
    "kalem", "asin", "merah", "santai", "rajin", "kecil", "hangat", "lucu", "ngantuk", "pelan", "gemoy",
    "abadi",
)  # fmt: skip

OPERATOR_ACCOUNT = "smartfren_resmi_sim"
PRESS_ACCOUNTS: tuple[str, ...] = ("kabar_pojok_sim", "warta_senja_sim", "berita_jendela_sim")


class Crowd:
    """People who write now and then: mostly new faces, sometimes one who was heard before."""

    def __init__(self, rng: random.Random, *, return_share: float) -> None:
        """Begin with nobody; `return_share` of the posts come from somebody heard before."""
        self._rng = rng
        self._return_share = return_share
        self._known: list[str] = []

    def somebody(self) -> str:
        """Return a handle, new or heard before."""
        if self._known and self._rng.random() < self._return_share:
            return self._rng.choice(self._known)
        handle = f"{self._rng.choice(FIRST)}{self._rng.choice(SECOND)}{self._rng.randrange(1, 1000)}_sim"
        self._known.append(handle)
        return handle
