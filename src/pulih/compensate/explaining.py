"""Words of a clause, in Indonesian and English: what counts, what it is worth, and the most there is.

The rows of one incident and clause share one text, so that a hundred million of them cost nothing; the minutes, the
formula and the amount of one subscriber are told by `account_words`.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from pulih.compensate.clauses import (
    Amount,
    Benefit,
    Clause,
    DaysAfterWorkingDays,
    Duration,
    FeeShare,
    Fixed,
    LocalDays,
    Policy,
    ValidityDays,
)
from pulih.compensate.days import DAY_S, SECOND_US
from pulih.compensate.outages import CreditIncident
from pulih.compensate.written import Language, amount, number, span

_UNITS: Final = {
    "id": {60: "menit", 3600: "jam", DAY_S: "24 jam"},
    "en": {60: "minute", 3600: "hour", DAY_S: "24 hours"},
}
_ROUNDING: Final = {
    "id": {
        "up": "setiap {unit} yang dimulai",
        "down": "setiap {unit} penuh",
        "exact": "setiap {unit}, sampai pecahannya,",
    },
    "en": {"up": "each started {unit}", "down": "each completed {unit}", "exact": "each {unit}, fractions too,"},
}
_MEASURE: Final = {
    "id": {"total": "jumlah waktu terdampak", "longest": "gangguan terpanjang tanpa jeda"},
    "en": {"total": "the affected time in all", "longest": "the longest stretch without a break"},
}


def row_explanation(policy: Policy, incident: CreditIncident, clause: Clause) -> str:
    """The text of the column `explanation`: the same for every row of an incident and clause, Indonesian then English.

    >>> from pulih.compensate.clauses import Benefit, Fixed
    >>> clause = Clause(id="quota", quantity=Fixed(1), value=Benefit("MB", 1024))
    >>> row_explanation(Policy(id="p", clauses=(clause,)), CreditIncident(id="INC-1", zone="Asia/Jakarta"), clause)
    'INC-1, p/quota: sekali untuk gangguan ini: 1.024 MB. / once for this outage: 1,024 MB.'
    """
    return f"{incident.id}, {policy.id}/{clause.id}: {clause_sentence(clause, 'id')} / {clause_sentence(clause, 'en')}"


def clause_sentence(clause: Clause, language: Language) -> str:
    """One sentence on what a clause counts and pays.

    >>> clause = Clause(id="c", quantity=Duration("total", 60, "down", "start"), value=FeeShare(60, "30"))
    >>> clause_sentence(clause, "en")
    'each completed minute of the affected time in all: 1/43,200 of the monthly fee.'
    """
    parts = [f"{_quantity(clause, language)}: {_value(clause, language)}", *_limits(clause, language)]
    return "; ".join(parts) + "."


def _quantity(clause: Clause, language: Language) -> str:
    indonesian = language == "id"
    match clause.quantity:
        case Duration(measure=measure, unit_s=unit_s, rounding=rounding):
            unit = _UNITS[language].get(unit_s) or span(unit_s * SECOND_US, language)
            counted = _ROUNDING[language][rounding].format(unit=unit)
            return f"{counted} {'dari' if indonesian else 'of'} {_MEASURE[language][measure]}"
        case LocalDays(op=op, seconds=seconds):
            if seconds == 0:
                return "setiap hari kalender yang terdampak" if indonesian else "each calendar day that is touched"
            bound = _bound(op, seconds, language)
            return f"setiap hari kalender yang terdampak {bound}" if indonesian else f"each calendar day with {bound}"
        case DaysAfterWorkingDays(n=n):
            if indonesian:
                return f"setiap hari kalender setelah hari kerja ke-{n} sesudah gangguan mulai"
            return f"each calendar day after working day {n} from the day the outage began"
        case Fixed(units=units):
            times = _times(units, language)
            return f"{times} untuk gangguan ini" if indonesian else f"{times} for this outage"


def _times(units: int, language: Language) -> str:
    if units == 1:
        return "sekali" if language == "id" else "once"
    return f"{number(units, language)} {'kali' if language == 'id' else 'times'}"


def _value(clause: Clause, language: Language) -> str:
    times = f"{number(clause.multiplier, language)} x " if clause.multiplier != 1 else ""
    match clause.value:
        case FeeShare(per_s=per_s, month="30"):
            share = Fraction(per_s, 30 * DAY_S)
            part = f"{number(share.numerator, language)}/{number(share.denominator, language)}"
            return times + (f"{part} dari biaya bulanan" if language == "id" else f"{part} of the monthly fee")
        case FeeShare(per_s=per_s):
            length = span(per_s * SECOND_US, language)
            if language == "id":
                return f"{times}biaya bulanan untuk {length} dari bulan kalender itu"
            return f"{times}the monthly fee for {length} of that calendar month"
        case Amount(amount_minor=amount_minor, currency=currency):
            return times + amount(amount_minor, currency, language, in_kind=False)
        case ValidityDays():
            return times + amount(1, "DAY", language, in_kind=True)
        case Benefit(unit=unit, amount=units):
            return times + amount(units, unit, language, in_kind=True)


def _limits(clause: Clause, language: Language) -> list[str]:
    indonesian = language == "id"
    limits = []
    if clause.threshold is not None:
        bound = _bound(clause.threshold.op, clause.threshold.seconds, language)
        measure = _MEASURE[language][clause.threshold.measure]
        limits.append(f"bila {measure} {bound}" if indonesian else f"where {measure} is {bound}")
    if clause.cap.fee_percent is not None:
        percent = number(clause.cap.fee_percent, language)
        limits.append(
            f"paling banyak {percent}% biaya bulanan" if indonesian else f"at most {percent}% of the monthly fee"
        )
    if clause.cap.amount_minor is not None:
        most = cap_words(clause, clause.cap.amount_minor, language)
        limits.append(f"paling banyak {most}" if indonesian else f"at most {most}")
    return limits


def cap_words(clause: Clause, minor: int, language: Language) -> str:
    """An amount of the cap, in the currency of the clause where it has one of its own."""
    match clause.value:
        case Amount(currency=currency):
            return amount(minor, currency, language, in_kind=False)
        case Benefit(unit=unit):
            return amount(minor, unit, language, in_kind=True)
        case ValidityDays():
            return amount(minor, "DAY", language, in_kind=True)
        case FeeShare():
            units = {"id": "satuan terkecil mata uang", "en": "minor units of the currency"}[language]
            return f"{number(minor, language)} {units}"


def _bound(op: str, seconds: int, language: Language) -> str:
    words = {"id": {">": "lebih dari", ">=": "sedikitnya"}, "en": {">": "more than", ">=": "at least"}}[language]
    return f"{words[op]} {span(seconds * SECOND_US, language)}"
