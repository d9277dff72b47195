"""Tells one subscriber's account, in Indonesian and English: minutes counted and not, why, formula, amount.

Whoever asks "why this much?" gets every step, so that anyone can check it with a pencil (requirements K1, K3).
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Final
from zoneinfo import ZoneInfo

from pulih.compensate.amounts import unit_worth
from pulih.compensate.clauses import Benefit, Clause, FeeShare, Policy, ValidityDays
from pulih.compensate.crediting import Account
from pulih.compensate.explaining import clause_sentence
from pulih.compensate.exposure import EVERY_SERVICE, outages_of
from pulih.compensate.holdings import CreditSubscriber, Holding
from pulih.compensate.outages import start_date
from pulih.compensate.policy_terms import TERMS
from pulih.compensate.quantities import Counted, measure_us
from pulih.compensate.runs import Runs, difference, total_us
from pulih.compensate.written import Language, amount, between, date_words, exact_amount, number, span
from pulih.model.credit import Credit

_SHOWN_MAX: Final = 20

_WORDS: Final[dict[Language, dict[str, str]]] = {
    "id": {
        "head": "Gangguan {incident}, ketentuan {clause} (kebijakan {policy})",
        "rule": "Aturan: {sentence}",
        "no_time": "Tidak ada kompensasi: gangguan ini tidak memiliki rentang waktu yang dikonfirmasi.",
        "excluded": "Tidak ada kompensasi: gangguan atau penyebabnya dikecualikan.",
        "policy_not_in_force": "Tidak ada kompensasi: kebijakan belum atau tidak lagi berlaku saat gangguan mulai.",
        "not_in_force": "Tidak ada kompensasi: ketentuan belum atau tidak lagi berlaku saat gangguan mulai.",
        "requirement_not_met": "Tidak ada kompensasi: gangguan tidak memenuhi syarat ketentuan.",
        "does_not_apply": "Tidak ada kompensasi: ketentuan ini bukan untuk paket, segmen, atau cara bayar Anda.",
        "other_currency": "Tidak ada kompensasi: ketentuan ini membayar dalam mata uang lain.",
        "not_affected": "Tidak ada kompensasi: layanan yang dimaksud tidak terganggu di tempat Anda berada.",
        "too_short": "Tidak ada kompensasi: terdampak {measured}; ambangnya {bound}.",
        "outages": "Gangguan yang mengenai Anda: {told}",
        "affected": "Terdampak {total}: {runs}",
        "claimed": "Sudah dihitung pada gangguan lain: {total}: {runs}",
        "days": "Hari yang dihitung: {days} dari {all}: {dates}",
        "formula": "{factor}{units} {unit} × {worth} = {raw}",
        "unit": "satuan",
        "units": "satuan",
        "cap": "Batas atas berlaku",
        "due": "Jumlah: {due}",
        "before": "Sudah dibayar sebelumnya: {off}",
        "net": "Diberikan: {net}",
        "none": "Tidak ada kompensasi untuk pelanggan ini dalam hasil ini.",
        "unknown": "Tabel masukan sudah dihapus; ini yang diberikan:",
        "more": "dan {count} lagi",
    },
    "en": {
        "head": "Outage {incident}, clause {clause} (policy {policy})",
        "rule": "Rule: {sentence}",
        "no_time": "No credit: this outage has no window of time.",
        "excluded": "No credit: the outage or its cause is excluded.",
        "policy_not_in_force": "No credit: the policy was not in force when the outage began.",
        "not_in_force": "No credit: the clause was not in force when the outage began.",
        "requirement_not_met": "No credit: the outage does not have what the clause requires.",
        "does_not_apply": "No credit: the clause is not for your plan, segment or way of paying.",
        "other_currency": "No credit: the clause pays in another currency.",
        "not_affected": "No credit: the services it is about were not down where you were.",
        "too_short": "No credit: affected for {measured}; the threshold is {bound}.",
        "outages": "What reached you: {told}",
        "affected": "Affected for {total}: {runs}",
        "claimed": "Counted for another outage already: {total}: {runs}",
        "days": "Days counted: {days} of {all}: {dates}",
        "formula": "{factor}{units} {unit} × {worth} = {raw}",
        "unit": "unit",
        "units": "units",
        "cap": "The cap holds",
        "due": "Due: {due}",
        "before": "Paid before: {off}",
        "net": "Given: {net}",
        "none": "No credit for this subscriber in this result.",
        "unknown": "The input tables are gone; this was given:",
        "more": "and {count} more",
    },
}


def account_lines(account: Account, holding: Holding, policy: Policy, language: Language) -> list[str]:
    """Tell what one incident and clause come to for a subscriber.

    Args:
        account: the account, from `crediting.accounts`.
        holding: whose.
        policy: the policy.
        language: of the lines.

    Returns: lines; the first names incident and clause.
    """
    words, clause = _WORDS[language], account.clause
    lines = [
        words["head"].format(incident=account.incident.id, clause=clause.id, policy=policy.id),
        "  " + words["rule"].format(sentence=clause_sentence(clause, language)),
    ]
    return lines + ["  " + line for line in _steps(account, holding, language)]


def credit_lines(credits_given: Iterable[Credit], policy: Policy, language: Language) -> list[str]:
    """Tell what was given where nothing but the credits is left."""
    words = _WORDS[language]
    clauses = {clause.id: clause for clause in policy.clauses}
    lines = [words["unknown"]]
    for one in credits_given:
        lines.append(words["head"].format(incident=one.incident_id, clause=one.clause_id, policy=one.policy_id))
        given = _amount(clauses[one.clause_id], one.amount_minor, one.currency, language=language)
        lines.append("  " + words["net"].format(net=given))
    return lines if len(lines) > 1 else [words["unknown"], words["none"]]


def _steps(account: Account, holding: Holding, language: Language) -> list[str]:
    words, clause = _WORDS[language], account.clause
    zone = ZoneInfo(account.incident.zone)
    if account.standing == "clause_not_evaluated":
        return [words[account.status]]
    lines = []
    if account.affected:
        lines.append(words["outages"].format(told=_reached(account, holding, language)))
        lines.append(words["affected"].format(**_told(account.affected, zone, language)))
    if account.standing == "too_short" and clause.threshold is not None:
        measured = span(measure_us(account.affected, clause.threshold.measure), language)
        bound = f"{clause.threshold.op} {span(clause.threshold.seconds * 1_000_000, language)}"
        return [*lines, words["too_short"].format(measured=measured, bound=bound)]
    if account.counted is None:
        return [*lines, words[account.standing]]
    return [*lines, *_counted(account, account.counted, zone, language), *_worth(account, holding.subscriber, language)]


def _counted(account: Account, counted: Counted, zone: ZoneInfo, language: Language) -> list[str]:
    """What of the affected time counts, and what an earlier incident took."""
    words = _WORDS[language]
    lines = []
    taken = difference(account.affected, counted.new)
    if taken:
        lines.append(words["claimed"].format(**_told(taken, zone, language)))
    if counted.days:
        dates = [date_words(day, language) for day in sorted(counted.new_days)]
        told = _first_of(dates, ", ", language) or "-"
        lines.append(words["days"].format(days=len(counted.new_days), all=len(counted.days), dates=told))
    return lines


def _worth(account: Account, subscriber: CreditSubscriber, language: Language) -> list[str]:
    """Formula, cap, what was paid before and what is given."""
    words, clause = _WORDS[language], account.clause
    lines = [_formula(account, subscriber, language)]
    if round(account.raw) > account.due:
        lines.append(words["cap"])
    told = {
        name: _amount(clause, minor, account.currency, language=language)
        for name, minor in (("due", account.due), ("off", account.off), ("net", account.net))
    }
    if account.off:
        lines.append(words["due"].format(due=told["due"]))
        lines.append(words["before"].format(off=told["off"]))
    return [*lines, words["net"].format(net=told["net"])]


def _formula(account: Account, subscriber: CreditSubscriber, language: Language) -> str:
    """How the amount comes about, exact and in the currency's own unit."""
    clause, began = account.clause, start_date(account.incident)
    in_kind = isinstance(clause.value, (Benefit, ValidityDays))
    units = account.counted.units if account.counted is not None else Fraction(0)
    each = account.unit_worth
    share = ""
    if isinstance(clause.value, FeeShare) and began is not None:
        part = unit_worth(clause, 1, began)
        share = f" × {number(part.numerator, language)}/{number(part.denominator, language)}"
        each = Fraction(subscriber.monthly_fee_minor)
    worth, raw = (exact_amount(one, account.currency, language, in_kind=in_kind) for one in (each, account.raw))
    return _WORDS[language]["formula"].format(
        factor=f"{number(clause.multiplier, language)} × " if clause.multiplier != 1 else "",
        units=number(units, language),
        unit=_WORDS[language]["unit" if units == 1 else "units"],
        worth=worth + share,
        raw=raw,
    )


