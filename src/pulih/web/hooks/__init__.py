"""Hooks at the door: who posted this is shown by a signature, and only then is it read (requirement P3)."""
