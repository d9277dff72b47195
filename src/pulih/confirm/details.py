"""What the words and numbers of a move must hold, whoever does it: sound input, or a sentence that says why not."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from pulih.confirm.task_moves import check_task, is_waiting
from pulih.model.clock import DAY_S, MICROS, iso, to_micros
from pulih.model.entry import (
    CauseSet,
    Entry,
    Fact,
    FindingCleared,
    FindingJoined,
    HelpSet,
    MergedInto,
    NoticeDrafted,
    NoticeScheduled,
    OnsetSet,
    Opened,
    OwnerSet,
    ReportSent,
    RumourAdded,
    RumourAnswered,
    ScopesSet,
    SplitOff,
    TaskAdded,
    TaskDone,
    TaskSet,
)
from pulih.model.errors import ForbiddenMove, RefusedInput
from pulih.model.incident import Incident
from pulih.model.scope import Scope

REASON_CHARS_MAX: Final = 2_000
LINE_CHARS_MAX: Final = 500
NAME_CHARS_MAX: Final = 120
STATEMENT_CHARS_MAX: Final = 4_000
REPORT_CHARS_MAX: Final = 20_000
CUSTOMERS_MAX: Final = 50
SCOPES_MAX: Final = 600  # every regency of the country, and some
# Trouble that began before this is no news of an incident that is open.
ONSET_DAYS_MAX: Final = 30
# A cable that needs permits takes months; a later time is a slip of the hand.
TASK_DAYS_MAX: Final = 366
# Near the ends of the calendar a time has no date in some zone, and no page that names it could be shown.
EARLIEST_US: Final = to_micros(datetime(1900, 1, 1, tzinfo=UTC))
LATEST_US: Final = to_micros(datetime(9998, 12, 31, tzinfo=UTC))


def check_opening(entry: Entry) -> None:
    """Refuse an opening whose scopes or onset cannot be.

    Raises: RefusedInput.
    """
    fact = entry.fact
    if not isinstance(fact, Opened):
        raise RefusedInput(f"The first entry of {entry.incident} must open it.")
    _reason(entry)
    _scopes(fact.scopes)
    _onset(fact.onset_us, entry.at_us)
    if fact.states and len(fact.states) != len(fact.scopes):
        raise RefusedInput(f"{len(fact.states)} states came for {len(fact.scopes)} scopes; one for each, or none.")


def check_details(incident: Incident, entry: Entry) -> None:
    """Refuse an entry whose content does not fit its incident.

    Raises: RefusedInput when it can never be right; ForbiddenMove when it is not right in this incident now.
    """
    fact = entry.fact
    _reason(entry)
    _can_be_shown(_time_of(fact))
    if isinstance(fact, TaskAdded | TaskSet):
        _due(fact.due_us, entry.at_us)
    match fact:
        case ScopesSet():
            _scopes(fact.scopes)
        case OnsetSet():
            _onset(fact.onset_us, entry.at_us)
        case FindingJoined() | FindingCleared():
            _finding(incident, fact)
        case CauseSet() | OwnerSet() | HelpSet():
            _known(fact)
        case NoticeDrafted():
            _both("text", fact.text_id, fact.text_en, most=STATEMENT_CHARS_MAX)
            _speaker(fact)
        case ReportSent():
            _words("text", fact.text, most=REPORT_CHARS_MAX)
        case TaskAdded() | TaskSet() | TaskDone() | RumourAdded() | RumourAnswered():
            _work(incident, fact)
        case MergedInto() | SplitOff():
            _parting(incident, fact)
        case _:
            pass


def _reason(entry: Entry) -> None:
    if len(entry.reason) > REASON_CHARS_MAX:
        raise RefusedInput(
            f"The reason has {len(entry.reason)} characters; {REASON_CHARS_MAX} are the most.",
            key="detail.long",
            field="reason",
            has=len(entry.reason),
            most=REASON_CHARS_MAX,
        )


def _words(where: str, text: str, *, most: int) -> None:
    if not text.strip():
        raise RefusedInput(f"The field {where} is empty; it must hold words.", key="detail.empty", field=where)
    if len(text) > most:
        raise RefusedInput(
            f"The field {where} has {len(text)} characters; {most} are the most.",
            key="detail.long",
            field=where,
            has=len(text),
            most=most,
        )


def _known(fact: CauseSet | OwnerSet | HelpSet) -> None:
    match fact:
        case CauseSet():
            _both("cause", fact.cause_id, fact.cause_en, most=LINE_CHARS_MAX)
        case OwnerSet():
            _name("owner", fact.owner)
        case HelpSet():
            _customers(fact.priority_customers)
            if fact.alternatives_id or fact.alternatives_en:
                _both("alternatives", fact.alternatives_id, fact.alternatives_en, most=LINE_CHARS_MAX)


def _name(where: str, text: str) -> None:
    if text:
        _words(where, text, most=NAME_CHARS_MAX)
    if "\n" in text or "\r" in text:
        raise RefusedInput(f"The field {where} has several lines; a name is one.", key="detail.line", field=where)


def _customers(names: tuple[str, ...]) -> None:
    if len(names) > CUSTOMERS_MAX:
        raise RefusedInput(
            f"{len(names)} priority customers were named; {CUSTOMERS_MAX} are the most, a word for several names them.",
            key="detail.customers",
            has=len(names),
            most=CUSTOMERS_MAX,
        )
    for one in names:
        _words("priority_customers", one, most=LINE_CHARS_MAX)


def _speaker(fact: NoticeDrafted) -> None:
    """A name stands on one line; an office alone is nobody's word."""
    _name("speaker", fact.speaker)
    _name("office", fact.office)
    if fact.office and not fact.speaker:
        raise RefusedInput(
            "An office was given without a name; say who speaks, or nobody.", key="detail.empty", field="speaker"
        )


