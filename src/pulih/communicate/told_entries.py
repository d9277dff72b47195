"""Says in a sentence what an entry of a timeline did, for pages, reports and hand-overs; who and why stand beside."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, assert_never

from pulih.communicate.speech import Pair, Speech, moment
from pulih.communicate.told_credits import told_credits
from pulih.communicate.told_recovery import told_recovery
from pulih.communicate.told_tasks import told_task
from pulih.communicate.trouble import places_of
from pulih.model.entry import (
    Acknowledged,
    Called,
    CauseSet,
    ClaimedFixed,
    Confirmed,
    CreditBasisSet,
    CreditsApproved,
    CreditsAsked,
    CreditsHandedOver,
    CreditsReversed,
    CustomersAsked,
    Entry,
    Explained,
    FindingCleared,
    FindingJoined,
    HelpSet,
    MergedInto,
    Noted,
    NoticeDrafted,
    NoticePublished,
    NoticeScheduled,
    NoticeSigned,
    NoticeWithdrawn,
    OnsetSet,
    Opened,
    OwnerSet,
    RecoveryJudged,
    Rejected,
    Relapsed,
    ReportSent,
    Restored,
    RumourAdded,
    RumourAnswered,
    ScopesSet,
    SeveritySet,
    SplitOff,
    TaskAdded,
    TaskDone,
    TaskSet,
    TookOver,
)
from pulih.model.incident import EmergencyCalls, Party, Severity, State
from pulih.model.notice import NoticeKind
from pulih.model.scope import Scope

STATES: Final[Mapping[State, Pair]] = MappingProxyType(
    {
        "suspected": ("dugaan", "suspected"),
        "confirmed": ("dikonfirmasi", "confirmed"),
        "claimed_fixed": ("perbaikan dinyatakan selesai, belum pulih", "repair claimed, not restored yet"),
        "restored": ("pulih", "restored"),
        "rejected": ("bukan gangguan", "no outage"),
    }
)
KINDS: Final[Mapping[NoticeKind, Pair]] = MappingProxyType(
    {
        "holding": ("kabar pertama", "holding statement"),
        "update": ("kabar lanjutan", "update"),
        "fixed": ("kabar perbaikan selesai", "statement of repair"),
        "restored": ("kabar pulih", "statement of restoration"),
        "correction": ("koreksi", "correction"),
    }
)
SEVERITIES: Final[Mapping[Severity, Pair]] = MappingProxyType(
    {"minor": ("ringan", "minor"), "major": ("berat", "major"), "critical": ("kritis", "critical")}
)
EMERGENCY: Final[Mapping[EmergencyCalls, Pair]] = MappingProxyType(
    {
        "unknown": ("belum dipastikan", "not known yet"),
        "reachable": ("dapat dihubungi", "can be reached"),
        "not_reachable": ("tidak dapat dihubungi", "cannot be reached"),
    }
)
# Whose work a task is, as far as it is not the operator's own.
PARTIES: Final[Mapping[Party, Pair]] = MappingProxyType(
    {
        "own": ("", ""),
        "vendor": ("vendor", "vendor"),
        "tower": ("penyedia menara", "tower company"),
        "backbone": ("penyedia backbone", "backbone provider"),
        "power": ("penyedia listrik", "power company"),
        "authority": ("instansi pemerintah", "public authority"),
    }
)

_APPROVED: Final[Pair] = ("dengan kata-kata yang sudah disetujui", "in the approved words")
_OWN: Final[Pair] = ("dengan kata-kata sendiri", "in words of their own")

_Evidence = Opened | FindingJoined | FindingCleared | TookOver | SplitOff | MergedInto | ScopesSet | Explained
_Decision = Confirmed | Rejected | ClaimedFixed | Restored | Relapsed
_Knowledge = OnsetSet | SeveritySet | OwnerSet | CauseSet | HelpSet
_Rumour = RumourAdded | RumourAnswered
_Word = NoticeDrafted | NoticeScheduled | NoticePublished | NoticeSigned | NoticeWithdrawn


def told(entry: Entry, speech: Speech) -> Pair:
    """Return what an entry did, as a sentence without its actor.

    >>> from datetime import UTC
    >>> told(Entry(incident="a", number=2, at_us=0, actor="sari", fact=TaskDone(task="t1")), Speech(zone=UTC))
    ('Tugas t1 selesai', 'Task t1 done')
    """
    fact = entry.fact
    match fact:
        case RecoveryJudged():
            return told_recovery(fact, speech, entry.at_us)
        case Confirmed() | Rejected() | ClaimedFixed() | Restored() | Relapsed():
            return _decision(fact, speech)
        case OnsetSet() | SeveritySet() | OwnerSet() | CauseSet() | HelpSet():
            return _knowledge(fact, speech, entry.at_us)
        case TaskAdded() | TaskSet() | TaskDone() | Acknowledged() | Called() | Noted():
            return told_task(fact, speech, entry.at_us)
        case ReportSent() | CustomersAsked():
            return _posted(fact)
        case RumourAdded() | RumourAnswered():
            return _rumour(fact)
        case NoticeDrafted() | NoticeScheduled() | NoticePublished() | NoticeSigned() | NoticeWithdrawn():
            return _word(fact, speech, entry.at_us)
        case (
            Opened()
            | FindingJoined()
            | FindingCleared()
            | TookOver()
            | SplitOff()
            | MergedInto()
            | ScopesSet()
            | Explained()
        ):
            return _evidence(fact, speech)
        case CreditBasisSet() | CreditsAsked() | CreditsApproved() | CreditsReversed() | CreditsHandedOver():
            return told_credits(fact)
        case unknown:
            assert_never(unknown)


def _at(scopes: tuple[Scope, ...], speech: Speech) -> Pair:
    return places_of((scope.region for scope in scopes), speech)


def _decision(fact: _Decision, speech: Speech) -> Pair:
    if isinstance(fact, Rejected):
        return "Dinyatakan bukan gangguan", "Rejected: no outage"
    place = _at(fact.scopes, speech)
    match fact:
        case Confirmed():
            return f"Gangguan dikonfirmasi{place[0]}", f"Outage confirmed{place[1]}"
        case ClaimedFixed():
            return f"Perbaikan dinyatakan selesai{place[0]}", f"Repair claimed{place[1]}"
        case Restored(overrides=True):
            return (
                f"Dinyatakan pulih atas tanggung jawab sendiri, tanpa bukti dari laporan{place[0]}",
                f"Restored on the person's own word, without proof from reports{place[1]}",
            )
        case Restored():
            return f"Dinyatakan pulih{place[0]}", f"Restored{place[1]}"
        case Relapsed():
            return f"Terganggu lagi{place[0]}", f"Relapsed{place[1]}"


def _evidence(fact: _Evidence, speech: Speech) -> Pair:
    match fact:
        case Opened(split_from=""):
            place = _at(fact.scopes, speech)
            return f"Insiden dibuka sebagai dugaan{place[0]}", f"Incident opened as suspected{place[1]}"
        case Opened():
            return f"Dipisahkan dari {fact.split_from}", f"Split off from {fact.split_from}"
        case FindingJoined():
            place = _at(fact.scopes, speech)
            return f"Temuan lain digabungkan{place[0]}", f"Another finding joined{place[1]}"
        case FindingCleared():
            # Whoever knows the finding says which; its id tells people nothing.
            return "Laporan dari satu temuan kembali seperti biasa", "Reports of one finding are back to usual"
        case TookOver():
            return f"Insiden {fact.incident} digabungkan ke sini", f"Incident {fact.incident} merged into this one"
        case SplitOff():
            return f"Sebagian dipisahkan menjadi {fact.incident}", f"A part was split off as {fact.incident}"
        case MergedInto():
            return f"Digabungkan ke {fact.incident}", f"Merged into {fact.incident}"
        case ScopesSet():
            place = _at(fact.scopes, speech)
            return f"Cakupan diubah{place[0]}", f"Scopes changed{place[1]}"
        case Explained(maintenance=""):
            return "Tidak lagi dikaitkan dengan pekerjaan terencana", "No longer put down to a planned change"
        case Explained():
            return (
                f"Dikaitkan dengan pekerjaan terencana {fact.maintenance}",
                f"Put down to planned change {fact.maintenance}",
            )


def _knowledge(fact: _Knowledge, speech: Speech, now_us: int) -> Pair:
    match fact:
        case OnsetSet():
            begun = moment(fact.onset_us, speech, now_us=now_us)
            return f"Mulai gangguan ditetapkan: {begun[0]}", f"Onset set to {begun[1]}"
        case SeveritySet():
            grade = SEVERITIES[fact.severity]
            return f"Tingkat keparahan: {grade[0]}", f"Severity: {grade[1]}"
        case OwnerSet(owner=""):
            return "Tanpa penanggung jawab", "No owner"
        case OwnerSet():
            return f"Penanggung jawab: {fact.owner}", f"Owner: {fact.owner}"
        case CauseSet():
            return f"Penyebab: {fact.cause_id}", f"Cause: {fact.cause_en}"
        case HelpSet():
            calls = EMERGENCY[fact.emergency_calls]
            return f"Panggilan darurat: {calls[0]}", f"Emergency calls: {calls[1]}"


def _posted(fact: ReportSent | CustomersAsked) -> Pair:
    if isinstance(fact, ReportSent):
        what = f"{fact.rule}, {fact.clock}"
        return f"Laporan ({what}) dikirim ke {fact.recipient}", f"Report ({what}) sent to {fact.recipient}"
    asked = f"{fact.readers} customer" if fact.readers == 1 else f"{fact.readers} customers"
    return f"{fact.readers} pelanggan ditanya pendapatnya", f"{asked} asked for their opinion"


def _rumour(fact: _Rumour) -> Pair:
    match fact:
        case RumourAdded():
            return f"Rumor {fact.rumour}: {fact.claim}", f"Rumour {fact.rumour}: {fact.claim}"
        case RumourAnswered():
            return f"Rumor {fact.rumour} dijawab: {fact.answer_id}", f"Rumour {fact.rumour} answered: {fact.answer_en}"


def _word(fact: _Word, speech: Speech, now_us: int) -> Pair:
    match fact:
        case NoticeDrafted():
            kind = KINDS[fact.kind]
            indonesian, english = f"Rancangan {kind[0]} {fact.notice}", f"Draft of {kind[1]} {fact.notice}"
            if fact.corrects:
                return f"{indonesian} atas {fact.corrects}", f"{english}, of {fact.corrects}"
            if fact.kind != "holding":
                return indonesian, english
            words = _APPROVED if fact.as_worded else _OWN
            return f"{indonesian}, {words[0]}", f"{english}, {words[1]}"
        case NoticeScheduled(at_us=None):
            return f"Jadwal terbit kabar {fact.notice} dibatalkan", f"Schedule of statement {fact.notice} taken back"
        case NoticeScheduled():
            at = moment(fact.at_us or 0, speech, now_us=now_us)
            return (
                f"Kabar {fact.notice} dijadwalkan terbit {at[0]}",
                f"Statement {fact.notice} scheduled to be published at {at[1]}",
            )
        case NoticePublished(break_glass=True):
            return (
                f"Kabar {fact.notice} diterbitkan sendirian dalam keadaan darurat (break-glass)",
                f"Statement {fact.notice} published alone (break-glass)",
            )
        case NoticePublished(before_second=True):
            return (
                f"Kabar {fact.notice} diterbitkan sebelum tanda tangan kedua",
                f"Statement {fact.notice} published before the second signature",
            )
        case NoticePublished():
            return f"Kabar {fact.notice} diterbitkan", f"Statement {fact.notice} published"
        case NoticeSigned():
            return (
                f"Kabar {fact.notice} ditandatangani orang kedua",
                f"Statement {fact.notice} signed by a second person",
            )
        case NoticeWithdrawn():
            return f"Kabar {fact.notice} ditarik", f"Statement {fact.notice} withdrawn"
