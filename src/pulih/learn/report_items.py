"""What a report to a regulator has to say, and how each part of it is filled from a record; what is missing is named.

A part that nobody knows yet is None, so that the desk sees what is missing and a document says "not known yet" instead
of something made up. Parts are those of docs/regulators.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from pulih.learn.regulator import ContentItem, Rule
from pulih.learn.thresholds import affected_rows, ended_us, ends_on_word, user_minutes, users_hit
from pulih.learn.wording import EMERGENCY, Pair, between, decimal, listed, moment, services_told, span
from pulih.model.impact import Bounds
from pulih.model.record import Record


class At(msgspec.Struct, frozen=True):
    """What a part is filled from: the record, the moment at which it is written, and the zone of its times."""

    record: Record
    now_us: int
    zone: str


class Part(msgspec.Struct, frozen=True):
    """One part of a report: which, its name and what it says in both languages; None is not known yet."""

    item: ContentItem
    name: Pair
    says: Pair | None


def parts_of(rule: Rule, record: Record, *, now_us: int) -> tuple[Part, ...]:
    """Return the parts of a rule's report, in the order in which the rule names them.

    Args:
        rule: whose report.
        record: of the incident.
        now_us: when it is written.
    """
    at = At(record, now_us, rule.zone)
    return tuple(Part(item, ITEMS[item][0], ITEMS[item][1](at)) for item in rule.content)


def _text(one: str, other: str) -> Pair | None:
    """Return a text in both languages; one that was written in one language only stands in for the other."""
    return (one or other, other or one) if one or other else None


def _reference(at: At) -> Pair | None:
    own = at.record.incident.id
    theirs = at.record.figures.reference
    told = f"{own} ({theirs})" if theirs else own
    return told, told


def _operator(at: At) -> Pair | None:
    return _text(at.record.operator_name or at.record.incident.operator, "")


def _start(at: At) -> Pair | None:
    return moment(at.record.incident.onset_us, at.zone)


def _detected(at: At) -> Pair | None:
    known_us = at.record.detected_us
    return None if known_us is None else moment(known_us, at.zone)


def _restored(at: At) -> Pair | None:
    over_us = ended_us(at.record)
    if over_us is None:
        return "belum pulih", "not restored yet"
    told = moment(over_us, at.zone)
    return (f"{told[0]}, menurut petugas", f"{told[1]}, on the desk's word") if ends_on_word(at.record) else told


def _duration(at: At) -> Pair | None:
    over_us = ended_us(at.record)
    told = span((over_us if over_us is not None else at.now_us) - at.record.incident.onset_us)
    return told if over_us is not None else (f"{told[0]}, masih berlangsung", f"{told[1]} so far")


def _scale(at: At) -> Pair | None:
    counted = _counted(at.record)
    if counted is None:
        return None
    told = between(users_hit(counted, at.now_us))
    return f"{told[0]} pengguna", f"{told[1]} users"


def _user_minutes(at: At) -> Pair | None:
    counted = _counted(at.record)
    if counted is None:
        return None
    told = between(user_minutes(counted, at.now_us))
    return f"{told[0]} menit pengguna", f"{told[1]} user-minutes"


def _share(at: At) -> Pair | None:
    counted, served = _counted(at.record), at.record.figures.served
    if counted is None or served is None or not served.low:
        return None
    hit = users_hit(counted, at.now_us)
    low, high = decimal(100 * hit.low / served.high), decimal(min(100.0, 100 * hit.high / served.low))
    if low == high:
        return f"{low[0]} %", f"{low[1]} %"
    return f"antara {low[0]} dan {high[0]} %", f"between {low[1]} and {high[1]} %"


def _counted(record: Record) -> Record | None:
    """Return the record where somebody counted people, None where nobody did."""
    rows = affected_rows(record)
    return record if record.figures.affected and any(one.users != Bounds(0, 0, 0) for one in rows) else None


def _areas(at: At) -> Pair | None:
    codes = dict.fromkeys(one.scope.region for one in at.record.incident.scopes if one.scope.region)
    names = [at.record.region_names.get(code, code) for code in codes]
    if names:
        return listed([(name, name) for name in names])
    whole = at.record.figures.whole or ()
    return ("seluruh negeri", "the whole country") if "country" in whole else None


def _services(at: At) -> Pair | None:
    told = services_told(one.scope.service for one in at.record.incident.scopes)
    return told if told[0] else None


def _cause(at: At) -> Pair | None:
    return _text(at.record.incident.cause_id, at.record.incident.cause_en)


def _root_cause(at: At) -> Pair | None:
    review = at.record.review
    return _text("; ".join(review.causes_id), "; ".join(review.causes_en)) or _cause(at)


def _estimate(at: At) -> Pair | None:
    if (over_us := ended_us(at.record)) is not None:
        restored = moment(over_us, at.zone)
        return f"sudah pulih sejak {restored[0]}", f"restored since {restored[1]}"
    expected_us = at.record.figures.expected_end_us
    return None if expected_us is None else moment(expected_us, at.zone)


def _emergency(at: At) -> Pair | None:
    said, failed = at.record.incident.emergency_calls, at.record.figures.emergency_calls_failed
    if said == "unknown" and failed is None:
        return None
    told = EMERGENCY[said]
    if failed is None:
        return told
    calls = between(failed)
    return f"{told[0]}; {calls[0]} panggilan gagal", f"{told[1]}; {calls[1]} calls failed"


def _alternatives(at: At) -> Pair | None:
    return _text(at.record.incident.alternatives_id, at.record.incident.alternatives_en)


def _priority(at: At) -> Pair | None:
    return _text(", ".join(at.record.incident.priority_customers), "")


def _actions(at: At) -> Pair | None:
    done = [one.what for one in at.record.incident.tasks if one.done_us is not None]
    return _text("; ".join(done), "")


def _corrective(at: At) -> Pair | None:
    actions = at.record.review.actions
    return _text("; ".join(one.what_id for one in actions), "; ".join(one.what_en for one in actions))


def _statements(at: At) -> Pair | None:
    said = sorted(one.published_us for one in at.record.incident.notices if one.published_us is not None)
    if not said:
        return None
    first = moment(said[0], at.zone)
    return f"{len(said)}, yang pertama {first[0]}", f"{len(said)}, the first {first[1]}"


def _contact(at: At) -> Pair | None:
    return _text(at.record.contact, "")


ITEMS: Final[Mapping[ContentItem, tuple[Pair, Callable[[At], Pair | None]]]] = MappingProxyType(
    {
        "reference": (("Nomor insiden", "Incident number"), _reference),
        "operator": (("Penyelenggara", "Provider"), _operator),
        "start_time": (("Mulai gangguan", "Start"), _start),
        "detected_time": (("Diketahui", "Discovered"), _detected),
        "restored_time": (("Pulih", "Restored"), _restored),
        "duration": (("Lama gangguan", "Duration"), _duration),
        "scale": (("Pengguna terdampak", "Users affected"), _scale),
        "user_minutes": (("Menit pengguna", "User-minutes"), _user_minutes),
        "share": (("Bagian dari pelanggan", "Share of customers"), _share),
        "areas": (("Wilayah terdampak", "Areas affected"), _areas),
        "service_types": (("Layanan terdampak", "Services affected"), _services),
        "likely_cause": (("Dugaan penyebab", "Likely cause"), _cause),
        "root_cause": (("Akar masalah", "Root cause"), _root_cause),
        "estimated_restoration": (("Perkiraan pulih", "Estimated restoration"), _estimate),
        "emergency_calls": (("Panggilan darurat", "Emergency calls"), _emergency),
        "alternatives": (("Yang masih bisa dipakai", "Alternatives"), _alternatives),
        "priority_customers": (("Pelanggan prioritas terdampak", "Priority customers affected"), _priority),
        "actions_taken": (("Tindakan yang sudah dilakukan", "Actions taken"), _actions),
        "corrective_actions": (("Tindakan perbaikan", "Corrective actions"), _corrective),
        "statements_made": (("Pernyataan kepada publik", "Public statements"), _statements),
        "contact": (("Penanggung jawab laporan", "Contact"), _contact),
    }
)
