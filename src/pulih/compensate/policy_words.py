"""Tells a policy in Indonesian and English: when it is in force, whom each clause reaches, what it counts and pays.

Whoever decides on a policy, and whoever is paid under it, reads the same sentences; they follow from the clauses and
from nothing else (requirement K1).
"""

from __future__ import annotations

from datetime import date
from typing import Final

from pulih.compensate.clauses import Amount, Clause, Policy
from pulih.compensate.explaining import clause_sentence
from pulih.compensate.written import Language, number

_WORDS: Final[dict[Language, dict[str, str]]] = {
    "id": {
        "always": "Berlaku tanpa batas waktu.",
        "from": "Berlaku untuk gangguan yang mulai sejak {start}.",
        "until": "Berlaku untuk gangguan yang mulai sebelum {end}.",
        "between": "Berlaku untuk gangguan yang mulai sejak {start} dan sebelum {end}.",
        "excluded": "Tidak ada kredit bila penyebabnya: {causes}.",
        "source": "Sumber: {text}",
        "assumptions": "Anggapan: {text}",
        "clause": "Klausul {id}",
        "all": "Untuk semua pelanggan, terdampak atau tidak.",
        "any_service": "Layanan: apa saja.",
        "services": "Layanan: {names}; salah satu terganggu sudah cukup.",
        "together": "Layanan: {names}; semuanya harus terganggu pada saat yang sama.",
        "presence": "Tempat: di mana pelanggan berada.",
        "home": "Tempat: wilayah asal pelanggan.",
        "presence_else_home": "Tempat: di mana pelanggan berada; bila tidak diketahui, wilayah asalnya.",
        "listed": "Tempat: tidak berpengaruh; operator mendaftar siapa yang terdampak dan kapan.",
        "depth": "Hanya jendela wilayah sampai tingkat {depth}.",
        "payment": "Cara bayar: {names}.",
        "segment": "Segmen: {names}.",
        "plans": "Paket: {names}.",
        "currency": "Hanya pelanggan dengan mata uang {currency}.",
        "requires": "Gangguan harus mencatat {attribute} sedikitnya {minimum}.",
    },
    "en": {
        "always": "In force without limits in time.",
        "from": "In force for outages that begin on {start} or later.",
        "until": "In force for outages that begin before {end}.",
        "between": "In force for outages that begin on {start} or later and before {end}.",
        "excluded": "No credit where the cause is: {causes}.",
        "source": "Source: {text}",
        "assumptions": "Assumptions: {text}",
        "clause": "Clause {id}",
        "all": "For every subscriber, affected or not.",
        "any_service": "Services: any.",
        "services": "Services: {names}; one that is down is enough.",
        "together": "Services: {names}; all of them must be down at the same instant.",
        "presence": "Place: where the subscriber was.",
        "home": "Place: the subscriber's home region.",
        "presence_else_home": "Place: where the subscriber was; where that is not known, their home region.",
        "listed": "Place: has no effect; the operator lists who was affected, and when.",
        "depth": "Only windows of regions down to level {depth}.",
        "payment": "Way of paying: {names}.",
        "segment": "Segment: {names}.",
        "plans": "Plan: {names}.",
        "currency": "Only subscribers with the currency {currency}.",
        "requires": "The outage must have {attribute} of at least {minimum}.",
    },
}
# Values of columns as people say them; any other stands as it is.
_VALUES: Final[dict[Language, dict[str, str]]] = {
    "id": {
        "prepaid": "prabayar",
        "postpaid": "pascabayar",
        "residential": "rumah tangga",
        "business": "bisnis",
        "voice": "telepon",
        "sms": "SMS",
        "fixed": "jaringan tetap",
    },
    "en": {"sms": "SMS"},
}


def policy_lines(policy: Policy, language: Language) -> list[str]:
    """Tell a policy.

    Args:
        policy: the policy.
        language: of the sentences; title, source and assumptions stand as they were written.

    Returns: lines; those of a clause are indented below its own.
    """
    words = _WORDS[language]
    lines = [f"{policy.id}: {policy.title}" if policy.title else policy.id]
    lines.append(_validity(policy.valid_from, policy.valid_to, language))
    if policy.excluded_causes:
        lines.append(words["excluded"].format(causes=", ".join(policy.excluded_causes)))
    for clause in policy.clauses:
        lines.append(words["clause"].format(id=clause.id))
        lines.extend(f"  {line}" for line in _clause_lines(clause, language))
    notes = (("source", policy.source), ("assumptions", policy.assumptions))
    return lines + [words[name].format(text=text) for name, text in notes if text]


def _clause_lines(clause: Clause, language: Language) -> list[str]:
    words = _WORDS[language]
    sentence = clause_sentence(clause, language)
    lines = [sentence[0].upper() + sentence[1:]]
    if clause.scope == "all":
        lines.append(words["all"])
    else:
        lines += [_services(clause, language), words[clause.location]]
    if clause.window_max_depth is not None and clause.location != "listed":
        lines.append(words["depth"].format(depth=clause.window_max_depth))
    admitted = (
        ("payment", clause.applies.payment),
        ("segment", clause.applies.segment),
        ("plans", clause.applies.plans),
    )
    lines += [words[name].format(names=_said(names, language)) for name, names in admitted if names is not None]
    if isinstance(clause.value, Amount):
        lines.append(words["currency"].format(currency=clause.value.currency))
    lines += [
        words["requires"].format(attribute=one.attribute, minimum=number(one.minimum, language))
        for one in clause.requires
    ]
    if clause.valid_from or clause.valid_to:
        lines.append(_validity(clause.valid_from, clause.valid_to, language))
    return lines


def _services(clause: Clause, language: Language) -> str:
    words = _WORDS[language]
    if clause.services is None:
        return words["any_service"]
    key = "together" if clause.service_mode == "all" else "services"
    return words[key].format(names=_said(clause.services, language))


def _validity(start: date | None, end: date | None, language: Language) -> str:
    kind = {(False, False): "always", (True, False): "from", (False, True): "until", (True, True): "between"}
    return _WORDS[language][kind[start is not None, end is not None]].format(start=start, end=end)


def _said(values: tuple[str, ...], language: Language) -> str:
    return ", ".join(_VALUES[language].get(value, value) for value in values) or "-"
