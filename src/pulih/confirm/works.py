"""Planned work over time: how it stands, which changes are allowed, what the desk is reminded of, when it overran.

Work ends when a person says so, and not by the clock: what has run over its window unnoticed is an outage that was
announced as none. What is announced is public words, so four eyes see it before it is (docs/incidents.md).
"""

from __future__ import annotations

from typing import Final, Literal

import msgspec
from msgspec.structs import replace

from pulih.model.actor import are_two, see_that_known
from pulih.model.bulletin import Work, WorkState
from pulih.model.clock import DAY_S, HOUR_S, MICROS
from pulih.model.errors import ForbiddenMove, RefusedInput
from pulih.model.work import PlannedWork

# So long after its planned end work that nobody called complete becomes an incident.
OVERRUN_US: Final = 30 * 60 * MICROS
# Work that lasts longer than this is no window but a project.
LONGEST_US: Final = 31 * DAY_S * MICROS
AHEAD_US: Final = 366 * DAY_S * MICROS
TITLE_CHARS_MAX: Final = 160
TEXT_CHARS_MAX: Final = 2_000

ReminderKind = Literal["signature", "begins", "ends", "overdue"]
# How long before it is due a reminder shows.
_BEGINS_US: Final = DAY_S * MICROS
_ENDS_US: Final = HOUR_S * MICROS


class Reminder(msgspec.Struct, frozen=True):
    """What waits: for a second signature, its beginning, its end, or somebody to say that it is complete."""

    work: str
    kind: ReminderKind
    due_us: int


def state_of(work: PlannedWork, now_us: int) -> WorkState:
    """Return how work stands.

    >>> one = PlannedWork(id="w", operator="xl", start_us=10, end_us=20, title_id="a", title_en="b")
    >>> state_of(one, 9), state_of(one, 10), state_of(one, 20)
    ('scheduled', 'in_progress', 'verifying')
    """
    if work.done_us is not None or work.cancelled_us is not None:
        return "completed"
    if now_us < work.start_us:
        return "scheduled"
    return "in_progress" if now_us < work.end_us else "verifying"


def is_closed(work: PlannedWork) -> bool:
    """Tell whether nothing can happen to it any more."""
    return work.done_us is not None or work.cancelled_us is not None


def has_overrun(work: PlannedWork, now_us: int) -> bool:
    """Tell whether work has become an outage of which no incident was opened yet."""
    return not is_closed(work) and not work.incident and now_us >= work.end_us + OVERRUN_US


def reminder_of(work: PlannedWork, now_us: int) -> Reminder | None:
    """Return what waits of work now, None while nothing does.

    >>> one = PlannedWork(id="w", operator="xl", start_us=10, end_us=20, title_id="a", title_en="b")
    >>> reminder_of(one, 1).kind, reminder_of(replace(one, signed_by="budi"), 1).kind
    ('signature', 'begins')
    """
    if is_closed(work):
        return None
    if now_us < work.end_us and not work.signed_by:
        return Reminder(work.id, "signature", work.start_us)
    if now_us < work.start_us:
        return Reminder(work.id, "begins", work.start_us) if now_us >= work.start_us - _BEGINS_US else None
    if now_us < work.end_us:
        return Reminder(work.id, "ends", work.end_us) if now_us >= work.end_us - _ENDS_US else None
    return Reminder(work.id, "overdue", work.end_us)


def check_plan(work: PlannedWork, now_us: int) -> None:
    """Refuse work that cannot be announced as it is.

    Raises: RefusedInput.
    """
    if not work.operator:
        raise RefusedInput("Planned work names no operator; say whose network it is.", key="work.operator")
    for language, title in (("Indonesian", work.title_id), ("English", work.title_en)):
        if not title.strip():
            raise RefusedInput(f"The {language} title is empty; customers read both languages.", key="work.title")
        if len(title) > TITLE_CHARS_MAX:
            raise RefusedInput(
                f"The {language} title has {len(title)} characters; at most {TITLE_CHARS_MAX}.",
                key="work.long_title",
                most=TITLE_CHARS_MAX,
            )
    if max(len(work.text_id), len(work.text_en)) > TEXT_CHARS_MAX:
        raise RefusedInput(
            f"A text is longer than {TEXT_CHARS_MAX} characters; say what customers notice.",
            key="work.long_text",
            most=TEXT_CHARS_MAX,
        )
    if bool(work.text_id.strip()) != bool(work.text_en.strip()):
        raise RefusedInput("The text is there in one language only; write both, or none.", key="work.one_language")
    _check_window(work, now_us)


