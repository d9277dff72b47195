"""Four eyes for what is said in public: whoever drafted a statement is not the one who lets it out alone.

Two doors stay open at 03:00, when one person is on duty. A holding statement may go out before the second signature, if
its words are exactly those that were approved beforehand for the facts of now: then nobody's own words go out, and four
eyes have seen them. And the glass may be broken for any statement: with a reason, which the timeline keeps.
Both wait for a second signature afterwards. What a second person scheduled, the desk publishes when its time has come.
No statement may be ahead of the incident: "restored" is not published of what is only claimed fixed.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from pulih.model.actor import Actor, are_two, see_that_known
from pulih.model.clock import DAY_S, MICROS, iso
from pulih.model.entry import Entry, NoticeDrafted, NoticePublished, NoticeScheduled, NoticeSigned, NoticeWithdrawn
from pulih.model.errors import ForbiddenMove, RefusedInput
from pulih.model.incident import Incident, State
from pulih.model.notice import Notice, NoticeKind

# Whoever is without service for a month hears more than one word; a later time is a slip of the hand.
AHEAD_DAYS_MAX: Final = 30
# A statement of a kind needs a scope in one of these states.
_FITTING: Final[Mapping[NoticeKind, frozenset[State]]] = MappingProxyType(
    {
        "holding": frozenset({"suspected", "confirmed"}),
        "update": frozenset({"suspected", "confirmed", "claimed_fixed"}),
        "fixed": frozenset({"claimed_fixed"}),
        "restored": frozenset({"restored"}),
    }
)
# What may be done where one person's word is not enough for a holding statement.
_INSTEAD: Final = (
    "draft it anew in the approved words, or a second person publishes it, or one person with break_glass and a reason"
)


def check_notice(incident: Incident, entry: Entry, actor: Actor) -> None:
    """Refuse to draft, schedule, publish, sign or withdraw a statement against these rules; other moves pass.

    Raises: ForbiddenMove; RefusedInput when the move contradicts itself or lacks the reason that it needs.
    """
    match entry.fact:
        case NoticeDrafted() as fact:
            _draft(incident, fact, entry.at_us)
        case NoticePublished() as fact:
            notice = _found(incident, fact.notice, "drafted")
            _fits(incident, notice, entry.at_us)
            _eyes(notice, fact, entry, actor)
        case NoticeScheduled() as fact:
            notice = _found(incident, fact.notice, "drafted")
            _schedule(incident, notice, entry, actor)
        case NoticeSigned() as fact:
            notice = _found(incident, fact.notice, "published")
            if notice.signed_by:
                raise ForbiddenMove(
                    f"Statement {notice.id} is signed by {notice.signed_by} already",
                    key="notice.signed",
                    notice=notice.id,
                    who=notice.signed_by,
                )
            _other_than_drafter(notice, actor)
        case NoticeWithdrawn() as fact:
            _found(incident, fact.notice, "drafted", "published")
        case _:
            pass


def may_publish(notice: Notice, actor: Actor) -> bool:
    """Tell whether an actor's word lets a draft out as the second signature; a token is the person who made it.

    >>> draft = Notice(id="n1", kind="update", text_id="a", text_en="b", drafted_by="sari")
    >>> [may_publish(draft, Actor(name, role)) for name, role in (("sari", "admin"), ("budi", "approver"))]
    [False, True]
    """
    return actor.role in {"approver", "admin"} and are_two(actor.name, notice.drafted_by)


def _draft(incident: Incident, fact: NoticeDrafted, now_us: int) -> None:
    known = {one.id: one for one in incident.notices}
    if not fact.notice.strip():
        raise RefusedInput("The statement has no id; n1 would do for the first.")
    if fact.notice in known and known[fact.notice].state != "drafted":
        raise ForbiddenMove(
            f"Statement {fact.notice} is {known[fact.notice].state}; a new draft needs another id",
            key="notice.not_draft",
            notice=fact.notice,
        )
    _promise(fact.notice, fact.next_update_by_us, now_us)
    _corrects(incident, fact)


def _corrects(incident: Incident, fact: NoticeDrafted) -> None:
    """A correction says what it puts right, which was said in public; another statement corrects nothing."""
    said = [one.id for one in incident.notices if one.published_us is not None]
    if not fact.corrects or (fact.kind == "correction" and fact.corrects in said):
        return
    raise ForbiddenMove(
        f"Statement {fact.notice} ({fact.kind}) says it corrects {fact.corrects}; "
        f"a correction may name one that was in public: {', '.join(said) or 'none'}",
        key="notice.corrects",
        notice=fact.notice,
        corrected=fact.corrects,
    )


def _schedule(incident: Incident, notice: Notice, entry: Entry, actor: Actor) -> None:
    """Schedule as a second person would publish: the time is to come, and the next word is promised for later."""
    fact = entry.fact
    if not isinstance(fact, NoticeScheduled):
        return
    if fact.at_us is None:
        if notice.publish_at_us is None:
            raise ForbiddenMove(
                f"Statement {notice.id} is not scheduled; there is nothing to take back",
                key="notice.not_scheduled",
                notice=notice.id,
            )
        return
    if fact.at_us <= entry.at_us:
        raise ForbiddenMove(
            f"Statement {notice.id} was scheduled for {iso(fact.at_us)}, and it is {iso(entry.at_us)}; "
            "publish it now, or choose a later time",
            key="notice.schedule_past",
            notice=notice.id,
            at_us=fact.at_us,
        )
    if fact.at_us > entry.at_us + AHEAD_DAYS_MAX * DAY_S * MICROS:
        raise RefusedInput(
            f"Statement {notice.id} was scheduled for {iso(fact.at_us)}, more than {AHEAD_DAYS_MAX} days ahead; "
            "look at the year, or schedule it when it is nearer",
            key="notice.schedule_far",
            notice=notice.id,
            at_us=fact.at_us,
            days=AHEAD_DAYS_MAX,
        )
    _fits(incident, notice, fact.at_us)
    _approver(notice, actor)


def _promise(notice: str, by_us: int | None, now_us: int) -> None:
    if by_us is not None and by_us <= now_us:
        raise ForbiddenMove(
            f"Statement {notice} promises the next word by {iso(by_us)}, and it is {iso(now_us)}; promise a later time",
            key="notice.promise",
            notice=notice,
            by_us=by_us,
        )
    if by_us is not None and by_us > now_us + AHEAD_DAYS_MAX * DAY_S * MICROS:
        raise RefusedInput(
            f"Statement {notice} promises the next word by {iso(by_us)}, more than {AHEAD_DAYS_MAX} days ahead; "
            "look at the year, or promise an earlier time",
            key="notice.promise_far",
            notice=notice,
            by_us=by_us,
            days=AHEAD_DAYS_MAX,
        )


def _found(incident: Incident, notice: str, *states: str) -> Notice:
    for one in incident.notices:
        if one.id == notice and one.state in states:
            return one
    known = ", ".join(f"{one.id} ({one.state})" for one in incident.notices) or "none"
    raise ForbiddenMove(
        f"{incident.id} has no {' or '.join(states)} statement {notice!r}; it has: {known}",
        key="notice.changed",
        notice=notice,
    )


def _fits(incident: Incident, notice: Notice, now_us: int) -> None:
    _promise(notice.id, notice.next_update_by_us, now_us)
    if notice.kind == "correction":
        if all(one.published_us is None for one in incident.notices):
            raise ForbiddenMove(
                f"Statement {notice.id} corrects, and nothing was said in public yet",
                key="notice.nothing_to_correct",
                notice=notice.id,
            )
        return
    here = {part.state for part in incident.scopes}
    if incident.state == "rejected" or not here & _FITTING[notice.kind]:
        raise ForbiddenMove(
            f"Statement {notice.id} says {notice.kind}, and {incident.id} is {incident.state}; "
            f"it needs a scope that is {' or '.join(sorted(_FITTING[notice.kind]))}",
            key="notice.ahead",
            notice=notice.id,
            kind=notice.kind,
            state=incident.state,
        )


def _eyes(notice: Notice, fact: NoticePublished, entry: Entry, actor: Actor) -> None:
    if actor.role == "desk" and (fact.before_second or fact.break_glass):
        raise RefusedInput("The desk publishes only what a second person scheduled; a door left open is for people.")
    if fact.before_second and fact.break_glass:
        raise RefusedInput(
            "Before_second and break_glass exclude each other; a holding statement needs no broken glass."
        )
    if fact.before_second:
        if notice.kind != "holding":
            raise ForbiddenMove(
                f"Only a holding statement may go out before the second signature, and {notice.id} is {notice.kind}; "
                "a second person publishes it, or break_glass with a reason",
                key="notice.holding_only",
                notice=notice.id,
            )
        _approved_words(notice)
    elif fact.break_glass:
        if not entry.reason.strip():
            raise RefusedInput(
                "The glass is broken only with a reason; say why nobody else could sign.", key="notice.glass"
            )
    elif actor.role == "desk":
        _scheduled(notice, entry.at_us)
    else:
        _approver(notice, actor)


def _approver(notice: Notice, actor: Actor) -> None:
    if actor.role not in {"approver", "admin"}:
        raise ForbiddenMove(
            f"{actor.name} is {actor.role}; an approver publishes {notice.id}, "
            "or it goes out before_second (holding) or with break_glass",
            key="notice.approver",
            notice=notice.id,
        )
    _other_than_drafter(notice, actor)


def _scheduled(notice: Notice, now_us: int) -> None:
    if notice.publish_at_us is None or notice.publish_at_us > now_us:
        raise ForbiddenMove(
            f"The desk publishes {notice.id} by itself only once a second person scheduled it and its time has come",
            key="notice.not_scheduled",
            notice=notice.id,
        )


def _approved_words(notice: Notice) -> None:
    if notice.wording == "own":
        raise ForbiddenMove(
            f"Statement {notice.id} is not word for word the one that was approved beforehand; {_INSTEAD}",
            key="notice.own_words",
            notice=notice.id,
        )
    if notice.wording == "outdated":
        raise ForbiddenMove(
            f"What is known has changed since statement {notice.id} was drafted, so its words are not the approved "
            f"ones any more; {_INSTEAD}",
            key="notice.outdated",
            notice=notice.id,
        )


def _other_than_drafter(notice: Notice, actor: Actor) -> None:
    see_that_known(actor.name, notice.drafted_by)
    if not may_publish(notice, actor):
        raise ForbiddenMove(
            f"{actor.name} drafted {notice.id}; a second person must sign it (four eyes)",
            key="notice.second",
            notice=notice.id,
            who=notice.drafted_by,
        )
