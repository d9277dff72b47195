"""A Notice is what the desk says in public about one incident, in both languages, with the promise of the next word."""

from __future__ import annotations

from typing import Literal

import msgspec

# A holding statement says what is known before anybody knows why; the others follow it.
NoticeKind = Literal["holding", "update", "fixed", "restored", "correction"]
# drafted -> (signed by a second person) -> published; a holding statement and a break-glass are published first.
NoticeState = Literal["drafted", "published", "withdrawn"]


# Whose words a draft has: a person's own; exactly those approved beforehand; approved ones that facts have overtaken.
NoticeWording = Literal["own", "approved", "outdated"]


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """One statement.

    Attributes:
        id: unique within its incident ("n1").
        kind: what sort of word it is.
        text_id, text_en: the same in Indonesian and English, plain text.
        state: see `NoticeState`.
        drafted_by: user name; `signed_by` the second person's, "" until somebody signed.
        drafted_us, published_us: microseconds since 1970 UTC; `published_us` None until it is.
        next_update_by_us: until when the next word is promised; None promises none.
        before_second: published before the second signature: a holding statement, or break-glass.
        wording: see `NoticeWording`; only approved words may go out before a second person saw them.
        break_glass: published alone against the four-eyes rule, with the reason on the timeline.
        speaker, office: who speaks, by name and office; "" where nobody is named.
        corrects: id of the statement that a correction puts right, "" elsewhere.
        publish_at_us: when the desk publishes it, once a second person let it; None while nothing is scheduled.
        scheduled_by: user name of that second person, else "".
    """

    id: str
    kind: NoticeKind
    text_id: str
    text_en: str
    state: NoticeState = "drafted"
    drafted_by: str = ""
    signed_by: str = ""
    drafted_us: int = 0
    published_us: int | None = None
    next_update_by_us: int | None = None
    before_second: bool = False
    wording: NoticeWording = "own"
    break_glass: bool = False
    speaker: str = ""
    office: str = ""
    corrects: str = ""
    publish_at_us: int | None = None
    scheduled_by: str = ""
