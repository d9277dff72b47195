"""Draws the situation report for management, the hand-over for the next shift, and the headline of an incident.

They are for inside, so they name what a public statement does not: the owner, priority customers, what is unsigned.
They are plain text, to be pasted into a chat or read out; what is not known is said to be not known.
"""

from __future__ import annotations

from collections.abc import Sequence

from pulih.communicate.speech import Pair, Speech, duration, full_moment, joined, moment
from pulih.communicate.told_entries import EMERGENCY, KINDS, PARTIES, SEVERITIES, STATES, told
from pulih.communicate.trouble import operator_of, what_is_broken
from pulih.model.entry import Entry
from pulih.model.incident import Incident, Task
from pulih.model.notice import Notice

# What a shift reads of the timeline; all of it is on the page of the incident.
_ENTRIES_MAX = 12


def headline(incident: Incident, speech: Speech, *, now_us: int) -> Pair:
    """Say in one sentence what is broken, where, since when, and whether that is sure.

    >>> from datetime import UTC
    >>> one = Incident(id="a", version=1, opened_us=0, onset_us=0, operator="xl", scopes=())
    >>> headline(one, Speech(zone=UTC, operators={"xl": "XL"}), now_us=0)[1]
    'XL: trouble with the service since about 00:00 UTC (suspected)'
    """
    name = operator_of(incident, speech)
    broken = what_is_broken(incident, speech)
    begun, state = moment(incident.onset_us, speech, now_us=now_us), STATES[incident.state]
    head = f"{name}: " if name else ""
    return (
        f"{head}{broken[0] or 'gangguan layanan'} sejak sekitar {begun[0]} ({state[0]})",
        f"{head}{broken[1] or 'trouble with the service'} since about {begun[1]} ({state[1]})",
    )


def situation(incident: Incident, speech: Speech, *, now_us: int, reasons: Sequence[Pair] = ()) -> Pair:
    """Return the situation report in both languages.

    Args:
        incident: what it is about.
        speech: how the desk speaks.
        now_us: when it is drawn.
        reasons: the evidence for and against, a line each.
    """
    at = full_moment(now_us, speech)
    lines: list[Pair] = [
        (f"LAPORAN SITUASI {incident.id}, {at[0]}", f"SITUATION REPORT {incident.id}, {at[1]}"),
        headline(incident, speech, now_us=now_us),
        *_facts(incident, speech, now_us),
        *_reasons(reasons),
        *_words(incident, speech, now_us),
        *_tasks(incident, speech, now_us),
        *_rumours(incident),
        ("Jumlah laporan bukan jumlah pelanggan.", "The number of reports is not the number of customers."),
    ]
    return joined(lines)


def handover(incident: Incident, entries: Sequence[Entry], speech: Speech, *, now_us: int) -> Pair:
    """Return the text with which one shift hands an incident over to the next, in both languages.

    Args:
        incident: what it is about.
        entries: its timeline, oldest first; the last of them are told.
        speech: how the desk speaks.
        now_us: when it is handed over.
    """
    at = full_moment(now_us, speech)
    lines: list[Pair] = [
        (f"SERAH TERIMA {incident.id}, {at[0]}", f"HAND-OVER {incident.id}, {at[1]}"),
        headline(incident, speech, now_us=now_us),
        *_facts(incident, speech, now_us),
        *_words(incident, speech, now_us),
        *_tasks(incident, speech, now_us),
        *_rumours(incident),
        ("Yang terakhir terjadi:", "What happened last:"),
    ]
    lines += [_line(entry, speech, now_us) for entry in entries[-_ENTRIES_MAX:]]
    return joined(lines)


def _line(entry: Entry, speech: Speech, now_us: int) -> Pair:
    at, what = moment(entry.at_us, speech, now_us=now_us), told(entry, speech)
    # The desk's own reasons have a line in Indonesian and one in English; those of people are in one language.
    reasons = entry.reason.split("\n") if entry.actor == "desk" else [" ".join(entry.reason.split())]
    why_id, why_en = (f" ({one})" if one else "" for one in (reasons[0], reasons[-1]))
    who = "Pulih" if entry.actor == "desk" else entry.actor
    return f"- {at[0]}, {who}: {what[0]}{why_id}", f"- {at[1]}, {who}: {what[1]}{why_en}"


