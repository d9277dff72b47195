"""A Review is what people learn from an incident once it is over: causes, what went well, and actions tracked to done.

It is blameless: it names roles, systems and decisions, and no person is at fault. Like an incident it is what the lines
of a log add up to (`learn.log.added`), so nobody's contribution vanishes. Source: the post-incident review of ISO/IEC
20000-1 and of site reliability engineering, whose template has the same parts.
"""

from __future__ import annotations

from typing import Literal

import msgspec

# asked: somebody asks a second person to let it out; published: it is public; withdrawn: taken back.
ReviewState = Literal["open", "asked", "published", "withdrawn"]


class Action(msgspec.Struct, frozen=True, kw_only=True):
    """Something that makes it less likely or shorter next time: what, whose, until when; `done_us` None while open.

    `public` says whether the public version tells it; owners are never public.
    """

    id: str
    what_id: str
    what_en: str
    owner: str
    due_us: int | None = None
    done_us: int | None = None
    public: bool = False


class Review(msgspec.Struct, frozen=True, kw_only=True):
    """The words of people in a review; all else is drawn from the record.

    Attributes:
        summary_id, summary_en: what happened in a few sentences; public.
        causes_id, causes_en: what led to it, a paragraph each; public.
        well_id, well_en: what went well; public.
        inside: what only the desk reads: details, names of systems, contracts.
        actions: in the order in which they were added.
        state: see `ReviewState`; `asked_by` who asked for publication, `published_us` when it was let out, by whom.
        version: number of the last line of the log that it adds up from.
    """

    summary_id: str = ""
    summary_en: str = ""
    causes_id: tuple[str, ...] = ()
    causes_en: tuple[str, ...] = ()
    well_id: tuple[str, ...] = ()
    well_en: tuple[str, ...] = ()
    inside: str = ""
    actions: tuple[Action, ...] = ()
    state: ReviewState = "open"
    asked_by: str = ""
    published_us: int | None = None
    published_by: str = ""
    version: int = 0
