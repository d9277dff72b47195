"""The page of a policy is made of its clauses, in two languages, whatever the clauses are."""

from __future__ import annotations

import tomllib
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path

import pytest
from credit_cases import draw
from msgspec.structs import replace

from pulih.adapters.credit.policy_text import policy_html, policy_lines
from pulih.adapters.credit.rule_files import in_indonesian
from pulih.compensate.clauses import Policy
from pulih.compensate.policy import read_policy
from pulih.compensate.policy_page import PolicyPage, policy_page
from pulih.compensate.written import Language
from pulih.main_settlement import explain_policy, packaged

LANGUAGES: tuple[Language, ...] = ("id", "en")

PACKAGED = sorted(
    (one for one in (files("pulih.data") / "policies").iterdir() if one.name.endswith(".toml")),
    key=lambda one: one.name,
)


def _packaged(named: str) -> Policy:
    return read_policy(tomllib.loads((files("pulih.data") / "policies" / f"{named}.toml").read_text()))


def _sentences(page: PolicyPage) -> list[str]:
    return [sentence for chapter in page.chapters for section in chapter.sections for sentence in section.sentences]


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("seed", range(60))
def test_any_policy_has_a_page_of_whole_sentences(seed: int, language: str) -> None:
    policy = read_policy(draw(seed).policy)
    page = policy_page(policy, "id" if language == "id" else "en")
    sentences = _sentences(page)
    assert all(sentence[0].isupper() or sentence[0].isdigit() for sentence in sentences)
    assert all(sentence.endswith(".") and "{" not in sentence and "  " not in sentence for sentence in sentences)
    assert len(sentences) == len(_sentences(policy_page(policy, "en")))
    # One chapter for each clause, one before them and one after.
    assert len(page.chapters) == len(policy.clauses) + 2


@pytest.mark.parametrize("packaged", PACKAGED, ids=lambda one: one.name)
def test_every_packaged_policy_has_its_page_in_both_languages(packaged: object) -> None:
    policy = _packaged(str(getattr(packaged, "name", "")).removesuffix(".toml"))
    told = {language: _sentences(policy_page(policy, language)) for language in ("id", "en")}
    assert len(told["id"]) == len(told["en"]) > 5
    assert not set(told["id"]) & set(told["en"])
    assert {section.sentences[0] for section in policy_page(policy, "en").quoted} == {policy.source, policy.assumptions}


@pytest.mark.parametrize("packaged", PACKAGED, ids=lambda one: one.name)
def test_every_packaged_policy_says_its_title_and_assumptions_in_indonesian_until_they_are_changed(
    packaged: object,
) -> None:
    policy = _packaged(str(getattr(packaged, "name", "")).removesuffix(".toml"))
    words = in_indonesian(policy)
    assert words is not None
    page = policy_page(policy, "id", words)
    assert (page.title, page.title_language) == (words.title, "id")
    assert words.title != policy.title
    assert [section.sentences[0] for section in page.quoted] == [policy.source, words.assumptions]
    assert policy_page(policy, "en", words).title == policy.title
    assert in_indonesian(replace(policy, id=f"{policy.id}.by-hour")) == words
    assert in_indonesian(replace(policy, title="Mine")) is None
    assert in_indonesian(replace(policy, id="mine")) is None


@pytest.mark.parametrize(
    ("named", "sentence"),
    [
        ("uk-auto-2024", "Satu satuan bernilai GBP 9,76."),
        ("uk-auto-2024", "Bukan hari kerja juga: 25 Desember 2024, 26 Desember 2024 dan 1 Januari 2025."),
        ("kor-2022", "Hasilnya dikalikan 10."),
        ("kor-2022", "Rentang terpanjang tanpa jeda harus lebih dari 2 jam."),
        ("att-guarantee-2025", "Gangguan harus mencakup sedikitnya 10 menara."),
        ("telkomsel-papua-2025", "Satu satuan adalah 1.000 SMS; ini diberikan dalam bentuk layanan dan bukan uang."),
        ("trai-2024", "Untuk pelanggan pascabayar."),
        ("idn-default", "Satu satuan bernilai biaya bulanan dibagi 43.200 (satu bulan dihitung 30 hari)."),
    ],
)
def test_what_a_policy_says_stands_on_its_page(named: str, sentence: str) -> None:
    assert sentence in _sentences(policy_page(_packaged(named), "id"))


def test_every_packaged_policy_is_told_in_both_languages_in_the_documents() -> None:
    page = (Path(__file__).parents[2] / "docs" / "policies.md").read_text()
    for one in packaged():
        for language in LANGUAGES:
            told = "\n".join(f"    {line}".rstrip() for line in explain_policy(one.id, language, None).splitlines())
            assert told in page, (
                f"docs/policies.md: put in what `pulih policy show {one.id} --language {language}` prints"
            )


class _Tags(HTMLParser):
    """Gathers tags, and whether each that was opened was closed."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_html_page_stands_alone_and_names_its_languages() -> None:
    policy = _packaged("trai-2024")
    text = policy_html(policy_page(policy, language) for language in ("id", "en"))
    tags = _Tags()
    tags.feed(text)
    assert tags.open == []
    assert [kept["lang"] for tag, kept in tags.seen if tag == "article"] == ["id", "en"]
    assert not [tag for tag, kept in tags.seen if tag in {"script", "link", "img", "iframe"} or "src" in kept]
    assert "width=device-width" in text
    assert "@media print" in text


def test_what_a_policy_says_is_never_markup() -> None:
    policy = _packaged("idn-default")
    bold = Policy(id="<b>", clauses=policy.clauses, title="<script>alert(1)</script>", source="<i>")
    text = policy_html([policy_page(bold, "en")])
    assert "<script" not in text
    assert "<b>" not in text
    assert "<i>" not in text
    assert policy_lines(policy_page(bold, "en"))[0].startswith("<b>:")