def _facts(incident: Incident, speech: Speech, now_us: int) -> list[Pair]:
    span = duration((incident.ended_us or now_us) - incident.onset_us)
    grade, calls = SEVERITIES[incident.severity], EMERGENCY[incident.emergency_calls]
    priority = ", ".join(incident.priority_customers)
    return [
        *_no_place(incident),
        (f"Lama: {span[0]}", f"Duration: {span[1]}"),
        (f"Tingkat keparahan: {grade[0]}", f"Severity: {grade[1]}"),
        (f"Penanggung jawab: {incident.owner or 'belum ada'}", f"Owner: {incident.owner or 'nobody yet'}"),
        (f"Panggilan darurat (112, 110, 119): {calls[0]}", f"Emergency calls (112, 110, 119): {calls[1]}"),
        (
            f"Pelanggan prioritas yang terkena: {priority or 'belum ada yang tercatat'}",
            f"Priority customers hit: {priority or 'none noted'}",
        ),
        (
            f"Masih dapat dipakai: {incident.alternatives_id or 'belum diketahui'}",
            f"Still working: {incident.alternatives_en or 'not known'}",
        ),
        (f"Penyebab: {incident.cause_id or 'belum diketahui'}", f"Cause: {incident.cause_en or 'not known'}"),
        *_quiet(incident, speech, now_us),
    ]


def _no_place(incident: Incident) -> list[Pair]:
    """The headline names the places; where it names none, that is said and not left out."""
    if any(part.scope.region for part in incident.scopes):
        return []
    return [("Tempat: belum ditetapkan (lihat peta insiden)", "Place: not settled yet (see the map of the incident)")]


def _quiet(incident: Incident, speech: Speech, now_us: int) -> list[Pair]:
    if incident.quiet_us is None:
        return []
    since = moment(incident.quiet_us, speech, now_us=now_us)
    return [
        (
            f"Jumlah laporan kembali seperti biasa sejak {since[0]}; itu belum berarti pulih",
            f"Reports have been back to usual since {since[1]}; that does not mean restored yet",
        )
    ]


def _reasons(reasons: Sequence[Pair]) -> list[Pair]:
    if not reasons:
        return []
    return [("Bukti:", "Evidence:"), *((f"- {one}", f"- {other}") for one, other in reasons)]


def _words(incident: Incident, speech: Speech, now_us: int) -> list[Pair]:
    said = sorted(
        (one for one in incident.notices if one.published_us is not None), key=lambda one: one.published_us or 0
    )
    if not said:
        since = duration(now_us - incident.onset_us)
        lines: list[Pair] = [
            (
                f"Kepada publik: belum ada pernyataan, {since[0]} sejak mulai",
                f"In public: no statement yet, {since[1]} since the onset",
            )
        ]
    else:
        lines = [_last_word(said[-1], speech, now_us)]
    lines += [
        (f"Menunggu tanda tangan kedua: {one.id}", f"Waiting for a second signature: {one.id}")
        for one in said
        if one.state == "published" and not one.signed_by
    ]
    return lines


def _last_word(last: Notice, speech: Speech, now_us: int) -> Pair:
    kind, at = KINDS[last.kind], moment(last.published_us or 0, speech, now_us=now_us)
    indonesian, english = f"Kepada publik: {kind[0]} {last.id}, {at[0]}", f"In public: {kind[1]} {last.id}, {at[1]}"
    if last.next_update_by_us is None:
        return indonesian, english
    by = moment(last.next_update_by_us, speech, now_us=now_us)
    late_id, late_en = (" (TERLEWAT)", " (OVERDUE)") if last.next_update_by_us < now_us else ("", "")
    return (
        f"{indonesian}; kabar berikutnya dijanjikan {by[0]}{late_id}",
        f"{english}; next word promised by {by[1]}{late_en}",
    )


def _tasks(incident: Incident, speech: Speech, now_us: int) -> list[Pair]:
    waiting = [task for task in incident.tasks if task.done_us is None and task.state != "dropped"]
    if not waiting:
        return [("Tugas terbuka: tidak ada", "Open tasks: none")]
    return [("Tugas terbuka:", "Open tasks:"), *(_task(task, speech, now_us) for task in waiting)]


def _task(task: Task, speech: Speech, now_us: int) -> Pair:
    party = PARTIES[task.party]
    who_id, who_en = ("; ".join(filter(None, (task.owner, task.outside or one))) for one in party)
    indonesian, english = (f"- {task.id}: {task.what}" + (f" ({who})" if who else "") for who in (who_id, who_en))
    if task.due_us is None:
        return indonesian, english
    due = moment(task.due_us, speech, now_us=now_us)
    return f"{indonesian}, paling lambat {due[0]}", f"{english}, by {due[1]}"


def _rumours(incident: Incident) -> list[Pair]:
    return [
        (
            f"Rumor {one.id}: {one.claim}. {'Fakta: ' + one.fact if one.fact else 'Belum dijawab'}",
            f"Rumour {one.id}: {one.claim}. {'Fact: ' + one.fact if one.fact else 'Not answered yet'}",
        )
        for one in incident.rumours
    ]
