"""A text is cut into the fewest SMS, no letter in two, and the telephone puts the same text together again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pulih.communicate.sms_alphabet import ALONE, TOGETHER, sms_parts

# 3GPP TS 23.038, written down anew as code, letter.
SAMPLES = {0x00: "@", 0x02: "$", 0x09: "Ç", 0x10: "Δ", 0x1E: "ß", 0x24: "¤", 0x40: "¡", 0x5B: "Ä", 0x60: "¿"}
ESCAPED = {
    0x0A: "\f",
    0x14: "^",
    0x28: "{",
    0x29: "}",
    0x2F: "\\",
    0x3C: "[",
    0x3D: "~",
    0x3E: "]",
    0x40: "|",
    0x65: "€",
}


def test_letters_have_the_codes_of_the_standard() -> None:
    assert {code: sms_parts(letter).parts[0] for code, letter in SAMPLES.items()} == {
        code: bytes([code]) for code in SAMPLES
    }
    assert {code: sms_parts(letter).parts[0] for code, letter in ESCAPED.items()} == {
        code: bytes([0x1B, code]) for code in ESCAPED
    }


def test_one_letter_outside_the_alphabet_makes_160_letters_70() -> None:
    assert [len(sms_parts(text).parts) for text in ("a" * 160, "a" * 161, "a" * 70 + "–", "a" * 69 + "–")] == [
        1,
        2,
        2,
        1,
    ]


@given(st.text(alphabet=st.sampled_from("ab €[{\n"), max_size=700))
def test_septets_put_together_are_the_text_and_no_part_is_too_long(text: str) -> None:
    cut = sms_parts(text)
    assert cut.coding == "gsm7"
    _hold(cut.parts, cut.coding, 1)
    assert all(not part.endswith(b"\x1b") for part in cut.parts)
    table = {sms_parts(letter).parts[0]: letter for letter in "ab €[{\n"}
    whole, read, at = b"".join(cut.parts), "", 0
    while at < len(whole):
        size = 2 if whole[at] == 0x1B else 1
        read, at = read + table[whole[at : at + size]], at + size
    assert read == text == "".join(cut.texts)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1, max_size=300))
def test_other_texts_put_together_are_the_text_and_no_pair_is_cut(text: str) -> None:
    cut = sms_parts("ꦲ" + text)
    assert cut.coding == "ucs2"
    _hold(cut.parts, cut.coding, 2)
    assert "".join(part.decode("utf-16-be") for part in cut.parts) == "".join(cut.texts) == "ꦲ" + text


def _hold(parts: tuple[bytes, ...], coding: str, unit_bytes: int) -> None:
    most = ALONE if len(parts) == 1 else TOGETHER
    assert all(len(part) <= most[coding] * unit_bytes for part in parts)  # type: ignore[index]
