"""A page that explains a policy to those it is for: who qualifies, what is counted, how the amount comes about, when.

Every sentence comes from the clauses themselves, so that a page cannot promise what the calculation does not give, and
a policy nobody has seen yet has its page too (requirement K1). Title, source and assumptions are quoted as they stand,
title and assumptions in Indonesian where they are known in it.
"""

from __future__ import annotations

from typing import Final

import msgspec

from pulih.compensate.clauses import Clause, Policy
from pulih.compensate.policy_sentences import (
    cap_sentences,
    dates_sentence,
    listed,
    outage_sentences,
    quantity_sentences,
    value_sentences,
    who_sentences,
)
from pulih.compensate.written import Language, number

_CAUSES: Final = {
    "id": {"weather": "cuaca", "third_party": "pihak ketiga", "natural_calamity": "bencana alam"},
    "en": {"weather": "weather", "third_party": "a third party", "natural_calamity": "natural calamity"},
}
_WORDS: Final[dict[Language, dict[str, str]]] = {
    "id": {
        "when": "Kapan berlaku",
        "who": "Siapa yang berhak",
        "outage": "Gangguan yang dihitung",
        "counted": "Apa yang dihitung",
        "worth": "Bagaimana nilainya ditentukan",
        "always": "Yang selalu berlaku",
        "clause": "Ketentuan {id}",
        "policy": "Kebijakan ini",
        "the_clause": "Ketentuan ini",
        "several": "Kebijakan ini memiliki {count} ketentuan yang berdiri sendiri; nilai dari ketentuan yang terpenuhi "
        "dijumlahkan.",
        "causes": "Tidak ada kompensasi bila penyebab gangguan: {causes}.",
        "excluded": "Tidak ada kompensasi bila gangguan itu dikecualikan secara tegas.",
        "supersedes": "Yang sudah diberikan menurut kebijakan {policies} diperhitungkan.",
        "once": "Menit atau hari yang sama tidak dihitung dua kali dalam ketentuan yang sama, walaupun beberapa "
        "gangguan bertumpang tindih.",
        "paid": "Yang sudah diberikan untuk gangguan dan ketentuan yang sama dikurangkan; yang sudah diberikan tidak "
        "pernah ditarik kembali.",
        "rounding": "Nilai dibulatkan satu kali di akhir ke satuan terkecil mata uang; tepat setengah dibulatkan ke "
        "angka genap.",
        "source": "Sumber",
        "assumptions": "Asumsi",
    },
    "en": {
        "when": "When it is in force",
        "who": "Who qualifies",
        "outage": "Which outages count",
        "counted": "What is counted",
        "worth": "How the amount comes about",
        "always": "What always holds",
        "clause": "Clause {id}",
        "policy": "This policy",
        "the_clause": "This clause",
        "several": "This policy has {count} clauses that stand by themselves; what each gives is added up.",
        "causes": "There is no compensation where the cause of the outage is {causes}.",
        "excluded": "There is no compensation for an outage that is excluded expressly.",
        "supersedes": "What was given under the policies {policies} is taken into account.",
        "once": "The same minute or day is not counted twice under the same clause, however outages overlap.",
        "paid": "What was given before for the same outage and clause is set off; what was given is never taken back.",
        "rounding": "Amounts are rounded once, at the end, to the smallest unit of the currency; exact halves go to "
        "the even number.",
        "source": "Source",
        "assumptions": "Assumptions",
    },
}


class Section(msgspec.Struct, frozen=True):
    """A heading and the sentences under it, with their language where it may be another than the page's."""

    heading: str
    sentences: tuple[str, ...]
    language: Language | None = None


class Chapter(msgspec.Struct, frozen=True):
    """What a page says of one clause, or (without a heading) of the policy as a whole."""

    heading: str
    sections: tuple[Section, ...]


class PolicyWords(msgspec.Struct, frozen=True):
    """Title and assumptions of a policy in Indonesian; the policy itself says them in English."""

    title: str
    assumptions: str


class PolicyPage(msgspec.Struct, frozen=True, kw_only=True):
    """A policy explained in one language.

    Attributes:
        title_language: of the title, and of the assumptions.
        quoted: source and assumptions under their headings; the source in the words of the policy itself.
    """

    id: str
    language: Language
    title: str
    title_language: Language
    chapters: tuple[Chapter, ...]
    quoted: tuple[Section, ...]


def policy_page(policy: Policy, language: Language, indonesian: PolicyWords | None = None) -> PolicyPage:
    """Explain a policy.

    Args:
        policy: any, checked.
        language: of the sentences.
        indonesian: its title and assumptions in Indonesian, where they are known.

    >>> from pulih.compensate.clauses import Benefit, Fixed
    >>> clause = Clause(id="quota", quantity=Fixed(1), value=Benefit("MB", 1024))
    >>> page = policy_page(Policy(id="p", clauses=(clause,)), "en")
    >>> page.chapters[1].sections[-1].sentences
    ('One unit is 1,024 MB; it is given in kind and is no money.',)
    """
    words = _WORDS[language]
    own = indonesian if language == "id" else None
    title, assumptions = (
        (policy.title or policy.id, policy.assumptions) if own is None else (own.title, own.assumptions)
    )
    title_language: Language = "en" if own is None else "id"
    whole = [Section(words["when"], _when(policy, language))]
    chapters = [Chapter("", tuple(whole)), *(_chapter(clause, language) for clause in policy.clauses)]
    always = Section(words["always"], (words["once"], words["paid"], words["rounding"]))
    quoted = (
        Section(words["source"], (policy.source,), "en"),
        Section(words["assumptions"], (assumptions,), title_language),
    )
    return PolicyPage(
        id=policy.id,
        language=language,
        title=title,
        title_language=title_language,
        chapters=(*chapters, Chapter("", (always,))),
        quoted=tuple(section for section in quoted if section.sentences != ("",)),
    )


def _when(policy: Policy, language: Language) -> tuple[str, ...]:
    words = _WORDS[language]
    sentences = [dates_sentence(words["policy"], policy.valid_from, policy.valid_to, language)]
    if policy.excluded_causes:
        known = _CAUSES[language]
        causes = listed([known.get(cause, cause) for cause in policy.excluded_causes], language, joined="or")
        sentences.append(words["causes"].format(causes=causes))
    sentences.append(words["excluded"])
    if policy.supersedes:
        sentences.append(words["supersedes"].format(policies=listed(policy.supersedes, language)))
    if len(policy.clauses) > 1:
        sentences.append(words["several"].format(count=number(len(policy.clauses), language)))
    return tuple(sentences)


def _chapter(clause: Clause, language: Language) -> Chapter:
    words = _WORDS[language]
    outage = outage_sentences(clause, language)
    if clause.valid_from or clause.valid_to:
        outage = (dates_sentence(words["the_clause"], clause.valid_from, clause.valid_to, language), *outage)
    sections = (
        Section(words["who"], who_sentences(clause, language)),
        Section(words["outage"], outage),
        Section(words["counted"], quantity_sentences(clause, language)),
        Section(words["worth"], (*value_sentences(clause, language), *cap_sentences(clause, language))),
    )
    return Chapter(words["clause"].format(id=clause.id), tuple(one for one in sections if one.sentences))
