"""Communicate: what is said of an incident, in Indonesian and English: statements, reports, hand-overs."""
