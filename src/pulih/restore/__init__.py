"""Restore: is it over, as customers say, and when may it be; pure (requirement R1)."""
