"""Drafts the statements that follow the first word: update, repair, restoration, correction.

A statement says which state it speaks of, and no more: a claimed repair is not a restoration, and says so. What the
draft cannot know (what was wrong with an earlier statement, what the cause was) is left to the person who signs it.
"""

from __future__ import annotations

from pulih.communicate.help import with_help
from pulih.communicate.holding import holding, next_word, promise_us, reports_of
from pulih.communicate.speech import Draft, Pair, Speech, duration, joined, moment
from pulih.communicate.trouble import details_of, operator_of, services_of, where
from pulih.model.incident import Incident
from pulih.model.notice import NoticeKind


def statement(
    kind: NoticeKind, incident: Incident, speech: Speech, *, now_us: int, next_update_by_us: int | None = None
) -> Draft:
    """Return a draft of a statement of any kind.

    Args:
        kind: which statement.
        incident: what it is about.
        speech: how the desk speaks.
        now_us: when it is drafted.
        next_update_by_us: until when the next word is promised; None proposes a time, or none where all is over.
    """
    if kind == "holding":
        return holding(incident, speech, now_us=now_us, next_update_by_us=next_update_by_us)
    over = kind == "correction" or (kind == "restored" and incident.state == "restored")
    by_us = next_update_by_us
    if by_us is None and not over:
        by_us = promise_us(now_us, 60)
    lines = _LINES[kind](incident, speech, now_us)
    if by_us is not None:
        lines.append(next_word(by_us, speech, now_us=now_us))
    text = joined(lines)
    return Draft(kind=kind, text_id=text[0], text_en=text[1], next_update_by_us=by_us)


def _update(incident: Incident, speech: Speech, now_us: int) -> list[Pair]:
    if incident.state == "suspected":
        reports = reports_of(incident, speech, now_us=now_us)
        checking = (
            f"{reports[0]}. Pemeriksaan masih berlangsung; gangguan ini belum kami pastikan.",
            f"{reports[1]}. We are still checking; an outage is not confirmed.",
        )
        return with_help([checking], incident)
    told: list[Pair] = []
    if any(part.state == "confirmed" for part in incident.scopes):
        told.append(_going_on(incident, speech, now_us))
    told += _repaired_in_part(incident, speech)
    return with_help([*told, _cause(incident)], incident)


def _going_on(incident: Incident, speech: Speech, now_us: int) -> Pair:
    since = moment(incident.onset_us, speech, now_us=now_us)
    place, broken = details_of(incident, speech, ("confirmed",))
    name = operator_of(incident, speech)
    of_id, of_en = (f" layanan {name}", f" to {name}'s service") if name else ("", "")
    return (
        f"Gangguan{of_id}{place[0]} sejak sekitar {since[0]} masih berlangsung{broken[0]}.",
        f"The disruption{of_en}{place[1]} that began at about {since[1]} continues{broken[1]}.",
    )


def _repaired_in_part(incident: Incident, speech: Speech) -> list[Pair]:
    told: list[Pair] = []
    if any(part.state == "claimed_fixed" for part in incident.scopes):
        service, place = services_of(incident, ("claimed_fixed",)), where(incident, speech, ("claimed_fixed",))
        told.append(
            (
                f"Perbaikan {service[0]}{place[0]} dinyatakan selesai; hasilnya sedang kami periksa.",
                f"The repair of {service[1]}{place[1]} is reported complete; we are checking the result.",
            )
        )
    if any(part.state == "restored" for part in incident.scopes):
        service, place = services_of(incident, ("restored",)), where(incident, speech, ("restored",))
        told.append((f"Sudah pulih: {service[0]}{place[0]}.", f"Restored: {service[1]}{place[1]}."))
    return told