def extended(work: PlannedWork, end_us: int, now_us: int) -> PlannedWork:
    """Return work with another end.

    Raises: ForbiddenMove when it is over; RefusedInput when it cannot end then.
    """
    _check_open(work)
    longer = replace(work, end_us=end_us, updated_us=now_us, version=work.version + 1)
    _check_window(longer, now_us)
    return longer


def called_off(work: PlannedWork, now_us: int) -> PlannedWork:
    """Return work that will not take place.

    Raises: ForbiddenMove when it is over, or has begun: then it is completed, or goes on.
    """
    _check_open(work)
    if now_us >= work.start_us:
        raise ForbiddenMove(
            f"Work {work.id} has begun, so it cannot be called off; say that it is complete.",
            ("complete", "extend"),
            key="work.begun",
        )
    return replace(work, cancelled_us=now_us, updated_us=now_us, version=work.version + 1)


def signed(work: PlannedWork, who: str, now_us: int) -> PlannedWork:
    """Return work with its second signature, with which it is public.

    Args:
        work: what was announced.
        who: name of the actor who signs.
        now_us: the present.

    Raises: ForbiddenMove when it is over or signed already, or whoever announced it would sign.
    """
    _check_open(work)
    if work.signed_by:
        raise ForbiddenMove(f"Work {work.id} is signed by {work.signed_by} already.", key="work.signed")
    see_that_known(who, work.announced_by)
    if not are_two(who, work.announced_by):
        raise ForbiddenMove(
            f"{work.announced_by} announced work {work.id}; somebody else has to sign it.",
            key="work.second",
            who=work.announced_by,
        )
    return replace(work, signed_by=who, signed_us=now_us, updated_us=now_us, version=work.version + 1)


def completed(work: PlannedWork, now_us: int) -> PlannedWork:
    """Return work that is complete.

    Raises: ForbiddenMove when it is over, or has not begun.
    """
    _check_open(work)
    if now_us < work.start_us:
        raise ForbiddenMove(
            f"Work {work.id} has not begun, so it cannot be complete; call it off.",
            ("cancel", "extend"),
            key="work.not_begun",
        )
    return replace(work, done_us=now_us, updated_us=now_us, version=work.version + 1)


def public_work(work: PlannedWork, now_us: int) -> Work:
    """Return work as the public may know it once it is signed."""
    return Work(
        id=work.id,
        operator=work.operator,
        state=state_of(work, now_us),
        start_us=work.start_us,
        end_us=work.end_us,
        title_id=work.title_id,
        title_en=work.title_en,
        text_id=work.text_id,
        text_en=work.text_en,
        regions=work.regions,
        services=work.services,
        announced_us=work.signed_us,
        updated_us=work.updated_us,
        incident=work.incident,
        cancelled_us=work.cancelled_us,
    )


def _check_open(work: PlannedWork) -> None:
    if is_closed(work):
        raise ForbiddenMove(f"Work {work.id} is over; announce new work instead.", key="work.over")


def _check_window(work: PlannedWork, now_us: int) -> None:
    if work.end_us <= work.start_us:
        raise RefusedInput("The work ends before it begins; its end must come after.", key="work.backwards")
    if work.end_us - work.start_us > LONGEST_US:
        raise RefusedInput("The work lasts longer than 31 days; announce it in parts.", key="work.longest", days=31)
    if work.end_us <= now_us:
        raise RefusedInput("The work would be over already; its end must be ahead.", key="work.past")
    if work.start_us - now_us > AHEAD_US:
        raise RefusedInput("The work begins in more than a year; announce it later.", key="work.ahead")