def _both(where: str, indonesian: str, english: str, *, most: int) -> None:
    _words(f"{where}_id", indonesian, most=most)
    _words(f"{where}_en", english, most=most)


def _scopes(scopes: tuple[Scope, ...]) -> None:
    if not scopes:
        raise RefusedInput("No scope was named; an incident is about one at least.", key="detail.no_scope")
    if len(scopes) > SCOPES_MAX:
        raise RefusedInput(
            f"{len(scopes)} scopes were named; {SCOPES_MAX} are the most, a wider region holds them all.",
            key="detail.scopes",
            has=len(scopes),
            most=SCOPES_MAX,
        )
    if len(set(scopes)) < len(scopes):
        raise RefusedInput("A scope is named twice; each may be there once.", key="detail.twice")


def _time_of(fact: Fact) -> int | None:
    """The time that a person names in a fact, None where there is none."""
    match fact:
        case NoticeDrafted():
            return fact.next_update_by_us
        case NoticeScheduled():
            return fact.at_us
        case TaskAdded() | TaskSet():
            return fact.due_us
        case _:
            return None


def _can_be_shown(at_us: int | None) -> None:
    if at_us is not None and not EARLIEST_US <= at_us <= LATEST_US:
        raise RefusedInput(
            "A time is named before 1900 or after 9998; a time near now would be right.", key="detail.calendar"
        )


def _due(due_us: int | None, now_us: int) -> None:
    """A task that is overdue may be noted, too."""
    if due_us is not None and due_us > now_us + TASK_DAYS_MAX * DAY_S * MICROS:
        raise RefusedInput(
            f"The task is due {iso(due_us)}, more than {TASK_DAYS_MAX} days ahead; an earlier time would be right.",
            key="detail.due_far",
            due_us=due_us,
            days=TASK_DAYS_MAX,
        )


def _onset(onset_us: int, now_us: int) -> None:
    earliest_us = now_us - ONSET_DAYS_MAX * DAY_S * MICROS
    if not earliest_us <= onset_us <= now_us:
        raise RefusedInput(
            f"The onset cannot be then; it must lie between {iso(earliest_us)} and now, {iso(now_us)}.",
            key="detail.onset",
            days=ONSET_DAYS_MAX,
        )


def _finding(incident: Incident, fact: FindingJoined | FindingCleared) -> None:
    if isinstance(fact, FindingJoined) and fact.finding in incident.findings:
        raise ForbiddenMove(f"Finding {fact.finding} belongs to {incident.id} already")
    if isinstance(fact, FindingCleared) and (fact.finding not in incident.findings or fact.finding in incident.cleared):
        raise ForbiddenMove(f"Finding {fact.finding} is none of the open findings of {incident.id}")


def _work(incident: Incident, fact: TaskAdded | TaskSet | TaskDone | RumourAdded | RumourAnswered) -> None:
    match fact:
        case TaskAdded():
            _new("task", fact.task, (one.id for one in incident.tasks))
            _words("what", fact.what, most=LINE_CHARS_MAX)
            check_task(incident, fact)
        case TaskSet():
            _there("task", fact.task, (one.id for one in incident.tasks))
            check_task(incident, fact)
        case TaskDone():
            _there("open task", fact.task, (one.id for one in incident.tasks if is_waiting(one)))
            check_task(incident, fact)
        case RumourAdded():
            _new("rumour", fact.rumour, (one.id for one in incident.rumours))
            _words("claim", fact.claim, most=LINE_CHARS_MAX)
        case RumourAnswered():
            _there("rumour", fact.rumour, (one.id for one in incident.rumours))
            _words("fact", fact.fact, most=LINE_CHARS_MAX)
            _both("answer", fact.answer_id, fact.answer_en, most=REASON_CHARS_MAX)


def _new(kind: str, name: str, known: Iterable[str]) -> None:
    _words(f"{kind}", name, most=32)
    if name in known:
        raise ForbiddenMove(f"There is a {kind} {name} already; a new one needs another id")


def _there(kind: str, name: str, known: Iterable[str]) -> None:
    names = tuple(known)
    if name not in names:
        raise ForbiddenMove(
            f"There is no {kind} {name!r}; there are: {', '.join(names) or 'none'}", key="detail.not_there", name=name
        )


def _parting(incident: Incident, fact: Fact) -> None:
    if isinstance(fact, MergedInto):
        if fact.incident == incident.id:
            raise RefusedInput(
                f"{incident.id} cannot be merged into itself; name the one that goes on.", key="detail.itself"
            )
        if any(one.state == "published" for one in incident.notices):
            raise ForbiddenMove(
                f"{incident.id} has a statement in public and goes on under its own id; merge the other one into it",
                key="detail.in_public",
                incident=incident.id,
            )
    if isinstance(fact, SplitOff):
        _scopes(fact.scopes)
        held = {part.scope for part in incident.scopes}
        if not held > set(fact.scopes):
            raise RefusedInput(
                f"What is split off must be some of the scopes of {incident.id}, and not all of them.",
                key="detail.split",
            )
        if not set(fact.findings) <= set(incident.findings):
            raise RefusedInput(f"A finding was named that {incident.id} does not have; it has {incident.findings}.")
