"""Searches as many random cases as one likes for a difference between the rules of credits and brute force.

PYTHONPATH=src:tests/core python tests/core/credit_search.py FIRST_SEED LAST_SEED
"""

from __future__ import annotations

import sys

from credit_cases import draw, paid_again
from credit_oracle import credits
from rules_on_cases import run_rules


def main(first: int, last: int) -> int:
    """Run each case and its rerun; print seeds that differ, then how much was compared."""
    rows = several = differences = 0
    for seed in range(first, last):
        case = draw(seed)
        given = run_rules(case)
        again = paid_again(case, given[0])
        if given != credits(case) or run_rules(again) != credits(again):
            differences += 1
            sys.stdout.write(f"seed {seed} differs\n")
        rows += len(given[0])
        several += len({row[1] for row in given[0]}) > 1
    sys.stdout.write(f"{last - first} cases, {rows} credits, {several} with several incidents: {differences} differ\n")
    return int(differences > 0)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
