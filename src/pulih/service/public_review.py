"""What the public may know of a review: its words and public actions, and that the incident was reviewed.

Owners, notes and names stay inside. An outage that came back after its review is an outage again, and its old review
waits until it is over.
"""

from __future__ import annotations

from msgspec.structs import replace

from pulih.model.bulletin import PublicIncident, PublicReview
from pulih.model.review import Review


def with_review(incident: PublicIncident, review: Review | None) -> PublicIncident:
    """Return an incident with its review, at the stage postmortem; the same object where there is none to show.

    Args:
        incident: as the public may know it.
        review: as it was let out, None while none is public.
    """
    if review is None or review.published_us is None or incident.stage != "resolved" or incident.retracted:
        return incident
    return replace(
        incident,
        stage="postmortem",
        scopes=tuple(replace(one, stage="postmortem") for one in incident.scopes),
        updated_us=max(incident.updated_us, review.published_us),
        review=public_review(review, review.published_us),
    )


def public_review(review: Review, published_us: int) -> PublicReview:
    """Return what the public may know of a review.

    >>> public_review(Review(summary_id="a", summary_en="b", inside="rahasia"), 7).summary_en
    'b'
    """
    told = [one for one in review.actions if one.public]
    return PublicReview(
        published_us=published_us,
        summary_id=review.summary_id,
        summary_en=review.summary_en,
        causes_id=review.causes_id,
        causes_en=review.causes_en,
        well_id=review.well_id,
        well_en=review.well_en,
        actions_id=tuple(one.what_id for one in told),
        actions_en=tuple(one.what_en for one in told),
    )
