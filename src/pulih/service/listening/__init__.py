"""Listening: sources that the desk listens to by itself, each a task of one event loop (requirements L1, L2, L5)."""
