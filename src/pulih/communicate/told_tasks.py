"""Says in a sentence what an entry did about tasks, and about calling and taking up."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from pulih.communicate.speech import Pair, Speech, moment
from pulih.model.entry import Acknowledged, Called, Noted, TaskAdded, TaskDone, TaskSet
from pulih.model.incident import TaskState

TASK_STATES: Final[Mapping[TaskState, Pair]] = MappingProxyType(
    {
        "open": ("belum dimulai", "not begun"),
        "under_way": ("sedang dikerjakan", "under way"),
        "held": ("tertahan", "on hold"),
        "dropped": ("dibatalkan", "dropped"),
    }
)
# What somebody is called about, where it is no clock.
MATTERS: Final[Mapping[str, Pair]] = MappingProxyType(
    {
        "suspected": ("dugaan gangguan", "a suspected outage"),
        "confirmed": ("gangguan yang dikonfirmasi", "a confirmed outage"),
        "contradicted": ("perbaikan yang dibantah laporan", "a repair that reports contradict"),
        "relapsed": ("gangguan yang kembali setelah pulih", "an outage that is back after it was over"),
        "first_word": ("kabar pertama yang terlambat", "a first word that is late"),
        "next_word": ("kabar lanjutan yang terlambat", "a promised word that is late"),
        "recovery_word": ("kabar pulih yang terlambat", "a word of recovery that is late"),
        "relapse_word": ("kabar bahwa gangguan kembali yang terlambat", "a word of the relapse that is late"),
        "second_signature": ("tanda tangan kedua yang terlambat", "a second signature that is late"),
        "task": ("tugas yang lewat waktu", "a task that is overdue"),
    }
)


def told_task(
    fact: TaskAdded | TaskSet | TaskDone | Acknowledged | Called | Noted, speech: Speech, now_us: int
) -> Pair:
    """Return what an entry did, as a sentence without its actor.

    Args:
        fact: of the entry.
        speech: how the desk speaks.
        now_us: when it was.
    """
    match fact:
        case TaskAdded():
            return f"Tugas {fact.task}: {fact.what}", f"Task {fact.task}: {fact.what}"
        case TaskSet():
            return _set(fact, speech, now_us)
        case TaskDone():
            return f"Tugas {fact.task} selesai", f"Task {fact.task} done"
        case Acknowledged():
            return "Sudah ditangani", "Acknowledged"
        case Called():
            about = matter(fact.about)
            return f"{fact.who} dipanggil: {about[0]}", f"{fact.who} called: {about[1]}"
        case Noted():
            return "Catatan", "Note"


def matter(about: str) -> Pair:
    """Return what somebody is called about, in words.

    >>> matter("task:t1")
    ('tugas yang lewat waktu (t1)', 'a task that is overdue (t1)')
    """
    kind, _, of = about.partition(":")
    words = MATTERS.get(kind, (kind, kind))
    return (f"{words[0]} ({of})", f"{words[1]} ({of})") if of else words


def _set(fact: TaskSet, speech: Speech, now_us: int) -> Pair:
    state = TASK_STATES[fact.state]
    indonesian, english = [f"Tugas {fact.task} {state[0]}"], [f"Task {fact.task} {state[1]}"]
    for name, words in ((fact.owner, ("oleh", "by")), (fact.outside, ("pihak luar:", "outside:"))):
        if name:
            indonesian.append(f"{words[0]} {name}")
            english.append(f"{words[1]} {name}")
    if fact.due_us is not None:
        due = moment(fact.due_us, speech, now_us=now_us)
        indonesian.append(f"tenggat {due[0]}")
        english.append(f"due {due[1]}")
    if fact.after:
        indonesian.append(f"setelah {', '.join(fact.after)}")
        english.append(f"after {', '.join(fact.after)}")
    return ", ".join(indonesian), ", ".join(english)