def _fixed(incident: Incident, speech: Speech, now_us: int) -> list[Pair]:
    service, place = services_of(incident, ("claimed_fixed",)), where(incident, speech, ("claimed_fixed",))
    name = operator_of(incident, speech) or "Operator"
    said_id, said_en = (
        (f"{name} menyatakan bahwa perbaikan sudah selesai", f"{name} reports that the repair is complete")
        if speech.independent
        else ("Menurut tim teknis kami, perbaikan sudah selesai", "Our engineers report that the repair is complete")
    )
    told: list[Pair] = [
        (
            f"{said_id}: {service[0]}{place[0]} semestinya dapat dipakai lagi.",
            f"{said_en}: {service[1]}{place[1]} should work again.",
        ),
        (
            "Kami belum menyebutnya pulih; kami menunggu kepastian dari laporan pelanggan dan pengukuran.",
            "We are not calling it restored yet; we are waiting for customer reports and measurements to confirm it.",
        ),
    ]
    if any(part.state == "confirmed" for part in incident.scopes):
        told.append(_going_on(incident, speech, now_us))
    return [*told, *_known_cause(incident)]


def _restored(incident: Incident, speech: Speech, now_us: int) -> list[Pair]:
    service, place = services_of(incident, ("restored",)), where(incident, speech, ("restored",))
    name = operator_of(incident, speech)
    whose_id, whose_en = (f" {name}", f"{name}'s ") if name else ("", "")
    told: list[Pair] = [
        (f"Sudah pulih: {service[0]}{whose_id}{place[0]}.", f"Restored: {whose_en}{service[1]}{place[1]}.")
    ]
    if incident.ended_us is not None:
        told.append(_lasted(incident, speech, now_us))
    if any(part.state == "confirmed" for part in incident.scopes):
        told.append(_going_on(incident, speech, now_us))
    told += _known_cause(incident)
    if not speech.independent:
        told.append(
            (
                "Kami mohon maaf karena selama itu layanan ini tidak dapat Anda pakai sebagaimana mestinya.",
                "We are sorry that you could not use the service properly during this time.",
            )
        )
    return told


def _lasted(incident: Incident, speech: Speech, now_us: int) -> Pair:
    ended_us = now_us if incident.ended_us is None else incident.ended_us
    begun = moment(incident.onset_us, speech, now_us=now_us)
    ended = moment(ended_us, speech, now_us=now_us)
    span = duration(ended_us - incident.onset_us)
    return (
        f"Gangguan berlangsung dari sekitar {begun[0]} sampai {ended[0]} ({span[0]}).",
        f"The disruption lasted from about {begun[1]} until {ended[1]} ({span[1]}).",
    )


def _correction(incident: Incident, speech: Speech, now_us: int) -> list[Pair]:
    """Return what is right by what the incident is now; what was wrong only the person who corrects it knows."""
    said = [one.published_us for one in incident.notices if one.published_us is not None]
    of_id, of_en = "pernyataan kami sebelumnya", "our earlier statement"
    if said:
        when = moment(max(said), speech, now_us=now_us)
        of_id, of_en = f"pernyataan kami {when[0]}", f"our statement of {when[1]}"
    if incident.state not in {"suspected", "rejected"}:
        right = [_going_on(incident, speech, now_us)] if incident.state == "confirmed" else []
        right += _repaired_in_part(incident, speech)
        head = (
            f"Koreksi atas {of_id}. Keadaan sebenarnya sebagai berikut.",
            f"Correction to {of_en}. The facts are as follows.",
        )
        return [head, *right]
    name = operator_of(incident, speech)
    whose_id, whose_en = (f" layanan {name}", f" to {name}'s service") if name else (" layanan", " to the service")
    return [
        (
            f"Koreksi atas {of_id}: setelah kami periksa, laporan yang kami terima tidak menunjukkan "
            f"adanya gangguan{whose_id}.",
            f"Correction to {of_en}: after checking, the reports we received do not show a disruption{whose_en}.",
        )
    ]


def _cause(incident: Incident) -> Pair:
    known = _known_cause(incident)
    return known[0] if known else ("Penyebabnya belum diketahui.", "The cause is not known yet.")


def _known_cause(incident: Incident) -> list[Pair]:
    if not incident.cause_id:
        return []
    return [(f"Penyebabnya: {incident.cause_id.rstrip('.')}.", f"Cause: {incident.cause_en.rstrip('.')}.")]


_LINES = {"update": _update, "fixed": _fixed, "restored": _restored, "correction": _correction}
