"""What Lighthouse says of the public site: a Node program that the product does not need.

How fast a page is depends on the machine and is measured by bench/site/pages_by_lighthouse.py.
"""

from __future__ import annotations

from test_site_by_peers import address, peer

__all__ = ["address"]


def test_lighthouse_gives_full_marks_for_access_practice_and_search(address: str) -> None:
    categories = ("accessibility", "best-practices", "seo")
    (scores,) = peer("lighthouse_pages.js", ",".join(categories), address)
    assert [scores[one] for one in categories] == [100, 100, 100], scores
