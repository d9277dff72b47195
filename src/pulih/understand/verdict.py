"""From all that was found in a text to its labels: symptom, service, operator at fault, groups, evidence."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from pulih.model.reading import Evidence, Group, Language, Reading, Symptom
from pulih.understand.across import Crossing
from pulih.understand.decision import Labels
from pulih.understand.facts import Found, is_headline
from pulih.understand.fault import at_fault, is_spared
from pulih.understand.matcher import Hit
from pulih.understand.medium import service_of
from pulih.understand.naming import Mention
from pulih.understand.operators import Kind, Operator
from pulih.understand.speller import NUMBER, SIGNATURE
from pulih.understand.tense import is_acute
from pulih.understand.tongue import language_of
from pulih.understand.topic import talk_of
from pulih.understand.troubles import Trouble

_EVIDENCE_MOST = 12
_PLACELESS_TALK = frozenset({"operator_post", "promotion", "news"})
# Who asserts an outage without having it: the press, operators, people who are glad to be elsewhere.
_ASSERTING = frozenset({
    "news", "operator_says", "to_customers", "announces", "headed", "signature", "gloat", "lucky", "mine_fine",
})  # fmt: skip
_PUBLISHING = frozenset({"news", "operator_says", "to_customers", "announces", "headed", "signature"})
# Losses of a line that come and go when they are a habit; losses of the whole line, and what they explain.
_BREAKS = frozenset({"dead", "cut", "asleep", "no_link", "down"})
_WHOLE_LINE = frozenset({"dead", "down", "no_signal", "gone", "asleep"})
_HIDES = {
    "destination_unreachable": frozenset({"no_internet", "no_signal", "other"}),
    "call_failure": frozenset({"no_signal"}),
}
# What "ga nyambung" between two operators is only taken for where no call is spoken of.
_VAGUE = frozenset({"no_internet", "other", "destination_unreachable"})
_WORDLESS = frozenset({NUMBER, SIGNATURE})


def ruled(
    found: Found, call: Crossing | None, suspected: Operator | None, *, probability: float, is_report: bool
) -> Labels:
    """Return the labels as the rules see them.

    Args:
        found: all that was found.
        call: whose trouble a call across operators is; None where there is no such call.
        suspected: whom `suspect` returns.
        probability: that it is a report, 0..1.
        is_report: what the rules say of that.
    """
    main = found.standing[0] if found.standing else None
    symptom = _symptom(found, main, call) if main is not None else "none"
    told = "none" if found.back is not None and not is_report else "other" if main is None else symptom
    kind: Kind = suspected.kind if suspected is not None else "unknown"
    return Labels(
        probability=probability,
        is_report=is_report,
        acute=is_acute(
            "other" if main is None else symptom, main, found.marks, found.words, recovered=found.back is not None
        ),
        recovered=found.back is not None,
        symptom=symptom,
        service=service_of(told, found.standing, found.marks, kind=kind, back=found.back),
    )


def suspect(found: Found, call: Crossing | None) -> Operator | None:
    """Return the operator that would be at fault if the text were a report."""
    if call is not None:
        return call.fault.operator if call.fault is not None else found.source
    named = _at_fault(found)
    if named:
        return named[0].operator
    # Whom the text itself clears is not at fault because the source speaks of him: "lemot banget, pindah ke X".
    if found.source is None:
        return None
    beside = {one.operator.id for one, clear in zip(found.mentions, found.cleared, strict=True) if clear == "side"}
    return found.source if found.source.id not in beside else None


def verdict(
    found: Found,
    labels: Labels,
    call: Crossing | None,
    suspected: Operator | None,
    *,
    groups: tuple[Group, ...],
    public: bool,
) -> Reading:
    """Return the reading of a text.

    Args:
        found: all that was found.
        labels: what was decided.
        call: whose trouble a call across operators is; None where there is no such call.
        suspected: whom `suspect` returns.
        groups: activities that are hit, or possible again.
        public: whether a member of the public speaks.
    """
    is_report, recovered, symptom = labels.is_report, labels.recovered, labels.symptom
    speaks = is_report or recovered
    operator = suspected if speaks or found.back is not None or _asserts(found, public=public) else None
    talk = "operator_post" if not public else talk_of(
        found.marks, symptom=symptom, is_report=is_report, recovered=recovered
    )  # fmt: skip
    placed = bool(found.places) and public
    placed = placed and (is_report or not (talk in _PLACELESS_TALK or _is_told_to_many(found)))
    return Reading(
        is_report=is_report,
        p_report=labels.probability,
        acute=labels.acute,
        service=labels.service,
        symptom=symptom,
        operator=operator.id if operator is not None else None,
        places=found.places if placed else (),
        groups=groups,
        recovered=recovered,
        language=_language(found),
        evidence=_evidence(found, call if speaks else None, is_report=is_report),
        talk=talk,
        named=tuple(dict.fromkeys(one.operator.id for one in found.mentions)),
        caller=call.caller or None if call is not None and speaks else None,
        sharing=_sharing(found, operator) if call is None and operator is not None else (),
    )


def _at_fault(found: Found) -> list[Mention]:
    return at_fault(_anchors(found), found.mentions, found.cleared, found.words)


def _sharing(found: Found, operator: Operator) -> tuple[str, ...]:
    """Return whom the same words blame beside `operator`: "X dan Y mati". Brands of one network are one trouble."""
    if len(found.mentions) <= 1:
        return ()
    seen, sharing = {_network_of(operator)}, []
    for one in _at_fault(found):
        network = _network_of(one.operator)
        if network not in seen:
            seen.add(network)
            sharing.append(one.operator.id)
    return tuple(sharing)


def _network_of(operator: Operator) -> str:
    return operator.network or operator.id


def _symptom(found: Found, main: Trouble, call: Crossing | None) -> Symptom:
    """Return the symptom of the weightiest trouble, corrected by what the text says works."""
    symptom = _wider(found, main)
    if call is not None and call.symptom and symptom in _VAGUE:
        return call.symptom
    names = found.marks.names
    sign = main.hit.sign.name
    if symptom == "no_internet" and ((sign == "cut" and "keeps" in names) or (sign in _BREAKS and "habit" in names)):
        # What dies every weekend comes back in between.
        return "intermittent"
    if symptom in {"no_internet", "other", "slow"} and names & {"vpn_helps", "only_this", "sites_work"}:
        return "destination_unreachable"
    if symptom in {"no_signal", "other"} and "signal_fine" in names and main.hit.sign.name != "no_signal":
        return "no_internet"
    return cast(Symptom, symptom)


def _wider(found: Found, main: Trouble) -> str:
    """Return the symptom, that of the whole line where it explains the narrower: "X mati, wa web ga kebuka"."""
    hides = _HIDES.get(main.symptom)
    if hides is None:
        return main.symptom
    losses = (one for one in found.standing if one.joined and one.hit.sign.name in _WHOLE_LINE)
    return next((one.symptom for one in losses if one.symptom in hides), main.symptom)


def _is_told_to_many(found: Found) -> bool:
    """Tell whether an operator or the press says where service is back: that is no place of a writer."""
    return not found.marks.names.isdisjoint(_PUBLISHING) or is_headline(found.words.text)


def _asserts(found: Found, *, public: bool) -> bool:
    """Tell whether somebody without the trouble says that an operator has one."""
    if not (found.standing and found.standing[0].joined):
        return False
    names = found.marks.names
    if "planned" in names or found.words.asks:
        return False
    return not public or not names.isdisjoint(_ASSERTING) or is_spared(found.words, found.mentions, found.standing)


def _anchors(found: Found) -> list[Hit]:
    troubles = [one.hit for one in found.standing]
    if found.back is not None:
        troubles.append(found.back)
    return troubles or [*found.marks.ask, *found.marks.mood]


def named_groups(found: Found, named: Iterable[Hit]) -> frozenset[Group]:
    """Return the activities that phrases name as hit or as possible again."""
    # "Genshin tidak konek, youtube lancar": what works is not hit.
    working = [one for one in found.marks.contrast if one.sign.name == "sites_work"]
    return frozenset(
        cast(Group, hit.sign.name)
        for hit in named
        if not any(one.first <= hit.first and hit.last <= one.last for one in working)
    )


def _language(found: Found) -> Language | None:
    if not any(map(_is_language, found.words.forms[1:])):
        return None
    foreign = any(not one.operator.company for one in found.mentions)
    return language_of(found.words.tongues, fallback="en" if foreign else "id")


def _is_language(form: str) -> bool:
    """Tell whether there is a word with a letter; numbers and an agent's initials stand as letters and are none."""
    if form.isalpha():
        return form not in _WORDLESS
    return any(word not in _WORDLESS and any(map(str.isalpha, word)) for word in form.split())


def _evidence(found: Found, call: Crossing | None, *, is_report: bool) -> tuple[Evidence, ...]:
    """Return the phrases that led to the reading, in text order; against it when it is no report."""
    spans: list[tuple[int, int, str]] = []
    for trouble in found.standing:
        first, last = trouble.hit.first, trouble.hit.last
        subject = trouble.subject
        # "wifi mati" says more than "mati"; words further apart are not one phrase.
        if subject is not None and subject.last == first:
            first = subject.first
        elif subject is not None and subject.first == last:
            last = subject.last
        spans.append((first, last, trouble.hit.rule.id))
    if found.back is not None:
        spans.append((found.back.first, found.back.last, found.back.rule.id))
    if call is not None:
        spans.extend((first, last, call.rule) for first, last in call.spans)
    marks = found.marks
    telling = (marks.contrast, marks.time) if is_report else (marks.topic,)
    for hits in (marks.ask, marks.mood, *telling):
        spans += [(hit.first, hit.last, hit.rule.id) for hit in hits]
    written = found.words.phrase
    read = dict.fromkeys([(written(first, last), rule) for first, last, rule in sorted(spans) if last > first])
    return tuple([Evidence(phrase, rule) for phrase, rule in read if phrase][:_EVIDENCE_MOST])
