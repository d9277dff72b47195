"""Adds the lines of what is learnt from an incident up, and says which line may follow: four eyes for what goes public.

Whoever asks for publication is not the one who lets it out; whoever changes the words afterwards asks again. Nothing is
published of an outage that is not over. Source: docs/review.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, assert_never

from msgspec.structs import asdict, replace

from pulih.model.actor import Actor, are_two, see_that_known
from pulih.model.errors import ForbiddenMove, RefusedInput
from pulih.model.incident import Incident
from pulih.model.lesson import (
    ActionAdded,
    ActionDone,
    FiguresSet,
    Learnt,
    Lesson,
    ReportFiled,
    ReviewAsked,
    ReviewPublished,
    ReviewWithdrawn,
    ReviewWritten,
    SurveySent,
)
from pulih.model.record import Figures, Filing
from pulih.model.review import Action, Review

ACTIONS_MAX: Final = 60
_ACTS: Final = frozenset({"duty", "approver", "admin"})
_SIGNS: Final = frozenset({"approver", "admin"})
# A number of links that nobody needs more of at once; a country's operator sends them in parts.
LINKS_MAX: Final = 100_000


def learnt(lessons: Iterable[Lesson]) -> Learnt:
    """Return what the lines of one incident add up to.

    >>> learnt([]).version
    0
    """
    found = Learnt()
    for one in lessons:
        found = follow(found, one)
    return found


def follow(before: Learnt, lesson: Lesson) -> Learnt:
    """Return the sum after one more line."""
    after = replace(_after(before, lesson), version=lesson.number)
    return (
        replace(after, review=replace(after.review, version=lesson.number)) if after.review != before.review else after
    )


def check(before: Learnt, lesson: Lesson, actor: Actor, *, incident: Incident) -> None:
    """Refuse a line that may not follow.

    Args:
        before: the sum so far.
        lesson: the line.
        actor: who writes it.
        incident: as it is now.

    Raises: ForbiddenMove when it is not allowed now, or not to this person; RefusedInput when it is not sound.
    """
    if actor.role not in _ACTS:
        raise ForbiddenMove(f"Writing to a review is not for the role {actor.role} of {actor.name}.", key="review.role")
    match lesson.fact:
        case ActionAdded() as fact:
            _sound_action(fact, before.review)
        case ActionDone() as fact:
            _open_action(fact.action, before.review)
        case ReportFiled() as fact:
            if fact.at_us > lesson.at_us:
                raise ForbiddenMove("A report cannot have been sent in the future.", key="review.future")
        case SurveySent() as fact if not fact.post:
            _sound_survey(fact, incident)
        case ReviewAsked():
            _ask(before.review, incident)
        case ReviewPublished():
            _sign(before.review, actor, incident)
        case ReviewWithdrawn():
            _withdraw(before, lesson, actor)
        # What the desk has sent was sent, however many they were and whatever became of the outage since.
        case FiguresSet() | ReviewWritten() | SurveySent():
            pass


def _after(before: Learnt, lesson: Lesson) -> Learnt:
    review = before.review
    match lesson.fact:
        case FiguresSet() as fact:
            return replace(before, figures=_dated(before, fact, lesson.at_us))
        case ReportFiled() as fact:
            filed = Filing(rule=fact.rule, clock=fact.clock, at_us=fact.at_us, by=lesson.actor, note=fact.note)
            return replace(before, filings=(*before.filings, filed))
        case SurveySent() as fact:
            return _asked(before, fact)
        case ReviewWritten() as fact:
            return replace(before, review=replace(_reopened(review), **asdict(fact)))
        case ActionAdded() as fact:
            words = {name: value for name, value in asdict(fact).items() if name != "action"}
            action = Action(id=fact.action, **words)
            # The public version lists public actions, so who signs must have seen them.
            opened = _reopened(review) if fact.public else review
            return replace(before, review=replace(opened, actions=(*review.actions, action)))
        case ActionDone() as fact:
            actions = tuple(
                replace(one, done_us=lesson.at_us) if one.id == fact.action else one for one in review.actions
            )
            return replace(before, review=replace(review, actions=actions))
        case ReviewAsked():
            return replace(before, review=replace(review, state="asked", asked_by=lesson.actor))
        case ReviewPublished():
            out = replace(review, state="published", published_us=lesson.at_us, published_by=lesson.actor)
            return replace(before, review=out, public=out)
        case ReviewWithdrawn():
            back = replace(review, state="withdrawn", asked_by="", published_us=None)
            return replace(before, review=back, public=None)
        case unknown:
            assert_never(unknown)


def _asked(before: Learnt, fact: SurveySent) -> Learnt:
    """Return the sum after a question went out; what is said anew of a post takes the place of what was said of it."""
    sent, posted = dict(before.sent), dict(before.posted)
    sent[fact.question] = sent.get(fact.question, 0) + fact.links - posted.get(fact.post, 0)
    if fact.post:
        posted[fact.post] = fact.links
    left = tuple((question, links) for question, links in sent.items() if links)
    return replace(before, sent=left, posted=tuple(posted.items()))


def _dated(before: Learnt, fact: FiguresSet, at_us: int) -> Figures:
    """Return figures with the moment since which the end is expected: when that was first said."""
    figures, old = fact.figures, before.figures
    if figures.expected_end_us is None:
        return replace(figures, expected_since_us=None)
    same = old.expected_end_us == figures.expected_end_us
    return replace(figures, expected_since_us=old.expected_since_us if same else at_us)


def _reopened(review: Review) -> Review:
    """Return a review whose words change: they are to be asked for anew; what is public stays as it was let out."""
    return replace(review, state="open", asked_by="")


def _sound_action(fact: ActionAdded, review: Review) -> None:
    if not (fact.what_id.strip() and fact.what_en.strip() and fact.owner.strip()):
        raise RefusedInput(
            "An action needs what is to be done in both languages, and an owner.", key="review.action_empty"
        )
    if len(review.actions) >= ACTIONS_MAX:
        raise RefusedInput(f"A review has {ACTIONS_MAX} actions at most.", key="review.actions_many", most=ACTIONS_MAX)


def _open_action(action: str, review: Review) -> None:
    if all(one.id != action or one.done_us is not None for one in review.actions):
        raise RefusedInput(f"There is no open action {action!r}.", key="review.no_action", action=action)


def _sound_survey(fact: SurveySent, incident: Incident) -> None:
    if not 1 <= fact.links <= LINKS_MAX:
        raise RefusedInput(f"1 to {LINKS_MAX} links can be made at once.", key="review.links", most=LINKS_MAX)
    if incident.state != "restored":
        raise ForbiddenMove("Customers are asked once it is restored.", key="review.not_restored")


def _ask(review: Review, incident: Incident) -> None:
    if incident.state != "restored":
        raise ForbiddenMove("A review is published once the incident is restored.", key="review.not_restored")
    if review.state == "asked":
        raise ForbiddenMove(f"{review.asked_by} has asked already.", key="review.asked", who=review.asked_by)
    if not (review.summary_id and review.summary_en and review.causes_id and review.causes_en):
        raise ForbiddenMove(
            "A public review needs a summary and one cause at least, in both languages.", key="review.incomplete"
        )


def _sign(review: Review, actor: Actor, incident: Incident) -> None:
    if incident.state != "restored":
        raise ForbiddenMove("A review is published once the incident is restored.", key="review.not_restored")
    if review.state != "asked":
        raise ForbiddenMove("Nobody has asked for publication of these words.", key="review.not_asked")
    if actor.role not in _SIGNS:
        raise ForbiddenMove(f"Publishing a review is not for the role {actor.role}.", key="review.role")
    see_that_known(actor.name, review.asked_by)
    if not are_two(actor.name, review.asked_by):
        raise ForbiddenMove("Whoever asked cannot publish; a second person does.", key="review.same_person")


def _withdraw(before: Learnt, lesson: Lesson, actor: Actor) -> None:
    if before.public is None:
        raise ForbiddenMove("This review is not public.", key="review.not_public")
    if actor.role not in _SIGNS:
        raise ForbiddenMove(f"Withdrawing a review is not for the role {actor.role}.", key="review.role")
    if not lesson.reason.strip():
        raise RefusedInput("Taking a review back needs a reason.", key="misfilled.empty", field="reason")