def _amount(clause: Clause, minor: int, currency: str, *, language: Language) -> str:
    return amount(minor, currency, language, in_kind=isinstance(clause.value, (Benefit, ValidityDays)))


def _reached(account: Account, holding: Holding, language: Language) -> str:
    """Which services were down where the subscriber was, as far as the clause is about them."""
    clause, zone = account.clause, ZoneInfo(account.incident.zone)
    told = []
    for one in sorted(set(outages_of(account.incident, clause, holding))):
        if clause.services is None or one.service in (*clause.services, EVERY_SERVICE):
            service = TERMS[language].get(one.service, one.service)
            where = f"{service} ({one.region})" if one.region else service
            told.append(f"{where} {between(one.start_us, one.end_us, zone, language)}")
    return _first_of(told, "; ", language)


def _told(runs: Runs, zone: ZoneInfo, language: Language) -> dict[str, str]:
    """Length and runs of a set of instants, the first of many."""
    pieces = [between(start, end, zone, language) for start, end in runs]
    return {"total": span(total_us(runs), language), "runs": _first_of(pieces, "; ", language)}


def _first_of(pieces: list[str], joined: str, language: Language) -> str:
    shown = pieces[:_SHOWN_MAX]
    if len(pieces) > _SHOWN_MAX:
        shown.append(_WORDS[language]["more"].format(count=len(pieces) - _SHOWN_MAX))
    return joined.join(shown)
