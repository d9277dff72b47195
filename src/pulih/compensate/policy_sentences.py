"""Sentences on a clause in Indonesian and English: whom it reaches, what counts, what a unit is worth, the most.

`policy_page` puts them together. The wording follows the definitions of docs/credit.md one by one, in plain words.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Final

import msgspec

from pulih.compensate.clauses import (
    Amount,
    Benefit,
    Clause,
    DaysAfterWorkingDays,
    Duration,
    FeeShare,
    Fixed,
    LocalDays,
    ValidityDays,
)
from pulih.compensate.days import DAY_S, SECOND_US
from pulih.compensate.explaining import cap_words, clause_sentence
from pulih.compensate.policy_terms import MONTHS, TERMS, WEEKDAYS, WORDS
from pulih.compensate.written import Language, amount, number, span

_UNITS: Final = {60: "minute", 3600: "hour", DAY_S: "day"}
_HOW_MUCH: Final = {"id": "Besarnya", "en": "How much"}
_MONTH_S: Final = 30 * DAY_S


def listed(texts: Sequence[str], language: Language, *, joined: str = "and") -> str:
    """A list of words as people write it.

    >>> listed(["data", "voice", "SMS"], "en"), listed(["a", "b"], "id", joined="or")
    ('data, voice and SMS', 'a atau b')
    """
    *first, last = texts
    return f"{', '.join(first)} {WORDS[language][joined]} {last}" if first else last


def day_words(day: date, language: Language) -> str:
    """A date in full.

    >>> day_words(date(2025, 1, 8), "id")
    '8 Januari 2025'
    """
    return f"{day.day} {MONTHS[language][day.month - 1]} {day.year}"


def dates_sentence(what: str, valid_from: date | None, valid_to: date | None, language: Language) -> str:
    """When a policy or clause is in force; the last day is told, not the one after it.

    >>> dates_sentence("This policy", date(2024, 4, 1), date(2025, 4, 1), "en")
    'This policy is for outages that begin on or after 1 April 2024 and before 1 April 2025, by the local date.'
    """
    words = WORDS[language]
    key = f"dates_{'from' if valid_from else ''}{'to' if valid_to else ''}"
    told = {
        "first": day_words(valid_from, language) if valid_from else "",
        "end": day_words(valid_to, language) if valid_to else "",
    }
    return words[key].format(what=what, **told)


def who_sentences(clause: Clause, language: Language) -> tuple[str, ...]:
    """Whom a clause reaches.

    >>> from pulih.compensate.clauses import Applies
    >>> clause = Clause(id="c", quantity=Fixed(1), value=ValidityDays(), applies=Applies(payment=("prepaid",)))
    >>> who_sentences(clause, "en")[0]
    'It is for prepaid subscribers.'
    """
    words, applies = WORDS[language], clause.applies
    kinds = [
        listed([TERMS[language].get(one, one) for one in admitted], language, joined="or")
        for admitted in (applies.payment, applies.segment)
        if admitted
    ]
    told = []
    if any(admitted == () for admitted in (applies.payment, applies.segment, applies.plans)):
        told.append(words["nobody"])
    elif kinds:
        told.append(words["for_kinds"].format(kinds=" ".join(kinds) if language == "en" else ", ".join(kinds)))
    else:
        told.append(words["for_all_kinds"])
    if applies.plans:
        told.append(words["plans"].format(plans=listed(applies.plans, language, joined="or")))
    if isinstance(clause.value, Amount):
        told.append(words["currency"].format(currency=clause.value.currency))
    told.append(words["scope_all"] if clause.scope == "all" else words[f"location_{clause.location}"])
    return tuple(told)


def whole_sentence(clause: Clause, language: Language) -> str:
    """What a clause says in one paragraph: whom it is for, which outages count, and how much it gives.

    >>> clause = Clause(id="c", quantity=Fixed(1), value=ValidityDays(), scope="all")
    >>> whole_sentence(clause, "en").rpartition(" How much: ")[2]
    'once for this outage: 1 day of validity.'
    """
    # How long one has to be affected stands beside the amount.
    bare = msgspec.structs.replace(clause, threshold=None)
    told = (*who_sentences(clause, language), *outage_sentences(bare, language))
    return f"{' '.join(told)} {_HOW_MUCH[language]}: {clause_sentence(clause, language)}"


def outage_sentences(clause: Clause, language: Language) -> tuple[str, ...]:
    """Which outages count for a clause, and for how long one has to be affected."""
    words = WORDS[language]
    told = []
    if clause.scope == "affected":
        if clause.services is None:
            told.append(words["any_service"])
        else:
            names = [TERMS[language].get(one, one) for one in clause.services]
            key = "all_services" if clause.service_mode == "all" and len(names) > 1 else "services"
            told.append(words[key].format(services=listed(names, language, joined="and" if "all" in key else "or")))
        if clause.window_max_depth is not None and clause.location != "listed":
            told.append(words["depth"].format(depth=number(clause.window_max_depth, language)))
    for required in clause.requires:
        name = TERMS[language].get(required.attribute, required.attribute)
        told.append(words["requires"].format(least=number(required.minimum, language), name=name))
    if clause.threshold is not None:
        bound = words[clause.threshold.op].format(span=span(clause.threshold.seconds * SECOND_US, language))
        told.append(words[f"threshold_{clause.threshold.measure}"].format(bound=bound))
    return tuple(told)


def quantity_sentences(clause: Clause, language: Language) -> tuple[str, ...]:
    """What is counted."""
    words = WORDS[language]
    match clause.quantity:
        case Duration(measure=measure, unit_s=unit_s, rounding=rounding, count_from=count_from):
            unit = words[_UNITS[unit_s]] if unit_s in _UNITS else span(unit_s * SECOND_US, language)
            counted = [words[f"duration_{measure}"], words[f"rounding_{rounding}"].format(unit=unit)]
            if count_from == "threshold" and clause.threshold is not None:
                counted.append(
                    words["from_threshold"].format(span=span(clause.threshold.seconds * SECOND_US, language))
                )
            return tuple(counted)
        case LocalDays(op=op, seconds=seconds):
            if seconds == 0:
                return (words["days_touched"],)
            bound = words[op].format(span=span(seconds * SECOND_US, language))
            return (words["days_bound"].format(bound=bound),)
        case DaysAfterWorkingDays():
            return _working_days(clause.quantity, language)
        case Fixed(units=units):
            return (words["once"] if units == 1 else words["fixed"].format(units=number(units, language)),)


def value_sentences(clause: Clause, language: Language) -> tuple[str, ...]:
    """What one unit is worth.

    >>> value_sentences(Clause(id="c", quantity=Fixed(5), value=FeeShare(86_400, "30")), "id")
    ('Satu satuan bernilai biaya bulanan dibagi 30 (satu bulan dihitung 30 hari).',)
    """
    words = WORDS[language]
    match clause.value:
        case FeeShare(per_s=per_s, month="30"):
            share = Fraction(_MONTH_S, per_s)
            part = f"{number(share.numerator, language)}" + (
                f"/{number(share.denominator, language)}" if share.denominator != 1 else ""
            )
            told = words["fee_30"].format(part=part)
        case FeeShare(per_s=per_s):
            key = "fee_calendar_day" if per_s == DAY_S else "fee_calendar"
            told = words[key].format(span=span(per_s * SECOND_US, language))
        case Amount(amount_minor=minor, currency=currency):
            told = words["amount"].format(amount=amount(minor, currency, language, in_kind=False))
        case ValidityDays():
            told = words["validity"]
        case Benefit(unit=unit, amount=units):
            told = words["benefit"].format(amount=amount(units, unit, language, in_kind=True))
    if clause.multiplier == 1:
        return (told,)
    return (told, words["multiplier"].format(times=number(clause.multiplier, language)))


def cap_sentences(clause: Clause, language: Language) -> tuple[str, ...]:
    """The most there is for one outage."""
    words, told = WORDS[language], []
    if clause.cap.fee_percent is not None:
        told.append(words["cap_fee"].format(percent=number(clause.cap.fee_percent, language)))
    if clause.cap.amount_minor is not None:
        told.append(words["cap_amount"].format(amount=cap_words(clause, clause.cap.amount_minor, language)))
    return tuple(told) or (words["no_cap"],) if _grows(clause) else tuple(told)


def _grows(clause: Clause) -> bool:
    """Whether a longer outage gives more, so that the lack of a cap is worth telling."""
    return not isinstance(clause.quantity, Fixed)


def _working_days(quantity: DaysAfterWorkingDays, language: Language) -> tuple[str, ...]:
    words = WORDS[language]
    counted = words["working_days"].format(n=number(quantity.n, language)) if quantity.n else words["no_working_days"]
    if not quantity.n:
        return (counted,)
    told = [counted]
    if quantity.weekend:
        names = [WEEKDAYS[language][day] for day in quantity.weekend]
        told.append(words["weekend"].format(days=listed(names, language)))
    if quantity.holidays:
        days = [day_words(day, language) for day in quantity.holidays]
        told.append(words["holidays"].format(days=listed(days, language)))
    return tuple(told)
