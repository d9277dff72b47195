"""From an outage to credits: who was without service for how long, under which clause, and what that is worth.

Whole numbers and fractions only, no clock, no chance: the same inputs give the same credits, to the last minor unit.
What is computed is defined in docs/credit.md; every engine gives the same rows (requirements K1, K2).
"""
